"""Every error can be caught as one, travels between processes, and prints one line."""

import pickle
from typing import Any

import pytest

import supervisor
from supervisor import errors
from supervisor.core.lifecycle import IllegalSignalError, Life, Signal
from supervisor.core.reasons import Crash, Shutdown

ERRORS = [
    errors.SupervisorError("something is wrong"),
    errors.BadSpecError("max_restarts must be a whole number of 0 or more, got -1"),
    errors.StartError("a", Crash(ValueError("two\nlines"))),
    errors.StartError(("a", 1), Shutdown("no port")),
    errors.StartError("a", "two\nlines"),
    errors.AlreadyStarted("a"),
    errors.AlreadyPresent("a"),
    errors.ChildRunning("a"),
    errors.ChildRestarting("a"),
    errors.NotFound("two\nlines"),
    errors.NameNotFound("two\nlines"),
    errors.MaxChildren(3),
    errors.NotSupported("restart_child"),
    errors.UnknownRequestError("top", "Please(\n1)"),
    errors.CallbackFailed(ValueError("two\nlines")),
    errors.WouldBlockError("Asker (urn)", "Asked (urn)"),
    errors.WouldBlockError("Asker (urn)", None),
    errors.HungError("Worker (urn)"),
    errors.HungError("Two\nlines", 2.5),
    errors.SchedulerClosedError("scheduler is closed: make a new Scheduler"),
    IllegalSignalError(Life.DOWN, Signal.GONE),
]


def named(error: Any) -> str:
    return type(error).__name__


def test_the_list_is_complete() -> None:
    known = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)}

    assert {type(error) for error in ERRORS} == {*known, IllegalSignalError} - {errors._ChildError}


@pytest.mark.parametrize("error", ERRORS, ids=named)
def test_it_is_a_supervisor_error_that_prints_one_line(error: Exception) -> None:
    assert isinstance(error, errors.SupervisorError)
    assert str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("error", ERRORS, ids=named)
def test_it_survives_pickling(error: Exception) -> None:
    back = pickle.loads(pickle.dumps(error))

    assert type(back) is type(error)
    assert str(back) == str(error)
    assert list(vars(back)) == list(vars(error))


def test_a_start_error_keeps_its_facts() -> None:
    back = pickle.loads(pickle.dumps(errors.StartError("a", Crash(KeyError("boom")))))

    assert back.child_id == "a"
    assert str(back.reason) == "KeyError: 'boom'"


def test_every_public_error_is_at_the_front_door() -> None:
    public = {name for name in vars(errors) if isinstance(vars(errors)[name], type) and not name.startswith("_")}

    assert public <= set(supervisor.__all__)
    assert all(hasattr(supervisor, name) for name in supervisor.__all__)
