from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Network, Until, start
from deepnet.errors import RunError
from deepnet.maths.parameters import fingerprint

MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 1))
INPUTS = np.random.default_rng(0).normal(size=(12, 2))
TARGETS = INPUTS[:, :1] * INPUTS[:, 1:]
HOW: dict[str, Any] = {"optimizer": Adam(0.01), "batch_size": 4, "until": Until(epochs=30)}


def network() -> Network:
    return start(MODEL, seed=3, dtype="float64", kernels="numpy")


def test_a_run_that_begins_paused_has_learnt_nothing_until_it_is_resumed() -> None:
    with network() as one, network() as other:
        run = one.train(INPUTS, TARGETS, paused=True, **HOW)
        assert run.state == "paused"
        assert run.position.step == 0
        assert fingerprint(one.parameters()) == fingerprint(other.parameters())
        run.resume()
        other.train(INPUTS, TARGETS, **HOW).wait()
        run.wait()
        assert fingerprint(one.parameters()) == fingerprint(other.parameters())


def test_what_a_network_is_at_rest_can_be_kept_and_taken_up_by_another(tmp_path: Path) -> None:
    with network() as one, network() as other:
        one.train(INPUTS, TARGETS, **HOW).wait()
        one.set("dense_0/1", frozen=True, activation="relu", bias=0.25)
        one.grow("dense_0", 2)
        other.take_up(one.state())
        assert other.model == one.model
        assert fingerprint(one.parameters()) == fingerprint(other.parameters())
        assert other.neuron("dense_0/1").frozen
        assert other.predict(INPUTS).tobytes() == one.predict(INPUTS).tobytes()
        for each in (one, other):
            each.train(INPUTS, TARGETS, **HOW).wait()
        assert fingerprint(one.parameters()) == fingerprint(other.parameters())


def test_a_run_that_is_over_is_remembered_from_its_folder(tmp_path: Path) -> None:
    with network() as one:
        run = one.train(INPUTS, TARGETS, run_dir=tmp_path / "run", **HOW).wait()
        weights, history, reason = fingerprint(one.parameters()), run.history, run.reason
    with network() as other:
        remembered = other.recall(tmp_path / "run", INPUTS, TARGETS, ended=("finished", reason))
        assert remembered.is_over
        assert remembered.state == "finished"
        assert remembered.history == history
        assert fingerprint(other.parameters()) == weights
        assert remembered.position.step == 90
        remembered.wait()
        remembered.rewind()
        with network() as untouched:
            assert fingerprint(other.parameters()) == fingerprint(untouched.parameters())
        again = other.train(INPUTS, TARGETS, **HOW).wait()
        assert again.state == "finished"
        assert fingerprint(other.parameters()) == weights


def test_a_checkpoint_is_made_when_somebody_asks_and_the_run_can_be_put_back_to_it(tmp_path: Path) -> None:
    with network() as one:
        run = one.train(INPUTS, TARGETS, run_dir=tmp_path / "run", paused=True, **HOW)
        run.step("batch", 7)
        before, slots = fingerprint(one.parameters()), one.neuron("dense_0/0").slots
        assert run.save() == 7
        assert any("step-000000007" in path.name for path in (tmp_path / "run" / "checkpoints").iterdir())
        run.step("batch", 5)
        assert fingerprint(one.parameters()) != before
        run.restore(7)
        assert fingerprint(one.parameters()) == before
        assert {name: slot.tobytes() for name, slot in one.neuron("dense_0/0").slots.items()} == {
            name: slot.tobytes() for name, slot in slots.items()
        }
        run.resume()
        run.wait()
        weights = fingerprint(one.parameters())
    with network() as undisturbed:
        undisturbed.train(INPUTS, TARGETS, **HOW).wait()
        assert fingerprint(undisturbed.parameters()) == weights


def test_a_run_without_a_folder_keeps_nothing() -> None:
    with network() as one:
        run = one.train(INPUTS, TARGETS, paused=True, **HOW)
        with pytest.raises(RunError, match="run_dir"):
            run.save()
        with pytest.raises(RunError, match="no folder"):
            run.restore(3)
