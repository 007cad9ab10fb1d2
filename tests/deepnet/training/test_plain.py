import json
import math
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import LOSSES, Loss
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import OPTIMIZERS, SGD, Adam
from deepnet.maths.schedules import Constant, Cosine, Exponential, ReduceOnPlateau, StepDecay, WarmUp
from deepnet.maths.treatment import Treatment, ValueFault
from deepnet.training.handlers import Event
from deepnet.training.history import EpochRecord, record_from_dict
from deepnet.training.patience import Patience, Plateau
from deepnet.training.plain import plan_from_dict, rule_from_dict, setup_from_dict
from deepnet.training.plan import Plan
from deepnet.training.position import Position, position_from_dict
from deepnet.training.rules import AllOf, AnyOf, StopRule
from deepnet.training.setup import GRANULARITIES, Recut, Setup
from deepnet.training.until import Until

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
counts = st.integers(1, 10**9)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
monitors = st.sampled_from(["loss", "validation_loss", "r2", "mse", "validation_top_3_accuracy"])
limits = st.dictionaries(monitors, st.floats(allow_nan=False, allow_infinity=False), max_size=2)
patience = st.builds(Patience, counts, monitors, st.floats(0, 1), st.booleans())
untils = st.builds(
    Until,
    mean_squared_error=st.none() | positive,
    mean_absolute_error=st.none() | positive,
    below=limits,
    above=limits,
    epochs=counts,
    steps=st.none() | counts,
    seconds=st.none() | positive,
    patience=st.none() | patience | counts,
)
stop_rules = st.recursive(
    untils | patience | st.builds(Plateau, st.integers(2, 99), monitors, st.floats(0, 1)),
    lambda inner: st.builds(
        lambda one, other, every: one & other if every else one | other, inner, inner, st.booleans()
    ),
    max_leaves=4,
)
schedules = st.recursive(
    st.just(Constant())
    | st.builds(StepDecay, counts, st.floats(0.1, 1), st.sampled_from(["epoch", "step"]))
    | st.builds(Exponential, st.floats(0.1, 1))
    | st.builds(Cosine, counts, st.floats(0, 1))
    | st.builds(ReduceOnPlateau, st.floats(0.1, 0.9), monitor=monitors),
    lambda inner: st.builds(WarmUp, counts, st.floats(0.1, 1), inner),
    max_leaves=2,
)
plans = st.builds(
    Plan,
    until=stop_rules,
    loss=st.sampled_from(list(LOSSES.values())),
    optimizer=st.builds(
        lambda kind, rate: kind(learning_rate=rate), st.sampled_from(list(OPTIMIZERS.values())), st.floats(1e-9, 1)
    ),
    schedule=schedules,
    rules=st.builds(GradientRules, clip_value=st.none() | positive, l2=st.floats(0, 1)),
    batch_size=counts,
    drop_last=st.booleans(),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**64),
    metrics=st.lists(st.sampled_from(["r2", "mse", "accuracy", "top_3_accuracy"]), max_size=3),
)


def through_json(data: Any) -> Any:
    return json.loads(json.dumps(data))


@given(rule=stop_rules)
@deterministic
def test_a_stop_rule_comes_back_from_plain_data(rule: StopRule) -> None:
    assert rule_from_dict(through_json(rule.to_dict())) == rule


@given(plan=plans)
@deterministic
def test_a_plan_comes_back_from_plain_data(plan: Plan) -> None:
    back = plan_from_dict(through_json(plan.to_dict()))

    assert back == plan
    assert back.to_dict() == plan.to_dict()


def test_a_plan_holds_every_part_of_itself() -> None:
    assert list(Plan(until=Until(epochs=1)).to_dict()) == [field.name for field in fields(Plan)]


def test_a_plan_reads_as_it_was_written() -> None:
    plan = Plan(until=Until(epochs=9) & Plateau(3), optimizer=SGD(0.5), batch_size=4, metrics=["r2"])

    data = plan.to_dict()

    assert data["until"]["kind"] == "all_of"
    assert data["until"]["rules"][1] == {"kind": "plateau", "epochs": 3, "monitor": "loss", "min_delta": 1e-4}
    assert (data["loss"], data["optimizer"]["name"], data["schedule"]) == (
        "mean_squared_error",
        "sgd",
        {"name": "constant"},
    )
    assert (data["batch_size"], data["metrics"]) == (4, ["r2"])


def test_numbers_of_numpy_become_pythons_own() -> None:
    until = Until(epochs=np.int64(5), steps=np.int32(7), seconds=np.float64(2), mean_squared_error=np.float32(0.02))  # type: ignore[arg-type]
    plan = Plan(until=until & Patience(np.int64(2)) & Plateau(np.int64(2)), batch_size=np.int64(3), seed=np.uint8(1))  # type: ignore[arg-type]

    assert plan_from_dict(through_json(plan.to_dict())) == plan
    assert until.mean_squared_error == float(np.float32(0.02))


@dataclass(frozen=True, slots=True)
class Whim(StopRule):
    epochs: int = 1


class SubtleUntil(Until):
    __slots__ = ()


class SubtleAdam(Adam):
    __slots__ = ()


class SubtleConstant(Constant):
    __slots__ = ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"until": Whim()}, "a stop rule of your own, Whim, cannot be kept in a file: join Until, Patience"),
        ({"until": Until(epochs=1) | Whim()}, "a stop rule of your own, Whim,"),
        ({"until": SubtleUntil(epochs=1)}, "a stop rule of your own, SubtleUntil,"),
        ({"loss": Loss("mine", lambda _a, _b: 0.0, lambda a, _b: a)}, "the loss 'mine' is of your own .*: use one"),
        ({"loss": Loss("huber", lambda _a, _b: 0.0, lambda a, _b: a)}, "the loss 'huber' is of your own making"),
        ({"optimizer": SubtleAdam()}, "the optimizer 'adam' is of your own making and cannot be kept"),
        ({"schedule": SubtleConstant()}, "the schedule 'constant' is of your own making"),
    ],
)  # fmt: skip
def test_what_is_of_ones_own_making_is_refused_with_advice(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Plan(**{"until": Until(epochs=1), **options}).to_dict()


GOOD = Plan(until=Until(epochs=1)).to_dict()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"until": {"kind": "never"}},
            "unknown stop rule 'never': use one of until, patience, plateau, any_of, all_of",
        ),
        ({"until": {"epochs": 3}}, "describe no stop rule: KeyError"),
        ({"until": {"kind": "until", "epoch": 3}}, "describe no stop rule: TypeError"),
        ({"until": {"kind": "until", "epochs": 0}}, "epochs must be a whole number"),
        ({"until": {"kind": "any_of", "rules": 3}}, "describe no stop rule"),
        ({"until": {"kind": "any_of", "rules": [3]}}, "describe no stop rule"),
        ({"until": None}, "describe no stop rule"),
        ({"loss": "guess"}, "unknown loss 'guess'"),
        ({"optimizer": {"name": "adam", "rate": 1}}, "adam has no option 'rate'"),
        ({"schedule": {"name": "cosine"}}, "cosine needs length"),
        ({"rules": {"l3": 1}}, "describe no plan: TypeError"),
        ({"rules": None}, "describe no plan"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"surprise": 1}, "describe no plan: TypeError"),
    ],
)
def test_data_that_describe_no_plan_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        plan_from_dict({**GOOD, **changes})

    assert len(str(caught.value).splitlines()) == 1


def test_a_plan_of_the_time_before_compiled_kernels_is_of_numpy() -> None:
    assert plan_from_dict({key: value for key, value in GOOD.items() if key != "kernels"}).kernels == "numpy"


def test_a_plan_of_the_time_before_there_was_a_pace_has_none() -> None:
    assert plan_from_dict({**GOOD, "pace": 20}).pace == 20
    assert plan_from_dict({key: value for key, value in GOOD.items() if key != "pace"}).pace is None


@pytest.mark.parametrize("name", [name for name in GOOD if name not in {"kernels", "pace"}])
def test_a_plan_with_a_part_missing_is_none(name: str) -> None:
    with pytest.raises(InputError, match="describe no plan: KeyError"):
        plan_from_dict({key: value for key, value in GOOD.items() if key != name})


positions = st.builds(
    Position,
    epoch=counts,
    batch=st.integers(0, 99),
    step=st.integers(0, 10**12),
    loss_sum=st.floats(),
    rows_seen=st.integers(0, 99),
    stage=st.sampled_from(list(Event)),
    tallies=st.just(()),
    halted=st.integers(0, 9),
    unplayed=st.integers(0, 9),
)


@given(position=positions)
@deterministic
def test_a_position_comes_back_bit_for_bit(position: Position) -> None:
    back = position_from_dict(through_json(position.to_dict()), ("tallies",))

    assert back._replace(loss_sum=0, tallies=()) == position._replace(loss_sum=0)
    assert back.loss_sum.hex() == position.loss_sum.hex()
    assert (back.stage, back.tallies) == (position.stage, ("tallies",))
    assert isinstance(back.stage, Event)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epoch": 0}, "epoch must be a whole number of 1 or more"),
        ({"step": -1}, "step must be"),
        ({"stage": "lunch"}, "describe no position"),
        ({"loss_sum": None}, "describe no position"),
        ({"mood": 1}, "a position has no 'mood'"),
    ],
)
def test_data_that_describe_no_position_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        position_from_dict({**Position().to_dict(), **changes})


def test_joined_rules_come_back_as_deep_as_they_were() -> None:
    rule = AnyOf((Until(epochs=9), AllOf((Until(steps=5), AnyOf((Patience(2), Plateau(3)))))))

    assert rule_from_dict(through_json(rule.to_dict())) == rule


@given(figures=st.lists(st.floats(), min_size=6, max_size=6), epoch=counts, step=counts)
@deterministic
def test_a_record_comes_back_bit_for_bit(figures: list[float], epoch: int, step: int) -> None:
    record = EpochRecord(
        epoch, step, figures[0], {"r2": figures[1]}, dict(zip("ab", figures[2:4], strict=True)), *figures[4:]
    )

    back = record_from_dict(through_json(record.to_dict()))

    assert (back.epoch, back.step, list(back.flat())) == (epoch, step, list(record.flat()))
    assert [float(value).hex() for value in back.flat().values()] == [
        float(value).hex() for value in record.flat().values()
    ]
    assert math.isnan(record_from_dict({**record.to_dict(), "loss": None}).loss)


treatments = st.builds(
    Treatment,
    activation=st.sampled_from([None, "tanh", "relu"]),
    rate=st.floats(0, 10),
    frozen=st.booleans(),
    lesioned=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    faults=st.lists(
        st.builds(
            ValueFault,
            kind=st.sampled_from(["stuck_at", "noise", "byzantine"]),
            amount=st.floats(0, 1e300),
            rate=st.floats(0.01, 1),
            first=st.integers(1, 5),
            last=st.none() | st.integers(5, 9),
            seed=st.integers(0, 2**64),
        ),
        max_size=2,
    ).map(tuple),
)


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    widths = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    model = Chain(*(Dense(before, after, "tanh") for before, after in pairwise(widths)))
    setup = Setup(
        model,
        tuple(draw(st.sampled_from(GRANULARITIES)) for _ in model.dense),
        tuple({} for _ in model.dense),
        draw(st.none() | plans),
        draw(st.none() | st.builds(Recut, counts, st.integers(0, 9), st.integers(0, 99))),
        draw(st.integers(0, 99)),
    )
    for number, layer in enumerate(model.dense):
        setup = setup.with_treatments(number, draw(st.dictionaries(st.integers(0, layer.neurons - 1), treatments)))
    return setup


@given(setup=setups())
@deterministic
def test_a_setup_comes_back(setup: Setup) -> None:
    back = setup_from_dict(through_json(setup.to_dict()))

    for field in fields(Setup):
        assert getattr(back, field.name) == getattr(setup, field.name)
    assert isinstance(back.recut, Recut | None)


def test_a_setup_of_parts_of_ones_own_making_is_not_plain() -> None:
    loss = Loss("mine", LOSSES["huber"].value, LOSSES["huber"].gradient)
    setup = replace(Setup.of(Chain(Dense(1, 1)), "neuron"), plan=Plan(until=Until(epochs=1), loss=loss))

    with pytest.raises(InputError, match="the loss 'mine' is of your own making"):
        setup.to_dict()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"granularities": ["neuron"]}, "a setup has 1 granularities, its model 2 layers"),
        ({"granularities": ["neuron", "atom"]}, "unknown granularity 'atom'"),
        ({"granularities": None}, "these data describe no setup: TypeError"),
        ({"treatments": [{}]}, "these data describe no setup: ValueError"),
        ({"treatments": [{"3": {}}, {}]}, "a layer of 3 neurons has no neuron 3 to be treated"),
        ({"treatments": [{"-1": {}}, {}]}, "a layer of 3 neurons has no neuron -1 to be treated"),
        ({"treatments": [{"one": {}}, {}]}, "these data describe no setup: ValueError"),
        ({"treatments": [{"0": {"rate": -1}}, {}]}, "rate of a neuron must be"),
        ({"treatments": [[], {}]}, "these data describe no setup: AttributeError"),
        ({"recut": [1, 2]}, "these data describe no setup: TypeError"),
        ({"recut": [0, 2, 3]}, "the epoch of a recut must be a whole number of 1 or more"),
        ({"recut": [1, -2, 3]}, "the batch of a recut must be a whole number of 0 or more"),
        ({"recut": [1, 2, 3.5]}, "the row of a recut must be a whole number of 0 or more"),
        ({"number": None}, "number must be a whole number of 0 or more"),
        ({"model": {"layers": []}}, "a Chain needs one layer or more"),
        ({"plan": {}}, "these data describe no plan"),
        ({"mood": "good"}, "a setup has no 'mood'"),
    ],
)
def test_what_is_no_setup_is_refused(changes: dict[str, Any], message: str) -> None:
    data = Setup.of(Chain(Dense(2, 3), Dense(3, 1)), "neuron").to_dict()

    with pytest.raises(InputError, match=message):
        setup_from_dict({**data, **changes})


@pytest.mark.parametrize("name", ["model", "granularities", "treatments", "plan", "recut", "number"])
def test_a_setup_needs_all_its_parts(name: str) -> None:
    data = Setup.of(Chain(Dense(2, 3), Dense(3, 1)), "neuron").to_dict()
    del data[name]

    with pytest.raises(InputError, match=f"these data describe no setup: KeyError\\('{name}'\\)"):
        setup_from_dict(data)
