from typing import Any

from deepnet.terminal.top.healing import SHOWN_SECONDS, Healing


def row(kind: str, time: float, address: str | None = None, step: int | None = None, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "time": time, "address": address, "step": step, "data": data}


def test_a_death_is_told_until_the_neuron_is_back() -> None:
    healing = Healing()
    healing.hear(row("neuron_died", 10.0, "dense_0/3", 1200, reason="killed"))
    assert list(healing.down) == ["dense_0/3"]
    assert str(healing.latest(10.1)) == "dense_0/3 died at step 1,200 (killed) -> coming up again ..."
    healing.hear(row("neuron_restarted", 10.012, "dense_0/3", restarts=2))
    healing.hear(row("step_replayed", 10.013, step=1200, attempt=2))
    assert list(healing.down) == []
    assert str(healing.latest(10.1)) == (
        "dense_0/3 died at step 1,200 (killed) -> back after 12 ms, restart 2, step 1,200 played again"
    )


def test_a_step_cannot_be_sealed_without_everybody() -> None:
    healing = Healing()
    healing.hear(row("neuron_died", 10.0, "dense_0/3", 1200))
    healing.sealed(1199, 11.0)
    assert list(healing.down) == ["dense_0/3"]
    healing.sealed(1200, 11.0)
    assert list(healing.down) == []


def test_what_has_healed_is_shown_for_a_while() -> None:
    healing = Healing()
    healing.hear(row("neuron_died", 10.0, "a/0", 1))
    healing.hear(row("neuron_restarted", 11.0, "a/0", restarts=1))
    assert healing.latest(11.0 + SHOWN_SECONDS - 1) is not None
    assert healing.latest(11.0 + SHOWN_SECONDS + 1) is None


def test_what_has_healed_before_somebody_looked_is_not_shown() -> None:
    healing = Healing()
    healing.began = 11.5
    healing.hear(row("neuron_died", 10.0, "a/0", 1))
    assert healing.latest(12.0) is not None
    healing.hear(row("neuron_restarted", 11.0, "a/0", restarts=1))
    assert healing.latest(12.0) is None


def test_the_latest_death_is_shown_or_the_one_of_an_address() -> None:
    healing = Healing()
    for time, address in ((1.0, "a/0"), (2.0, "a/1"), (3.0, "a/0")):
        healing.hear(row("neuron_died", time, address, 5))
    assert str(healing.latest(4.0)).startswith("a/0 died")
    assert str(healing.latest(4.0, "a/1")).startswith("a/1 died")
    assert healing.latest(4.0, "a/2") is None


def test_a_storm_of_deaths_takes_a_bounded_room() -> None:
    healing = Healing()
    for number in range(5000):
        healing.hear(row("neuron_died", 1.0, f"a/{number}", 5))
    assert len(healing.down) == 1000
    assert healing.down[-1] == "a/4999"
