"""How the optimizers update, number by number: one pass over memory, whatever the rule."""

from typing import Any

from deepnet.maths.arrays import Array, Vector
from deepnet.maths.kernels import rules
from deepnet.maths.kernels.codes import (
    ADAGRAD,
    ADAM,
    RADAM,
    RMSPROP,
    RMSPROP_MOMENTUM,
    SGD_MOMENTUM,
    SGD_NESTEROV,
    SGD_PLAIN,
)
from deepnet.maths.kernels.compiled.activations import ZERO
from deepnet.maths.kernels.compiled.build import inner

_sgd = inner(rules.sgd)
_sgd_momentum = inner(rules.sgd_momentum)
_sgd_nesterov = inner(rules.sgd_nesterov)
_adam = inner(rules.adam)
_adam_untrusted = inner(rules.adam_untrusted)
_rmsprop = inner(rules.rmsprop)
_rmsprop_momentum = inner(rules.rmsprop_momentum)
_adagrad = inner(rules.adagrad)
_adadelta = inner(rules.adadelta)


@inner
def kept(number: Any) -> Any:
    """Return what is to be remembered of *number*: 0 if it is tiny.

    What a slot remembers of a weight whose gradient has become 0, as behind a dead relu, fades to such a number and
    stays one.
    """
    return type(number)(ZERO) if abs(number) < rules.TINY else number


@inner
def step(  # noqa: C901, PLR0912 - a case for each
    rule: int,
    factors: Vector,
    size: int,
    p: Vector,
    s: Vector,
    t: Vector,
    new_p: Vector,
    new_s: Vector,
    new_t: Vector,
) -> None:
    """Write what parameters p and slots s and t become, where *new_p* holds the gradient until then.

    All are *size* numbers in a row. A rule with fewer slots leaves the others alone. As the gradient is known to be
    where the new parameters go, and not in a place that may overlap it in part, all loops handle many numbers at a
    time.
    """
    decay = factors[0]
    f = (
        decay,
        factors[1],
        factors[2],
        factors[3],
        factors[4],
        factors[5],
        factors[6],
        factors[7],
        factors[8],
    )
    if decay != 0:
        for j in range(size):
            new_p[j] += decay * p[j]
    if rule == SGD_PLAIN:
        for j in range(size):
            (new_p[j],) = _sgd(f, new_p[j], p[j])
    elif rule == ADAM or (rule == RADAM and f[8] != 0):
        for j in range(size):
            new_p[j], s_j, t_j = _adam(f, new_p[j], p[j], s[j], t[j])
            new_s[j] = kept(s_j)
            new_t[j] = kept(t_j)
    elif rule == RADAM:
        for j in range(size):
            new_p[j], s_j, t_j = _adam_untrusted(f, new_p[j], p[j], s[j], t[j])
            new_s[j] = kept(s_j)
            new_t[j] = kept(t_j)
    elif rule == SGD_MOMENTUM:
        for j in range(size):
            new_p[j], s_j = _sgd_momentum(f, new_p[j], p[j], s[j])
            new_s[j] = kept(s_j)
    elif rule == SGD_NESTEROV:
        for j in range(size):
            new_p[j], s_j = _sgd_nesterov(f, new_p[j], p[j], s[j])
            new_s[j] = kept(s_j)
    elif rule == RMSPROP:
        for j in range(size):
            new_p[j], s_j = _rmsprop(f, new_p[j], p[j], s[j])
            new_s[j] = kept(s_j)
    elif rule == RMSPROP_MOMENTUM:
        for j in range(size):
            new_p[j], s_j, t_j = _rmsprop_momentum(f, new_p[j], p[j], s[j], t[j])
            new_s[j] = kept(s_j)
            new_t[j] = kept(t_j)
    elif rule == ADAGRAD:
        for j in range(size):
            new_p[j], s_j = _adagrad(f, new_p[j], p[j], s[j])
            new_s[j] = kept(s_j)
    else:  # ADADELTA
        for j in range(size):
            new_p[j], s_j, t_j = _adadelta(f, new_p[j], p[j], s[j], t[j])
            new_s[j] = kept(s_j)
            new_t[j] = kept(t_j)


@inner
def step_rows(rule: int, factors: Vector, committed: Array, spare: Array, first: int, last: int) -> None:
    """Write what the rows from *first* to before *last* become, and their slots, into *spare*.

    Its rows hold the gradient until then.
    """
    slots, _, columns = committed.shape
    s, t = min(1, slots - 1), slots - 1
    # A block of rows is one stretch of memory. So seen from its first row, *step* goes on into the others: one long
    # loop is faster than many short ones, and making views of that length would take longer than a neuron's loop.
    step(
        rule,
        factors,
        (last - first) * columns,
        committed[0, first],
        committed[s, first],
        committed[t, first],
        spare[0, first],
        spare[s, first],
        spare[t, first],
    )


def update(gradient: Array, committed: Array, spare: Array, rule: int, factors: Vector) -> None:
    """Write what parameters and slots become. The gradient may be where the new parameters go."""
    if gradient.ctypes.data != spare.ctypes.data:
        for row in range(gradient.shape[0]):
            for j in range(gradient.shape[1]):
                spare[0, row, j] = gradient[row, j]
    step_rows(rule, factors, committed, spare, 0, committed.shape[1])
