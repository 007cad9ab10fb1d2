from typing import Any

from deepnet.terminal.top.points import MOST, Points


def record(epoch: int, loss: float | None = 1.0, **metrics: float) -> dict[str, Any]:
    return {
        "epoch": epoch,
        "step": epoch * 5,
        "loss": loss,
        "metrics": metrics,
        "validation": {"loss": 2 * (loss or 0)},
    }


def told(records: list[dict[str, Any]], after: int = 0, run: str = "digits-1") -> dict[str, Any]:
    return {"run": run, "after": after, "records": records}


def test_records_come_one_after_the_other() -> None:
    points = Points()
    points.take(told([record(1, 0.5), record(2, 0.4)]))
    points.take(told([record(3, 0.3)], after=2))
    assert points.curve() == [(1.0, 0.5), (2.0, 0.4), (3.0, 0.3)]


def test_another_run_begins_anew() -> None:
    points = Points()
    points.take(told([record(1), record(2)]))
    points.take(told([record(9)], after=8, run="digits-2"))
    assert points.curve() == [(9.0, 1.0)]


def test_a_run_that_went_back_tells_all_of_it_again() -> None:
    points = Points()
    points.take(told([record(1), record(2), record(3)]))
    points.take(told([record(1, 7.0)]))
    assert points.curve() == [(1.0, 7.0)]


def test_a_curve_is_of_a_metric_or_of_the_rows_held_out() -> None:
    points = Points()
    points.take(told([record(1, 0.5, accuracy=0.9)]))
    assert points.curve("accuracy") == [(1.0, 0.9)]
    assert points.curve("validation_loss") == [(1.0, 1.0)]


def test_an_epoch_without_the_figure_shows_its_loss_and_one_without_a_number_nothing() -> None:
    points = Points()
    points.take(told([record(1, 0.5), record(2, None)]))
    assert points.curve("accuracy") == [(1.0, 0.5)]


def test_weeks_of_epochs_take_no_more_room_than_a_day() -> None:
    points = Points()
    for start in range(1, 20_000, 500):
        points.take(told([record(epoch) for epoch in range(start, start + 500)], after=start - 1))
    epochs = [epoch for epoch, _ in points.curve()]
    assert len(points) <= MOST
    assert epochs[0] == 1
    assert epochs[-1] == 20_000
    assert epochs == sorted(epochs)
    assert points.curve()[-1][0] == 20_000
