"""Exit reasons are values."""

import pickle
from typing import Any

import pytest

from supervisor import Crash, Shutdown
from supervisor.core.reasons import is_clean


@pytest.mark.parametrize("reason", ["normal", "shutdown", Shutdown("enough"), Shutdown(None)])
def test_an_orderly_end_is_clean(reason: Any) -> None:  # OTP 20
    assert is_clean(reason)


@pytest.mark.parametrize("reason", ["killed", "noproc", "boom", "", Crash(ValueError("boom")), Crash(SystemExit())])
def test_any_other_end_is_not(reason: Any) -> None:  # OTP 20
    assert not is_clean(reason)


def test_a_crash_prints_one_line() -> None:
    assert str(Crash(ValueError("two\nlines"))) == "ValueError: two lines"


@pytest.mark.parametrize("reason", ["normal", Shutdown(("port", 80)), Crash(KeyError("boom"))])
def test_a_reason_survives_pickling(reason: Any) -> None:
    back = pickle.loads(pickle.dumps(reason))

    assert type(back) is type(reason)
    assert str(back) == str(reason)


def test_equal_details_are_equal_reasons() -> None:
    assert Shutdown("enough") == Shutdown("enough") != Shutdown("more")
