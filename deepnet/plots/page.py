"""Charts in files, web pages among them: the specification and what draws it in one file, that needs no network."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deepnet.data.files import one_line
from deepnet.errors import DataError
from deepnet.persistence.whole_file import check_writable, write_whole
from deepnet.plots.files import SUFFIXES, check_chart_path, write_chart

PAGE = ".html"


def check_picture_path(path: str | Path) -> None:
    """Do nothing if `write_picture` can write there; call it before work whose result is to be drawn.

    Raises:
        DataError: the suffix is none of .html, .json, .svg and .png, what makes pictures is not installed, or the
            folder takes no files.
    """
    if Path(path).suffix.lower() not in (*SUFFIXES, PAGE):
        raise DataError(f"{one_line(str(path))}: is no chart file: end it with one of {', '.join((*SUFFIXES, PAGE))}")
    if _is_page(path):
        _converter(path)
        check_writable(path)
    else:
        check_chart_path(path)


def write_picture(spec: Mapping[str, Any], path: str | Path) -> None:
    """Write *spec* as its suffix says: .html is a page; the others are those of `deepnet.plots.files.write_chart`.

    Raises:
        DataError: see `check_picture_path`.
    """
    if _is_page(path):
        write_whole(path, _converter(path).vegalite_to_html(dict(spec), bundle=True).encode())
    else:
        write_chart(spec, path)


def _is_page(path: str | Path) -> bool:
    return Path(path).suffix.lower() == PAGE


def _converter(path: str | Path) -> Any:
    try:
        import vl_convert  # noqa: PLC0415 - an extra, and large
    except ImportError:
        raise DataError(
            f"{one_line(str(path))}: pages need an extra: run pip install vl-convert-python, or write a .json file"
        ) from None
    return vl_convert
