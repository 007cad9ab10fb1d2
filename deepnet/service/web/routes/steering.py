"""Steering a run: paused, played on in pieces, changed, put back, branched, ended."""

from typing import Any

from fastapi import Response

from deepnet.runs.run import Run
from deepnet.runs.states import Change
from deepnet.service.web.answers import json_answer
from deepnet.service.web.asking import RunId, TheEngine
from deepnet.service.web.idempotency import Creating, network_is_there, run_is_there
from deepnet.service.web.openapi import problems
from deepnet.service.web.records import network_to_dict, run_to_dict
from deepnet.service.web.routes.api import OPERATOR, api_router
from deepnet.service.web.schemas.changes import ChangeOut
from deepnet.service.web.schemas.networks import NetworkOut
from deepnet.service.web.schemas.runs import BranchIn, PlanChange, RunOut, StepIn
from deepnet.wire.records import change_to_dict

PATIENCE_SECONDS = 30.0
_STEERS: dict[str, Any] = {
    "dependencies": OPERATOR,
    "response_model": ChangeOut,
    "responses": problems(404, 409, 422, 507),
}

router = api_router("runs", "/runs/{run}")


@router.patch("", **_STEERS)
def change_run(run: RunId, body: PlanChange, engine: TheEngine) -> Response:
    """Change what a run is to do from the next step on; all that is given is one change."""
    values = body.values()
    return json_answer(change_to_dict(engine.change_run(run, lambda live: live.set(**values))))


@router.post("/pause", **_STEERS)
def pause_run(run: RunId, engine: TheEngine) -> Response:
    """Have a run rest before its next step."""
    return json_answer(change_to_dict(engine.change_run(run, lambda live: live.pause(PATIENCE_SECONDS))))


@router.post("/resume", **_STEERS)
def resume_run(run: RunId, engine: TheEngine) -> Response:
    """Have a run go on."""
    return json_answer(change_to_dict(engine.change_run(run, Run.resume)))


@router.post("/stop", **_STEERS)
def stop_run(run: RunId, engine: TheEngine) -> Response:
    """End a run at the next seal; one that is over is left as it is."""
    return json_answer(change_to_dict(engine.change_run(run, _stop)))


def _stop(run: Run) -> Change:
    before = run.state
    run.stop(PATIENCE_SECONDS)
    return Change("stop", "run", run.position.step, before, run.state)


@router.post("/rewind", **_STEERS)
def rewind_run(run: RunId, engine: TheEngine) -> Response:
    """Put a network back to how its run began, with the same initial weights."""
    return json_answer(change_to_dict(engine.change_run(run, Run.rewind)))


@router.post("/step", **_STEERS)
def step_run(run: RunId, engine: TheEngine, body: StepIn | None = None) -> Response:
    """Play a run on by some messages, rows, steps or epochs, and have it rest again."""
    wish = body or StepIn()
    change = engine.change_run(run, lambda live: live.step(wish.unit, wish.n, wish.timeout))
    return json_answer(change_to_dict(change))


@router.post(
    "/again",
    status_code=201,
    dependencies=OPERATOR,
    response_model=RunOut,
    responses=problems(404, 409, 422, 507),
)
def run_again(run: RunId, engine: TheEngine, once: Creating) -> Response:
    """Begin a run that is over once more, from the same weights, of the same rows, by the plan that it began with."""
    return once.answer(lambda: json_answer(run_to_dict(engine, engine.again(run)), 201), there=run_is_there(engine))


@router.post(
    "/branch",
    status_code=201,
    dependencies=OPERATOR,
    response_model=NetworkOut,
    responses=problems(404, 409, 422, 507),
)
def branch_run(run: RunId, engine: TheEngine, once: Creating, body: BranchIn | None = None) -> Response:
    """Create a second network that goes on from here, or from a step that was kept, and is paused."""
    wish = body or BranchIn()

    def create() -> Response:
        return json_answer(network_to_dict(engine, engine.branch(run, wish.step, wish.name)), 201)

    return once.answer(create, there=network_is_there(engine))
