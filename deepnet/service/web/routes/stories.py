"""The stories of the dashboard: networks and runs to begin with."""

from fastapi import Response

from deepnet.dashboard.stories import stories
from deepnet.service.web.answers import json_answer
from deepnet.service.web.openapi import problems
from deepnet.service.web.routes.api import VIEWER, api_router
from deepnet.service.web.schemas.service import StoryList

router = api_router("service", "/stories")


@router.get("", dependencies=VIEWER, response_model=StoryList, responses=problems(409))
async def list_stories() -> Response:
    """List the stories that can be begun: for each the network to create, and the run to begin."""
    return json_answer({"items": stories()})
