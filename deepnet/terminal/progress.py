"""A bar for a run: epoch, loss, metric, steps a second, time left."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from deepnet.runs.run import Run
from deepnet.training.history import EpochRecord

LOOKS_A_SECOND = 10.0
LINES_WITHOUT_TERMINAL = 20
SHORT_NAMES = {"mean_absolute_error": "MAE", "mean_squared_error": "MSE", "root_mean_squared_error": "RMSE", "r2": "R2"}
"""A bar has to fit into 80 columns."""


class RunProgress:
    """Follows a run by looking at it from time to time, so that it costs the run nothing.

    Make it just before the run begins: it counts the time from then on.
    On a terminal there is one bar; elsewhere, such as in a file, a line for some of the epochs.

    Args:
        console: where to.
        metric: which metric of an epoch is shown.
        clock: tells seconds.
    """

    def __init__(self, console: Console, metric: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._metric = metric
        self._clock = clock
        self._began = clock()
        self._first_step = self._first_epoch = 0  # where a run that goes on has begun this time

    def follow(self, run: Run) -> None:
        """Show *run* until it is over."""
        self._first_step, self._first_epoch = run.position.step, len(run.history)
        if self._console.is_terminal:
            self._bar(run)
        else:
            self._lines(run)

    def _wait(self, run: Run) -> bool:
        return run.ended_within(1 / LOOKS_A_SECOND)

    def _steps(self, run: Run) -> int | None:
        """How many there will be at most, where that is known."""
        epochs = run.plan.until.most_epochs
        return None if epochs is None or run.batches is None else run.batches * epochs

    def _last_epoch(self, run: Run) -> str:
        if not run.history:
            return "loss -"
        return self._figures(run.history[-1])

    def _figures(self, record: EpochRecord) -> str:
        metric = SHORT_NAMES.get(self._metric, self._metric)
        validation = f"  validation loss {record.validation['loss']:.4g}" if record.validation else ""
        return f"loss {record.loss:.4g}  {metric} {record.figure(self._metric):.4g}{validation}"

    def _bar(self, run: Run) -> None:
        columns = (
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[last]}  {task.fields[rate]:,.0f} steps/s"),
            TimeRemainingColumn(compact=True),
        )
        with Progress(*columns, console=self._console, transient=False) as progress:
            epochs = run.plan.until.most_epochs
            task = progress.add_task("", total=self._steps(run), epoch="", last="", rate=0.0)
            ended = False
            while not ended:
                ended = self._wait(run)
                place = run.position
                seconds = max(self._clock() - self._began, 1e-9)
                progress.update(
                    task,
                    completed=place.step,
                    epoch=f"{min(place.epoch, epochs or place.epoch)}/{epochs or '?'}",
                    last=self._last_epoch(run),
                    rate=(place.step - self._first_step) / seconds,
                )

    def _lines(self, run: Run) -> None:
        epochs = run.plan.until.most_epochs
        every = max(1, (epochs or 1) // LINES_WITHOUT_TERMINAL)
        shown = self._first_epoch
        ended = False
        while not ended:
            ended = self._wait(run)
            for record in run.history[shown:]:
                shown += 1
                if record.epoch % every == 0:
                    rate = (run.position.step - self._first_step) / max(self._clock() - self._began, 1e-9)
                    self._console.print(
                        f"epoch {record.epoch}/{epochs or '?'}  step {record.step}  "
                        f"{self._figures(record)}  {rate:,.0f} steps/s",
                        highlight=False,
                    )
