import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deepnet.errors import InputError
from deepnet.service.process.options import ServeOptions
from deepnet.service.process.sockets import Listening, listen

Listen = Callable[..., Listening]


@pytest.fixture
def listen_on(tmp_path: Path) -> Iterator[Listen]:
    made: list[Listening] = []

    def do(port: int = 0, name: str = "s.sock", **given: object) -> Listening:
        options = ServeOptions(data_dir=tmp_path, port=port, **given)  # type: ignore[arg-type] # of all kinds
        folder = tmp_path / "s"
        folder.mkdir(mode=0o700, exist_ok=True)
        made.append(listen(options, folder / name, activated=()))
        return made[-1]

    yield do
    for each in made:
        each.close()


def port_of(listening: Listening) -> int:
    assert listening.tcp is not None
    return listening.tcp[1]


def test_both_loopbacks_have_the_same_port(listen_on: Listen) -> None:
    port = port_of(listen_on())

    for address in ("127.0.0.1", "::1"):
        with socket.create_connection((address, port), timeout=5):
            pass


def test_a_port_that_is_taken_is_refused_with_what_to_change(listen_on: Listen) -> None:
    port = port_of(listen_on())

    with pytest.raises(InputError, match=rf"port {port} of 127.0.0.1 is taken: .*--port"):
        listen_on(port, "other.sock")


def test_a_port_that_is_taken_on_the_other_loopback_is_refused(listen_on: Listen, tmp_path: Path) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=rf"port {port} of ::1 is taken"):
            listen_on(port)
    assert not (tmp_path / "s" / "s.sock").exists()


def test_a_refusal_leaves_nothing_behind(listen_on: Listen, tmp_path: Path) -> None:
    port = port_of(listen_on())
    with pytest.raises(InputError):
        listen_on(port, "other.sock")

    assert not (tmp_path / "s" / "other.sock").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_this_machine_lacks_is_refused(listen_on: Listen, host: str) -> None:
    with pytest.raises(InputError, match="no such address"):
        listen_on(host=host, allowed_hosts=("net.example",), behind_proxy=True)


def test_only_the_address_that_was_given_is_listened_on(listen_on: Listen) -> None:
    listening = listen_on(host="::1")

    assert listening.tcp is not None
    assert listening.tcp[0] == "::1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port_of(listening)), timeout=5)


def test_copies_can_be_closed_and_the_port_stays_ours(listen_on: Listen) -> None:
    listening = listen_on()
    for copy in listening.copies():
        copy.close()

    with socket.create_connection(("127.0.0.1", port_of(listening)), timeout=5):
        pass


def test_closing_gives_back_port_and_path(listen_on: Listen) -> None:
    listening = listen_on()
    port, path = port_of(listening), listening.unix
    listening.close()

    assert path is not None
    assert not path.exists()
    assert port_of(listen_on(port)) == port


def test_sockets_that_systemd_opened_are_used_and_no_others_made(tmp_path: Path) -> None:
    passed = socket.create_server(("127.0.0.1", 0))
    options = ServeOptions(data_dir=tmp_path, port=1)
    listening = listen(options, tmp_path / "s.sock", activated=[passed])
    try:
        assert listening.tcp == passed.getsockname()
        assert listening.unix == tmp_path / "s.sock"
        assert len(listening.sockets) == 2
    finally:
        listening.close()


def test_a_socket_of_systemd_that_lets_in_other_machines_is_refused(tmp_path: Path) -> None:
    passed = socket.create_server(("", 0))

    with pytest.raises(InputError, match=r"give --host 0\.0\.0\.0 as well"):
        listen(ServeOptions(data_dir=tmp_path), tmp_path / "s.sock", activated=[passed])
    assert passed.fileno() == -1
