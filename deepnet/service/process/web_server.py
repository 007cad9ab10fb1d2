"""uvicorn in a thread and an event loop of its own, that ends when it is told to, whatever its clients do."""

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from typing import Any

import structlog
import uvicorn
from uvicorn.server import ServerState

from deepnet.errors import ServiceError
from deepnet.service.process.heartbeat import Heartbeat
from deepnet.service.process.protocol import BoundedHttp
from deepnet.service.process.quiet import one_a_second, quiet_loop
from deepnet.service.process.room import Room, RoomySocket
from deepnet.service.web.streams.protocol import INBOUND_BYTES, LiveWebSocket

START_SECONDS = 20.0
STOP_SECONDS = 2.0
CONNECTIONS = 256
"""Connections of TCP at once; where there are more, the one goes that is least of use."""
_UNREAD_TICKS = 20
"""Of 0.1 s; so often it is looked who does not read."""
_KEEP_ALIVE_SECONDS = 15
_GOODBYE_SECONDS = 0.15
_LEAVING_SECONDS = 0.3
_LAST_SECONDS = 0.1

_log = structlog.get_logger("deepnet.service")


class WebServer:
    """Serves one ASGI application on sockets that are listening already, and that it is given handles of.

    An application with ``state.stopping``, a list of functions, has them called first when the server is to stop, in
    the event loop: that is where endless answers are told to end. Others may be around it, as ``app`` of each other.

    Args:
        app: the application; of one server only, for its state belongs to the event loop.
        sockets: the server closes them when it ends.
        on_crash: called with the reason, from the server's thread, when the server ends although nobody stopped it.
        tls: what speaks TLS on the sockets of TCP.
        heartbeat: beats as long as the event loop turns.
        connections: of TCP that there may be at once.
    """

    def __init__(
        self,
        app: Any,
        sockets: Sequence[socket.socket],
        *,
        on_crash: Callable[[BaseException], object],
        tls: ssl.SSLContext | None = None,
        heartbeat: Heartbeat | None = None,
        connections: int = CONNECTIONS,
    ) -> None:
        self._app = app
        room = Room(connections)
        self._sockets = [each if each.family == socket.AF_UNIX else RoomySocket.of(each, room) for each in sockets]
        self._on_crash = on_crash
        self._heartbeat = heartbeat or Heartbeat()
        self._server = _Server(app, self._sockets, tls, room)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._left = threading.Event()
        self._error: BaseException | None = None
        self._told = False
        self._thread = threading.Thread(target=self._run, name="deepnet-http", daemon=True)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to serve; return when connections are taken.

        Raises:
            ServiceError: the application did not come up; the message says why.
        """
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            self.crash(TimeoutError("it did not come up"))
            raise ServiceError(f"the web server did not come up within {START_SECONDS:g} s: look at the log")
        if self._error is not None:
            raise ServiceError(f"the web server did not come up ({_one_line(self._error)}): look at the log")

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End all answers and connections within about so many seconds.

        What still runs after that, such as a request that waits in a thread for the engine, runs in a daemon thread and
        ends when what it waits for does; `is_alive` tells.
        """
        self._told = True
        self._server.config.timeout_graceful_shutdown = max(0.1, seconds - 3 * _LEAVING_SECONDS)  # type: ignore[assignment] # seconds, and whole ones are too coarse
        self._call(self._begin_stop)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._left.wait(seconds)
            self._thread.join(_LAST_SECONDS)  # it has only to clear away, unless some request waits in a thread

    def crash(self, error: BaseException | None = None) -> None:
        """Have the server die at once, without a word to its clients; for showing that it comes back."""
        self._server.killed = error or ServiceError("the web server was killed")
        self._call(self._server.cut_off)

    def _call(self, do: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # closed: the server has ended
                loop.call_soon_threadsafe(do)

    def _begin_stop(self) -> None:
        # uvicorn closes WebSockets by itself; so that the application can say goodbye first, it is told a little later.
        hooks = _stopping_hooks(self._app)
        asyncio.get_running_loop().call_later(_GOODBYE_SECONDS if hooks else 0.0, self._server.begin_exit)
        for hook in hooks:
            try:
                hook()
            except Exception:  # noqa: BLE001 - the others are to be told all the same
                _log.exception("stopping_hook_failed")

    def _run(self) -> None:
        error: BaseException | None = None
        runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
        try:
            runner.run(self._serve())
        except BaseException as caught:  # noqa: BLE001 - whatever ended it is told, SystemExit of uvicorn as well
            error = caught
        for each in self._sockets:  # those of a server that never came up
            each.close()
        came_up = self._ready.is_set()
        self._error = error or (None if came_up else ServiceError("it ended at once"))
        self._ready.set()
        self._left.set()
        if came_up and not self._told:
            # Before the loop is cleared away: that waits for requests that wait in threads.
            self._on_crash(error or ServiceError("the web server ended by itself"))
        try:
            runner.close()
        except Exception:  # noqa: BLE001 - it is over, and nobody waits for this thread
            _log.exception("web_server_left_something")

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        quiet_loop(self._loop)
        beating = asyncio.ensure_future(self._heartbeat.beat())
        serving = asyncio.ensure_future(self._server.serve(sockets=self._sockets))
        try:
            while not serving.done() and not self._server.started:
                await asyncio.wait({serving}, timeout=0.005)
            if not serving.done():
                self._ready.set()
                if self._told:  # while it came up
                    self._begin_stop()
            await serving
        finally:
            beating.cancel()
            await self._server.leave()


class _State(ServerState):
    """What all connections share.

    Attributes:
        room: where those of TCP are counted.
    """

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room


class _Server(uvicorn.Server):
    """uvicorn's server: TLS on TCP only, no signals, and it can be cut off.

    Attributes:
        killed: why it is to end at once.
    """

    killed: BaseException | None = None

    def __init__(self, app: Any, sockets: Sequence[socket.socket], tls: ssl.SSLContext | None, room: Room) -> None:
        config = uvicorn.Config(
            app,
            http=BoundedHttp,
            ws=LiveWebSocket,
            ws_max_size=INBOUND_BYTES,
            ws_per_message_deflate=False,  # it costs more time than the loopback saves
            lifespan="auto",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # they can be made up; nobody is let in by an address
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            reset_contextvars=True,  # no request sees who made the one before
        )
        super().__init__(config)
        self.server_state = _State(room)
        logging.getLogger("uvicorn.error").addFilter(one_a_second)
        self._plain = [each for each in sockets if each.family == socket.AF_UNIX]
        self._tcp = [each for each in sockets if each.family != socket.AF_UNIX]

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave signals to the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - it has its own
        await super().startup(sockets=self._tcp)
        self.started = False
        config, loop = self.config, asyncio.get_running_loop()

        def speak() -> asyncio.Protocol:
            return BoundedHttp(config=config, server_state=self.server_state, app_state=self.lifespan.state, _loop=loop)

        for each in self._plain:  # no TLS: nothing leaves this machine, and the kernel says who is there
            self.servers.append(await loop.create_server(speak, sock=each, backlog=config.backlog))
        self.started = True

    async def on_tick(self, counter: int) -> bool:
        if self.killed is not None:
            raise self.killed
        if counter % _UNREAD_TICKS == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, BoundedHttp):
                    connection.drop_if_unread()
        return await super().on_tick(counter)

    def begin_exit(self) -> None:
        """Take no more connections, and end when those there are have."""
        self.should_exit = True

    def cut_off(self) -> None:
        """Take no more connections, and break those there are."""
        for server in getattr(self, "servers", ()):
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    async def leave(self) -> None:
        """Break what is still connected, and give its tasks a moment to notice."""
        self.cut_off()
        tasks = {each for each in self.server_state.tasks if not each.done()}
        for each in tasks:
            each.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LEAVING_SECONDS)
        await asyncio.sleep(0)


def _stopping_hooks(app: Any) -> list[Callable[[], object]]:
    while app is not None:
        hooks = getattr(getattr(app, "state", None), "stopping", None)
        if hooks is not None:
            return list(hooks)
        app = getattr(app, "app", None)
    return []


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
