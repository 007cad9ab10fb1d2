"""The figures of a network and its run at one moment, as the service has told them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deepnet.terminal.top.goal import Goal

LEARNING = frozenset({"running", "paused"})
"""States in which a run goes on, or can."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """A network and its run at one moment.

    Attributes:
        name: of the network.
        state: idle, running, paused, finished, stopped, failed; or down, while the whole network comes up again.
        reason: why it ended, or is down; else empty.
        run: id of its run; None before the first.
        epoch: epochs that are over.
        step: the last sealed step.
        figures: ``loss`` and the metrics of the last epoch that is over.
        goal: which figure is to get below what.
        learning_rate: of the optimizer; None before the first run.
        neurons: how many there are.
        parameters: how many numbers are learnt.
        layers: how many neurons each has, by its address.
        granularity: neuron, layer or mixed.
        dtype: float32 or float64.
        restarts: of all actors together.
        messages: handled by all actors together.
        steps_per_second: sealed lately; None while that is not known.
        messages_per_second: likewise.
        time: when that was, in seconds since 1970.
    """

    name: str
    state: str = "idle"
    reason: str = ""
    run: str | None = None
    epoch: int = 0
    step: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)
    goal: Goal = field(default_factory=Goal)
    learning_rate: float | None = None
    neurons: int = 0
    parameters: int = 0
    layers: Mapping[str, int] = field(default_factory=dict)
    granularity: str = ""
    dtype: str = ""
    restarts: int = 0
    messages: int = 0
    steps_per_second: float | None = None
    messages_per_second: float | None = None
    time: float = 0.0

    @property
    def is_learning(self) -> bool:
        """Whether it has a run that is not over."""
        return self.state in LEARNING

    @property
    def loss(self) -> float | None:
        """The figure that the goal is about; else the loss."""
        value = self.figures.get(self.goal.figure)
        return self.figures.get("loss") if value is None else value

    @classmethod
    def of(cls, data: Mapping[str, Any], time: float, goal: Goal) -> "Vitals":
        """Read them out of what the topic ``summary`` brings; its stop rule is not among that."""
        figures = {"loss": data.get("loss"), **(data.get("metrics") or {})}
        return cls(
            name=str(data["name"]),
            state=str(data.get("state") or "idle"),
            reason=str(data.get("reason") or ""),
            run=data.get("run"),
            epoch=int(data.get("epoch") or 0),
            step=int(data.get("step") or 0),
            figures={name: float(value) for name, value in figures.items() if value is not None},
            goal=goal,
            learning_rate=data.get("learning_rate"),
            neurons=int(data.get("neurons") or 0),
            parameters=int(data.get("parameters") or 0),
            layers={str(layer["address"]): int(layer["neurons"]) for layer in data.get("layers") or ()},
            granularity=str(data.get("granularity") or ""),
            dtype=str(data.get("dtype") or ""),
            restarts=int(data.get("restarts") or 0),
            messages=int(data.get("messages") or 0),
            steps_per_second=data.get("steps_per_second"),
            messages_per_second=data.get("messages_per_second"),
            time=time,
        )
