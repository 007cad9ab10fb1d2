"""All that is known of a service and of the network that is looked at: what the screens show.

It belongs to the thread of the screens: nobody else touches it.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from deepnet.runs.states import NeuronState
from deepnet.terminal.top.columns import Columns
from deepnet.terminal.top.goal import Goal, goal_of
from deepnet.terminal.top.healing import Healing
from deepnet.terminal.top.news import News
from deepnet.terminal.top.past import Past
from deepnet.terminal.top.points import Points
from deepnet.terminal.top.vitals import Vitals

EVENTS = 2000
"""Rows of the event log that are kept to scroll through."""
RATES = 120
"""Figures of the past that the sparklines are made of."""


class Picture:
    """What is known; `take` brings it up to date.

    Attributes:
        network: the name of the network that is looked at; None while none is chosen.
        networks: plain summaries of all there are; None while the service has not told.
        vitals: the figures of the network; None while it has not told.
        is_gone: whether the service has no such network any more.
        goal: what its run is to get below.
        points: the curve of its run.
        tree: its supervision tree as plain data; None while nobody has looked at it.
        columns: its neurons.
        neuron: the neuron that is looked at; None if none is.
        past: what that neuron has done since.
        checkpoints: how many of the run are kept, and the step of the latest; None while it is not known.
        events: rows of the event log, oldest first.
        events_told: how many have been told so far.
        healing: who died, and came back.
        speeds: steps a second, lately.
        now: the service's clock, in seconds since 1970.
    """

    def __init__(self, network: str | None = None) -> None:
        self.networks: list[Mapping[str, Any]] | None = None
        self.now = 0.0
        self.look_at(network)

    def look_at(self, network: str | None) -> None:
        """Begin anew with another network."""
        self.network = network
        self.vitals: Vitals | None = None
        self.is_gone = False
        self.goal = Goal()
        self.points = Points()
        self.tree: Mapping[str, Any] | None = None
        self.columns = Columns()
        self.neuron: NeuronState | None = None
        self.past = Past()
        self.checkpoints: tuple[int, int | None] | None = None
        self.events: deque[Mapping[str, Any]] = deque(maxlen=EVENTS)
        self.events_told = 0
        self.healing = Healing()
        self.speeds: deque[float] = deque(maxlen=RATES)

    @property
    def alive(self) -> tuple[int, int]:
        """How many neurons are there, and how many there should be."""
        if self.vitals is None:
            return 0, 0
        total = self.vitals.neurons
        if self.vitals.state == "down":
            return 0, total
        sizes = self.vitals.layers
        down = sum(1 if "/" in address else sizes.get(address, 0) for address in self.healing.down)
        return max(0, total - down), total

    def take(self, news: Iterable[News]) -> None:
        """Bring it up to date with what has been told; news of another network are let go."""
        for one in news:
            if one.network is None or one.network == self.network:
                self.now = max(self.now, one.time)
                if self.now and math.isinf(self.healing.began):
                    self.healing.began = self.now
                self._take(one)

    def _take(self, news: News) -> None:
        match news.topic:
            case "summary":
                self._summary(news)
            case "history":
                self.points.take(news.data)
            case "run":
                self._run(news)
            case "events":
                self._events(news)
            case "neuron":
                self.neuron = news.data
                self.past.take(news.data)
            case "down" | "gone":
                self.is_gone = news.topic == "gone"
                if self.vitals is not None:
                    self.vitals = replace(self.vitals, state="down", reason=news.data)
            case "columns" | "activity":
                self.columns = self.columns.joined(news.data)
            case "networks" | "tree" | "checkpoints":
                setattr(self, news.topic, news.data)

    def _summary(self, news: News) -> None:
        vitals = Vitals.of(news.data, news.time, self.goal)
        if self.vitals is not None and self.vitals.run != vitals.run:
            self.checkpoints, self.goal = None, Goal()
            self.speeds.clear()
        if vitals.steps_per_second is not None and vitals.is_learning:
            self.speeds.append(vitals.steps_per_second)
        self.vitals = vitals
        self.healing.sealed(vitals.step, news.time)

    def _run(self, news: News) -> None:
        self.goal = goal_of((news.data.get("plan") or {}).get("until"))
        if self.vitals is not None:
            self.vitals = replace(self.vitals, goal=self.goal)

    def _events(self, news: News) -> None:
        """Take in rows of the event log; those from before somebody looked come after the first of since."""
        known = {int(row["id"]) for row in self.events}
        fresh = [row for row in news.data if int(row["id"]) not in known]
        if not fresh:
            return
        is_late = bool(self.events) and int(fresh[0]["id"]) < int(self.events[-1]["id"])
        self.events.extend(fresh)
        if is_late:
            self.events = deque(sorted(self.events, key=lambda row: int(row["id"])), maxlen=EVENTS)
        self.events_told += len(fresh)
        for row in fresh:
            self.healing.hear(row)
