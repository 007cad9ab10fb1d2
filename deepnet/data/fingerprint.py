"""What identifies the data of a run: two runs with the same fingerprint learn from the same bits."""

import hashlib

import numpy as np

from deepnet.maths.arrays import Batch


def data_fingerprint(inputs: Batch, targets: Batch, held_out: tuple[Batch, Batch] | None = None) -> str:
    """Return a name for these very rows: equal for equal data, on every machine.

    SHA-256, in hex, of each array's name, dtype and shape on a line, and then its little-endian bytes, row after row.

    Args:
        inputs: (rows, inputs), that are learnt.
        targets: (rows, outputs).
        held_out: inputs and targets for validation, or None.
    """
    digest = hashlib.sha256()
    arrays = {"inputs": inputs, "targets": targets}
    if held_out is not None:
        arrays |= {"held out inputs": held_out[0], "held out targets": held_out[1]}
    for name, array in arrays.items():
        shape = "x".join(map(str, array.shape))
        digest.update(f"{name} {array.dtype.kind}{array.dtype.itemsize} {shape}\n".encode())
        ordered = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(ordered.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
