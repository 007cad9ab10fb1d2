"""Random plays of changes, steps, kills and undos on live networks, held against one in plain numpy at every seal."""

import os
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.deepnet.runs import live_actions, live_plain, live_playing
else:

    def beside(name: str) -> Any:
        """Load the module of that name from beside this file: tests are no packages."""
        spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        module = sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    live_actions, live_plain, live_playing = map(beside, ("live_actions", "live_plain", "live_playing"))

PLAYS = int(os.environ.get("DEEPNET_LIVE_PLAYS", "0"))
"""How many plays scripts/fuzz-live wants; otherwise there are few, and always the same."""
KERNELS = [*(["numba"] if find_spec("numba") else []), "numpy"]


def playing(plays: int) -> settings:
    return settings(
        derandomize=not PLAYS,
        database=None,
        deadline=None,
        max_examples=PLAYS or plays,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@st.composite
def cases(draw: st.DrawFn) -> "live_playing.Case":
    hidden = draw(st.lists(st.integers(1, 4), min_size=1, max_size=2))
    widths = (3, *hidden, 2)
    return live_playing.Case(
        widths=widths,
        activations=tuple(draw(live_actions.ACTIVATIONS) for _ in widths[1:]),
        granularity=draw(live_actions.GRANULARITIES),
        kernels=draw(st.sampled_from(KERNELS)),
        optimizer=draw(live_actions.SGD | live_actions.ADAM),
        loss=draw(st.sampled_from(["mean_squared_error", "huber"])),
        batch_size=draw(st.integers(1, 4)),
        rows=draw(st.integers(7, 10)),
        shuffle=draw(st.booleans()),
        seed=draw(st.integers(0, 99)),
    )


def corners() -> "dict[str, list[live_actions.Action]]":
    """Return what chance comes upon too seldom."""
    act = live_actions
    sgd = {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0}
    learn = act.Step("batch", 2, {})
    own = act.Set("dense_0/1", {"activation": "softplus", "rate": 0.5, "lesioned": None})
    return {
        "an epoch that is cut three times": [
            *(learn, act.SetPlan({"batch_size": 2}), act.Step("batch", 1, {}), act.SetPlan({"batch_size": 1}), learn),
            *(act.SetPlan({"batch_size": 5}), act.Undo(1), act.Step("batch", 1, {}), act.Undo(2)),
            *(act.Kill("network"), act.Step("epoch", 2, {})),
        ],
        "slots that are dropped come back": [
            *(learn, act.SetPlan({"optimizer": {**sgd, "momentum": 0.0}}), learn, act.Prune("dense_0/0"), learn),
            *(act.Undo(2), learn, act.SetPlan({"optimizer": {**sgd, "momentum": 0.0}}), learn),
            *(act.SetPlan({"optimizer": sgd}), learn, act.Undo(2), learn),
        ],
        "an activation of its own gives way to its layer's": [
            *(own, learn, act.Set("dense_0", {"activation": "tanh"}), learn, act.Undo(1), learn),
            *(act.Set("dense_0/1", {"activation": None}), learn, act.Undo(2), learn),
        ],
        "neurons around one that is pruned keep what is theirs": [
            *(own, act.Set("dense_0/3", {"frozen": True, "bias": 0.87}), learn, act.Prune("dense_0/0"), learn),
            *(act.Grow("dense_0", 2), learn, act.Prune("dense_0/4"), act.Set("dense_0/3", {"lesioned": True}), learn),
            *(act.Set("dense_0", {"granularity": "layer"}), act.Kill("vault"), learn, act.Undo(6), learn),
        ],
        "a run that is rewound in mid-epoch, and put back": [
            *(learn, act.SetPlan({"batch_size": 2}), learn, act.Grow("dense_0", 1), own, act.Rewind(), learn),
            *(act.SetPlan({"loss": "huber"}), act.Step("epoch", 1, {}), act.Undo(2), learn, act.Undo(2), learn),
        ],
        "changes in the middle of a step": [
            *(act.Messages(5), act.Set("dense_0/0", {"bias": 0.41}), act.Messages(7), act.Kill("dense_0/2")),
            *(act.Messages(9), act.Grow("dense_0", 1), act.Messages(3), act.Undo(2), act.Messages(50), learn),
        ],
        "everybody frozen or lesioned": [
            *(learn, act.Set("dense_0", {"frozen": True}), act.Bad("grow", ("dense_0", 1)), learn),
            *(act.Set("dense_1", {"lesioned": 0.7}), learn, act.Set("dense_0", {"frozen": False}), learn, act.Undo(2)),
        ],
    }


@pytest.mark.parametrize("kernels", KERNELS)
@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("name", corners())
def test_corners(name: str, granularity: str, kernels: str, strike: "live_playing.Strike") -> None:
    sgd = {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": False, "weight_decay": 0.01}
    activations = ("sigmoid", "relu", "identity")
    case = live_playing.Case(
        (3, 4, 3, 2), activations, granularity, kernels, sgd, "mean_squared_error", 3, rows=10, shuffle=True, seed=7
    )
    with live_playing.Play(case, live_plain.PlainNetwork, strike) as play:
        for action in corners()[name]:
            play.do(action)
        play.undo_everything()


@drawn(case=cases(), data=st.data())
@playing(80)
def test_whatever_is_done_to_a_live_network_it_equals_a_plain_one_to_1e_12(
    case: "live_playing.Case", data: st.DataObject, strike: "live_playing.Strike"
) -> None:
    with live_playing.Play(case, live_plain.PlainNetwork, strike) as play:
        play.check()
        for _ in range(data.draw(st.integers(8, 30))):
            play.do(data.draw(live_actions.actions(play.plain)))
        play.undo_everything()


@drawn(case=cases(), data=st.data())
@playing(40)
def test_undoing_all_changes_between_two_steps_gives_the_bits_back(
    case: "live_playing.Case", data: st.DataObject, strike: "live_playing.Strike"
) -> None:
    with live_playing.Play(case, live_plain.PlainNetwork, strike) as play:
        for _ in range(data.draw(st.integers(0, 3))):
            play.do(data.draw(live_actions.steps(play.plain)))
        for _ in range(data.draw(st.integers(1, 10))):
            play.do(data.draw(live_actions.changes(play.plain)))
        play.undo_everything()
        play.do(data.draw(live_actions.steps(play.plain)))
