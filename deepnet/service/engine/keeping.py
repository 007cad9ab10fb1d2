"""What lasts of the networks of the service: what they are like at rest, and how their runs ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deepnet import events
from deepnet.errors import DataError, NotFoundError, StorageError
from deepnet.persistence.checkpoints import prune, write_checkpoint
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.service.engine.hands import Hands
from deepnet.service.engine.living import Living
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store

OVER = ("finished", "stopped", "failed")
"""States of runs that do not go on."""
_REST = "rest"
_KEPT_AT_REST = 2


class Keeping:
    """The part of the `Engine` that sees to it that what was answered is on the disk."""

    folder: DataFolder
    store: Store
    log: EventLog
    hands: Hands
    _clock: Callable[[], float]
    _living: dict[str, Living]
    _closing: bool

    def names(self) -> tuple[str, ...]:
        """The names of all networks, in order."""
        return tuple(sorted(self._living))

    def settle(self, name: str) -> None:
        """See to it that what is kept says how the run of a network ended."""
        living = self._living.get(name)
        if living is None or self._takes_down(living):
            return
        with living.keeping:
            network, run_id = living.network, living.run_id
            if network is None:
                return
            if living.unkept:
                self._keep_at_rest(living)
            run, row = network.run, None if run_id is None else self.store.runs.get(run_id)
            if run is None or row is None or row.state in OVER:
                return
            is_over = run.is_over
            if self._takes_down(living):  # since we began: whoever does so says it before the run ends
                return
            if not is_over:
                if row.state != run.state:
                    self.store.runs.update(row.id, state=run.state)
                return
            with suppress(TimeoutError):
                run.flush(10)
            self._keep_at_rest(living)
            last = run.last_epoch
            self.store.runs.update(
                row.id,
                state=run.state,
                reason=run.reason,
                ended=self._clock(),
                epochs=0 if last is None else last.epoch,
                step=run.position.step,
                loss=None if last is None else last.loss,
            )

    def _takes_down(self, living: Living) -> bool:
        """Whether the end of a network's run is ours, so that it is none."""
        return self._closing or living.leaving

    def _keep_at_rest(self, living: Living) -> None:
        """Keep what a network is like while no run does.

        Raises:
            StorageError: it could not be written; that is told, too, as with checkpoints.
        """
        with living.keeping:
            network = living.network
            if network is None or (network.run is not None and not network.run.is_over):
                return
            living.unkept = True
            try:
                self._write_at_rest(self._rest_folder(living.name, living.run_id), network)
                self.store.networks.update(living.name, at_rest=True)
            except (DataError, StorageError) as error:
                self.log.hear(living.name, events.CheckpointFailed(living.name, network.step, str(error)))
                raise StorageError(str(error)) from None
            living.unkept = False

    def _write_at_rest(self, folder: Path, network: Network) -> None:
        write_checkpoint(folder, network.state())
        prune(folder, keep=_KEPT_AT_REST)

    def _rest_folder(self, name: str, run_id: str | None) -> Path:
        """Where a network is kept that has had this run last: steps and changes are counted by run."""
        above = self.folder.network_folder(name) if run_id is None else self.folder.run_folder(run_id)
        folder = above / _REST
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _alive(self, name: str) -> Living:
        living = self._living.get(name)
        if living is None:
            raise NotFoundError(f"there is no network {name!r}: {there_are(self.names())}")
        return living

    @contextmanager
    def _done_at_least(self, name: str) -> Iterator[None]:
        """Say of what is done that it is, should it not be possible to keep it; it is tried again."""
        try:
            yield
        except (DataError, StorageError) as error:
            self.hands.see_to(name)
            raise StorageError(f"it is done, but not on the disk yet, and tried again: {error}") from None

    @staticmethod
    def _require_kept(run: Run) -> None:
        """Raise StorageError if what was last done to *run* could not be written."""
        keeper = run.assignment.keeper
        if keeper is not None and keeper.problem is not None:
            raise StorageError(keeper.problem)


def there_are(names: tuple[str, ...]) -> str:
    """Return in words which there are, for whoever looked for another one."""
    if not names:
        return "there is none yet, create one"
    shown = ", ".join(names[:10]) + ", ..." * (len(names) > 10)
    return f"there is {shown}" if len(names) == 1 else f"there are {shown}"
