"""The kinds of events that a service tells: what `deepnet events --kind` takes."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from deepnet.data.files import nearest

OFTEN = "epoch_ended"
"""The one that there is most of, and that says least."""
KINDS = (
    "checkpoint_failed",
    "checkpoint_saved",
    "child_restarted",
    "dataset_added",
    "dataset_removed",
    OFTEN,
    "events_left_out",
    "events_lost",
    "health_changed",
    "intervened",
    "kernels_compiled",
    "kernels_compiling",
    "login_failed",
    "network_created",
    "network_deleted",
    "network_down",
    "neuron_died",
    "neuron_restarted",
    "neurons_dead",
    "run_begun",
    "run_ended",
    "run_resumed",
    "run_started",
    "service_started",
    "service_stopped",
    "session_opened",
    "session_revoked",
    "step_replayed",
    "ticket_issued",
)
USUAL = tuple(kind for kind in KINDS if kind != OFTEN)


class Kind(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """One of them; a hyphen stands for an underscore too."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        kind = str(value).replace("-", "_").lower()
        if kind not in KINDS:
            self.fail(
                f"there is no kind {value!r}{nearest(kind, list(KINDS))}: there are {', '.join(KINDS)}", param, ctx
            )
        return kind

    def shell_complete(
        self, _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(kind) for kind in KINDS if kind.startswith(incomplete.replace("-", "_"))]
