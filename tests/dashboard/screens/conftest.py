"""Networks to look at, accessibility as axe judges it, and pictures held against those that somebody has looked at."""

import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
AXE = ROOT / "deepnet" / "dashboard" / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
COLOURS = 256
"""Of a reference: a third of the bytes, and no colour is off by more than the eye can tell."""
VISIBLE = 48
"""By how much of 255 a colour has to differ to count: more than what few colours, and edges of letters, make."""
TOLERATED = 0.001
"""The share of a picture's pixels that may differ."""

Begin = Callable[..., str]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Have networks learn; they are deleted at the end, or the service would be ever busier."""
    begun: list[tuple[Any, str]] = []

    def begin(service: Any, name: str, *, granularity: str = "neuron", **plan: Any) -> str:
        """Create a network of 2-4-3-1 and begin its run; return the run's id.

        It learns slowly, for as long as anybody lets it, unless *plan*, of the body of the request, says otherwise.
        """
        inputs = [[math.sin(1.7 * row), math.cos(2.3 * row)] for row in range(32)]
        targets = [[0.5 + 0.4 * x * y] for x, y in inputs]
        how = {"inputs": inputs, "targets": targets, "until": {"epochs": 10**9}, "batch_size": 4, "pace": 40, **plan}
        api = service.client()
        model = {"name": name, "layers": "2-4-3-1", "seed": 7, "granularity": granularity}
        made = api.post("/api/v1/networks", json=model)
        assert made.status_code == 201, made.text
        run = api.post(f"/api/v1/networks/{name}/runs", json=how)
        assert run.status_code == 201, run.text
        begun.append((api, name))
        run_id: str = run.json()["id"]
        return run_id

    yield begin
    for api, name in begun:
        api.delete(f"/api/v1/networks/{name}")


@pytest.fixture
def visiting(begin: Begin, visiting: Any) -> Any:
    """Open dashboards that are closed before the networks they show are deleted."""
    return visiting


@pytest.fixture
def learner(request: pytest.FixtureRequest, shared_service: Any, begin: Begin) -> tuple[str, str]:
    """A network of this test's own that is learning: its name, and its run."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:40].strip("-")
    return name, begin(shared_service, name)


@pytest.fixture
def axe() -> Callable[["Page"], str]:
    """Return what axe finds wrong with the page as it is: which rule, about what, and where."""
    if not AXE.exists():
        pytest.skip("needs axe-core: run 'scripts/dashboard'")
    source = AXE.read_text(encoding="utf-8")

    def violations(page: "Page") -> str:
        if page.evaluate("window.axe === undefined"):
            page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
        return "\n".join(
            f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: {node['html'][:120]}"
            for rule in found
            for node in rule["nodes"]
        )

    return violations


@pytest.fixture
def compare(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[["Page", str], str]:
    """Hold the page against the reference of that name; return what is wrong, "" if nothing is.

    With --new-screenshots the page as it is becomes the reference.
    """
    from PIL import Image  # noqa: PLC0415 - where it is missing the tests are skipped

    anew: bool = request.config.getoption("--new-screenshots")

    def compare(page: "Page", name: str) -> str:
        taken = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled", caret="hide")))
        reference = SCREENSHOTS / f"{name}.png"
        if anew:
            SCREENSHOTS.mkdir(exist_ok=True)
            method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
            # Also rare colours are kept, such as the red of one word; the means of all make backgrounds what they are.
            colours = taken.convert("RGB").quantize(COLOURS, method, kmeans=2, dither=dither)
            colours.save(reference, optimize=True)
            return ""
        said = "no reference" if not reference.exists() else _difference(Image.open(reference), taken, tmp_path / name)
        if said:
            taken.save(tmp_path / f"{name}.png")
            said = f"{name}: {said}; the picture and its difference: {tmp_path}; --new-screenshots takes them anew"
        return said

    return compare


def _difference(reference: "Image", taken: "Image", beside: Path) -> str:
    """Return how *taken* differs from *reference*, "" if nobody would see it; what differs is drawn *beside*."""
    from PIL import ImageChops  # noqa: PLC0415

    if reference.size != taken.size:
        return f"{taken.size} is not the size of the reference, {reference.size}"
    bands = ImageChops.difference(reference.convert("RGB"), taken.convert("RGB")).split()
    strongest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    differs = strongest.point(lambda value: 255 * (value > VISIBLE))
    share = differs.histogram()[255] / math.prod(taken.size)
    if share <= TOLERATED:
        return ""
    differs.save(beside.with_name(f"{beside.name}-difference.png"))
    return f"{share:.2%} of the pixels differ"
