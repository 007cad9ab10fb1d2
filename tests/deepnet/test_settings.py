import pytest

from deepnet.errors import InputError
from deepnet.settings import Settings, read_settings


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Settings(None, "console")),
        ({"DEEPNET_LOG": ""}, Settings(None, "console")),
        ({"DEEPNET_LOG": "info"}, Settings("info", "console")),
        ({"DEEPNET_LOG": "DEBUG", "DEEPNET_LOG_FORMAT": "JSON"}, Settings("debug", "json")),
        ({"DEEPNET_LOG_FORMAT": ""}, Settings(None, "console")),
        ({"DEEPNET_OTHER": "x", "PATH": "/bin"}, Settings(None, "console")),
    ],
)
def test_the_environment_sets_what_is_logged(environment: dict[str, str], expected: Settings) -> None:
    assert read_settings(environment) == expected


def test_by_default_it_is_the_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPNET_LOG", "warning")
    monkeypatch.delenv("DEEPNET_LOG_FORMAT", raising=False)

    assert read_settings() == Settings("warning", "console")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"DEEPNET_LOG": "loud"}, "DEEPNET_LOG must be one of debug, info, warning, error, got 'loud'"),
        ({"DEEPNET_LOG_FORMAT": "xml"}, "DEEPNET_LOG_FORMAT must be one of console, json, got 'xml'"),
    ],
)
def test_a_wrong_word_is_refused_with_those_that_are_right(environment: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_settings(environment)
