"""Whatever is wrong with a table, one line names the place and says what to do."""

import csv
import gzip
import io
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.dataset import load_dataset, load_features
from deepnet.data.encoding import Code, Encoder
from deepnet.errors import DataError, InputError
from deepnet.runs.tabular import prepare_table

ROWS = b"a,b,t\n1,2,3\n4,5,6\n"
PACKED = gzip.compress(ROWS * 50, mtime=0)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def texts(cells: list[str]) -> bytes:
    """Return a table of one column of text and a target."""
    return b"a,t\n" + b"".join(f"{cell},{row}\n".encode() for row, cell in enumerate(cells))


def parquet(**columns: list[Any]) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


class Broken(NamedTuple):
    """A table or a choice that cannot be used, and what the message must hold."""

    case: str
    content: bytes
    place: str
    advice: str
    options: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default, never changed


CASES = [
    Broken("empty file", b"", "is empty", "it needs a line of column names"),
    Broken("only a byte order mark", b"\xef\xbb\xbf", "is empty", "it needs a line of column names"),
    Broken("only blank lines", b"\n\n \n", "is empty", "it needs a line of column names"),
    Broken("first line blank", b"\na,t\n1,2\n", "line 1", "put the names of the columns there"),
    Broken("header of commas", b",,\n1,2,3\n", "line 1", "put the names of the columns there"),
    Broken("no header", b"1,2,3\n4,5,6\n", "line 1", "put the names of the columns there"),
    Broken("no header, truths", b"TRUE,2,3\nFALSE,5,6\n", "line 1", "put the names of the columns there"),
    Broken("no header, text", b"ford,2,3\nopel,5,6\n", "for the target", "line 1 must hold the names"),
    Broken("blank name", b"a,,t\n1,2,3\n", "line 1: column 2", "give it one"),
    Broken("blank name at the end", b"a,t,\n1,2,\n", "line 1: column 3", "give it one"),
    Broken("name twice", b"a,t,a\n1,2,3\n", "line 1: columns 1, 3", "rename all but one"),
    Broken("names that differ by space", b"a,t, a\n1,2,3\n", "line 1: columns 1, 3", "rename all but one"),
    Broken("no rows", b"a,b,t\n", "has column names but no rows", "add rows under line 1"),
    Broken("no rows, blank lines", b"a,b,t\n\n\n", "has column names but no rows", "add rows under line 1"),
    Broken("row too short", b"a,b,t\n1,2,3\n4,5\n", "line 3: found 2 cells, expected 3", "add or remove cells"),
    Broken("row too long", b"a,b,t\n1,2,3,4\n", "line 2: found 4 cells, expected 3", "add or remove cells"),
    Broken("row of a decimal comma", b"a,t\n1,5,2\n", "line 2: found 3 cells, expected 2", "put quotes around"),
    Broken("blank line inside", b"a,t\n1,2\n\n3,4\n", "line 3: found a blank line", "add or remove cells"),
    Broken("not UTF-8", b"a,t\n1,2\n\xe9,3\n", "line 3 (byte 8, 0xe9)", "save the file as UTF-8"),
    Broken("UTF-16", "a,t\n1,2\n".encode("utf-16"), "line 1 (byte 0", "save the file as UTF-8"),
    Broken("NUL", b"a,t\n1,2\n\0,3\n", "line 3 (byte 8)", "save it as CSV"),
    Broken("quote never closed", b'a,t\n1,2\n"3,4\n5,6\n', "line 3", "check that every quote is closed"),
    Broken("text after a quote", b'a,t\n"1"x,2\n', "line 2", "check that every quote is closed"),
    Broken("huge cell", b"a,t\n1,2\n" + b"9" * 200_000 + b",1\n", "line 3", "check that every quote is closed"),
    Broken("text", b"a,b,t\n1,2,3\n4,blue,6\n", "line 3, column 'b': 'blue'", "--ignore b"),
    Broken("text, name with a space", b"a,the b,t\n4,5,6\n4,x,6\n", "line 3, column 'the b': 'x'", "--ignore 'the b'"),
    Broken("header in the middle", b"a,b,t\n1,2,3\na,b,t\n4,5,6\n", "line 3, column 'a': 'a'", "write a finite number"),
    Broken("one text", b"a,b,t\n1,x,3\n", "column 'b': text with 1 value in 1 row is no category", "--ignore b"),
    Broken("names", texts(["x", "y", "z", "x"]), "column 'a': text with 3 values in 4 rows", "--ignore a"),
    Broken(
        "51 texts", texts([str(row % 51) + "x" for row in range(150)]), "'a': 51 values are too many", "--categorical a"
    ),
    Broken(
        "dates", texts([f"2020-01-{row:02}" for row in range(1, 9)]), "'a': text with 8 values in 8 rows", "--ignore a"
    ),
    Broken("text in the target", b"a,t\n1,2\n2,many\n", "line 3, column 't': 'many'", "write a finite number there"),
    Broken("text with a line break", b'a,t\n3,1\n"x\ny",2\n', "line 3, column 'a': 'x\\ny'", "--ignore a"),
    Broken("decimal comma", b"a;t\n1,5;2\n", "line 2, column 'a': '1,5'", "write a finite number there"),
    Broken("underscore", b"a,t\n1_000,2\n", "line 2, column 'a': '1_000'", "write a finite number there"),
    Broken("nan", b"a,t\n1,2\nnan,3\n", "line 3, column 'a': 'nan' is not finite", "write a finite number there"),
    Broken("inf", b"a,t\n1,2\ninf,3\n", "line 3, column 'a': 'inf' is not finite", "write a finite number there"),
    Broken("-inf", b"a,t\n1,-inf\n", "line 2, column 't': '-inf' is not finite", "write a finite number there"),
    Broken("1e999", b"a,t\n1,2\n1e999,3\n", "line 3, column 'a': '1e999' is not finite", "--ignore a"),
    Broken("empty cell", b"a,t\n1,2\n,3\n", "1 row has no value in a (line 3)", "--missing drop"),
    Broken("NA and ?", b"a,t\nNA,2\n1,?\n2,3\n", "2 rows have no value in a, t (lines 2, 3)", "--missing mean"),
    Broken("gap in a category", b"a,t\nx,2\n,3\nx,4\n", "1 row has no value in a (line 3)", "--missing drop"),
    Broken("gap in the target", b"a,t\n1,2\n2,null\n", "1 row has no value in t (line 3)", "--missing drop"),
    Broken("target to fill", b"a,t\n1,2\n,\n", "no value in t (line 3)", "target is never filled", {"missing": "mean"}),
    Broken("no row left", b"a,t\n,2\n1,N/A\n", "no row is left", "leave out such columns", {"missing": "drop"}),
    Broken("column of gaps", b"a,t\n,2\n,3\n", "column 'a': holds no value", "--ignore", {"missing": "mean"}),
    Broken("one class", b"a,t\n1,x\n2,x\n", "target 't' is x in every row", "choose another"),
    Broken("a class a row", b"a,t\n1,x\n2,y\n3,z\n", "'t' has 3 classes in 3 rows", "choose another"),
    Broken("numbers for text", b"a,t\n1,x\n2,y\n", "line 2, column 't': 'x'", "finite number", {"task": "regression"}),
    Broken("too many for two", ROWS + b"7,8,9\n", "'t' has 3 values", "--task multiclass", {"task": "binary"}),
    Broken("cut off gzip", PACKED[:-12], "breaks off after", "fetch or pack the file again"),
    Broken("gzip cut off in its head", PACKED[:5], "breaks off after 5 bytes", "fetch or pack the file again"),
    Broken("damaged gzip", PACKED[:12] + b"\xff\xff" + PACKED[14:], "is damaged gzip", "fetch or pack the file again"),
    Broken("wrong checksum", PACKED[:-8] + bytes(8), "is damaged gzip (CRC", "fetch or pack the file again"),
    Broken("gzip and more", PACKED + b"x", "is damaged gzip", "fetch or pack the file again"),
    Broken("gzip of a picture", gzip.compress(PNG), "line 1 (byte 0, 0x89): is not UTF-8", "save the file as UTF-8"),
    Broken("picture", PNG, "line 1 (byte 0, 0x89): is not UTF-8", "save the file as UTF-8"),
    Broken("IDX file", b"\0\0\x08\x01\0\0\0\x02ab", "line 1 (byte 0): has NUL bytes", "of IDX files give the folder"),
    Broken("cut off Parquet", parquet(a=[1, 2], t=[1, 2])[:-9], "damaged or cut off Parquet", "write the file again"),
    Broken("Parquet of lists", parquet(a=[[1], [2]], t=[1, 2]), "column 'a': is of type List(Int64)", "ignore it"),
    Broken("Parquet of structs", parquet(a=[{"x": 1}] * 2, t=[1, 2]), "column 'a': is of type Struct", "ignore it"),
    Broken("Parquet without rows", parquet(a=[], t=[]), "has column names but no rows", "add rows"),
    Broken("null in Parquet", parquet(a=[1, None], t=[1, 2]), "no value in a (row 2)", "--missing drop"),
    Broken("nan in Parquet", parquet(a=[1.0, float("nan")], t=[1, 2]), "row 2, column 'a': 'nan'", "finite number"),
    Broken("text in Parquet", parquet(a=["1", "2", "x"], t=[1, 2, 3]), "row 3, column 'a': 'x'", "--ignore a"),
    Broken("infinite target", parquet(a=[1, 2], t=[1.0, float("inf")]), "row 2, column 't': 'inf'", "finite number"),
    Broken("one target value", b"a,t\n1,7\n2,7\n", "target 't' is 7 in every row", "choose another"),
    Broken("one row", b"a,t\n1,7\n", "target 't' is 7 in every row", "choose another"),
    Broken("no target", ROWS, "which column is to be predicted", "give --target, one of a, b, t", {"target": None}),
    Broken("unknown target", ROWS, "no column 'price' for the target", "use one of a, b, t", {"target": "price"}),
    Broken("target of another case", ROWS, "for the target", "did you mean 't'", {"target": "T"}),
    Broken("blank target", ROWS, "no column '' for the target", "use one of a, b, t", {"target": ""}),
    Broken("unknown feature", ROWS, "no column 'c'", "use one of a, b, t", {"features": ["a", "c"]}),
    Broken("unknown ignored", ROWS, "no column 'c'", "use one of a, b, t", {"ignore": ["c"]}),
    Broken("target a feature", ROWS, "'t' is the target", "take it out of --features", {"features": ["a", "t"]}),
    Broken("target ignored", ROWS, "'t' is the target", "take it out of --ignore", {"ignore": ["t"]}),
    Broken("feature twice", ROWS, "'a' is named twice", "take one out of --features", {"features": ["a", "b", "a"]}),
    Broken("feature ignored", ROWS, "'a' is in", "take it out of one", {"features": ["a", "b"], "ignore": ["a"]}),
    Broken("no feature", ROWS, "no feature is left", "name one with --features", {"features": []}),
    Broken("all ignored", ROWS, "no feature is left", "name one with --features", {"ignore": ["a", "b"]}),
    Broken("only the target", b"t\n1\n2\n", "no feature is left", "name one with --features"),
    Broken("unknown category", ROWS, "no column 'c' for the --categorical list", "use one of", {"categorical": ["c"]}),
    Broken("target a category", ROWS, "'t' is no feature", "out of --categorical", {"categorical": ["t"]}),
    Broken("nan a category", b"a,t\nnan,1\n1,2\n", "line 2, column 'a': 'nan'", "finite", {"categorical": ["a"]}),
]


def check_message(message: str, place: str, advice: str) -> None:
    assert len(message.splitlines()) == 1
    assert place in message
    assert advice in message
    assert len(message) < 300


@pytest.mark.parametrize("broken", CASES, ids=[broken.case for broken in CASES])
def test_a_broken_table_gets_one_line_with_the_place_and_the_way_out(tmp_path: Path, broken: Broken) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(broken.content)

    with pytest.raises(InputError) as caught:
        load_dataset(path, **{"target": "t", **broken.options})

    check_message(str(caught.value).replace(str(path), "t.csv"), broken.place, broken.advice)
    assert isinstance(caught.value, DataError)
    assert str(caught.value).startswith(str(path))


ARGUMENTS = [
    Broken("unknown policy", ROWS, "missing values 'skip'", "use one of error, drop, mean", {"missing": "skip"}),
    Broken("unknown task", ROWS, "unknown task 'sort'", "use one of regression, binary", {"task": "sort"}),
    Broken("features as one text", ROWS, "features must be a list", "use ['a']", {"features": "a"}),
]


@pytest.mark.parametrize("broken", ARGUMENTS, ids=[broken.case for broken in ARGUMENTS])
def test_an_argument_that_means_nothing_gets_one_line(tmp_path: Path, broken: Broken) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(broken.content)

    with pytest.raises(InputError) as caught:
        load_dataset(path, **{"target": "t", **broken.options})

    check_message(str(caught.value), broken.place, broken.advice)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset(tmp_path / "none.csv", target="t")

    check_message(str(caught.value), str(tmp_path / "none.csv"), "check the path")


def test_a_directory_that_is_no_set_of_images_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset(str(tmp_path), target="t")

    check_message(str(caught.value), f"{tmp_path}: has no file train-images-idx3-ubyte", "put it there")


def test_a_name_of_packed_text_means_packed_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(ROWS)

    with pytest.raises(DataError) as caught:
        load_dataset(tmp_path / "t.csv.gz", target="t")

    check_message(str(caught.value), f"{tmp_path}/t.csv.gz: is not packed with gzip", "rename it without .gz")


PREDICTIONS = [
    Broken("feature missing", b"a,t\n1,2\n", "line 1: has no column b", "add it"),
    Broken("gap", b"a,b\n1,2\n3,\n", "1 row has no value in b (line 3)", "drop them with --missing drop, or fill"),
    Broken("unknown category", b"a,b,c\n1,2,x\n3,4,z\n", "line 3, column 'c': 'z'", "use one of x, y"),
    Broken("text", b"a,b\n1,2\n3,x\n", "line 3, column 'b': 'x'", "write a finite number there"),
]


@pytest.mark.parametrize("broken", PREDICTIONS, ids=[broken.case for broken in PREDICTIONS])
def test_a_broken_table_to_predict_from_gets_the_same(tmp_path: Path, broken: Broken) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(broken.content)
    numbers = (Code("a", "number"), Code("b", "number"))
    encoder = Encoder((*numbers, Code("c", "category", ("x", "y"))) if "category" in broken.case else numbers)

    with pytest.raises(DataError) as caught:
        load_features(path, encoder.features, encoder=encoder)

    check_message(str(caught.value), broken.place, broken.advice)
    assert "--ignore" not in str(caught.value)


CELL = st.sampled_from(
    ["1", "2", "3", "-1e300", "1e308", "nan", "", "?", "x", "y", " x", "TRUE", "false", "1,5", '"', "\n", "é"]
)
WAYS = st.fixed_dictionaries(
    {"missing": st.sampled_from(["error", "drop", "mean"])},
    optional={
        "task": st.sampled_from(["regression", "binary", "multiclass"]),
        "categorical": st.sampled_from([["a"], ["b"]]),
        "target": st.sampled_from(["a", "b"]),
    },
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=12), WAYS, st.sampled_from(["standard", "minmax", "none"]))
def test_whatever_the_cells_there_are_finite_numbers_or_one_line(
    rows: list[tuple[str, str, str]], options: dict[str, Any], scaling: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("a", "b", "t"), *rows])
        problem = ""
        try:
            dataset = load_dataset(path, **{"target": "t", **options})
            assert dataset.inputs.shape == (len(dataset.lines), len(dataset.features))
            assert dataset.fill or np.isfinite(dataset.inputs).all()
            table = prepare_table(dataset, test_fraction=0.3, seed=0, scaling=scaling)
            assert all(np.isfinite(side).all() for side in (table.inputs, table.test_inputs, table.targets))
        except InputError as error:
            problem = str(error)

    assert not problem or problem.startswith(str(path))
    assert len(problem.splitlines()) <= 1
