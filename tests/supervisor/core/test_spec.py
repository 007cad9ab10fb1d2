"""Specs and flags: complete, and refused by name when they are wrong."""

from typing import Any

import pytest

from supervisor import BadSpecError, ChildSpec, Supervisor
from supervisor.core.family import Family
from supervisor.core.spec import RestartLimit, check_specs, forgotten


def start() -> None:
    raise AssertionError("a bad spec starts nothing")


def test_a_spec_is_a_permanent_insignificant_worker_with_five_seconds_to_stop() -> None:  # OTP 2
    spec = ChildSpec("a", start)

    assert (spec.restart, spec.type, spec.significant, spec.shutdown) == ("permanent", "worker", False, 5.0)


def test_a_supervisor_as_a_child_may_take_for_ever_to_stop() -> None:  # OTP 2
    assert ChildSpec("a", start, type="supervisor").shutdown == "infinity"
    assert ChildSpec("a", start, type="supervisor", shutdown=1).shutdown == 1


def test_flags_default_to_elixirs_three_restarts_in_five_seconds() -> None:  # OTP 1
    assert RestartLimit() == RestartLimit(max_restarts=3, max_seconds=5)
    family = Family([])

    assert (family.strategy, family.auto_shutdown, family.window.limit) == ("one_for_one", "never", RestartLimit())


@pytest.mark.parametrize("missing", [{"id": "a"}, {"start": start}])
def test_a_spec_needs_an_id_and_a_start(missing: dict[str, Any]) -> None:  # OTP 3
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        ChildSpec(**missing)


def test_a_key_that_no_spec_has_is_refused() -> None:  # OTP 3, stricter on purpose
    with pytest.raises(TypeError, match="modules"):
        ChildSpec("a", start, modules=[])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"id": None}, "id"),
        ({"id": ["a"]}, "id"),
        ({"start": "print"}, "start of child 'a'"),
        ({"start": (str, ())}, "start of child 'a'"),
        ({"start": ("str", (), {})}, "start of child 'a'"),
        ({"start": (str, [], {})}, "start of child 'a'"),
        ({"start": (str, (), ())}, "start of child 'a'"),
        ({"restart": "always"}, "restart of child 'a'"),
        ({"restart": None}, "restart of child 'a'"),
        ({"type": "manager"}, "type of child 'a'"),
        ({"shutdown": -1}, "shutdown of child 'a'"),
        ({"shutdown": float("nan")}, "shutdown of child 'a'"),
        ({"shutdown": float("inf")}, "shutdown of child 'a'"),
        ({"shutdown": True}, "shutdown of child 'a'"),
        ({"shutdown": "soon"}, "shutdown of child 'a'"),
        ({"significant": 1}, "significant of child 'a'"),
    ],
)
def test_a_wrong_field_is_refused_by_name(wrong: dict[str, Any], named: str) -> None:  # OTP 5
    with pytest.raises(BadSpecError, match=named) as refused:
        ChildSpec(**{"id": "a", "start": start, **wrong})

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("policy", [0, 0.0, 0.25, 60, "brutal_kill", "infinity"])
def test_shutdown_may_be_seconds_from_zero_brutal_kill_or_infinity(policy: Any) -> None:  # OTP 5
    assert ChildSpec("a", start, shutdown=policy).shutdown == policy


@pytest.mark.parametrize("limit", [(0, 1), (1, 1), (1000, 3600)])
def test_a_restart_limit_is_whole_numbers(limit: tuple[int, int]) -> None:  # OTP 4
    assert (RestartLimit(*limit).max_restarts, RestartLimit(*limit).max_seconds) == limit


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"max_restarts": -1}, "max_restarts"),
        ({"max_restarts": 1.5}, "max_restarts"),
        ({"max_restarts": True}, "max_restarts"),
        ({"max_seconds": 0}, "max_seconds"),
        ({"max_seconds": 0.5}, "max_seconds"),
        ({"max_seconds": float("inf")}, "max_seconds"),
        ({"max_seconds": "infinity"}, "max_seconds"),
        ({"strategy": "simple_one_for_one"}, "strategy"),
        ({"strategy": None}, "strategy"),
        ({"auto_shutdown": "always"}, "auto_shutdown"),
        ({"auto_shutdown": ["never"]}, "auto_shutdown"),
    ],
)
def test_a_bad_flag_fails_the_start_before_any_child_starts(flags: dict[str, Any], named: str) -> None:  # OTP 4, 15
    with pytest.raises(BadSpecError, match=named):
        Supervisor.start([ChildSpec("a", start)], **flags)


def test_two_children_of_one_id_fail_the_start_and_start_nothing() -> None:  # OTP 6
    with pytest.raises(BadSpecError, match="share the id 'a'"):
        Supervisor.start([ChildSpec("a", start), ChildSpec("b", start), ChildSpec("a", start)])


def test_specs_are_checked_without_a_supervisor() -> None:  # OTP 7
    specs = [ChildSpec("a", start), ChildSpec("b", start)]

    assert check_specs(iter(specs)) == tuple(specs)
    with pytest.raises(BadSpecError, match="must be described by a ChildSpec, got 'a'"):
        check_specs(["a"])


def test_a_permanent_child_cannot_be_significant() -> None:  # OTP 8
    with pytest.raises(BadSpecError, match="'a' is permanent, so it cannot be significant"):
        ChildSpec("a", start, significant=True)


def test_a_significant_child_needs_auto_shutdown() -> None:  # OTP 8
    spec = ChildSpec("a", start, restart="transient", significant=True)

    with pytest.raises(BadSpecError, match="'a' is significant, but auto_shutdown is never"):
        check_specs([spec])
    assert check_specs([spec], "any_significant") == (spec,)


def test_a_spec_is_a_value() -> None:
    assert ChildSpec("a", start) == ChildSpec("a", start, shutdown=5.0)
    with pytest.raises(AttributeError):
        ChildSpec("a", start).id = "b"  # type: ignore[misc]


def test_what_stands_for_a_forgotten_start_says_so() -> None:  # OTP 23
    with pytest.raises(BadSpecError, match="not kept"):
        forgotten()
