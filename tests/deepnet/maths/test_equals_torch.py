"""Fifty steps of random Chains, held against PyTorch: activations, losses, optimizers, schedules, rules, Dropout."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from deepnet.maths import losses, optimizers, schedules
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.arrays import Batch
from deepnet.maths.dropout import dropout_mask
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.local import LocalLearner
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RAdam, RMSprop
from deepnet.maths.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
    WarmUp,
)

STEPS = 50
STEPS_PER_EPOCH = 5

# Each activation with what builds torch's. Its Hardsigmoid has a slope of float32's 1/6 in float64 too: written out.
MODULES: dict[str, Callable[[Any], Any]] = {
    "identity": lambda nn: nn.Identity(),
    "sigmoid": lambda nn: nn.Sigmoid(),
    "relu": lambda nn: nn.ReLU(),
    "tanh": lambda nn: nn.Tanh(),
    "leaky_relu": lambda nn: nn.LeakyReLU(),
    "elu": lambda nn: nn.ELU(),
    "selu": lambda nn: nn.SELU(),
    "gelu": lambda nn: nn.GELU(),
    "silu": lambda nn: nn.SiLU(),
    "softplus": lambda nn: nn.Softplus(),
    "softsign": lambda nn: nn.Softsign(),
    "hard_sigmoid": lambda nn: lambda z: nn.functional.relu6(z + 3) / 6,
    "hard_tanh": lambda nn: nn.Hardtanh(),
    "mish": lambda nn: nn.Mish(),
    "softmax": lambda nn: nn.Softmax(dim=1),
    "log_softmax": lambda nn: nn.LogSoftmax(dim=1),
}

# Each loss with the last activation that gives it what it is for, and torch's. Where the two have a joint form torch's
# takes the sums before the activation, so its network ends there.
Their = Callable[[Any, Any, Any], Any]
LOSSES: dict[str, tuple[str, bool, Their]] = {
    "mean_squared_error": ("identity", False, lambda f, o, t: f.mse_loss(o, t)),
    "mean_absolute_error": ("identity", False, lambda f, o, t: f.l1_loss(o, t)),
    "huber": ("identity", False, lambda f, o, t: f.huber_loss(o, t)),
    "log_cosh": ("identity", False, lambda f, o, t: (o - t).cosh().log().mean()),
    "hinge": ("tanh", False, lambda f, o, t: f.relu(1 - t * o).mean()),
    "poisson": ("softplus", False, lambda f, o, t: f.poisson_nll_loss(o, t, log_input=False)),
    "binary_cross_entropy": ("sigmoid", True, lambda f, z, t: f.binary_cross_entropy_with_logits(z, t)),
    "categorical_cross_entropy": ("softmax", True, lambda f, z, t: f.cross_entropy(z, t)),
    "kl_divergence": ("softmax", True, lambda f, z, t: f.kl_div(f.log_softmax(z, dim=1), t, reduction="batchmean")),
    "negative_log_likelihood": ("log_softmax", False, lambda f, o, t: f.nll_loss(o, t.argmax(dim=1))),
}

Stepper = Callable[[Any, Any], Any]
OPTIMIZERS: list[tuple[Optimizer, Stepper]] = [
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
OF_EACH_KIND = {type(ours).__name__: (ours, stepper) for ours, stepper in OPTIMIZERS}  # the last one, with its decay

RATE = 0.02
RATED: dict[str, tuple[Optimizer, Stepper]] = {
    "SGD": (SGD(RATE, momentum=0.9), lambda optim, p: optim.SGD(p, lr=RATE, momentum=0.9)),
    "AdamW": (AdamW(RATE, weight_decay=0.1), lambda optim, p: optim.AdamW(p, lr=RATE, weight_decay=0.1)),
}
PLATEAU = ReduceOnPlateau(gamma=0.5, patience=0, min_delta=0.02)
TheirSchedule = Callable[[Any, Any], Any]
OF_EACH_SCHEDULE: list[tuple[Schedule, TheirSchedule]] = [
    (Constant(), lambda kinds, o: kinds.ConstantLR(o, factor=1.0)),
    (StepDecay(3, 0.5), lambda kinds, o: kinds.StepLR(o, 3, 0.5)),
    (StepDecay(7, 0.8, "step"), lambda kinds, o: kinds.StepLR(o, 7, 0.8)),
    (Exponential(0.7), lambda kinds, o: kinds.ExponentialLR(o, 0.7)),
    (Exponential(0.97, "step"), lambda kinds, o: kinds.ExponentialLR(o, 0.97)),
    (Cosine(10), lambda kinds, o: kinds.CosineAnnealingLR(o, 10)),
    (Cosine(60, 0.1, "step"), lambda kinds, o: kinds.CosineAnnealingLR(o, 60, 0.1 * RATE)),
    (WarmUp(4), lambda kinds, o: kinds.LinearLR(o, 1 / 3, total_iters=4)),
    (
        WarmUp(20, 0.1, Exponential(0.9, "step"), "step"),
        lambda kinds, o: kinds.SequentialLR(
            o, [kinds.LinearLR(o, 0.1, total_iters=20), kinds.ExponentialLR(o, 0.9)], milestones=[20]
        ),
    ),
    (PLATEAU, lambda kinds, o: kinds.ReduceLROnPlateau(o, "min", 0.5, 0, threshold=0.02, threshold_mode="abs", eps=0)),
]


@pytest.fixture(scope="module")
def torch() -> Iterator[Any]:
    """PyTorch in float64, for NAdam keeps its product of momenta in the default dtype, and in one thread.

    For arrays this small handing work to other threads takes ten times as long as doing it.
    """
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    before = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    yield torch
    torch.set_default_dtype(before[0])
    torch.set_num_threads(before[1])


def random_chain(rng: np.random.Generator, last: str, hidden: str | None = None, rate: float | None = None) -> Chain:
    """One to three hidden layers of some activation or of this one, with a Dropout before every layer if it has one."""
    widths = rng.integers(2, 7, size=rng.integers(3, 6)).tolist()
    names = [hidden or str(rng.choice(sorted(MODULES))) for _ in widths[2:]] + [last]
    layers: list[Dense | Dropout] = []
    for pair, name in zip(pairwise(widths), names, strict=True):
        if rate is not None:
            layers.append(Dropout(rate))
        layers.append(Dense(*pair, name))
    return Chain(*layers)


class Twin:
    """A learner's network, with the same parameters, in torch.

    What a Dropout leaves out there is handed to it: the two have different generators.
    """

    def __init__(self, torch: Any, learner: LocalLearner, *, ends_in_sums: bool) -> None:
        self.torch = torch
        self.learner = learner
        self.activations = [MODULES[layer.activation](torch.nn) for layer in learner.model.dense]
        if ends_in_sums:
            self.activations[-1] = torch.nn.Identity()
        self.parameters = [torch.tensor(array, requires_grad=True) for layer in learner.parameters() for array in layer]

    @property
    def weights(self) -> Any:
        return self.parameters[::2]

    def __call__(self, inputs: Batch) -> Any:
        """Return what comes out in the step that the learner takes next."""
        numbers, dense, dropouts = self.torch.tensor(inputs), 0, 0
        for layer in self.learner.model:
            if isinstance(layer, Dropout):
                mask = dropout_mask(
                    layer.rate,
                    tuple(numbers.shape),
                    np.dtype("float64"),
                    seed=self.learner.seed,
                    layer=dropouts,
                    step=self.learner.step + 1,
                )
                numbers, dropouts = numbers * self.torch.tensor(mask), dropouts + 1
            else:
                weights, bias = self.parameters[2 * dense : 2 * dense + 2]
                numbers = self.activations[dense](self.torch.nn.functional.linear(numbers, weights, bias))
                dense += 1
        return numbers

    def penalty(self, rules: GradientRules) -> Any:
        """Return what the rules add to the loss: of the weights, and not of the biases."""
        squares = sum((weights**2).sum() for weights in self.weights)
        sizes = sum(weights.abs().sum() for weights in self.weights)
        return rules.l2 / 2 * squares + rules.l1 * sizes

    def clip(self, rules: GradientRules) -> None:
        if rules.clip_value is not None:
            self.torch.nn.utils.clip_grad_value_(self.parameters, rules.clip_value)
        if rules.clip_norm is not None:
            self.torch.nn.utils.clip_grad_norm_(self.parameters, rules.clip_norm)


def some_targets(rng: np.random.Generator, loss: str, rows: int, size: int) -> Batch:
    """Targets that the loss can take."""
    if loss == "hinge":
        return rng.choice([-1.0, 1.0], size=(rows, size))
    if loss == "negative_log_likelihood":
        return np.eye(size)[rng.integers(0, size, size=rows)]
    shares: Batch = rng.uniform(0.01, 1, size=(rows, size))
    return shares / shares.sum(axis=1, keepdims=True) if losses.fused("softmax", losses.loss_named(loss)) else shares


def learn_both(
    torch: Any,
    name: str,
    optimizer: Optimizer,
    stepper: Stepper,
    *,
    loss: str = "mean_squared_error",
    hidden: str | None = None,
    rate: float | None = None,
    rules: GradientRules | None = None,
    schedule: tuple[Schedule, TheirSchedule] | None = None,
) -> None:
    """Take fifty steps here and there; the losses on the way and the weights at the end are equal to 1e-9."""
    rng = np.random.default_rng([*name.encode()])
    rules = rules or GradientRules()
    ours, make_theirs = schedule or OF_EACH_SCHEDULE[0]
    last, ends_in_sums, their_loss = LOSSES[loss]
    model = random_chain(rng, last, hidden, rate)
    learner = LocalLearner(model, seed=7, loss=loss, optimizer=optimizer, dtype="float64", rules=rules)
    twin = Twin(torch, learner, ends_in_sums=ends_in_sums)
    theirs = stepper(torch.optim, twin.parameters)
    their_schedule = make_theirs(torch.optim.lr_scheduler, theirs)
    per_step = getattr(ours, "per", "epoch") == "step"
    our_means: list[float] = []
    found, expected = [], []
    for step in range(1, STEPS + 1):
        inputs, targets = rng.normal(size=(4, model.inputs)), some_targets(rng, loss, 4, model.outputs)
        theirs.zero_grad()
        value = their_loss(torch.nn.functional, twin(inputs), torch.tensor(targets))
        (value + twin.penalty(rules) if rules.l1 or rules.l2 else value).backward()
        twin.clip(rules)
        theirs.step()
        factor = ours.factor(epoch=1 + (step - 1) // STEPS_PER_EPOCH, step=step, values=our_means)
        found.append(learner.learn(inputs, targets, rate_factor=factor))
        expected.append(value.item())
        epoch_ends = step % STEPS_PER_EPOCH == 0
        if epoch_ends:
            our_means.append(float(np.mean(found[-STEPS_PER_EPOCH:])))
        if isinstance(ours, ReduceOnPlateau) and epoch_ends:
            their_schedule.step(float(np.mean(expected[-STEPS_PER_EPOCH:])))
        elif not isinstance(ours, ReduceOnPlateau) and (per_step or epoch_ends):
            their_schedule.step()

    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)
    arrays = [array for layer in learner.parameters() for array in layer]
    for array, tensor in zip(arrays, twin.parameters, strict=True):
        np.testing.assert_allclose(array, tensor.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_everything_that_there_is_takes_part() -> None:
    assert {*MODULES, "step", "linear"} == set(ACTIVATIONS)  # a step has no slope to learn by
    assert set(LOSSES) == set(losses.LOSSES)
    assert set(OF_EACH_KIND) == {
        kind.__name__ for kind in map(type, map(optimizers.optimizer_named, optimizers.OPTIMIZERS))
    }
    assert {schedule.name for schedule, _ in OF_EACH_SCHEDULE} == set(SCHEDULES) == set(schedules.SCHEDULES)


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("number", range(len(OPTIMIZERS)), ids=[repr(each) for each, _ in OPTIMIZERS])
def test_every_optimizer_with_a_third_of_the_losses(torch: Any, number: int, turn: int) -> None:
    # In all each loss meets five optimizers or more: each turn goes on where the one before it ended.
    loss = list(LOSSES)[(3 * number + turn) % len(LOSSES)]

    learn_both(torch, f"{number} {loss}", *OPTIMIZERS[number], loss=loss)


@pytest.mark.parametrize("hidden", MODULES)
def test_every_activation_in_hidden_layers(torch: Any, hidden: str) -> None:
    learn_both(torch, hidden, *OF_EACH_KIND["Adam"], loss="categorical_cross_entropy", hidden=hidden)


@pytest.mark.parametrize("schedule", OF_EACH_SCHEDULE, ids=[repr(each) for each, _ in OF_EACH_SCHEDULE])
@pytest.mark.parametrize("kind", RATED)
def test_every_schedule(torch: Any, kind: str, schedule: tuple[Schedule, TheirSchedule]) -> None:
    learn_both(torch, f"{schedule[0]!r} {kind}", *RATED[kind], schedule=schedule)


@pytest.mark.parametrize("kind", RATED)
@pytest.mark.parametrize(
    "rules",
    [GradientRules(l2=0.05), GradientRules(l1=0.01), GradientRules(clip_value=0.02), GradientRules(clip_norm=0.1)],
    ids=repr,
)
def test_every_penalty_and_clip(torch: Any, kind: str, rules: GradientRules) -> None:
    learn_both(torch, f"{rules!r} {kind}", *RATED[kind], loss="categorical_cross_entropy", rules=rules)


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_penalties_and_clips_together_with_every_kind_of_optimizer(torch: Any, kind: str) -> None:
    rules = GradientRules(clip_value=0.05, clip_norm=0.1, l1=0.01, l2=0.05)

    learn_both(torch, kind, *OF_EACH_KIND[kind], rules=rules)


@pytest.mark.parametrize("loss", LOSSES)
def test_dropout_with_every_loss(torch: Any, loss: str) -> None:
    learn_both(torch, loss, *OF_EACH_KIND["Adam"], loss=loss, rate=0.4)


@pytest.mark.parametrize(("loss", "schedule"), [*zip(LOSSES, OF_EACH_SCHEDULE, strict=True)], ids=list(LOSSES))
def test_all_of_it_at_once(torch: Any, loss: str, schedule: tuple[Schedule, TheirSchedule]) -> None:
    rules = GradientRules(clip_norm=0.5, l1=0.001, l2=0.01)

    learn_both(torch, f"all {loss}", *RATED["SGD"], loss=loss, rate=0.25, rules=rules, schedule=schedule)
