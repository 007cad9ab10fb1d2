"""The service itself, its data sets and what has happened."""

from typing import Any, Literal

from pydantic import Field

from deepnet.service.web.schemas.common import Out


class DatasetOut(Out):
    """A data set; of one that is built in, only its name is known before it is used."""

    name: str
    kind: Literal["csv", "npz", "builtin"]
    created: float | None
    bytes: int | None
    rows: int | None
    columns: list[str]
    target: str | None


class DatasetPage(Out):
    """A page of data sets that were uploaded, and the names of those that are built in."""

    items: list[DatasetOut]
    next: str | None
    builtin: list[str]


class EventOut(Out):
    """Something that has happened."""

    id: int
    time: float
    kind: str
    network: str | None
    run: str | None
    address: str | None
    step: int | None
    who: str | None
    data: dict[str, Any]


class EventPage(Out):
    """A page of events."""

    items: list[EventOut]
    next: str | None


class StatusOut(Out):
    """How the service is."""

    version: str
    python: str
    role: Literal["viewer", "operator", "admin"] = Field(description="of whoever asks")
    pid: int
    started: float
    uptime: float = Field(description="seconds")
    free_bytes: int = Field(description="of the disk with the data folder")
    networks: int
    networks_up: int
    runs_running: int
    runs_paused: int
    neurons: int
    threads: int
    memory_bytes: int | None = Field(description="that the process takes; null where nobody knows")
    cpu_percent: float | None = Field(description="of one processor, over the last second or more")
    clients: int = Field(description="who have a live stream open")
    channels: int = Field(description="topics that somebody watches")
    frames_sent: int
    frames_dropped: int = Field(description="overtaken by newer ones before a slow client could take them")
    loop_lag: dict[str, float] = Field(description="milliseconds by which the event loop woke up late, lately")
    last_event: int


class StoryOut(Out):
    """A network and a run to begin with."""

    id: str
    network: dict[str, Any] = Field(description="the body of POST /api/v1/networks")
    run: dict[str, Any] = Field(description="the body of POST /api/v1/networks/{network}/runs")
    look: str = Field(description="where the dashboard goes then: a screen, and what it shows")


class StoryList(Out):
    """All stories, in the order in which they are shown."""

    items: list[StoryOut]


class KilledOut(Out):
    """Who was killed."""

    killed: str


class EndingOut(Out):
    """That the service is ending."""

    ending: bool


class ReadyOut(Out):
    """That the service is ready."""

    ready: bool
    checks: dict[str, str]


class AliveOut(Out):
    """That there is somebody."""

    status: Literal["ok"]
