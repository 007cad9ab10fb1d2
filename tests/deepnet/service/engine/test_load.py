import time

import psutil
import pytest

from deepnet.service.engine.load import LOOK_SECONDS, Load


def test_the_memory_is_what_the_system_says() -> None:
    told = psutil.Process().memory_info().rss

    assert Load().figures()["memory_bytes"] == pytest.approx(told, rel=0.2)


def test_a_process_that_computes_takes_some_of_the_processors() -> None:
    now = [0.0]
    load = Load(lambda: now[0])

    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    now[0] += LOOK_SECONDS

    assert load.figures()["cpu_percent"] > 0


def test_whoever_asks_more_often_gets_what_was_found_last() -> None:
    now = [0.0]
    load = Load(lambda: now[0])

    assert load.figures()["cpu_percent"] == 0.0
    now[0] += LOOK_SECONDS / 2
    assert load.figures()["cpu_percent"] == 0.0
