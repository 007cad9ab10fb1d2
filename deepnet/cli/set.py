"""`deepnet set`: rates, and when to stop; neurons that are frozen, or held at a value."""

from collections.abc import Sequence

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import settable
from deepnet.cli.settings import LAYERS, NEURONS, RUNS, body_of, read_settings, run_body_of
from deepnet.cli.targets import find_any, run
from deepnet.errors import InputError


# Numbers may be negative: what begins with a dash and is no option of ours is a value.
@click.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="[TARGET] NAME VALUE [NAME VALUE]...", shell_complete=settable)
@attached
def command(link: Link, words: Sequence[str]) -> int:
    """Set what a run, a layer or a neuron is like; what is given together is one change, and can be undone.

    \b
    Of a run, TARGET is its network:
      learning-rate, batch-size, loss, optimizer, schedule, pace (steps a
      second at most, or none); and when to stop:
      epochs, steps, seconds, mean-squared-error, mean-absolute-error, below,
      above, patience
    Of a neuron or all of a layer:
      frozen, lesioned (held at a number; none heals it), rate (times that of
      the run), learning-rate, activation, bias; of a layer also granularity

    \b
    deepnet set cars learning-rate 0.01
    deepnet set cars epochs 200 batch-size 16
    deepnet set cars pace 20
    deepnet set cars/dense_0/3 frozen true
    deepnet set cars/dense_0/3 lesioned 0
    deepnet set cars/dense_0 rate 0.1 activation tanh
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    target, pairs = (words[0], words[1:]) if len(words) % 2 else (None, words)
    if not pairs:
        raise InputError("nothing is to be set: give a name and its value, such as deepnet set cars learning-rate 0.01")
    if any(word.startswith("--") for word in pairs[::2]):
        raise InputError(f"there is no option {next(word for word in pairs[::2] if word.startswith('--'))}")
    place = None if target is None else find_any(link, target)
    if place is None or place.address is None:
        number = run(link, target)
        body = run_body_of(read_settings(pairs, RUNS), link.get(f"/runs/{number}")["plan"])
        return link.tell_change(number, link.patch(f"/runs/{number}", body))
    body = body_of(read_settings(pairs, NEURONS if place.is_neuron else LAYERS))
    return link.tell_change(place, link.patch(place.path, body))
