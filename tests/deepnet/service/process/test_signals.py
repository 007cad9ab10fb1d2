import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deepnet.service.process.signals import Signals

WAIT = """
import sys, threading, time
from deepnet.service.process.signals import Backstop, Signals

with Signals(lambda: print("again", flush=True)) as signals:
    print("waits", flush=True)
    signals.wait()
    print("stops", flush=True)
    {ending}
print("over", flush=True)
"""
HANGS = "threading.Event().wait()"

Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    processes = []

    def do(ending: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WAIT.format(ending=ending)]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert next_line(processes[-1]) == "waits"
        return processes[-1]

    yield do
    for each in processes:
        each.kill()
        each.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_can_be_told_to_stop(start: Start, number: int) -> None:
    process = start("pass")
    process.send_signal(number)

    assert (next_line(process), next_line(process)) == ("stops", "over")
    assert process.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_twice_stops_at_once(start: Start, number: int) -> None:
    process = start(HANGS)
    process.send_signal(number)
    assert next_line(process) == "stops"
    process.send_signal(number)

    assert process.wait(10) == 128 + number


def test_it_reads_again_what_it_is_told_to_and_waits_on(start: Start) -> None:
    process = start("pass")
    for _ in range(2):
        process.send_signal(signal.SIGHUP)
        assert next_line(process) == "again"
    process.send_signal(signal.SIGTERM)

    assert next_line(process) == "stops"


def test_who_hangs_when_it_is_to_end_is_ended(start: Start) -> None:
    process = start(f"Backstop(0.05, code=7).start(); {HANGS}")
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 7


def test_a_backstop_that_is_not_needed_does_nothing(start: Start) -> None:
    process = start("backstop = Backstop(0.05, code=7); backstop.start(); backstop.cancel(); time.sleep(0.2)")
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0


def test_a_signal_that_another_thread_is_told_of_is_heard(start: Start) -> None:
    process = start("pass")
    # To one thread, not to the process; the first one is the main thread.
    thread = max(int(entry.name) for entry in Path(f"/proc/{process.pid}/task").iterdir())
    assert thread != process.pid
    tgkill = ctypes.CDLL(None, use_errno=True).tgkill
    assert tgkill(process.pid, thread, signal.SIGTERM) == 0

    assert process.wait(10) == 0


def test_another_thread_can_have_it_stop_and_a_signal_after_that_is_the_first() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Signals(pytest.fail) as signals:
        asker = threading.Thread(target=signals.stop)
        asker.start()
        signals.wait()
        asker.join()
        os.kill(os.getpid(), signal.SIGTERM)
        signals.wait()
    assert signal.getsignal(signal.SIGTERM) == before
    assert signal.set_wakeup_fd(-1) == -1
