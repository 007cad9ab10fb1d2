"""A running service, from outside."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from deepnet.client.happenings import followed_events, kept_events
from deepnet.client.link import ANSWER_SECONDS, Link
from deepnet.data.files import read_file
from deepnet.errors import InputError

if TYPE_CHECKING:  # what is only needed for some things is imported there: a command that makes one request is quick
    from deepnet.actors.tree import TreeNode
    from deepnet.client.live import Live
    from deepnet.client.network import RemoteNetwork
    from deepnet.client.run import RemoteRun
    from deepnet.maths.model import Chain

_CSV, _NPZ = "text/csv", "application/x-npz"
_PAGE = 1000


class Service:
    """A service that runs; made by `deepnet.connect`. Use it in a ``with`` block, or `close` it: nothing there ends.

    It may be used by several threads at once. Where a method says nothing else, it raises ServiceError if the service
    cannot be reached or refuses, and otherwise what the same thing would raise in this process.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Service: {self._link.place.name}>"

    @property
    def name(self) -> str:
        """What it is called in messages: by its data folder, or by its address."""
        return self._link.place.name

    # Networks and runs.

    def start(
        self,
        model: "Chain",
        *,
        name: str | None = None,
        seed: int = 0,
        granularity: str = "neuron",
        dtype: str = "float32",
        kernels: str | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> "RemoteNetwork":
        """Create a network; return once all its actors are there. It stays until somebody has it `delete`.

        Args:
            model: the layers.
            name: what it is called: lower case letters, digits, hyphens and underscores; made up if None.
            seed: where all its chance begins, 0 or more.
            granularity: ``neuron``, an actor per neuron, or ``layer``, an actor per layer.
            dtype: float32 or float64.
            kernels: what computes, ``numba`` or ``numpy``; None for what is usual there.
            about: plain facts to keep with it.

        Raises:
            InputError: an argument cannot be used; the message says why.
            NameTakenError: there is a network of that name.
        """
        from deepnet.client.network import RemoteNetwork  # noqa: PLC0415 - see above
        from deepnet.client.sending import plain_value  # noqa: PLC0415
        from deepnet.maths.model import Chain  # noqa: PLC0415

        if not isinstance(model, Chain):
            raise InputError(f"model must be a Chain, such as Chain(Dense(3, 1)), got {model!r}")
        wanted = {
            "name": name,
            "model": model.to_dict(),
            "seed": plain_value(seed),
            "granularity": granularity,
            "dtype": dtype,
            "kernels": kernels,
            "about": plain_value(dict(about or {})),
        }
        given = {key: value for key, value in wanted.items() if value is not None}
        return RemoteNetwork(self._link, self._link.ask("POST", "/networks", data=given, creates=True).json())

    def network(self, name: str) -> "RemoteNetwork":
        """Return the network of that name.

        Raises:
            NotFoundError: there is none; the message says which there are.
        """
        from deepnet.client.network import RemoteNetwork  # noqa: PLC0415 - see above

        return RemoteNetwork(self._link, self._link.ask("GET", f"/networks/{quote(name, safe='')}").json())

    def networks(self) -> "tuple[RemoteNetwork, ...]":
        """Return all networks, by name."""
        from deepnet.client.network import RemoteNetwork  # noqa: PLC0415 - see above

        return tuple(RemoteNetwork(self._link, facts) for facts in self.pages("/networks"))

    def runs(self, network: str | None = None) -> "tuple[RemoteRun, ...]":
        """Return all runs, or those of one network, newest first."""
        from deepnet.client.run import RemoteRun  # noqa: PLC0415 - see above

        return tuple(RemoteRun(self._link, facts) for facts in self.pages("/runs", network=network))

    def run(self, run_id: str) -> "RemoteRun":
        """Return the run of that name, such as ``cars-1``.

        Raises:
            NotFoundError: there is none.
        """
        from deepnet.client.run import RemoteRun  # noqa: PLC0415 - see above

        return RemoteRun(self._link, self._link.ask("GET", f"/runs/{quote(run_id, safe='')}").json())

    # Data sets.

    def datasets(self) -> tuple[dict[str, Any], ...]:
        """Return what is known of the data sets that were uploaded, by name."""
        return tuple(self.pages("/datasets"))

    def upload(self, name: str, data: str | Path | bytes, *, target: str | None = None) -> dict[str, Any]:
        """Give the service a data set to learn: CSV with a line of names, or npz with ``inputs`` and ``targets``.

        Args:
            name: what it is called there.
            data: the path of a file, or its content.
            target: the column to learn, where it is a table.

        Returns:
            What is known of it.

        Raises:
            DataError: it cannot be read, or is of no use.
            NameTakenError: there is one of that name.
        """
        content = data if isinstance(data, bytes) else read_file(data)
        headers = {"Content-Type": _NPZ if content.startswith(b"PK") else _CSV}
        path, query = f"/datasets/{quote(name, safe='')}", {"target": target}
        return dict(self._link.ask("PUT", path, params=query, content=content, headers=headers).json())

    def remove_dataset(self, name: str) -> None:
        """Forget a data set; runs that learn it keep their rows.

        Raises:
            NotFoundError: there is none of that name.
        """
        self._link.ask("DELETE", f"/datasets/{quote(name, safe='')}")

    # What happens.

    def events(
        self,
        after: int | None = None,
        *,
        network: str | None = None,
        run: str | None = None,
        kinds: Sequence[str] = (),
        address: str | None = None,
        follow: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Iterate over what has happened, oldest first: id, time, kind, network, run, address, step, who and data.

        Args:
            after: begin after the event of this number; None for the first one that is kept, or, with *follow*, for
                what happens from now on.
            network: only events of this network.
            run: only those of this run.
            kinds: only those of these kinds, such as ``neuron_died``.
            address: only those of this neuron or layer.
            follow: go on with what happens, until the service ends; a connection that breaks is taken up again.
        """
        wanted = {"network": network, "run": run, "address": address, "kind": list(kinds) or None}
        if follow:
            return followed_events(self._link, after, wanted)
        return kept_events(self._link, after or 0, wanted)

    def live(self) -> "Live":
        """Open a live stream: subscribe to topics, iterate over their frames.

        Raises:
            ServiceError: it cannot be opened, or as many are open as may be.
        """
        from deepnet.client.live import Live  # noqa: PLC0415 - see above

        return Live(self._link.place)

    # The service itself.

    def status(self) -> dict[str, Any]:
        """Return how it is: version, pid, uptime, networks, running runs, free bytes, clients and so on."""
        return dict(self._link.ask("GET", "/service").json())

    def tree(self) -> "TreeNode":
        """Return who supervises whom in it, networks and all."""
        from deepnet.wire.networks import tree_from_dict  # noqa: PLC0415 - see above

        return tree_from_dict(self._link.ask("GET", "/service/tree").json())

    def kill_child(self, name: str) -> None:
        """Have one of its own parts die, such as ``event_log``, to see that it heals.

        Raises:
            NotFoundError: there is no such part; the message says which there are.
        """
        self._link.ask("POST", f"/service/children/{quote(name, safe='')}/kill")

    def ticket(self, role: str = "viewer", label: str = "") -> dict[str, Any]:
        """Make a ticket that logs a browser in, once and within a minute: ``ticket``, ``url`` to open, ``expires``.

        Args:
            role: viewer, operator or admin.
            label: what the session is called in lists.
        """
        return dict(self._link.ask("POST", "/sessions/tickets", data={"role": role, "label": label}).json())

    def shutdown(self) -> None:
        """Have it end: its runs come to a seal and are kept, and go on when it is started again."""
        self._link.ask("POST", "/service/shutdown")

    def wait_until_back(self, seconds: float) -> bool:
        """Wait up to *seconds* for a service that has gone away, such as to start anew; tell whether it is back."""
        return self._link.wait_until_back(seconds)

    def close(self) -> None:
        """End the connection; the service, its networks and its runs go on. Twice is no error."""
        self._link.close()

    # Whatever else it offers.

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = ANSWER_SECONDS,
    ) -> Any:
        """Make a request of your own and return the answer as plain data; None if there is none.

        Args:
            method: of HTTP.
            path: under ``/api/v1``, such as ``/networks``.
            json: plain data to send.
            params: of the query; what is None is left out, of a list each entry is given.
            timeout: seconds to wait for the answer; None for ever.
        """
        creates = method == "POST" and json is not None and path.rpartition("/")[2] in _CREATING
        response = self._link.ask(method, path, params=params, data=json, seconds=timeout, creates=creates)
        return response.json() if response.content else None

    def content(self, path: str, *, params: Mapping[str, Any] | None = None, accept: str = "*/*") -> bytes:
        """Return what is at *path* as it is, such as a checkpoint as safetensors."""
        return bytes(self._link.ask("GET", path, params=params, headers={"Accept": accept}).content)

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Iterate over all entries of a list, page after page."""
        after: Any = params.pop("after", None)
        while True:
            page = self._link.ask("GET", path, params={"limit": _PAGE, **params, "after": after}).json()
            yield from page["items"]
            after = page["next"]
            if after is None:
                return


_CREATING = ("networks", "runs", "branch", "checkpoints")
"""The ends of the paths of requests that create something, and may be sent again."""
