"""The service as a process: everything put together, kept until somebody says stop, and taken down in good order."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import structlog

from deepnet.errors import DataError, InputError, StorageError
from deepnet.runs.durable import Checkpoints
from deepnet.service.engine.engine import CHECKPOINTS_KEPT, Engine
from deepnet.service.process.heartbeat import Heartbeat
from deepnet.service.process.logs import configure_logs, read_level, set_level
from deepnet.service.process.notify import Notifier, Watchdog
from deepnet.service.process.options import ServeOptions
from deepnet.service.process.signals import Backstop, Signals, hard_exit
from deepnet.service.process.sockets import Listening, listen
from deepnet.service.process.threads import await_others
from deepnet.service.process.unix_socket import default_socket
from deepnet.service.process.web_server import WebServer
from deepnet.service.store.data_folder import MIN_FREE, DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.runtime_file import Runtime, remove_runtime, write_runtime
from deepnet.service.store.store import Store
from deepnet.service.tree.service import ServiceTree
from deepnet.service.web.app import create_app
from deepnet.service.web.security.redaction import keep_secret, redact
from deepnet.service.web.security.settings import LOOPBACK, SecuritySettings
from deepnet.service.web.security.token import read_or_make_token
from deepnet.service.web.streams.routes import hub_of

SWITCH_SECONDS = 0.001
"""How long a thread may run Python before it is another one's turn.

With one network learning at full speed, and 100 reads a second, on 2 cores: at Python's own 5 ms a read takes 4.6 ms
(p99 26 ms), at 2 ms 3.3 (16), at 1 ms 2.3 (13), at 0.5 ms 2.1 (15). How fast it learns is the same, within 5%.
"""
GOODBYE_SECONDS = 1.5
"""How long clients have to take their last words."""

DONE, FAILED = 0, 1

_log = structlog.get_logger("deepnet.service")


def serve(options: ServeOptions, environ: Mapping[str, str] | None = None) -> int:
    """Be the service until a signal, or somebody who may, stops it; for the main thread of a process of its own.

    Returns:
        The exit code: 0; or 1 if too many of its own parts have died.

    Raises:
        InputError: an option, the data directory or an address cannot be used; the message says what to do.
        StorageError: the disk is full, or broken.
    """
    variables = os.environ if environ is None else environ
    configure_logs(read_level(options.data_dir, options.log_level), options.log_format, redact)
    sys.setswitchinterval(SWITCH_SECONDS)
    os.umask(0o077)  # whatever is written is for its owner alone
    notifier = Notifier(variables)
    # As soon as actors run, an error that got out of here would leave them behind: they are no daemons.
    with Signals(lambda: _reload(options)) as signals, ExitStack() as stack:
        service = _Service(options, variables, stack, signals.stop)
        try:
            service.start(lambda: not signals.stopping)
            if not signals.stopping:
                service.announce()
                notifier.ready(service.status())
            watchdog = Watchdog(notifier, lambda: service.silent_seconds, service.status)
            watchdog.start()
            stack.callback(watchdog.stop)
            signals.wait()
        finally:
            failed = sys.exc_info()[0] is not None
            notifier.stopping()
            _log.info("service_stops")
            backstop = Backstop()
            backstop.start()
            service.stop()
            stack.close()
            if not failed and not await_others([signals.thread, backstop.thread]):
                hard_exit(FAILED if service.gave_up else DONE)
            if not failed:  # else whoever called says why, and what is left must not keep the process from ending
                backstop.cancel()
    return FAILED if service.gave_up else DONE


class _Service:
    """Everything that a service is made of.

    Args:
        options: what it is to be.
        environ: the environment.
        stack: what has to be closed at the end is put there.
        shut_down: has the process stop; for an admin who asks for it.
    """

    def __init__(
        self, options: ServeOptions, environ: Mapping[str, str], stack: ExitStack, shut_down: Callable[[], None]
    ) -> None:
        self._options = options
        self._shut_down = shut_down
        self.gave_up = False
        self._heartbeat = Heartbeat()
        self._server: WebServer | None = None
        self._tree: ServiceTree | None = None
        self.folder = stack.enter_context(_open_folder(options.data_dir))
        socket_path = options.socket or default_socket(options.data_dir, environ)
        self._listening: Listening = listen(options, socket_path)  # while there is no other thread
        stack.callback(self._listening.close)
        self._host, self._port = self._listening.tcp or (options.host, 0)
        self._url = f"{options.scheme}://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"
        token = read_or_make_token(options.data_dir, environ)
        keep_secret(token)
        self._security = self._settings(token)
        self._store = Store.open(self.folder.database)
        stack.callback(self._store.close)
        checkpoints = Checkpoints(every_seconds=options.checkpoint_seconds, keep=CHECKPOINTS_KEPT)
        self._engine = Engine(self.folder, self._store, EventLog(self._store), checkpoints=checkpoints)

    @property
    def silent_seconds(self) -> float:
        """For how long nothing has been heard of the event loop."""
        return self._heartbeat.silent_seconds()

    def start(self, going: Callable[[], bool]) -> None:
        """Put everything up, and go on with every run that was under way; for as long as *going* says so."""
        self._tree = ServiceTree(self._engine, self._make_server, self._went_down)
        self._tree.start(going)
        self._engine.log.note("service_started", pid=os.getpid(), url=self._url)

    def announce(self) -> None:
        """Tell other processes, and whoever started us, where to find it."""
        socket = self._listening.unix
        assert socket is not None  # noqa: S101 - there is always one
        write_runtime(
            self.folder.path,
            Runtime.of_this_process(
                socket=str(socket),
                host=self._host,
                port=self._port,
                version=_version(),
            ),
        )
        _log.info("service_ready", url=self._url, socket=str(socket), data_dir=str(self.folder.path))
        if self._options.insecure_no_auth:
            _log.warning(
                "service_asks_nobody", advice="every user of this machine may do everything: --insecure-no-auth"
            )
        where = f"{self._url} and unix:{socket} (pid {os.getpid()})"
        with suppress(OSError):  # whoever started it may have stopped reading
            print(f"deepnet serves {self.folder.path} on {where}", flush=True)  # noqa: T201 - what it is started for
            print("open it: deepnet open", flush=True)  # noqa: T201

    def status(self) -> str:
        """Return in one line how it goes; the engine has to answer for that."""
        status = self._engine.status()
        up = f"{status['networks_up']} of {status['networks']} networks up"
        return f"{up}, {status['runs_running']} learning; {self._url}"

    def _went_down(self, reason: str) -> None:
        """End the process: whoever started it may start it again, and nothing is lost by that."""
        _log.error("service_gave_up", reason=reason)
        self.gave_up = True
        self._shut_down()

    def stop(self) -> None:
        """Say goodbye to clients, bring every run to a seal, write all down; they go on when it is started again."""
        if self._server is not None:
            self._server.stop(GOODBYE_SECONDS)
        self._listening.close()  # who comes now is refused, and does not wait for nothing
        if self._tree is not None:
            self._engine.log.note("service_stopped", pid=os.getpid())
            self._tree.stop()
        remove_runtime(self.folder.path)

    def _make_server(self, on_crash: Callable[[BaseException], object]) -> WebServer:
        # The application anew as well: what it holds belongs to the event loop that has ended.
        app = create_app(
            self._engine,
            security=self._security,
            shut_down=self._shut_down,
            loop_lag=lambda: hub_of(app.app).lag.read(),  # noqa: PLW0108 - there is no app yet
        )
        copies = self._listening.copies()
        self._server = WebServer(app, copies, on_crash=on_crash, tls=self._listening.tls, heartbeat=self._heartbeat)
        return self._server

    def _settings(self, token: str) -> SecuritySettings:
        return SecuritySettings(
            token=None if self._options.insecure_no_auth else token,
            port=self._port,
            allowed_hosts=(*LOOPBACK, *self._options.allowed_hosts),
            insecure_no_auth=self._options.insecure_no_auth,
            behind_proxy=self._options.behind_proxy,
            tls=self._listening.tls is not None,
        )


def _open_folder(path: Path) -> DataFolder:
    try:
        return DataFolder.open(path)
    except DataError as error:
        if shutil.disk_usage(_there(path)).free < MIN_FREE:
            raise StorageError(str(error)) from None  # that is not the user's mistake, and passes
        raise


def _there(path: Path) -> Path:
    """Return the nearest folder above that there is."""
    return next(each for each in (path, *path.parents) if each.is_dir())


def _reload(options: ServeOptions) -> None:
    try:
        level = read_level(Path(options.data_dir), options.log_level)
    except InputError as error:
        _log.error("log_level_unusable", reason=str(error))
        return
    set_level(level)
    _log.warning("log_level_read", now=level)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - slow to import, and needed once

    return version("deepnet")
