"""Each screen, held against a picture that somebody has looked at: light and dark, on a desk and on a telephone.

`pytest tests/dashboard --new-screenshots` takes the pictures anew: look at each of them then.
"""

from typing import Any

import pytest
from playwright.sync_api import expect

NETWORK = "moons"
WIDTHS = {1280: 900, 400: 800}
THEMES = ("light", "dark")
SHORT = ("network", "neuron")
"""Of the others the long form takes pictures."""
VIEWS: dict[str, dict[str, str]] = {
    "overview": {},
    "network": {"at": "dense_0/3"},
    "neuron": {"at": "dense_1/2"},
    "tree": {},
    "events": {},
    "weights": {},
    "data": {},
    "runs": {},
    "system": {},
    "welcome": {},
}


@pytest.fixture(scope="module")
def looked_at(start_module_service: Any) -> Any:
    """A service in which the same has happened each time: a network has learnt, a neuron has died, all is at rest."""
    # It saves nothing by itself: how many checkpoints there are would be the clock's doing.
    service = start_module_service("--checkpoint-seconds", "3600")
    with service.client() as api:

        def do(method: str, path: str, **body: Any) -> Any:
            answer = api.request(method, f"/api/v1{path}", json=body)
            assert answer.is_success, answer.text
            return answer.json()

        do("POST", "/networks", name=NETWORK, layers="2-8-8-1", seed=5)
        how = {"optimizer": {"name": "adam", "learning_rate": 0.01}, "batch_size": 20, "until": {"epochs": 1000}}
        run = do("POST", f"/networks/{NETWORK}/runs", dataset="moons", paused=True, **how)["id"]
        do("POST", f"/runs/{run}/step", unit="epoch", n=30)
        do("PATCH", f"/runs/{run}", learning_rate=0.02)
        do("PATCH", f"/networks/{NETWORK}/neurons/dense_0/5", frozen=True)
        for victim in ("dense_0/7", "dense_1/2"):
            do("POST", f"/networks/{NETWORK}/kill", address=victim)
        do("PATCH", f"/runs/{run}", pace=200)
        do("POST", f"/runs/{run}/checkpoints")
        do("POST", f"/runs/{run}/step", unit="epoch", n=20)
        do("POST", f"/runs/{run}/step", unit="batch", n=2)
    return service


@pytest.mark.parametrize(
    "screen", [pytest.param(name, marks=[] if name in SHORT else pytest.mark.long) for name in VIEWS]
)
def test_a_screen_looks_as_it_was_when_somebody_looked_at_it(
    screen: str, visiting: Any, compare: Any, looked_at: Any
) -> None:
    visit = visiting(looked_at)
    wrong = []
    for theme in THEMES:
        for width, height in WIDTHS.items():
            visit.page.set_viewport_size({"width": width, "height": height})
            visit.page.goto("about:blank")
            visit.open(screen, net=NETWORK, theme=theme, still="1", **VIEWS[screen])
            expect(visit.page.get_by_text("live", exact=True)).to_be_visible()
            expect(visit.page.get_by_text("Loading …")).to_have_count(0)
            visit.settle()
            wrong.append(compare(visit.page, f"{screen}-{theme}-{width}"))

    assert [said for said in wrong if said] == []
