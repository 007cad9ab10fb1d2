"""Fifty steps of random Chains: every optimizer with activations and losses in turn, held against PyTorch's."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.local import LocalLearner
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RAdam, RMSprop

STEPS = 50
MODULES = {
    "identity": "Identity",
    "sigmoid": "Sigmoid",
    "relu": "ReLU",
    "tanh": "Tanh",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "hard_sigmoid": "Hardsigmoid",
    "hard_tanh": "Hardtanh",
    "mish": "Mish",
}

# Each loss with the last activation that gives it what it is for.
LOSSES: dict[str, tuple[str, Callable[[Any, Any, Any], Any]]] = {
    "mean_squared_error": ("identity", lambda torch, o, t: torch.nn.functional.mse_loss(o, t)),
    "mean_absolute_error": ("identity", lambda torch, o, t: torch.nn.functional.l1_loss(o, t)),
    "huber": ("identity", lambda torch, o, t: torch.nn.functional.huber_loss(o, t)),
    "log_cosh": ("identity", lambda torch, o, t: torch.log(torch.cosh(o - t)).mean()),
    "hinge": ("identity", lambda torch, o, t: torch.relu(1 - t * o).mean()),
    "binary_cross_entropy": ("sigmoid", lambda torch, o, t: torch.nn.functional.binary_cross_entropy(o, t)),
    "categorical_cross_entropy": ("sigmoid", lambda torch, o, t: -(t * torch.log(o)).sum(dim=1).mean()),
    "kl_divergence": (
        "sigmoid",
        lambda torch, o, t: torch.nn.functional.kl_div(torch.log(o), t, reduction="batchmean"),
    ),
    "poisson": ("softplus", lambda torch, o, t: torch.nn.functional.poisson_nll_loss(o, t, log_input=False)),
}

Step = Callable[[Any, Any], Any]
OPTIMIZERS: list[tuple[Optimizer, Step]] = [
    (SGD(0.05), lambda optim, p: optim.SGD(p, lr=0.05)),
    (SGD(0.02, momentum=0.9), lambda optim, p: optim.SGD(p, lr=0.02, momentum=0.9)),
    (
        SGD(0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda optim, p: optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    (RMSprop(), lambda optim, p: optim.RMSprop(p)),
    (
        RMSprop(0.001, 0.9, 1e-6, momentum=0.8, weight_decay=0.01),
        lambda optim, p: optim.RMSprop(p, lr=0.001, alpha=0.9, eps=1e-6, momentum=0.8, weight_decay=0.01),
    ),
    (Adagrad(), lambda optim, p: optim.Adagrad(p)),
    (
        Adagrad(0.05, 0.1, weight_decay=0.01),
        lambda optim, p: optim.Adagrad(p, lr=0.05, lr_decay=0.1, weight_decay=0.01),
    ),
    (Adadelta(), lambda optim, p: optim.Adadelta(p)),
    (Adadelta(weight_decay=0.01), lambda optim, p: optim.Adadelta(p, weight_decay=0.01)),
    (Adam(), lambda optim, p: optim.Adam(p)),
    (Adam(0.01, weight_decay=0.1), lambda optim, p: optim.Adam(p, lr=0.01, weight_decay=0.1)),
    (AdamW(), lambda optim, p: optim.AdamW(p)),
    (AdamW(0.01, 0.8, 0.95, 1e-6, 0.1), lambda optim, p: optim.AdamW(p, 0.01, (0.8, 0.95), 1e-6, 0.1)),
    (NAdam(), lambda optim, p: optim.NAdam(p)),
    (
        NAdam(0.01, 0.8, 0.95, weight_decay=0.01, momentum_decay=0.1),
        lambda optim, p: optim.NAdam(p, 0.01, (0.8, 0.95), weight_decay=0.01, momentum_decay=0.1),
    ),
    (RAdam(), lambda optim, p: optim.RAdam(p)),
    (RAdam(0.01, 0.8, 0.9, weight_decay=0.01), lambda optim, p: optim.RAdam(p, 0.01, (0.8, 0.9), weight_decay=0.01)),
]


def test_every_activation_takes_part() -> None:
    assert {*MODULES, "step", "linear"} == set(ACTIVATIONS)  # a step has no slope to learn by


def random_chain(rng: np.random.Generator, last: str) -> Chain:
    widths = rng.integers(2, 7, size=rng.integers(3, 5)).tolist()
    names = [*rng.choice(sorted(MODULES), size=len(widths) - 2).tolist(), last]
    return Chain(*(Dense(*pair, name) for pair, name in zip(pairwise(widths), names, strict=True)))


def torch_activation(torch: Any, name: str) -> Any:
    """PyTorch's module; but its Hardsigmoid has a slope of float32's 1/6 in float64 too, so that is written out."""

    class Hardsigmoid(torch.nn.Module):  # type: ignore[misc,name-defined,unused-ignore]
        def forward(self, z: Any) -> Any:
            return torch.nn.functional.relu6(z + 3) / 6

    return Hardsigmoid() if name == "hard_sigmoid" else getattr(torch.nn, MODULES[name])()


def as_torch(torch: Any, learner: LocalLearner) -> Any:
    """The learner's network, with the same parameters, as a torch module."""
    network = torch.nn.Sequential()
    for layer, (weights, bias) in zip(learner.model, learner.parameters(), strict=True):
        linear = torch.nn.Linear(layer.inputs, layer.neurons, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(weights))
            linear.bias.copy_(torch.tensor(bias))
        network.extend([linear, torch_activation(torch, layer.activation)])
    return network


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("optimizer", "stepper"), OPTIMIZERS, ids=[repr(each) for each, _ in OPTIMIZERS])
def test_fifty_steps_equal_pytorchs(optimizer: Optimizer, stepper: Step, loss: str) -> None:
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default dtype
    try:
        seed = [len(repr(optimizer)), *repr(optimizer).encode(), *loss.encode()]
        rng = np.random.default_rng(seed)
        last, their_loss = LOSSES[loss]
        learner = LocalLearner(random_chain(rng, last), seed=7, loss=loss, optimizer=optimizer, dtype="float64")
        network = as_torch(torch, learner)
        their_step = stepper(torch.optim, network.parameters())
        for _ in range(STEPS):
            inputs = rng.normal(size=(4, learner.model.inputs))
            targets = rng.uniform(0, 1, size=(4, learner.model.outputs))
            their_step.zero_grad()
            value = their_loss(torch, network(torch.tensor(inputs)), torch.tensor(targets))
            value.backward()
            their_step.step()
            assert learner.learn(inputs, targets) == pytest.approx(value.item(), rel=1e-9)
    finally:
        torch.set_default_dtype(default)

    ours = [array for layer in learner.parameters() for array in layer]
    for array, tensor in zip(ours, network.parameters(), strict=True):
        np.testing.assert_allclose(array, tensor.detach().numpy(), rtol=1e-9, atol=1e-12)
