"""Whatever is wrong with a table, one line names the place and says what to do."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deepnet.data.dataset import load_dataset, load_features
from deepnet.errors import DataError, InputError

ROWS = b"a,b,t\n1,2,3\n4,5,6\n"


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
    Broken("text, name with a space", b"a,the b,t\n4,blue,6\n", "line 2, column 'the b'", "--ignore 'the b'"),
    Broken("text in the target", b"a,b,t\n1,2,many\n", "line 2, column 't': 'many'", "write a finite number there"),
    Broken("text with a line break", b'a,t\n"x\ny",2\n', "line 2, column 'a': 'x\\ny'", "--ignore a"),
    Broken("decimal comma", b"a;t\n1,5;2\n", "line 2, column 'a': '1,5'", "write a finite number there"),
    Broken("underscore", b"a,t\n1_000,2\n", "line 2, column 'a': '1_000'", "write a finite number there"),
    Broken("nan", b"a,t\n1,2\nnan,3\n", "line 3, column 'a': 'nan' is not finite", "write a finite number there"),
    Broken("inf", b"a,t\n1,2\ninf,3\n", "line 3, column 'a': 'inf' is not finite", "write a finite number there"),
    Broken("-inf", b"a,t\n1,-inf\n", "line 2, column 't': '-inf' is not finite", "write a finite number there"),
    Broken("1e999", b"a,t\n1,2\n1e999,3\n", "line 3, column 'a': '1e999' is not finite", "--ignore a"),
    Broken("empty cell", b"a,t\n1,2\n,3\n", "1 row has no value in a (line 3)", "--drop-missing"),
    Broken("NA and ?", b"a,t\nNA,2\n1,?\n2,3\n", "2 rows have no value in a, t (lines 2, 3)", "--drop-missing"),
    Broken("gap in the target", b"a,t\n1,2\n2,null\n", "1 row has no value in t (line 3)", "--drop-missing"),
    Broken("no row left", b"a,t\n,2\n1,N/A\n", "no row is left", "leave out such columns", {"drop_missing": True}),
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
    Broken("features as one text", ROWS, "features must be a list", "use ['a']", {"features": "a"}),
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
    if "features must be" not in broken.place:
        assert isinstance(caught.value, DataError)
        assert str(caught.value).startswith(str(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset(tmp_path / "none.csv", target="t")

    check_message(str(caught.value), str(tmp_path / "none.csv"), "check the path")


def test_a_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset(str(tmp_path), target="t")

    check_message(str(caught.value), f"{tmp_path}: this is a directory", "give the path of a file")


PREDICTIONS = [
    Broken("feature missing", b"a,t\n1,2\n", "line 1: has no column b", "add it"),
    Broken("gap", b"a,b\n1,2\n3,\n", "1 row has no value in b (line 3)", "--drop-missing"),
    Broken("text", b"a,b\n1,2\n3,x\n", "line 3, column 'b': 'x'", "write a finite number there"),
]


@pytest.mark.parametrize("broken", PREDICTIONS, ids=[broken.case for broken in PREDICTIONS])
def test_a_broken_table_to_predict_from_gets_the_same(tmp_path: Path, broken: Broken) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(broken.content)

    with pytest.raises(DataError) as caught:
        load_features(path, ["a", "b"])

    check_message(str(caught.value), broken.place, broken.advice)
    assert "--ignore" not in str(caught.value)
