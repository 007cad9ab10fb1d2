import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deepnet
from deepnet import events
from deepnet.cli.kinds import KINDS

Deepnet = Callable[..., Any]


def test_they_are_all_that_networks_and_the_service_tell_of() -> None:
    named = [name for name, one in inspect.getmembers(events, inspect.isclass) if hasattr(one, "_fields")]
    told = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in named if not name.startswith("_")}
    for path in (Path(deepnet.__file__).parent / "service").rglob("*.py"):
        told |= set(re.findall(r"(?:\bnote\(\s*|NewEvent\(now, )\"([a-z_]+)\"", path.read_text()))

    assert told == set(KINDS)


def test_a_kind_that_is_not_there_is_met_with_those_that_are(deepnet: Deepnet) -> None:
    outcome = deepnet("events", "--kind", "neuron_dyed")

    assert outcome.code == 2
    assert "there is no kind 'neuron_dyed' (did you mean 'neuron_died'?): there are checkpoint_failed" in outcome.err
