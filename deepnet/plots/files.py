"""Charts in files: the specification itself, or the picture that is made from it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deepnet.data.files import one_line
from deepnet.errors import DataError
from deepnet.persistence.whole_file import check_writable, write_whole

SUFFIXES = (".json", ".svg", ".png")
PIXELS = 2
"""How many pixels of a PNG make one of the chart's, so that it is sharp on today's screens."""


def check_chart_path(path: str | Path) -> None:
    """Do nothing if `write_chart` can write there; call it before work whose result is to be drawn.

    Raises:
        DataError: the suffix is none of .json, .svg and .png, what makes pictures is not installed, or the folder takes
            no files.
    """
    if _suffix(path) != ".json":
        _converter(path)
    check_writable(path)


def write_chart(spec: Mapping[str, Any], path: str | Path) -> None:
    """Write *spec* as its suffix says: .json is the specification, .svg and .png are pictures of it.

    The file is there as a whole or not at all; one that is there is replaced.

    Raises:
        DataError: see `check_chart_path`.
    """
    suffix = _suffix(path)
    if suffix == ".json":
        content = (json.dumps(spec, indent=1, allow_nan=False) + "\n").encode()
    elif suffix == ".svg":
        content = _converter(path).vegalite_to_svg(dict(spec), allowed_base_urls=[]).encode()
    else:
        content = _converter(path).vegalite_to_png(dict(spec), scale=PIXELS, allowed_base_urls=[])
    write_whole(path, content)


def _suffix(path: str | Path) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        given = f"{suffix} is no kind of chart file" if suffix else "has no suffix"
        raise DataError(f"{one_line(str(path))}: {one_line(given)}: end it with one of {', '.join(SUFFIXES)}")
    return suffix


def _converter(path: str | Path) -> Any:
    try:
        import vl_convert  # noqa: PLC0415 - an extra, and large
    except ImportError:
        raise DataError(
            f"{one_line(str(path))}: pictures need an extra: run pip install vl-convert-python, or write a .json file"
        ) from None
    return vl_convert
