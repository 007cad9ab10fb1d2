import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from deepnet.data.dataset import load_dataset
from deepnet.data.table import Table, read_table
from deepnet.errors import DataError

CARS: dict[str, list[Any]] = {
    "mpg": [18.0, 31.5, None, 24.0],
    "origin": ["usa", "japan", "usa", None],
    "old": [True, False, None, True],
    "cylinders": [8, 4, 6, 4],
}


def pandas() -> Any:
    return pytest.importorskip("pandas", reason="needs pandas: run 'scripts/environment test oracle'")


def columns(table: Table) -> dict[str, list[Any]]:
    return {name: list(table.column(name)) for name in table.header}


def parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def test_a_polars_frame_is_a_table_of_its_cells() -> None:
    table = read_table(pl.DataFrame(CARS))

    assert columns(table) == CARS
    assert table.name == "the polars frame"
    assert table.lines == (1, 2, 3, 4)
    assert table.where(2, "mpg") == "the polars frame, row 3, column 'mpg'"


def test_a_pandas_frame_is_the_same_table() -> None:
    table = read_table(pandas().DataFrame(CARS), name="cars")

    assert columns(table) == CARS
    assert table.name == "cars"
    assert table.lines == (1, 2, 3, 4)


@pytest.mark.parametrize("name", ["cars.parquet", "cars.PQ", "cars"])
def test_a_parquet_file_is_known_by_its_name_or_its_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(parquet(pl.DataFrame(CARS)))

    table = read_table(path)

    assert columns(table) == CARS
    assert table.where(0, "mpg") == f"{path}, row 1, column 'mpg'"


def test_the_same_rows_are_the_same_dataset_whatever_holds_them(tmp_path: Path) -> None:
    frame = pl.DataFrame({"mpg": [18.0, 31.5, 20.0, 24.0], "origin": ["usa", "japan"] * 2, "old": [True, False] * 2})
    frame.write_csv(tmp_path / "cars.csv")
    (tmp_path / "cars.parquet").write_bytes(parquet(frame))
    sources: list[Any] = [frame, pandas().DataFrame(frame.to_dict(as_series=False)), tmp_path / "cars.parquet"]
    expected = load_dataset(tmp_path / "cars.csv", target="mpg")

    for source in sources:
        dataset = load_dataset(source, target="mpg")

        assert dataset.features == ("origin=japan", "origin=usa", "old")
        assert dataset.inputs.tolist() == expected.inputs.tolist()
        assert dataset.targets.tolist() == expected.targets.tolist()
        assert dataset.encoder == expected.encoder


def test_decimals_small_integers_and_categories_are_numbers_and_text() -> None:
    frame = pl.DataFrame(
        [
            pl.Series("price", [Decimal("1.25"), None]),
            pl.Series("count", [1, 2], dtype=pl.UInt8),
            pl.Series("kind", ["a", "b"], dtype=pl.Categorical),
            pl.Series("size", ["s", "l"], dtype=pl.Enum(["s", "l"])),
            pl.Series("nothing", [None, None]),
        ]
    )

    assert columns(read_table(frame)) == {
        "price": [1.25, None],
        "count": [1, 2],
        "kind": ["a", "b"],
        "size": ["s", "l"],
        "nothing": [None, None],
    }


def test_pandas_writes_a_missing_value_in_many_ways() -> None:
    pd = pandas()
    frame = pd.DataFrame(
        {
            "float": [1.5, float("nan")],
            "whole": pd.array([1, None], dtype="Int64"),
            "truth": pd.array([True, None], dtype="boolean"),
            "text": ["x", None],
            "object": pd.Series([Decimal("2.5"), None], dtype=object),
            "category": pd.Categorical(["u", None]),
        }
    )

    read = columns(read_table(frame))

    assert [cells[1] for cells in read.values()] == [None] * 6
    assert [cells[0] for cells in read.values()] == [1.5, 1, True, "x", 2.5, "u"]


def test_in_a_polars_frame_nan_is_no_missing_value() -> None:
    frame = pl.DataFrame({"a": [1.0, float("nan"), 2.0, 3.0], "t": [1.0, 2.0, 3.0, 4.0]})

    with pytest.raises(DataError, match="the polars frame, row 2, column 'a': 'nan' is not finite"):
        load_dataset(frame, target="t", missing="drop")


def test_columns_without_names_are_called_by_their_numbers() -> None:
    assert read_table(pandas().DataFrame([[1, 2], [3, 4]])).header == ("0", "1")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([[1], [2]], "List(Int64)"),
        ([{"x": 1}, {"x": 2}], "Struct("),
        ([dt.date(2020, 1, 1), None], "Date"),
        ([dt.datetime(2020, 1, 1), None], "Datetime("),  # noqa: DTZ001 - as people have them
        ([dt.timedelta(1), None], "Duration("),
        ([b"x", None], "Binary"),
    ],
)
def test_a_column_of_another_kind_harms_only_who_uses_it(tmp_path: Path, cells: list[Any], kind: str) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(parquet(pl.DataFrame({"a": cells * 2, "b": [1, 2, 3, 4], "t": [1, 2, 3, 5]})))

    assert load_dataset(path, target="t", ignore=["a"]).features == ("b",)
    with pytest.raises(DataError) as caught:
        load_dataset(path, target="t")
    assert str(caught.value).startswith(f"{path}, column 'a': is of type {kind}")
    assert "expected numbers, truths or text" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pandas_column_of_objects_is_refused_at_the_row_that_has_one() -> None:
    pd = pandas()
    frame = pd.DataFrame({"a": pd.Series([1, "x", [2], 3], dtype=object), "t": [1, 2, 3, 4]})

    assert load_dataset(frame.drop(columns="a").assign(b=[4, 3, 2, 1]), target="t").features == ("b",)
    with pytest.raises(DataError, match="the pandas frame, row 3, column 'a': is of type list"):
        load_dataset(frame, target="t")


def test_pandas_times_are_refused_by_their_type() -> None:
    pd = pandas()
    frame = pd.DataFrame({"a": pd.to_datetime(["2020-01-01"] * 4), "t": [1, 2, 3, 4]})

    with pytest.raises(DataError, match=r"the pandas frame, column 'a': is of type datetime64"):
        load_dataset(frame, target="t")


def frames() -> list[tuple[str, Any, str]]:
    pd = pandas()
    return [
        ("no columns", pl.DataFrame(), "is empty"),
        ("no columns in pandas", pd.DataFrame(), "is empty"),
        ("no rows", pl.DataFrame({"a": [], "t": []}), "has column names but no rows"),
        ("no rows in pandas", pd.DataFrame({"a": [], "t": []}), "has column names but no rows"),
        ("a name twice", pd.DataFrame([[1, 2, 3]], columns=["a", "t", "a"]), "columns 1, 3 are all named 'a'"),
        ("a number and its text", pd.DataFrame([[1, 2]], columns=[1, "1"]), "columns 1, 2 are all named '1'"),
        ("a blank name", pl.DataFrame({"a": [1], "": [2]}), "column 2 has no name"),
        ("names of two levels", pd.DataFrame([[1]], columns=[("a", "b")]), "the name of column 1 is"),
    ]


def test_a_broken_frame_gets_one_line() -> None:
    for case, frame, problem in frames():
        with pytest.raises(DataError) as caught:
            read_table(frame)

        assert problem in str(caught.value), case
        assert "\n" not in str(caught.value), case


WHOLE = parquet(pl.DataFrame(CARS))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no Parquet file"),
        (b"a,b\n1,2\n", "is no Parquet file"),
        (WHOLE[:-9], "is damaged or cut off Parquet"),
        (WHOLE[:40], "is damaged or cut off Parquet"),
        (b"PAR1" + bytes(40) + b"PAR1", "is damaged or cut off Parquet"),
    ],
)
def test_parquet_that_is_none_gets_one_line(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        read_table(path)

    assert str(caught.value).startswith(f"{path}: {problem}")
    assert "\n" not in str(caught.value)
