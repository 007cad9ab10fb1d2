"""A plan in a TOML file: the options of `deepnet train` under their own names, and the data.

    data = "auto-mpg"

    [model]
    hidden = [32, 8]

    [training]
    epochs = 100
    optimizer = { name = "sgd", momentum = 0.9 }
    below = { validation_loss = 4.0 }

Tables are for the reader's eye: an option may stand in any of them, or in none.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from deepnet.data.files import listed, nearest, one_line, quoted, read_file
from deepnet.errors import DataError

SUFFIX = ".toml"
_PLACES = {"history", "plot", "run_dir", "save"}
"""Options that say where to write."""


def read_plan(path: str, options: Mapping[str, click.Option]) -> tuple[str, dict[str, Any]]:
    """Return the data of the plan at *path*, and for each option it gives the value, as a command line would.

    Paths in a plan are relative to the folder it is in.

    Args:
        path: of the file.
        options: those that there are, by the names that stand in a plan: without ``--``, with ``_`` for ``-``.

    Raises:
        DataError: it cannot be read, is no TOML, or has an option that there is not.
    """
    name = one_line(path)
    try:
        plan = tomllib.loads(read_file(path).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: is not UTF-8 text (byte {error.start}): save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: is no TOML: {' '.join(str(error).split())}") from None
    values: dict[str, Any] = {}
    for key, value in _entries(plan, options):
        option = key.replace("-", "_")
        if option != "data" and option not in options:
            raise DataError(
                f"{name}: there is no option {quoted(key)}{nearest(option, list(options))}: "
                f"use one of {listed(['data', *options], 60)}"
            )
        if option in values:
            raise DataError(f"{name}: {quoted(key)} is given twice: take one out")
        values[option] = value
    data = values.pop("data", None)
    if not isinstance(data, str):
        raise DataError(f'{name}: says nothing of the data: add a line such as data = "auto-mpg"')
    folder = Path(path).parent
    for option in _PLACES & values.keys():
        if isinstance(values[option], str):
            values[option] = str(folder / values[option])
    beside = folder / data
    return str(beside) if beside.exists() else data, {
        option: _as_typed(name, option, value, options[option]) for option, value in values.items()
    }


def _entries(plan: Mapping[str, Any], options: Mapping[str, click.Option]) -> Iterator[tuple[str, Any]]:
    """Yield every entry with its value; a table is one of options unless it is the value of one."""
    for key, value in plan.items():
        if isinstance(value, dict) and key.replace("-", "_") not in options:
            yield from value.items()
        else:
            yield key, value


def _as_typed(name: str, option: str, value: Any, known: click.Option) -> Any:
    """Return *value* as one would type it."""
    if known.is_flag or isinstance(value, bool):
        if not (known.is_flag and isinstance(value, bool)):
            wanted = "true or false" if known.is_flag else "no truth value"
            raise DataError(f"{name}: {option} is {value!r}, expected {wanted}")
        return value
    if known.multiple:  # below = { loss = 0.1 }
        if not isinstance(value, dict):
            raise DataError(f"{name}: {option} must be a table, such as {option} = {{ loss = 0.1 }}, got {value!r}")
        return [f"{figure}={limit}" for figure, limit in value.items()]
    if isinstance(value, dict):  # optimizer = { name = "sgd", momentum = 0.9 }
        rest = ",".join(f"{key}={_text(entry)}" for key, entry in value.items() if key != "name")
        return f"{value.get('name', '')}:{rest}"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
