"""Both kinds of kernels, and layers of any size for them to work on."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pytest

from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.kernels.choice import KERNELS, Kernels, factors_of, kernels_named, rule_of
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.optimizers import Adam, Optimizer

# Most of it compares the two kinds. Where there is but one, deepnet/cli/test_kernels.py says how to get the other.
collect_ignore_glob = [] if find_spec("numba") else ["test_*.py"]


@pytest.fixture(params=KERNELS)
def kernels_of(request: pytest.FixtureRequest) -> Callable[[str], Kernels]:
    """Each of the two kinds in turn, by dtype."""
    name: str = request.param
    return lambda dtype: kernels_named(name, dtype)


@dataclass
class Workplace:
    """All the arrays that the kernels of one layer read and write; what they write is nan before."""

    inputs: Batch
    bank: Array
    errors: Batch
    sums: Batch
    outputs: Batch
    deltas: Batch
    gradient: Array
    spare: Array
    passed: Batch
    rule: int
    factors: Vector

    def run(self, kernels: Kernels, activation: int, *, at_sums: bool = False) -> "Workplace":
        """Go forward and back as a layer."""
        shown = (activation, self.inputs, self.sums, self.outputs, self.deltas)
        kernels.forward_layer(self.inputs, self.bank, activation, self.sums, self.outputs)
        kernels.backward_layer(self.errors, at_sums, *shown, self.gradient)
        kernels.learn_layer(self.errors, at_sums, *shown, self.bank, self.spare, self.rule, self.factors)
        kernels.pass_back(self.deltas, self.bank, self.passed)
        return self

    def run_neurons(self, kernels: Kernels, activation: int, *, at_sums: bool = False) -> "Workplace":
        """Go forward and back neuron by neuron."""
        for index in range(self.sums.shape[1]):
            self.run_neuron(kernels, activation, index, at_sums=at_sums)
        kernels.pass_back(self.deltas, self.bank, self.passed)
        return self

    def run_neuron(self, kernels: Kernels, activation: int, index: int, *, at_sums: bool = False) -> None:
        shown = (activation, index, self.inputs, self.sums, self.outputs, self.deltas)
        kernels.forward_neuron(self.inputs, self.bank, activation, index, self.sums, self.outputs)
        kernels.backward_neuron(self.errors, at_sums, *shown, self.gradient[index])
        kernels.learn_neuron(self.errors, at_sums, *shown, self.bank, self.spare, self.rule, self.factors)

    def written(self) -> dict[str, Array]:
        names = ("sums", "outputs", "deltas", "gradient", "spare", "passed")
        return {name: getattr(self, name) for name in names}


@pytest.fixture(scope="session")
def workplace() -> Callable[..., Workplace]:
    """Return a function that makes a layer with inputs and errors, drawn by *seed*."""

    def make(
        rows: int, size: int, neurons: int, dtype: str, *, seed: int = 0, optimizer: Optimizer | None = None
    ) -> Workplace:
        rng = np.random.default_rng(seed)
        optimizer = optimizer or Adam(0.1)
        rule = rule_of(optimizer)
        assert rule is not None
        bank = rng.uniform(0.5, 1.5, size=(1 + len(optimizer.slots), neurons, size + 1)).astype(dtype)
        bank[0] = rng.normal(size=(neurons, size + 1)) / np.sqrt(size + 1)

        def unwritten(*shape: int) -> Array:
            return np.full(shape, np.nan, dtype=dtype)

        return Workplace(
            inputs=with_ones(rng.normal(size=(rows, size)).astype(dtype)),
            bank=bank,
            errors=rng.normal(size=(rows, neurons)).astype(dtype),
            sums=unwritten(rows, neurons),
            outputs=with_ones(unwritten(rows, neurons)),
            deltas=unwritten(rows, neurons),
            gradient=unwritten(neurons, size + 1),
            spare=np.full_like(bank, np.nan),
            passed=unwritten(rows, size),
            rule=rule,
            factors=factors_of(optimizer, 3, dtype),
        )

    return make
