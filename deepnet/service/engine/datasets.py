"""Data sets of the service: uploaded, listed, removed, and turned into rows to learn."""

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.builtin import BUILT_IN
from deepnet.data.dataset import Dataset, load_dataset, open_table
from deepnet.data.generated import GENERATED
from deepnet.data.npz import load_npz
from deepnet.data.npz_file import ArrayFile
from deepnet.errors import DataError, NameTakenError, NotFoundError, StorageError
from deepnet.runs.tabular import PreparedTable, prepare_table
from deepnet.runs.usual import TEST_FRACTION
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.names import check_name
from deepnet.service.store.rows import DatasetRow
from deepnet.service.store.store import Store


class Read(NamedTuple):
    """A data set as it is learnt."""

    dataset: Dataset
    table: PreparedTable | None
    """Split, encoded and scaled; None of arrays, which are learnt as they are."""

    @property
    def rows(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """What is learnt: inputs (rows, features) and targets (rows, outputs)."""
        of = self.dataset if self.table is None else self.table
        return np.asarray(of.inputs), np.asarray(of.targets)


class Datasets:
    """The part of the `Engine` that has the data sets."""

    folder: DataFolder
    store: Store
    log: EventLog
    _clock: Callable[[], float]
    _uploading: threading.Lock

    def builtin_datasets(self) -> tuple[str, ...]:
        """The names of those that need no file."""
        return tuple(sorted((*BUILT_IN, *GENERATED)))

    def add_dataset(self, name: str, kind: str, stream: Iterable[bytes], target: str | None = None) -> DatasetRow:
        """Keep a data set.

        Args:
            name: ``[a-z0-9][a-z0-9_-]*``.
            kind: csv or npz.
            stream: its bytes; whoever calls sees to it that they are not too many.
            target: the column, or array, that is usually learnt.

        Raises:
            InputError: the name cannot be used.
            DataError: it is no such file; the message says where.
            NameTakenError: there is one of that name.
            StorageError: it could not be written.
        """
        check_name(name, "the name of a data set")
        self._require_free(name)
        path = self.folder.dataset_file(name, kind)
        part = path.with_name(f".part-{secrets.token_hex(8)}-{path.name}")
        try:
            try:
                with part.open("wb") as file:
                    for piece in stream:
                        file.write(piece)
                size = part.stat().st_size
                rows, columns = _outline(name, part, kind)
                if target is not None and target not in columns:
                    raise DataError(f"{name}: has no column {target!r}: there are {', '.join(columns[:10])}")
            except OSError as error:
                raise StorageError(f"{name}: could not be written ({error.strerror}): make room on the disk") from None
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        row = DatasetRow(
            name=name, created=self._clock(), kind=kind, bytes=size, rows=rows, columns=columns, target=target
        )
        try:
            with self._uploading:  # whoever comes second is refused, and his file is not what lies there
                self._require_free(name)
                part.replace(path)
                self.store.datasets.add(row)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self.log.note("dataset_added", name=name, rows=rows)
        return row

    def _require_free(self, name: str) -> None:
        if self.store.datasets.get(name) is not None or name in self.builtin_datasets():
            raise NameTakenError(f"there is a data set {name!r} already: give another name, or delete it first")

    def dataset(self, name: str) -> DatasetRow:
        """Return what is known of an uploaded data set.

        Raises:
            NotFoundError: there is none of that name.
        """
        row = self.store.datasets.get(name)
        if row is None:
            names = [one.name for one in self.store.datasets.page(limit=10)] + list(self.builtin_datasets())
            raise NotFoundError(f"there is no data set {name!r}: there are {', '.join(names)}")
        return row

    def datasets(self, after: str | None = None, limit: int = 100) -> list[DatasetRow]:
        """Return those that were uploaded, by name."""
        return self.store.datasets.page(after, limit)

    def remove_dataset(self, name: str) -> None:
        """Forget a data set; runs that learn it keep their rows.

        Raises:
            NotFoundError: there is none of that name.
        """
        row = self.dataset(name)
        self.store.datasets.remove(name)
        with suppress(OSError):
            self.folder.dataset_file(name, row.kind).unlink(missing_ok=True)
        self.log.note("dataset_removed", name=name)

    def source_of(self, name: str) -> tuple[Any, str | None]:
        """Return what `deepnet.load_dataset` takes for a data set, and its usual target.

        Raises:
            NotFoundError: there is none of that name.
        """
        if name in self.builtin_datasets():
            return name, None
        row = self.dataset(name)
        return self.folder.dataset_file(name, row.kind), row.target

    def read_dataset(
        self, name: str, target: str | None, *, ignore: Sequence[str] = (), missing: str = "error"
    ) -> Read:
        """Return a data set as it is learnt.

        Of a table it is encoded and scaled, and a fifth of the rows, chosen by seed 0, is left out.

        Args:
            name: of the data set.
            target: the column to learn; None for its usual one.
            ignore: columns of a table to leave out.
            missing: what to do about missing values, as `deepnet.load_dataset` says.

        Raises:
            NotFoundError: there is none of that name.
            DataError: it cannot be learnt; the message says why.
        """
        source, usual = self.source_of(name)
        try:
            dataset = load_dataset(source, target=target or usual, ignore=ignore, missing=missing)
            table = None
            if dataset.encoder is not None:
                table = prepare_table(dataset, test_fraction=TEST_FRACTION, seed=0)
        except DataError as error:
            raise DataError(str(error).replace(str(source), name)) from None
        return Read(dataset, table)


def _outline(name: str, path: Path, kind: str) -> tuple[int, list[str]]:
    """Return how many rows and which columns, or arrays, a file has.

    Raises:
        DataError: it is no such file.
    """
    try:
        if kind == "npz":
            arrays = load_npz(path)
            return len(arrays.targets), list(ArrayFile(name, path.read_bytes()).names)
        table, _ = open_table(path)
        return len(table), list(table.header)
    except DataError as error:  # whoever sent it does not know under which name it lies here
        raise DataError(str(error).replace(str(path), name)) from None
