"""What can be read of a network of a service."""

from collections.abc import Mapping, Sequence
from typing import Any, Never

import numpy as np

from deepnet.actors.tracing import TracedMessage
from deepnet.actors.tree import TreeNode
from deepnet.client.changing import looks_like_an_address
from deepnet.client.link import ANSWER_SECONDS, Link
from deepnet.client.live import Live
from deepnet.client.refusing import refuse
from deepnet.client.watch import RemoteWatch
from deepnet.errors import InputError, NotFoundError, ServiceError
from deepnet.maths.addresses import neuron_addresses, neurons_of, place_of
from deepnet.maths.arrays import Array, Batch, as_batch, require_shape
from deepnet.maths.checks import whole_number
from deepnet.maths.losses import LOSSES, Loss, loss_named
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.runs.probing import USUAL, Probe, checked_fields, checked_row
from deepnet.runs.states import LayerActivations, NetworkCut, NetworkSummary, NeuronState
from deepnet.runs.surface import Surface
from deepnet.runs.tiles import Tile, checked_window, layer_number
from deepnet.training.health import dead_neurons
from deepnet.wire.arrays import NPY, SAFETENSORS, array_from_npy, array_to_npy, arrays_from_bytes
from deepnet.wire.cuts import cut_from_bytes
from deepnet.wire.looks import probe_of, surface_of, tile_from_bytes
from deepnet.wire.records import (
    message_from_dict,
    neuron_from_dict,
    summary_from_dict,
    tree_from_dict,
)

_PIECE_BYTES = 900 << 10
"""Of rows in one request: the service takes a body of 1 MiB."""


class RemoteLooking:
    """The part of a `RemoteNetwork` that reads it and changes nothing; see `deepnet.Network`.

    Attributes:
        name: what the network is called.
        dtype: of its numbers.
        kernels: what computes, ``numba`` or ``numpy``.
        seed: where all its chance begins.
    """

    name: str
    dtype: str
    kernels: str
    seed: int
    _link: Link
    _path: str
    _inputs: int
    _outputs: int

    def facts(self) -> dict[str, Any]:
        """Return what the service tells of it: its summary, its model, its run, and whether it is up."""
        return dict(self._link.ask("GET", self._path).json())

    @property
    def model(self) -> Chain:
        """Its layers, as they are now."""
        return Chain.from_dict(self.facts()["model"])

    @property
    def about(self) -> dict[str, Any]:
        """The plain facts that were given to be kept with it."""
        return dict(self.facts()["about"])

    @property
    def step(self) -> int:
        """The last sealed step."""
        return int(self.facts()["step"])

    def predict(self, inputs: object) -> Batch:
        """Return the outputs for *inputs*, with the sealed parameters; see `deepnet.Network.predict`.

        Rows of more than 900 KiB are sent in pieces: those of a network that is learning may be of different steps.
        """
        rows = as_batch("inputs", inputs, self.dtype, self._inputs)
        if not len(rows):
            return np.empty((0, self._outputs), rows.dtype)
        size = max(1, _PIECE_BYTES // max(1, rows[0].nbytes))
        parts = [self._predicted(rows[first : first + size]) for first in range(0, len(rows), size)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _predicted(self, rows: Batch) -> Array:
        headers = {"Content-Type": NPY, "Accept": NPY}
        # It changes nothing there, so it may be sent again.
        answer = self._link.ask(
            "POST", f"{self._path}/predict", content=array_to_npy(rows), headers=headers, again=True
        )
        return array_from_npy(answer.content)

    def activations(self, inputs: object, timeout: float | None = None) -> dict[str, LayerActivations]:
        """Let the actors themselves compute what they make of *inputs*; see `deepnet.Network.activations`.

        Without a *timeout* the service gives up after half a minute.
        """
        rows = as_batch("inputs", inputs, self.dtype, self._inputs)
        seconds = ANSWER_SECONDS if timeout is None else timeout
        answer = self._link.ask(
            "POST",
            f"{self._path}/activations",
            data={"inputs": rows.tolist()},
            headers={"Accept": SAFETENSORS},
            seconds=seconds,
            again=True,
        )
        arrays, _ = arrays_from_bytes(answer.content)
        addresses = [name.removesuffix(".sums") for name in arrays if name.endswith(".sums")]
        layers = sorted(addresses, key=lambda address: int(address.rpartition("_")[2]))
        return {
            address: LayerActivations(arrays[f"{address}.sums"], arrays[f"{address}.outputs"]) for address in layers
        }

    def trace(
        self,
        inputs: object,
        targets: object = None,
        *,
        loss: str | Loss | None = None,
        timeout: float | None = None,
    ) -> tuple[TracedMessage, ...]:
        """Play one sample through the actors and return every message of it; see `deepnet.Network.trace`.

        Without a *timeout* the service gives up after half a minute.
        """
        rows = as_batch("inputs", inputs, self.dtype, self._inputs)
        require_shape("inputs", rows, 1, self._inputs)
        data: dict[str, Any] = {"inputs": rows.tolist()}
        if targets is not None:
            wanted = as_batch("targets", targets, self.dtype, self._outputs)
            require_shape("targets", wanted, 1, self._outputs)
            data["targets"] = wanted.tolist()
        if loss is not None:
            data["loss"] = _name_of(loss)
        seconds = ANSWER_SECONDS if timeout is None else timeout
        messages = self._link.ask("POST", f"{self._path}/trace", data=data, seconds=seconds).json()["items"]
        return tuple(map(message_from_dict, messages))

    def load_kernels(self) -> Never:
        """Refuse: the service loads what computes where it computes.

        Raises:
            InputError: always.
        """
        refuse("the kernels", "the service loads them by itself")

    def dead_neurons(self, inputs: object) -> tuple[str, ...]:
        """The addresses of neurons that nothing in *inputs* moves; see `deepnet.Network.dead_neurons`.

        It is reckoned here, from a cut: the rows need not travel.
        """
        cut = self.cut()
        rows = as_batch("inputs", inputs, self.dtype, cut.model.inputs)
        return dead_neurons(cut.model, cut.parameters, rows, cut.setup.treatments, cut.step)

    def parameters(self) -> tuple[LayerParameters, ...]:
        """The committed weights (neurons, inputs) and biases (neurons,), first layer first, bit for bit."""
        return self.cut().parameters

    def neuron(self, address: str) -> NeuronState:
        """Read one neuron at the last sealed step.

        Raises:
            InputError: there is no such neuron; the message says which there are.
        """
        if "/" not in str(address) or not looks_like_an_address(str(address)):
            place_of(self.model, address, self.name)
        try:
            return neuron_from_dict(self._link.ask("GET", f"{self._path}/neurons/{address}").json())
        except (NotFoundError, InputError):
            place_of(self.model, address, self.name)  # says it as a network in this process does
            raise

    def cut(self) -> NetworkCut:
        """Read all neurons at one sealed step."""
        return cut_from_bytes(self._link.ask("GET", f"{self._path}/parameters").content)

    def probe(self, row: int | None = None, *, fields: Sequence[str] = USUAL) -> Probe:
        """Reckon what the neurons make of a row of the run, or of its first ones; see `deepnet.Network.probe`."""
        return probe_of(*self._seen("activity", row=checked_row(row), fields=list(checked_fields(fields))))

    def surface(self) -> Surface:
        """Reckon the outputs of all neurons of a network of two inputs; see `deepnet.Network.surface`."""
        return surface_of(*self._seen("surface"))

    def tile(self, address: str, window: Sequence[int] | None = None, *, against: int | None = None) -> Tile:
        """Read the weights of a layer as a picture of 256 by 256 at most; see `deepnet.Network.tile`.

        Raises:
            NotFoundError: no such step was kept; or there is no such layer.
            InputError: nothing of it is in the window, or it was of another size at that step.
        """
        if "/" in str(address) or not looks_like_an_address(str(address)):
            layer_number(self.model, address)
        asked = checked_window(window)
        shown = None if asked is None else ",".join(map(str, asked))
        params = {"window": shown, "against": against}
        try:
            return tile_from_bytes(
                self._link.ask("GET", f"{self._path}/layers/{address}/weights", params=params).content
            )
        except NotFoundError:
            layer_number(self.model, address)  # says it as a network in this process does
            raise

    def _seen(self, topic: str, **options: Any) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Return what the first frame of a topic shows: arrays, and texts about them."""
        with Live(self._link.place) as live:
            live.subscribe(topic, network=self.name, **options)
            frame = live.receive(ANSWER_SECONDS)
        if frame is None:
            raise ServiceError(f"the service has ended its live stream before it showed {topic}: ask again")
        if frame.problem is not None:
            raise frame.problem
        return frame.data, frame.about

    def watch(self, address: str, *, every: int = 1) -> RemoteWatch:
        """Follow a neuron, or all neurons of a layer: iterate over what is returned, and close it.

        A record comes for each sealed step whose number *every* divides, in bunches, 20 times a second. Of a network
        that is fast the service looks at fewer steps, for who watches from outside does not slow the learning: the
        others are counted. See `deepnet.Network.watch`.

        Raises:
            InputError: there is no such neuron or layer, or *every* is not 1 or more.
        """
        every = whole_number("every", every, at_least=1)
        layer, indices = neurons_of(self.model, address, self.name)
        addresses = [f"dense_{layer}/{index}" for index in indices]
        return RemoteWatch(self._link, self.name, addresses, every)

    def neurons(self) -> tuple[str, ...]:
        """The addresses of all neurons, first layer first."""
        return neuron_addresses(self.model)

    def tree(self) -> TreeNode:
        """Who supervises whom, asked of the supervisors themselves."""
        return tree_from_dict(self._link.ask("GET", f"{self._path}/tree").json())

    def summary(self) -> NetworkSummary:
        """What the network is and how far it has come."""
        return summary_from_dict(self.facts())

    # What needs the process.

    @property
    def watchers(self) -> Never:
        """Refuse: a watcher is called in the process of the network.

        Raises:
            InputError: always.
        """
        refuse("the watchers", "iterate over service.events(follow=True, network=...)")

    @property
    def actors(self) -> Never:
        """Refuse: the actors are in the process of the network.

        Raises:
            InputError: always.
        """
        refuse("the actors", "look at tree(), neuron(address) and trace(inputs)")

    @property
    def when_down(self) -> Never:
        """Refuse: nobody calls from there.

        Raises:
            InputError: always.
        """
        refuse("the call when it goes down", "the service brings it up again; see service.events(follow=True)")


def _name_of(loss: str | Loss) -> str:
    """Return the name of a loss that the service has too.

    Raises:
        InputError: it is of your own making.
    """
    wrong = loss_named(loss)
    if LOSSES.get(wrong.name) is not wrong:
        known = ", ".join(LOSSES)
        raise InputError(
            f"the loss {wrong.name!r} is of your own making, and the service has no such: use one of {known}"
        )
    return wrong.name
