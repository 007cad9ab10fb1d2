import csv
import io
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import DataError
from deepnet.training.history import EpochRecord, read_history, to_csv, to_json

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
NAN = math.nan
any_figure = st.floats()
names = st.sampled_from(["mean_squared_error", "r2", "accuracy", "top_3_accuracy"])
FULL = EpochRecord(2, 50, 0.25, {"r2": 0.5}, {"loss": 0.375, "r2": 0.125}, 0.01, 1.5)


@st.composite
def histories(draw: st.DrawFn) -> tuple[EpochRecord, ...]:
    """Records as a run makes them, of the same figures in each epoch: any numbers, nan and infinity too."""
    metrics, validated = draw(st.lists(names, unique=True)), draw(st.booleans())
    count = draw(st.integers(0, 4))
    return tuple(
        EpochRecord(
            epoch,
            draw(st.integers(0, 10**9)),
            draw(any_figure),
            {name: draw(any_figure) for name in metrics},
            {name: draw(any_figure) for name in ("loss", *metrics)} if validated else {},
            draw(any_figure),
            draw(any_figure),
        )
        for epoch in range(1, count + 1)
    )


def plain(record: EpochRecord) -> list[object]:
    """A record as it is after a file: what is no finite number is nan; nan equals nan here."""

    def number(value: float) -> float | str:
        return value if math.isfinite(value) else "none"

    return [
        record.epoch,
        record.step,
        *({name: number(value) for name, value in part.items()} for part in (record.metrics, record.validation)),
        *(number(value) for value in (record.loss, record.learning_rate, record.seconds)),
    ]


@given(history=histories())
@deterministic
def test_a_history_comes_back_from_json_bit_for_bit(
    history: tuple[EpochRecord, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("histories") / "run.json"
    path.write_text(to_json(history), encoding="utf-8")

    assert [plain(record) for record in read_history(path)] == [plain(record) for record in history]


@given(history=histories())
@deterministic
def test_a_history_comes_back_from_csv_bit_for_bit(
    history: tuple[EpochRecord, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("histories") / "run.CSV"
    path.write_text(to_csv(history), encoding="utf-8")

    assert [plain(record) for record in read_history(str(path))] == [plain(record) for record in history]


def test_json_is_plain_and_says_null_where_there_is_no_number() -> None:
    broken = EpochRecord(3, 75, math.inf, {"r2": NAN}, {}, 0.01)

    assert json.loads(to_json([FULL, broken])) == [
        {
            "epoch": 2,
            "step": 50,
            "loss": 0.25,
            "learning_rate": 0.01,
            "seconds": 1.5,
            "metrics": {"r2": 0.5},
            "validation": {"loss": 0.375, "r2": 0.125},
        },
        {
            "epoch": 3,
            "step": 75,
            "loss": None,
            "learning_rate": 0.01,
            "seconds": None,
            "metrics": {"r2": None},
            "validation": {},
        },
    ]


def test_csv_has_a_column_for_every_figure_and_an_empty_cell_where_there_is_no_number() -> None:
    text = to_csv([FULL, EpochRecord(3, 75, NAN, {"r2": -math.inf}, {"loss": 0.5}, 0.01)])

    assert text == (
        "epoch,step,loss,learning_rate,seconds,r2,validation_loss,validation_r2\n"
        "2,50,0.25,0.01,1.5,0.5,0.375,0.125\n"
        "3,75,,0.01,,,0.5,\n"
    )
    assert [row["r2"] for row in csv.DictReader(io.StringIO(text))] == ["0.5", ""]


def test_a_run_without_an_epoch_has_a_heading_and_an_empty_list() -> None:
    assert to_csv([]) == "epoch,step,loss,learning_rate,seconds\n"
    assert json.loads(to_json([])) == []


def test_a_figure_goes_by_its_name_and_is_nan_if_it_was_not_measured() -> None:
    assert [FULL.figure(name) for name in ("loss", "r2", "validation_loss", "validation_r2")] == [
        0.25,
        0.5,
        0.375,
        0.125,
    ]
    assert math.isnan(FULL.figure("accuracy"))
    assert math.isnan(FULL.figure("validation_accuracy"))
    for name in ("loss", "r2", "validation_loss", "validation_r2"):
        assert FULL.flat()[name] == FULL.figure(name)


def test_the_clock_takes_no_part_in_comparisons() -> None:
    assert EpochRecord(1, 2, 0.5, {}, {}, 0.1, seconds=1.0) == EpochRecord(1, 2, 0.5, {}, {}, 0.1, seconds=9.0)
    assert EpochRecord(1, 2, 0.5, {}, {}, 0.1) != EpochRecord(1, 2, 0.5, {}, {}, 0.2)


HEADING = b"epoch,step,loss,learning_rate,seconds\n"


def entry(**changes: str) -> bytes:
    """A history of one epoch in JSON, with some of its values written in another way."""
    fields = {
        "epoch": "1",
        "step": "2",
        "loss": "1",
        "learning_rate": "1",
        "seconds": "1",
        "metrics": "{}",
        "validation": "{}",
    }
    parts = [f'"{name}": {value}' for name, value in (fields | changes).items()]
    return f"[{{{', '.join(parts)}}}]".encode()


def test_the_entry_that_is_broken_below_is_a_history(tmp_path: Path) -> None:
    path = tmp_path / "h.json"
    path.write_bytes(entry())

    assert read_history(path) == (EpochRecord(1, 2, 1.0, {}, {}, 1.0),)


BROKEN = {
    "empty.json": b"",
    "torn.json": b"[{",
    "object.json": b"{}",
    "null.json": b"null",
    "text.json": b'"history"',
    "numbers.json": b"[1, 2]",
    "other.json": b'[{"epoch": 1}]',
    "metrics-in-a-list.json": entry(metrics="[]"),
    "metric-in-words.json": entry(metrics='{"r2": "high"}'),
    "epoch-in-words.json": entry(epoch='"one"'),
    "infinite-epoch.json": entry(epoch="Infinity"),
    "huge-number.json": entry(loss="1" + 400 * "0"),
    "deep.json": b"[" * 100_000,
    "utf-16.json": "[]".encode("utf-16"),
    "empty.csv": b"",
    "table.csv": b"mpg,weight\n18,3504\n",
    "heading.csv": b"mpg,weight\n",
    "short-row.csv": HEADING + b"1,2,3,4,5\n3",
    "epoch-in-words.csv": HEADING + b"one,2,3,4,5\n",
    "long-row.csv": HEADING + b"1,2,3,4,5,6\n",
    "loss-in-words.csv": HEADING + b"1,2,low,4,5\n",
    "quotes.csv": HEADING + b'1,2,"3"4,4,5\n',
    "huge-cell.csv": HEADING + b"1,2," + b"9" * 200_000 + b",4,5\n",
    "utf-16.csv": HEADING.decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_history_is_refused_on_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BROKEN[name])

    with pytest.raises(DataError) as caught:
        read_history(path)

    assert str(caught.value) == f"{path}: is no history of a run: give a file made with --history"


def test_a_file_that_cannot_be_read_is_refused_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.json: there is no such file: check the path"):
        read_history(tmp_path / "absent.json")
    with pytest.raises(DataError, match="this is a directory"):
        read_history(tmp_path)
