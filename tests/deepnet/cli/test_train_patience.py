import pytest

from deepnet.cli.train.patience import saying_that_it_takes_time


def test_what_takes_long_is_told_of_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = ""
    with saying_that_it_takes_time(0):
        while not told:
            told = capsys.readouterr().err

    assert told.startswith("deepnet: the service is at it: the first run of a kind compiles its arithmetic")
    assert capsys.readouterr().err == ""


def test_what_is_quick_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with saying_that_it_takes_time(60):
        pass

    assert capsys.readouterr().err == ""
