"""A supervisor of children that come and go: Elixir's DynamicSupervisor."""

from typing import Any, Self

import pykka

from supervisor.core.backoff import Backoff
from supervisor.core.crowd import Crowd
from supervisor.core.spec import RestartLimit
from supervisor.runtime.reports import Reporter, log_report
from supervisor.runtime.scheduler import Scheduler
from supervisor.runtime.supervisor import Supervisor


class DynamicSupervisor(Supervisor):
    """Begins without children; `start_child` adds them, and each restarts alone.

    Its children go by their refs: `terminate_child` takes a ref, ids may repeat, and a child that is not restarted is
    forgotten. When it stops, all of them are asked to stop at once.
    """

    @classmethod
    def start(  # type: ignore[override]
        cls,
        *,
        max_restarts: int = 3,
        max_seconds: int = 5,
        max_children: int | None = None,
        extra_arguments: tuple[Any, ...] = (),
        name: str | None = None,
        backoff: Backoff | None = None,
        scheduler: Scheduler | None = None,
        reporter: Reporter = log_report,
        label: str | None = None,
    ) -> pykka.ActorRef[Self]:
        """Start a supervisor without children.

        Args:
            max_restarts: how many restarts, of all children together, are allowed ...
            max_seconds: ... within so many seconds.
            max_children: how many may run or be restarting at a time; None: any number.
            extra_arguments: put before the arguments of every child's start, at each of its starts.
            name: a name of this process for it to go by, see `register`.
            backoff: how long to wait before a restart; by default not at all.
            scheduler: where it and its children live; by default where its starter lives.
            reporter: told what happens to the children; by default they are logged.
            label: what reports call it; by default its name, or its class.

        Raises:
            AlreadyStarted: a living actor has the name.
            BadSpecError: a limit is out of its range.
            SchedulerClosedError: the scheduler is closed.
        """
        crowd = Crowd(
            limit=RestartLimit(max_restarts, max_seconds),
            max_children=max_children,
            extra_arguments=extra_arguments,
            backoff=backoff,
        )
        return cls._start_with(crowd, name, scheduler, reporter, label)
