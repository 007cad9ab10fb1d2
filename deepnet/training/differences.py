"""In what two pieces of plain data differ, in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from deepnet.data.files import one_line


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a phrase for each difference, such as ``optimizer.learning_rate was 0.001, is 0.01``.

    Both may have been through JSON or not: a tuple is a list, and 1 is 1.0. Where two things are of another kind
    or name, that is one difference, not one for each of their options.
    """
    return tuple(_differences("", old, new))


def _differences(path: str, old: object, new: object) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and _alike(path, old, new):
        for name in dict.fromkeys((*old, *new)):
            yield from _at(f"{path}.{name}" if path else str(name), name, old, new)
    elif _is_list(old) and _is_list(new):
        by_place = dict(enumerate(old)), dict(enumerate(new))
        for index in max(by_place, key=len):
            yield from _at(f"{path}[{index}]", index, *by_place)
    elif not _equal(old, new):
        yield f"{one_line(path)} was {_in_full(old)}, is {_in_full(new)}"


def _at(path: str, key: object, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[str]:
    if key not in new:
        yield f"{one_line(path)} was {_in_full(old[key])}, is not there"
    elif key not in old:
        yield f"{one_line(path)} was not there, is {_in_full(new[key])}"
    else:
        yield from _differences(path, old[key], new[key])


def _alike(path: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> bool:
    """Whether their options can be compared one by one; the whole, which has no path, always can."""
    return not path or all(old.get(key) == new.get(key) for key in ("kind", "name"))


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _equal(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new) or (old != old and new != new)  # noqa: PLR0124 - a nan does not equal itself


def _in_full(value: object) -> str:
    return one_line(json.dumps(value, ensure_ascii=False, default=str))
