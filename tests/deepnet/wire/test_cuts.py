from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError, ShapeError
from deepnet.maths.parameters import fingerprint
from deepnet.wire.arrays import arrays_from_bytes, arrays_to_bytes
from deepnet.wire.cuts import cut_from_bytes, cut_to_bytes


def test_a_cut_comes_back_bit_for_bit_with_all_that_is_settled(lived: Any) -> None:
    cut = lived.network.cut()

    back = cut_from_bytes(cut_to_bytes(cut))

    assert (back.step, back.epoch, back.model) == (cut.step, cut.epoch, cut.model)
    assert fingerprint(back.parameters) == fingerprint(cut.parameters)
    assert [layer.weights.dtype for layer in back.parameters] == [layer.weights.dtype for layer in cut.parameters]
    assert back.setup.to_dict() == cut.setup.to_dict()
    assert [(address, bias) for address, _, bias in back] == [(address, bias) for address, _, bias in cut]


def test_what_is_no_cut_is_refused(lived: Any) -> None:
    arrays, about = arrays_from_bytes(cut_to_bytes(lived.network.cut()))

    for lacking in ("step", "epoch", "setup"):
        others = {name: text for name, text in about.items() if name != lacking}
        with pytest.raises(InputError, match=r"^these safetensors are no cut through a network$"):
            cut_from_bytes(arrays_to_bytes(arrays, others))
    with pytest.raises(InputError, match=r"^these data describe no setup"):
        cut_from_bytes(arrays_to_bytes(arrays, {**about, "setup": "{}"}))
    with pytest.raises(ShapeError, match=r"^dense_0.bias has shape \(9,\)"):
        cut_from_bytes(arrays_to_bytes({**arrays, "dense_0.bias": np.zeros(9, np.float32)}, about))
