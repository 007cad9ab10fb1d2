"""The page for people who open the service in a browser: what runs, and how to go on, without script."""

from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse, HTMLResponse

from deepnet.errors import DeepnetError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.asking import TheEngine
from deepnet.service.web.routes.api import VIEWER
from deepnet.service.web.security.roles import open_to_all

MOST = 100
_STATIC = Path(__file__).parents[1] / "static"
_HOME = Template((_STATIC / "home.html").read_text(encoding="utf-8"))
_FILES = {"home.css": "text/css", "icon.svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=VIEWER)
async def home(engine: TheEngine) -> Response:
    """Give the page."""
    return HTMLResponse(_HOME.substitute(networks=_table(engine)))


@router.get("/static/home.css", dependencies=[Depends(open_to_all())])
async def style() -> FileResponse:
    """Give its style."""
    return FileResponse(_STATIC / "home.css", media_type=_FILES["home.css"])


@router.get("/static/icon.svg", dependencies=[Depends(open_to_all())])
async def icon() -> FileResponse:
    """Give its icon."""
    return FileResponse(_STATIC / "icon.svg", media_type=_FILES["icon.svg"])


def _table(engine: Engine) -> str:
    names = engine.names()
    if not names:
        return "<p>There is none yet.</p>"
    heads = "<th>name</th><th>state</th>" + "".join(
        f'<th class="number">{head}</th>' for head in ("neurons", "epoch", "step", "loss", "restarts")
    )
    rows = "".join(_row(engine, name) for name in names[:MOST])
    more = f"<p>... and {len(names) - MOST} more.</p>" if len(names) > MOST else ""
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}'


def _row(engine: Engine, name: str) -> str:
    try:
        summary = engine.at_hand(name)[0].summary()
    except DeepnetError as error:
        return f'<tr><td>{escape(name)}</td><td colspan="6">{escape(str(error))}</td></tr>'
    loss = "-" if summary.loss is None else f"{summary.loss:.4g}"
    figures = (f"{summary.neurons:,}", f"{summary.epoch:,}", f"{summary.step:,}", loss, f"{summary.restarts:,}")
    cells = "".join(f'<td class="number">{figure}</td>' for figure in figures)
    return f"<tr><td>{escape(name)}</td><td>{escape(summary.state)}</td>{cells}</tr>"
