"""Values of options: each is checked where it is read, so that the complaint names the option."""

import math
from typing import Any

import click


class Positive(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """A finite number above 0."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or number <= 0:
            self.fail(f"{value} is not a finite number above 0", param, ctx)
        return number


class Share(click.ParamType):  # type: ignore[type-arg]  # not generic in older releases
    """A number between 0 and 1, both excluded."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0 < number < 1:
            self.fail(f"{value} is not a number between 0 and 1", param, ctx)
        return number


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
    """Widths of hidden layers joined by commas, such as 32,8; each 1 or more."""

    name = "widths"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
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
        names = tuple(part.strip() for part in value.split(","))
        if not all(names):
            self.fail(f"{value!r} is not names joined by commas, such as a,b", param, ctx)
        return names


COUNT = click.IntRange(min=1)
SEED = click.IntRange(min=0)
