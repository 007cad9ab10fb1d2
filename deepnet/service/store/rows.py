"""What stands in the tables, a frozen record a row. Times are seconds since 1970."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network that the service has.

    Attributes:
        name: how it is called.
        created: when.
        seed: where all its chance begins.
        granularity: neuron, layer or mixed.
        dtype: float32 or float64.
        kernels: numba or numpy.
        model: its layers, as `Chain.to_dict` gives them.
        about: plain facts for whoever uses it.
        current_run: the id of its last run; None before the first.
        at_rest: whether it was changed since that run, so that what it is now is kept apart from the run.
        state: up or down.
        reason: why it is down; empty while it is up.
    """

    name: str
    created: float
    seed: int
    granularity: str
    dtype: str
    kernels: str
    model: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)
    current_run: str | None = None
    at_rest: bool = False
    state: str = "up"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of a network.

    Attributes:
        id: ``<network>-<n>``.
        network: whose it is.
        created: when it began.
        ended: when it was over; None before.
        state: running, paused, finished, stopped or failed.
        reason: why it ended; empty before.
        resumed_at: the step that it last went on from after a restart of the service; None if there was none.
        dataset: the data set that it learns; None if the rows came with it.
        plan: what it is to do, as `Plan.to_dict` gives it.
        epochs: how many are over.
        step: the last sealed one that was written down.
        loss: of the last epoch, which may be nan; None before the first is over.
    """

    id: str
    network: str
    created: float
    ended: float | None = None
    state: str = "running"
    reason: str = ""
    resumed_at: int | None = None
    dataset: str | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    epochs: int = 0
    step: int = 0
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that has happened and waits to be written down; what it is made of is as for `EventRow`."""

    time: float
    kind: str
    network: str | None = None
    run: str | None = None
    address: str | None = None
    step: int | None = None
    who: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that has happened.

    Attributes:
        id: its number: 1, 2, 3 and so on without gaps; never given twice.
        time: when.
        kind: an event of `deepnet.events` in small letters, such as ``neuron_died``, or one of the service's own, such
            as ``network_created``.
        network: which; None if it is about none.
        run: of which run of it; None if it had none.
        address: of a neuron or a layer, ``network`` or ``run``; None if it is about none.
        step: the step that it was at; None if it has to do with none.
        who: who did it; None if it happened by itself.
        data: whatever else there is to say, as plain data: ``"nan"`` and ``"inf"`` are text.
    """

    id: int
    time: float
    kind: str
    network: str | None
    run: str | None
    address: str | None
    step: int | None
    who: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InterventionRow:
    """A change that somebody has made; kept for as long as there is the file.

    Attributes:
        id: that of its event.
        time: when.
        network: of which network.
        run: of which run of it; None if it was at rest.
        who: who made it.
        kind: set, grow, prune, inject, rewind, undo, kill, pause, resume, step or stop.
        address: of a neuron or a layer, ``network`` or ``run``.
        step: the sealed step after which it took effect.
        old: how it was, as plain data.
        new: how it is since.
    """

    id: int
    time: float
    network: str
    run: str | None
    who: str
    kind: str
    address: str
    step: int | None
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A data set that was uploaded.

    Attributes:
        name: how it is called.
        created: when.
        kind: csv or npz.
        bytes: how long its file is.
        rows: how many.
        columns: their names, or those of the arrays.
        target: the column to be learnt if nothing else is said; None if it has to be.
    """

    name: str
    created: float
    kind: str
    bytes: int
    rows: int
    columns: list[str]
    target: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somebody who has come in with a ticket.

    Attributes:
        id: short and public, to list and to revoke it by.
        key_hash: of the secret that its cookie holds; the secret itself is nowhere.
        role: viewer, operator or admin.
        created: when.
        expires: until when it counts.
        last_seen: when it was last used, to the minute.
        label: what it was called by who made the ticket.
        revoked: whether somebody has ended it.
    """

    id: str
    key_hash: str
    role: str
    created: float
    expires: float
    last_seen: float
    label: str = ""
    revoked: bool = False
