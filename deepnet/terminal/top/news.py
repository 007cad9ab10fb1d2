"""What a service has told, in the form that the screens take it in."""

from typing import Any, NamedTuple


class News(NamedTuple):
    """One thing that a service has told.

    Attributes:
        topic: networks, summary, run, history, tree, columns, activity, neuron, checkpoints, events, down or gone.
        network: which network it is of; None if it is of the whole service.
        data: of networks, a list of plain summaries; of a summary, a run and a tree, plain data; of history, the run,
            after which epoch, and plain epoch records; of columns and activity, `Columns`; of a neuron, its
            `NeuronState`; of checkpoints, how many and the last step; of events, rows of the event log as plain data;
            of down and gone, why there is nothing to see of the network.
        time: the service's clock, in seconds since 1970.
    """

    topic: str
    network: str | None
    data: Any
    time: float


class Link(NamedTuple):
    """How it stands with the connection to the service.

    Attributes:
        state: connecting (for the first time), live, stale (it says nothing) or gone (it is being looked for).
        age: seconds since the service has said anything; 0 before it ever has.
        reason: of ``connecting`` and ``gone``: what is wrong, and what to do.
        role: viewer, operator or admin; empty while that is not known.
    """

    state: str
    age: float
    reason: str
    role: str

    @property
    def may_change(self) -> bool:
        """Whether whoever looks may also change things."""
        return self.role in {"operator", "admin"}
