"""Others who do the same work: PyTorch, scikit-learn, Erlang. Each may be missing, and says then how to get it."""

import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Protocol

from benches.work import LEARNING_RATE, DifferentWorkError, Work

EXTRA = "not there: 'scripts/environment bench' installs it"
ERLANG = "not there: 'sudo apt install erlang-base' puts it there"


class Peer(Protocol):
    """Somebody who learns a `Work` beside us, from the same parameters."""

    name: str

    def train(self, steps: int) -> float:
        """Begin anew and learn for so many steps; return microseconds a step.

        Whoever went on from turn to turn would in time have dead neurons, and in their moments numbers so small that
        a processor takes its time over them: it would be other work than in the first turn.
        """
        ...


def has_torch() -> bool:
    return find_spec("torch") is not None


def has_sklearn() -> bool:
    return find_spec("sklearn") is not None


def has_erlang() -> bool:
    return shutil.which("erlc") is not None and shutil.which("erl") is not None


class TorchPeer:
    """PyTorch eager: the loop that its tutorials have, over tensors that are there already.

    Args:
        work: what is learnt.
        fused: whether Adam is its fused one, which few ask for; its ordinary one otherwise.
    """

    def __init__(self, work: Work, *, fused: bool = False) -> None:
        import torch  # noqa: PLC0415 - optional

        torch.set_num_threads(1)
        self.name = "PyTorch, fused Adam" if fused else "PyTorch"
        layers: list[Any] = []
        for dense in work.model.dense:
            layers += [torch.nn.Linear(dense.inputs, dense.neurons), torch.nn.ReLU()]
        self._model = torch.nn.Sequential(*layers[:-1])  # what follows the last sums is the loss's business
        self._first = [torch.from_numpy(array) for layer in work.parameters() for array in layer]
        self._new_optimizer = partial(torch.optim.Adam, lr=LEARNING_RATE, fused=fused or None)
        classes = work.loss == "categorical_cross_entropy"
        self._loss = torch.nn.functional.cross_entropy if classes else torch.nn.functional.mse_loss
        pairs = [(torch.from_numpy(inputs), torch.from_numpy(targets)) for inputs, targets in work.batches()]
        self._batches = [(x, y.argmax(dim=1) if classes else y) for x, y in pairs]

    def train(self, steps: int) -> float:
        for own, first in zip(self._model.parameters(), self._first, strict=True):
            own.data.copy_(first)
        model, optimizer, loss_of = self._model, self._new_optimizer(self._model.parameters()), self._loss
        began = time.perf_counter()
        for inputs, targets in islice(cycle(self._batches), steps):
            optimizer.zero_grad()
            loss = loss_of(model(inputs), targets)
            loss.backward()
            optimizer.step()
        return (time.perf_counter() - began) / steps * 1e6

    def parameters(self) -> list[Any]:
        """Copies, (weights, bias) of each layer."""
        return [
            (layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()) for layer in self._model[::2]
        ]


class SklearnPeer:
    """scikit-learn's MLPRegressor.

    `partial_fit` goes over all rows once, and batch_size=1 makes each row a step. So its own loop does the steps, and
    what it does once a call, such as checking the rows, is shared by all of them. Its loss is half of ours, which Adam,
    whose steps do not depend on the scale of a gradient, does not notice.
    """

    name = "scikit-learn"

    def __init__(self, work: Work) -> None:
        from sklearn.neural_network import MLPRegressor  # noqa: PLC0415 - optional

        hidden = tuple(layer.neurons for layer in work.model.dense[:-1])
        settings: dict[str, Any] = {"alpha": 0.0, "shuffle": False, "max_iter": 1, "batch_size": work.batch_size}
        self._model = MLPRegressor(
            hidden_layer_sizes=hidden, solver="adam", learning_rate_init=LEARNING_RATE, **settings
        )
        self._inputs, self._targets = work.inputs, work.targets.ravel()
        self._first = work.parameters()
        self._fit(1)  # which makes the arrays that ours are written into

    def _fit(self, rows: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._model.partial_fit(self._inputs[:rows], self._targets[:rows])

    def train(self, steps: int) -> float:
        """Begin anew and learn whole epochs, as many as *steps* fills, and one or more."""
        epochs = max(1, round(steps / len(self._inputs)))
        for (weights, bias), own, own_bias in zip(
            self._first, self._model.coefs_, self._model.intercepts_, strict=True
        ):
            own[...], own_bias[...] = weights.T, bias
        del self._model._optimizer  # noqa: SLF001 - there is no public way to begin from given weights
        began = time.perf_counter()
        for _ in range(epochs):
            self._fit(len(self._inputs))
        return (time.perf_counter() - began) / (epochs * len(self._inputs)) * 1e6

    def parameters(self) -> list[Any]:
        """Copies, (weights, bias) of each layer."""
        return [(w.T.copy(), b.copy()) for w, b in zip(self._model.coefs_, self._model.intercepts_, strict=True)]


class ErlangPeer:
    """The same network as Erlang processes, one a neuron, on one scheduler: see deepnet.erl.

    Args:
        process: `erl`, which waits for a number of steps.
    """

    name = "Erlang"

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def train(self, steps: int) -> float:
        return self._ask(steps)[0]

    def losses(self, steps: int) -> float:
        """Begin anew and learn for so many steps; return the sum of their losses."""
        return self._ask(steps)[1]

    def _ask(self, steps: int) -> tuple[float, float]:
        """Begin anew and learn; return microseconds a step, measured by Erlang, and the sum of the losses."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("erl was started without pipes")
        self._process.stdin.write(f"{steps}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().split()
        if len(answer) != 2:
            raise RuntimeError(f"erl gave up: {' '.join(answer)}")
        return float(answer[0]), float(answer[1])


@contextmanager
def erlang(work: Work) -> Iterator[ErlangPeer]:
    """Compile and start the Erlang network."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["erlc", "-o", folder, str(Path(__file__).with_name("deepnet.erl"))], check=True)
        terms = Path(folder, "work.terms")
        terms.write_text("".join(f"{_term(part)}.\n" for part in _parts(work)))
        command = ["erl", "+S", "1:1", "-noshell", "-pa", folder, "-run", "deepnet", "main", str(terms)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield ErlangPeer(process)
            finally:
                process.kill()


def _parts(work: Work) -> Iterator[list[Any]]:
    """What Erlang reads: a layer's rows, each weights and then bias, layer after layer; then inputs; then targets."""
    yield [[[*row, b] for row, b in zip(w.tolist(), b.tolist(), strict=True)] for w, b in work.parameters()]
    yield work.inputs.tolist()
    yield work.targets.tolist()


def _term(value: Any) -> str:
    """Return *value* as an Erlang term: its floats need a point even where they have an exponent."""
    return f"{value:.17e}" if isinstance(value, float) else f"[{','.join(map(_term, value))}]"


def require_same_losses(peer: ErlangPeer, work: Work, steps: int) -> None:
    """See that Erlang's losses add up to those of textbook numpy in its precision.

    Raises:
        DifferentWorkError: they do not.
    """
    _, expected = work.learnt_in_numpy(steps, "float64")
    found = peer.losses(steps)
    if not abs(found - expected) <= 1e-6 * abs(expected):
        raise DifferentWorkError(f"Erlang: the losses of {steps} steps are {found:.9g} in all, expected {expected:.9g}")
