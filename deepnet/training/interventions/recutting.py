"""Batches of another size in the middle of an epoch."""

from deepnet.training.position import Position
from deepnet.training.setup import Recut


def recut_for(position: Position, batch_size: int, recut: Recut | None) -> Recut:
    """Return from where on the epoch at *position* is to be cut anew, so that each of its rows is learnt once.

    Args:
        position: batches of the old cut have been learnt up to here.
        batch_size: of the old cut ...
        recut: ... and where that began.
    """
    first = recut if recut is not None and recut.epoch == position.epoch else Recut(position.epoch, 0, 0)
    row = first.row + (position.batch - first.batch) * batch_size
    return Recut(position.epoch, position.batch, row)
