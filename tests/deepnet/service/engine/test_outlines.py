"""What is told of a data set before it is learnt, against the data, and against what `deepnet train` does with them."""

from typing import Any

import numpy as np
import pytest

from deepnet.cli.train.job import prepare_job
from deepnet.cli.train.learn import command as train
from deepnet.errors import DataError, NotFoundError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.answering import KEY
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.outlines import Outline, outline_of
from deepnet.service.web.schemas.networks import NetworkIn
from deepnet.service.web.schemas.runs import RunIn
from deepnet.wire.arrays import arrays_to_npz

CARS = "name,power,weight,fast,origin,mpg\n" + "".join(
    f"car {row},{60 + 7 * (row % 11)},{2.5 - row * 0.05:.2f},{'true' if row % 2 else 'false'},"
    f"{('usa', 'japan')[row % 3 == 0]},{30 - row % 9}\n"
    for row in range(30)
)


def upload(engine: Engine, name: str, text: str) -> None:
    engine.add_dataset(name, "csv", [text.encode()])


def columns(outline: Outline) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in outline.columns}


def test_without_a_target_the_columns_are_told_and_nothing_is_suggested(engine: Engine) -> None:
    upload(engine, "cars", CARS)

    outline = outline_of(engine, "cars")

    assert (outline.kind, outline.rows, outline.column_count) == ("csv", 30, 6)
    assert (outline.target, outline.suggested) == (None, None)
    assert [column["kind"] for column in outline.columns] == [
        "category", "number", "number", "truth", "category", "number",
    ]  # fmt: skip
    power, origin = columns(outline)["power"], columns(outline)["origin"]
    assert (power["low"], power["high"], power["missing"]) == (60, 130, 0)
    assert (origin["values"], origin["different"]) == (["japan", "usa"], 2)
    assert outline.preview[0] == ["car 0", "60", "2.50", "false", "japan", "30"]
    assert len(outline.preview) == 8


def test_what_cannot_be_learnt_is_said_and_the_columns_are_there(engine: Engine) -> None:
    upload(engine, "cars", CARS)

    named = outline_of(engine, "cars", "mpg", keep=["name"])
    left_out = outline_of(engine, "cars", "mpg", ignore=["name"])

    assert "column 'name': text with 30 values in 30 rows is no category" in named.problem
    assert (named.suggested, len(named.columns)) == (None, 6)
    assert named.cures == [{"column": "name", "cure": "ignore", "why": "text", "count": 30}]
    assert left_out.problem == ""
    assert left_out.features == ["power", "weight", "fast", "origin=japan", "origin=usa"]
    assert left_out.used == ["power", "weight", "fast", "origin"]
    assert (left_out.task, left_out.learnt, left_out.tested) == ("regression", 24, 6)
    assert set(left_out.baselines["least squares"]) == {"r2", "mean_absolute_error", "mean_squared_error"}
    assert left_out.suggested is not None
    assert left_out.suggested["run"]["ignore"] == ["name"]


def test_missing_values_are_counted_and_can_be_filled(engine: Engine) -> None:
    upload(engine, "gaps", CARS.replace(",60,", ",,"))

    refused = outline_of(engine, "gaps", "mpg", ignore=["name"], missing="error")
    filled = outline_of(engine, "gaps", "mpg", ignore=["name"], missing="mean")

    assert columns(refused)["power"]["missing"] == 3
    assert refused.preview[0][1] is None
    assert "3 rows have no value in power" in refused.problem
    assert refused.cures == [{"column": "power", "cure": "missing", "why": "gaps", "count": 3}]
    assert (filled.problem, filled.learnt + filled.tested) == ("", 30)
    assert filled.suggested is not None
    assert filled.suggested["run"]["missing"] == "mean"


def test_choosing_the_target_is_enough(engine: Engine) -> None:
    upload(engine, "plain", CARS.replace(",60,", ",,").replace("name,", "name,void,").replace("\ncar", "\nx,car"))
    upload(
        engine, "holed", "a,b,y\n" + "".join(f"{row if row % 3 == 0 else ''},{row % 4},{row}\n" for row in range(30))
    )

    outline, holed = outline_of(engine, "plain", "mpg"), outline_of(engine, "holed", "y")

    assert outline.left_out == [{"column": "void", "why": "text", "different": 30}]
    assert (outline.missing, outline.gap_rows, outline.learnt + outline.tested) == ("drop", 3, 27)
    assert (outline.problem, outline.cures) == ("", [])
    assert outline.suggested is not None
    assert outline.suggested["run"]["ignore"] == ["void"]
    assert outline.suggested["run"]["missing"] == "drop"
    assert (holed.missing, holed.gap_rows, holed.learnt + holed.tested) == ("mean", 20, 30)


def test_decimal_commas_are_told_of(engine: Engine) -> None:
    upload(engine, "commas", "a;b;y\n" + "".join(f"{row},5;{row % 4};{row}\n" for row in range(20)))

    of_feature, of_target = outline_of(engine, "commas", "y"), outline_of(engine, "commas", "a")

    assert columns(of_feature)["a"]["commas"] == 20
    assert of_feature.cures == [{"column": "a", "cure": "ignore", "why": "commas", "count": 20}]
    assert of_target.cures == [{"column": "a", "cure": "target", "why": "commas", "count": 20}]
    assert outline_of(engine, "commas", "y", ignore=["a"]).problem == ""


def test_a_person_is_warned(engine: Engine) -> None:
    rows = "".join(f"{row % 7},1,{2 * (row % 13) + 1},{row % 13}\n" for row in range(40))
    upload(engine, "odd", "a,same,copy,y\n" + rows)

    outline = outline_of(engine, "odd", "y")

    assert [leak["feature"] for leak in outline.leaks] == ["copy"]
    assert outline.constants == ["same"]


@pytest.mark.parametrize("name", ["iris", "auto-mpg"])
def test_what_is_suggested_is_what_deepnet_train_would_do(engine: Engine, name: str) -> None:
    suggested = outline_of(engine, name).suggested
    assert suggested is not None
    network = NetworkIn.model_validate(suggested["network"] | {"name": "suggested", "kernels": "numpy"})
    run = RunIn.model_validate(suggested["run"] | {"until": {"epochs": 2}})
    engine.create(network.spec())
    run_id = engine.train("suggested", run.spec()).id
    engine.live_run(run_id).wait(60)

    context = train.make_context("train", [name, "--epochs", "2", "--kernels", "numpy"])
    job = prepare_job(name, context.params, lambda _warning: None)
    with job.start() as here:
        job.train(here).wait(60)
        wanted = fingerprint(here.parameters())

    assert fingerprint(engine.network("suggested").parameters()) == wanted
    assert engine.row("suggested").about[KEY]["target"] == job.table.dataset.target


def test_arrays_are_learnt_as_they_are(engine: Engine) -> None:
    chance = np.random.default_rng(0)
    arrays = {"inputs": chance.random((20, 3)), "targets": np.eye(2)[np.arange(20) % 2]}
    engine.add_dataset("arrays", "npz", [arrays_to_npz(arrays)])

    outline, moons = outline_of(engine, "arrays"), outline_of(engine, "moons")

    assert (outline.rows, outline.column_count, outline.task, outline.learnt) == (20, 4, "multiclass", 20)
    assert (outline.kind, moons.kind) == ("npz", "builtin")
    assert outline.columns[0]["high"] == arrays["inputs"][:, 0].max()
    assert outline.suggested is not None
    assert outline.suggested["network"]["model"]["layers"][-1]["neurons"] == 2
    assert moons.columns[-1]["values"] == ["upper", "lower"]
    assert moons.preview[0][-1] in {"upper", "lower"}


def test_of_many_columns_and_long_cells_only_the_beginning_is_told(engine: Engine) -> None:
    header = ",".join(f"c{place}" for place in range(1200))
    upload(engine, "wide", f"{header}\n" + f"{'x' * 90},{','.join('1' * 1199)}\n" * 2)

    outline = outline_of(engine, "wide")

    assert (outline.column_count, len(outline.columns), len(outline.preview[0])) == (1200, 1000, 1000)
    assert outline.preview[0][0] == "x" * 59 + "…"


def test_what_is_not_there_is_refused(engine: Engine) -> None:
    upload(engine, "cars", CARS)

    with pytest.raises(NotFoundError, match="no data set 'cats'"):
        outline_of(engine, "cats")
    with pytest.raises(DataError, match="has no column 'price'"):
        outline_of(engine, "cars", "price")
    with pytest.raises(DataError, match="has no column 'colour'"):
        outline_of(engine, "cars", "mpg", ignore=["colour"])
