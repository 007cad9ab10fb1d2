"""The dashboard: its page, the files that the page loads, and the stories that it offers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from deepnet.dashboard.files import BuiltFile, built_file, built_page
from deepnet.errors import NotFoundError
from deepnet.service.web.answers import bytes_answer
from deepnet.service.web.routes.api import VIEWER
from deepnet.service.web.security.roles import open_to_all

FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=VIEWER)
async def page(request: Request) -> Response:
    """Give the page; it is never kept, as it names the files of its build."""
    return _answer(built_page(), request)


@router.get("/static/{name}", dependencies=[Depends(open_to_all())])
async def file(name: Annotated[str, Path(max_length=128)], request: Request) -> Response:
    """Give a file of the page; there is no data in any, so nobody is asked who they are."""
    found = built_file(name)
    if found is None:
        raise NotFoundError("the dashboard has no such file: load its page anew")
    return _answer(found, request)


def _answer(found: BuiltFile, request: Request) -> Response:
    said = {"Vary": "Accept-Encoding"} | ({"Cache_Control": FOR_EVER} if found.immutable else {})
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return bytes_answer(found.content, found.media_type, **said)
    return bytes_answer(found.packed(), found.media_type, Content_Encoding="gzip", **said)
