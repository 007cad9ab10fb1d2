import csv
import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.table import read_table
from deepnet.errors import DataError, InputError


def written(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


def test_a_table_has_names_cells_and_the_line_of_every_row(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,x\n2,y\n")

    table = read_table(path)

    assert table.name == str(path)
    assert table.header == ("a", "b")
    assert table.columns == (["1", "2"], ["x", "y"])
    assert table.lines == (2, 3)
    assert len(table) == 2
    assert table.where(1, "b") == f"{path}, line 3, column 'b'"
    assert table.places([0, 1], 1) == "lines 2 and 1 more"


def test_a_row_is_found_on_the_line_it_begins_on_even_with_line_breaks_in_quotes(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, b'a,b\n"1\n\n",x\n2,"y\nz"\n3,w\n'))

    assert table.lines == (2, 5, 7)
    assert table.column("b")[1] == "y\nz"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_ending_is_read(tmp_path: Path, ending: bytes) -> None:
    table = read_table(written(tmp_path, ending.join([b"a,b", b"1,2", b"3,4", b""])))

    assert table.columns == (["1", "3"], ["2", "4"])
    assert table.lines == (2, 3)


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (b"a,b;c\n1,2\n", ("a", "b;c")),
        (b"a;b\n1,5;2\n", ("a", "b")),
        (b"a\tb\n1,5\t2\n", ("a", "b")),
        (b'"a,x";"b"\n1;2\n', ("a,x", "b")),
        (b'"a";"b,x"\n1;2\n', ("a", "b,x")),
        (b"a\n1\n", ("a",)),
    ],
)
def test_the_header_decides_the_delimiter(tmp_path: Path, content: bytes, header: tuple[str, ...]) -> None:
    assert read_table(written(tmp_path, content)).header == header


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n")).header == ("a", "b")


def test_space_around_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, b"a , b\n1,2\n")).header == ("a", "b")


@pytest.mark.parametrize("end", [b"\n", b"\n\n\n", b"  \n\n", b"\r\n\r\n"])
def test_blank_lines_at_the_end_are_skipped(tmp_path: Path, end: bytes) -> None:
    assert read_table(written(tmp_path, b"a,b\n1,2\n" + end)).columns == (["1"], ["2"])


def test_a_blank_line_in_the_middle_is_not_skipped_silently(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 3: found a blank line, expected 2 cells"):
        read_table(written(tmp_path, b"a,b\n1,2\n\n3,4\n"))


def test_quoted_empty_cells_are_rows(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, b'a\n""\n""\n')).columns == (["", ""],)


def test_rows_can_be_left_out_and_keep_their_lines(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, b"a,b\n1,2\n3,4\n5,6\n")).keep(np.array([True, False, True]))

    assert table.columns == (["1", "5"], ["2", "6"])
    assert table.lines == (2, 4)


@pytest.mark.parametrize("name", ["t.csv.gz", "t.tsv.GZ", "t.csv"])
def test_text_that_is_packed_is_unpacked_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"a\tb\n1,5\t2\n"))

    table = read_table(path)

    assert table.columns == (["1,5"], ["2"])
    assert table.lines == (2,)


def test_an_empty_packed_file_is_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b""))

    with pytest.raises(DataError, match="is empty: it needs a line of column names"):
        read_table(tmp_path / "t.csv.gz")


@pytest.mark.parametrize("source", [None, 3, [[1, 2]], np.eye(2)])
def test_what_is_neither_path_nor_frame_is_refused(source: object) -> None:
    with pytest.raises(InputError, match="path of a file or a frame"):
        read_table(source)


def test_a_name_given_stands_in_place_of_the_path(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^cars: "):
        read_table(written(tmp_path, b""), name="cars")


def test_a_path_that_would_break_the_line_is_escaped(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_table(tmp_path / "two\nlines.csv")

    assert "\n" not in str(caught.value)
    assert "two\\nlines.csv" in str(caught.value)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data(), columns=st.integers(2, 4), delimiter=st.sampled_from([",", ";", "\t"]))
def test_what_csv_writes_is_read_back(data: st.DataObject, columns: int, delimiter: str) -> None:
    header = [f"column {index}" for index in range(columns)]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=1, max_size=5))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([header, *rows])

        table = read_table(path)

    assert table.header == tuple(header)
    assert table.columns == tuple(map(list, zip(*rows, strict=True)))
    assert len(table.lines) == len(rows)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(content=st.binary(max_size=60) | st.text('a1,;\t"\r\n ', max_size=40).map(str.encode))
def test_whatever_the_bytes_there_is_a_table_or_one_line_about_it(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), content)
        problem = ""
        try:
            table = read_table(path)
            assert all(len(table.column(name)) == len(table.lines) for name in table.header)
        except DataError as error:
            problem = str(error)

    assert not problem or problem.startswith(str(path))
    assert len(problem.splitlines()) <= 1
