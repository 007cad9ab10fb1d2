"""The compiled kernels of a dtype, ready to be called."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from deepnet.maths.kernels.compiled import layer, losses, rows, updates
from deepnet.maths.kernels.compiled.build import compiled, watching
from deepnet.maths.kernels.compiled.large import Layers
from deepnet.maths.kernels.kernels import Kernels

# i: a whole number, y: yes or no, 1 to 3: an array of so many axes.
_SIGNATURES: dict[Callable[..., Any], str] = {
    layer.forward: "23ii22",
    layer.backward: "2yii22221",
    layer.learn: "2yii222233i1",
    layer.back: "232",
    layer.couple: "i22",
    layer.couple_back: "i2222",
    updates.update: "233i1",
    losses.loss: "i222",
    rows.extend: "22",
}

_RETURNING = {losses.loss, rows.extend}


def compiled_kernels(dtype: str, on_compile: Callable[[], object] | None = None) -> Kernels:
    """Return the kernels for arrays of *dtype*, compiled now or read from disk.

    Args:
        dtype: float32 or float64.
        on_compile: called once, just before anything gets compiled.
    """
    with watching(on_compile):
        entries = {
            function.__name__: compiled(function, signature, dtype, returns=function in _RETURNING)
            for function, signature in _SIGNATURES.items()
        }
    layers = Layers(**{field.name: entries[field.name] for field in fields(Layers)})
    return Kernels(
        name="numba",
        dtype=dtype,
        forward_neuron=entries["forward"],
        backward_neuron=entries["backward"],
        learn_neuron=entries["learn"],
        forward_layer=layers.forward_layer,
        backward_layer=layers.backward_layer,
        learn_layer=layers.learn_layer,
        pass_back=layers.pass_back,
        couple=entries["couple"],
        couple_back=entries["couple_back"],
        update=entries["update"],
        loss=entries["loss"],
        extend=entries["extend"],
        forward_held=layers.forward_held,
    )
