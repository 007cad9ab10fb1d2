"""What happens in a run, told a line at a time as it happens."""

import queue
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from deepnet import events

BAR_WIDTH = 40
ALL_EPOCHS_UP_TO = 30
LINES_A_SECOND = 20.0


class Story:
    """A watcher that keeps what it is told until the main thread tells it to people."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[events.Event] = queue.SimpleQueue()

    def __call__(self, event: events.Event) -> None:
        self._queue.put(event)

    def until_end(self) -> Iterator[events.Event]:
        """Yield what happens, up to and with the end of the run."""
        while True:
            event = self._queue.get()
            yield event
            if isinstance(event, events.RunEnded):
                return


class StoryTeller:
    """Prints a line an epoch, and one for each death, restart and replay.

    Once there are many epochs, those that would come faster than anyone reads are left out.

    Args:
        console: where to.
        metric: which metric of an epoch is shown.
        clock: tells seconds.
    """

    def __init__(self, console: Console, metric: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._metric = metric
        self._clock = clock
        self._first: float | None = None
        self._printed_at = 0.0
        self._left_out: events.EpochEnded | None = None

    def tell(self, event: events.Event) -> None:
        match event:
            case events.EpochEnded():
                self._epoch(event)
            case events.NeuronDied(_, address, step, reason):
                self._line(f"      [red]x {address} died[/] in step {step}: {escape(reason)}")
            case events.NeuronRestarted(_, address, restarts):
                self._line(f"      [green]+ {address} is back[/] (restart {restarts})")
            case events.StepReplayed(_, step, attempt):
                self._line(f"      [yellow]= step {step} is played again[/] (attempt {attempt})")
            case events.RunEnded():
                if self._left_out is not None:
                    self._print_epoch(self._left_out)

    def _line(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True)

    def _epoch(self, event: events.EpochEnded) -> None:
        self._first = self._first or event.metrics[self._metric]
        now = self._clock()
        if event.epoch > ALL_EPOCHS_UP_TO and now - self._printed_at < 1 / LINES_A_SECOND:
            self._left_out = event
        else:
            self._print_epoch(event)
            self._left_out, self._printed_at = None, now

    def _print_epoch(self, event: events.EpochEnded) -> None:
        value = event.metrics[self._metric]
        share = min(1.0, value / self._first) if self._first else 0.0
        bar = "█" * max(1, round(share * BAR_WIDTH))
        self._console.print(Text(f"epoch {event.epoch:>5}   MSE {value:<10.6f} ") + Text(bar, style="blue"))
