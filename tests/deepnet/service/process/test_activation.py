import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deepnet.service.process.activation import FIRST_DESCRIPTOR, passed_sockets

TAKE = """
import os
from deepnet.errors import InputError
from deepnet.service.process.activation import passed_sockets

os.environ["LISTEN_PID"] = str(os.getpid())
try:
    for each in passed_sockets():
        print(type(each).__name__, each.getsockname(), each.get_inheritable())
except InputError as error:
    print(error)
print(sorted(name for name in os.environ if name.startswith("LISTEN")))
"""


def take(*sockets: socket.socket) -> list[str]:
    """Return what a process says that was started with these as its descriptors from 3 on."""
    numbers = [each.fileno() for each in sockets]
    # Out of the way first, for one may have the number that another is to get.
    moves = [f"{100 + at}<&{number}" for at, number in enumerate(numbers)]
    moves += [f"{FIRST_DESCRIPTOR + at}<&{100 + at}" for at in range(len(numbers))]
    script = f'exec {" ".join(moves)}; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", sys.executable, "-c", TAKE],
        env={**os.environ, "LISTEN_FDS": str(len(sockets))},
        pass_fds=numbers,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_what_systemd_passed_is_taken(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.create_server(str(tmp_path / "s"), family=socket.AF_UNIX) as unix,
    ):
        assert take(tcp, unix) == [
            f"socket {tcp.getsockname()} False",
            f"PeerCheckedSocket {tmp_path / 's'} False",
            "[]",
        ]


def test_what_is_no_listening_socket_is_refused() -> None:
    with socket.socket() as idle:
        refusal, left = take(idle)

    assert refusal == "descriptor 3 that was passed is no listening stream socket: look at the .socket unit"
    assert left == "[]"


@pytest.mark.parametrize("environ", [{}, {"LISTEN_FDS": "1"}, {"LISTEN_FDS": "1", "LISTEN_PID": "1"}])
def test_what_was_passed_to_another_process_is_not_ours(environ: dict[str, str]) -> None:
    assert passed_sockets(environ) == []
