import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from deepnet import events
from deepnet.logs import configure, log_event
from deepnet.maths.model import Chain, Dense
from deepnet.runs.network import start
from deepnet.settings import LOG_LEVELS, Settings

LEARN = """
from deepnet import Chain, Dense, Until, start
from deepnet.logs import configure
from deepnet.settings import read_settings

configure(read_settings())
with start(Chain(Dense(2, 1)), name="cars") as network:
    network.train([[0, 1]], [[1]], until=Until(epochs=2)).wait()
    network.kill("dense_0/0")
    run = network.train([[0, 1]], [[1]], until=Until(epochs=10**9))
    while network.neuron("dense_0/0").restarts == 0:
        pass
"""


@pytest.fixture
def unconfigured() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def learn(**environment: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", LEARN], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_nothing_is_said_until_somebody_asks() -> None:
    assert learn() == []


def test_what_happens_is_logged_as_one_event_a_fact() -> None:
    entries = [json.loads(line) for line in learn(DEEPNET_LOG="debug", DEEPNET_LOG_FORMAT="json")]
    told = [entry["event"] for entry in entries if entry["event"] != "child_started"]
    by_name = {entry["event"]: entry for entry in entries}

    assert told[:4] == ["run_started", "epoch_ended", "epoch_ended", "run_ended"]
    assert told[-1] == "run_ended"
    assert {"neuron_died", "neuron_restarted"} < set(told)
    assert by_name["neuron_died"]["address"] == by_name["neuron_restarted"]["address"] == "dense_0/0"
    assert (by_name["neuron_died"]["level"], by_name["epoch_ended"]["level"]) == ("warning", "debug")
    assert all(entry["timestamp"].endswith("Z") for entry in entries)


def test_only_what_is_important_enough_is_logged() -> None:
    lines = learn(DEEPNET_LOG="warning")

    assert len(lines) == 1
    assert "neuron_died" in lines[0]
    assert "address=dense_0/0" in lines[0]


def test_without_a_level_structlog_is_left_alone(unconfigured: None) -> None:
    configure(Settings(None))

    assert not structlog.is_configured()
    with start(Chain(Dense(1, 1))) as network:
        assert not network.watchers


@pytest.mark.parametrize("level", LOG_LEVELS)
def test_a_level_lets_itself_and_what_is_above_it_through(
    level: str, unconfigured: None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(Settings(level, "json"))
    log = structlog.get_logger()
    for each in LOG_LEVELS:
        getattr(log, each)("something_happened", rank=each)
    said = [json.loads(line)["rank"] for line in capsys.readouterr().err.splitlines()]

    assert said == list(LOG_LEVELS[LOG_LEVELS.index(level) :])


def test_a_traceback_is_data_in_json(unconfigured: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings("info", "json"))
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        structlog.get_logger().error("failed", exc_info=True)

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"][0]["exc_type"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("event", "level", "name"),
    [
        (events.RunStarted("cars", 4, 2), "info", "run_started"),
        (events.EpochEnded("cars", 1, 2, 0.5, {}, {}), "debug", "epoch_ended"),
        (events.NeuronDied("cars", "dense_0/0", 3, "killed"), "warning", "neuron_died"),
        (events.RunEnded("cars", "finished", "2 epochs", 2, 4), "info", "run_ended"),
        (events.RunEnded("cars", "failed", "no", 2, 4), "error", "run_ended"),
    ],
)
def test_an_event_is_logged_with_its_facts(event: events.Event, level: str, name: str) -> None:
    with capture_logs() as entries:
        log_event(event)

    assert entries == [{"event": name, "log_level": level, **event._asdict()}]
