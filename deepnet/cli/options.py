"""Values of options: each is checked where it is read, so that the complaint names the option."""

import math
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from deepnet.runs.chaos import Chaos

LONGEST_NAME = 48
_NAME = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}")


class _Number(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """A number within limits.

    Args:
        fits: whether a number will do; it is asked about nan too.
        wanted: what will do, in words.
    """

    name = "number"

    def __init__(self, fits: Callable[[float], bool], wanted: str) -> None:
        self._fits = fits
        self._wanted = wanted

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not self._fits(number):
            self.fail(f"{value} is not {self._wanted}", param, ctx)
        return number


POSITIVE = _Number(lambda number: 0 < number < math.inf, "a finite number above 0")
FINITE = _Number(math.isfinite, "a finite number")
NOT_NEGATIVE = _Number(lambda number: 0 <= number < math.inf, "a finite number of 0 or more")
SHARE = _Number(lambda number: 0 < number < 1, "a number between 0 and 1")


class NewName(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """A name for a network of a service."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _NAME.fullmatch(value):
            near = re.sub(r"[^a-z0-9_-]+", "-", value.lower()).strip("-_")[:LONGEST_NAME]
            self.fail(
                f"{value!r} is no name of a network: use up to {LONGEST_NAME} small letters, digits, - and _"
                + (f", such as {near}" if near else ""),
                param,
                ctx,
            )
        return str(value)


class Numbers(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """Finite numbers joined by commas, such as 1,0,0."""

    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(float(part) for part in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not numbers joined by commas, such as 1,0,0", param, ctx)
        if not all(map(math.isfinite, numbers)):
            self.fail(f"{value!r} has a number that is not finite", param, ctx)
        return numbers


class Widths(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """Widths of hidden layers joined by commas, such as 32,8; each 1 or more. Or none."""

    name = "widths"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        if value.strip().lower() == "none":
            return ()
        parts = value.split(",")
        if not all(part.strip().isdecimal() and int(part) >= 1 for part in parts):
            self.fail(f"{value!r} is not widths of 1 or more joined by commas, such as 32,8", param, ctx)
        return tuple(int(part) for part in parts)


class Names(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """Names joined by commas."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        if not value.strip():  # as in a plan file: ignore = []
            return ()
        names = tuple(part.strip() for part in value.split(","))
        if not all(names):
            self.fail(f"{value!r} is not names joined by commas, such as a,b", param, ctx)
        return names


class Choice(NamedTuple):
    """A name, and the options that go with it."""

    name: str
    options: dict[str, Any]


class Chosen(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """A name that is known, and perhaps options of its own: NAME or NAME:OPTION=VALUE,OPTION=VALUE.

    Args:
        kind: what it is the name of.
        known: the names there are.
    """

    name = "choice"

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        self._kind = kind
        self._known = tuple(known)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Choice:
        if isinstance(value, Choice):
            return value
        name, _, rest = value.partition(":")
        if name not in self._known:
            self.fail(f"{name!r} is no {self._kind}: use one of {', '.join(self._known)}", param, ctx)
        options = {}
        for part in filter(None, rest.split(",")):
            option, equals, given = part.partition("=")
            if not equals:
                self.fail(f"{part!r} is no option of {name}: write OPTION=VALUE after the colon", param, ctx)
            options[option.strip().replace("-", "_")] = plain_value(given)
        return Choice(name, options)


class Limit(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """A figure of an epoch and a limit for it: FIGURE=LIMIT."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        figure, _, limit = value.partition("=")
        try:
            number = float(limit)
        except ValueError:
            number = math.nan
        if not figure or not math.isfinite(number):
            self.fail(f"{value!r} is no figure with its limit, such as validation_loss=0.1", param, ctx)
        return figure.strip(), number


class Rate(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """How often somebody is to die: 20 or 20/s, kills a second; 5/1000, kills among a thousand messages."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Chaos":
        from deepnet.runs.chaos import Chaos  # noqa: PLC0415 - it brings the actors with it

        if isinstance(value, Chaos):
            return value
        number, slash, per = value.partition("/")
        try:
            return Chaos(float(number), {"": "second", "/s": "second", "/1000": "thousand"}[slash + per.strip()])
        except (KeyError, ValueError):
            self.fail(f"{value!r} is no rate of kills: write 20/s, or 5/1000 for a thousand messages", param, ctx)


def plain_value(text: str) -> Any:
    """Return the truth, the whole number or the number that *text* says, or the text."""
    text = text.strip()
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


COUNT = click.IntRange(min=1)
SEED = click.IntRange(min=0)
