"""Whatever is wrong with a table, `deepnet train` says so in one line, writes nothing, and ends with code 2."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

Deepnet = Callable[..., Any]


class Broken(NamedTuple):
    """A file, what is asked of it, and what the one line must hold."""

    case: str
    file: str
    content: bytes
    said: str
    options: tuple[str, ...] = ()


def parquet(**columns: list[Any]) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


ROWS = b"a,b,t\n" + b"".join(f"{row},{row % 3},{row * row}\n".encode() for row in range(12))
NAMES = b"name,t\n" + b"".join(f"car {row},{row}\n".encode() for row in range(12))

CASES = [
    Broken("ragged", "t.csv", b"a,t\n1,2\n3\n", "t.csv, line 3: found 1 cells, expected 2 cells"),
    Broken("wrong encoding", "t.csv", "a,t\n1,2\né,3\n".encode("latin-1"), "t.csv, line 3 (byte 8, 0xe9)"),
    Broken("column twice", "t.csv", b"a,t,a\n1,2,3\n", "t.csv, line 1: columns 1, 3 are all named 'a'"),
    Broken("huge cell", "t.csv", b"a,t\n" + b"9" * 200_000 + b",1\n", "t.csv, line 2: is not CSV"),
    Broken("open quote", "t.csv", b'a,t\n1,2\n"3,4\n', "t.csv, line 3: is not CSV"),
    Broken("header alone", "t.csv", b"a,t\n", "t.csv: has column names but no rows"),
    Broken("cut off gzip", "t.csv.gz", gzip.compress(ROWS)[:-4], "t.csv.gz: breaks off after"),
    Broken("cut off Parquet", "t.parquet", parquet(a=[1], t=[2])[:-4], "t.parquet: is damaged or cut off Parquet"),
    Broken("Parquet of lists", "t.parquet", parquet(a=[[1], [2]], t=[1, 2]), "t.parquet, column 'a': is of type List"),
    Broken("no NPZ", "t.npz", ROWS, "t.npz: is no NPZ file"),
    Broken("unknown target", "t.csv", ROWS, "t.csv: has no column 'q' for the target", ("--target", "q")),
    Broken("target a feature", "t.csv", ROWS, "t.csv: 't' is the target", ("--features", "a,t")),
    Broken("constant target", "t.csv", b"a,t\n" + b"1,7\n2,7\n" * 9, "t.csv: the target 't' is 7 in every row"),
    Broken("names as a feature", "t.csv", NAMES, "t.csv, column 'name': text with 12 values in 12 rows"),
    Broken("nan", "t.csv", ROWS.replace(b"7,1,49", b"7,nan,49"), "t.csv, line 9, column 'b': 'nan' is not finite"),
    Broken("a gap", "t.csv", ROWS.replace(b"7,1,49", b"7,,49"), "t.csv: 1 row has no value in b (line 9)"),
    Broken("too few rows", "t.csv", b"a,t\n1,2\n2,3\n3,4\n", "t.csv: 3 rows with a test fraction of 0.2"),
    Broken("too many tested", "t.csv", ROWS, "t.csv: 12 rows with a test fraction of 0.95", ("--test", "0.95")),
]


@pytest.mark.parametrize("broken", CASES, ids=[broken.case for broken in CASES])
def test_a_broken_table_ends_the_command_with_one_line(deepnet: Deepnet, tmp_path: Path, broken: Broken) -> None:
    path = tmp_path / broken.file
    path.write_bytes(broken.content)
    target = () if "--target" in broken.options else ("--target", "t")

    outcome = deepnet("train", path, *target, *broken.options, "--save", tmp_path / "m")

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("deepnet: ")
    assert broken.said in outcome.err
    assert [entry.name for entry in tmp_path.iterdir()] == [broken.file]


def test_a_feature_that_gives_the_target_away_is_a_warning_that_names_it(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"code,a,t\n" + b"".join(f"{'xy'[row > 9]},{row % 4},{row}\n".encode() for row in range(20)))

    outcome = deepnet("train", path, "--target", "t", "--epochs", "1", "--json")

    assert outcome.code == 0
    assert outcome.facts["leaks"] == ["code"]
    assert "warning: code=x alone tells whether t is 9 or less, or 10 or more" in outcome.err
    assert "--ignore code" in outcome.err


def test_a_feature_that_is_the_same_in_every_row_is_a_warning(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b,t\n" + b"".join(f"{row % 4},5,{row}\n".encode() for row in range(20)))

    outcome = deepnet("train", path, "--target", "t", "--epochs", "1", "--json")

    assert outcome.code == 0
    assert "warning: b is the same in every training row" in outcome.err
