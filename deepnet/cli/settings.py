"""What `deepnet set` knows to set, by the name that one types: of a run, of neurons, of layers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from deepnet.cli.options import COUNT, FINITE, POSITIVE, Chosen, Limit
from deepnet.data.files import nearest, quoted
from deepnet.errors import InputError

_YES, _NO = ("true", "yes", "on"), ("false", "no", "off")
Convert = Callable[[str], Any]


def _typed(kind: Any) -> Convert:
    """Return what converts as *kind* does, an option's type; the complaint is of one line."""

    def convert(text: str) -> Any:
        try:
            return kind.convert(text, None, None)
        except click.UsageError as error:
            raise InputError(error.message.rstrip(".")) from None

    return convert


def _yes_or_no(text: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise InputError(f"{quoted(text)} is no answer to yes or no: write true or false")
    return text.lower() in _YES


def _held(text: str) -> float | bool | None:
    """Return what an output is held at: a number, true for 0, false or none for nothing."""
    if text.lower() in (*_YES, *_NO, "none"):
        return text.lower() in _YES
    number: float = _typed(FINITE)(text)
    return number


def _none_or_text(text: str) -> str | None:
    return None if text.lower() == "none" else text


def _pace(text: str) -> float | None:
    return None if text.lower() == "none" else _typed(POSITIVE)(text)


def _named(kind: str) -> Convert:
    """Return what reads NAME:OPTION=VALUE,... into plain data."""

    def convert(text: str) -> dict[str, Any]:
        name, _, rest = text.partition(":")
        choice = _typed(Chosen(kind, (name,)))(text) if rest else None
        return {"name": name, **({} if choice is None else choice.options)}

    return convert


NEURONS: Mapping[str, Convert] = {
    "activation": _none_or_text,
    "learning-rate": _typed(POSITIVE),
    "rate": _typed(FINITE),
    "bias": _typed(FINITE),
    "frozen": _yes_or_no,
    "lesioned": _held,
}
LAYERS: Mapping[str, Convert] = {**NEURONS, "granularity": str}
_UNTIL: Mapping[str, Convert] = {
    "epochs": _typed(COUNT),
    "steps": _typed(COUNT),
    "seconds": _typed(POSITIVE),
    "mean-squared-error": _typed(POSITIVE),
    "mean-absolute-error": _typed(POSITIVE),
    "below": _typed(Limit()),
    "above": _typed(Limit()),
    "patience": _typed(COUNT),
}
"""When to stop: each of these is put into the stop rule that the run has."""
RUNS: Mapping[str, Convert] = {
    "learning-rate": _typed(POSITIVE),
    "batch-size": _typed(COUNT),
    "loss": str,
    "optimizer": _named("optimizer"),
    "schedule": _named("schedule"),
    "pace": _pace,
    **_UNTIL,
}


def read_settings(words: Sequence[str], known: Mapping[str, Convert]) -> dict[str, Any]:
    """Return the values of NAME VALUE NAME VALUE ..., by name.

    Raises:
        InputError: a name is not known, or given twice, or its value is none; the message says what it may be.
    """
    settings: dict[str, Any] = {}
    for name, text in zip(words[::2], words[1::2], strict=True):
        plain = name.replace("_", "-").lower()
        if plain not in known:
            raise InputError(
                f"{quoted(name)} cannot be set{nearest(plain, list(known))}: use one of {', '.join(known)}"
            )
        if plain in settings:
            raise InputError(f"{plain} is given twice: take one out")
        try:
            settings[plain] = known[plain](text)
        except InputError as error:
            raise InputError(f"{plain}: {error}") from None
    return settings


def body_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service takes for settings of neurons."""
    return {name.replace("-", "_"): value for name, value in settings.items()}


def run_body_of(settings: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service takes for settings of a run whose plan is *plan*: what is not named stays as it is.

    Raises:
        InputError: its stop rule is joined of several, and a single condition has no place in it.
    """
    body = {name.replace("-", "_"): value for name, value in settings.items() if name not in _UNTIL}
    if "optimizer" in body and body["optimizer"]["name"] == plan["optimizer"]["name"]:
        body["optimizer"] = {**plan["optimizer"], **body["optimizer"]}
    conditions = {name.replace("-", "_"): value for name, value in settings.items() if name in _UNTIL}
    if conditions:
        body["until"] = _rule(plan["until"], conditions)
    return body


def _rule(until: Mapping[str, Any], conditions: Mapping[str, Any]) -> dict[str, Any]:
    if until.get("kind") != "until":
        raise InputError("the stop rule of this run is joined of several: change it with the Python client, run.set")
    rule = dict(until)
    for name, value in conditions.items():
        rule[name] = {**(until.get(name) or {}), value[0]: value[1]} if name in {"below", "above"} else value
    return rule
