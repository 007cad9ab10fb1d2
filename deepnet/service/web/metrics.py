"""What Prometheus scrapes: figures by network and layer, never by neuron; gathered when they are asked for."""

import platform
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from deepnet.errors import DeepnetError
from deepnet.runs.columns import layer_figures
from deepnet.service.engine.engine import Engine
from deepnet.service.web.security.roles import Role, needs
from deepnet.service.web.streams.hub import Hub
from deepnet.service.web.streams.routes import hub_of
from deepnet.service.web.streams.topics.topic import Speed

VERSION = version("deepnet")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STATES = ("idle", "running", "paused", "finished", "stopped", "failed", "down")

_log = structlog.get_logger("deepnet.service")


class Figures(Collector):
    """Gathers all figures of a service."""

    def __init__(self, engine: Engine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub
        self._speeds: dict[str, Speed] = {}

    def collect(self) -> Iterator[Metric]:
        yield from self._networks()
        yield from self._service()

    def describe(self) -> list[Metric]:
        """Say nothing beforehand: nothing is gathered but for a scrape."""
        return []

    def _networks(self) -> Iterator[Metric]:
        families = _families()
        names = self._engine.names()
        self._speeds = {name: self._speeds.get(name) or Speed() for name in names}
        for name in names:
            state = "down"
            try:
                state = self._add_network(families, name)
            except DeepnetError:
                pass  # it is down, or going
            except Exception:  # noqa: BLE001 - one odd network must not blank the page
                _log.exception("metrics_failed", network=name)
            for each in _STATES:
                families["state"].add_metric([name, each], float(each == state))
        yield from families.values()

    def _add_network(self, families: dict[str, Any], name: str) -> str:
        """Add the figures of one network; return its state."""
        network, _ = self._engine.at_hand(name)
        summary = network.summary()
        layers = layer_figures(network)
        plain = {
            "epoch": summary.epoch,
            "loss": summary.loss,
            "learning_rate": summary.learning_rate,
            "neurons": summary.neurons,
            "neurons_alive": sum(layers.alive.values()),
            "steps": summary.step,
            "step_rate": self._speeds[name](summary.step),
            "messages": summary.messages,
        }
        for figure, value in plain.items():
            if value is not None:
                families[figure].add_metric([name], value)
        for layer, count in sorted(layers.restarts.items()):
            families["restarts"].add_metric([name, layer], count)
        for layer, count in sorted(layers.waiting.items()):
            families["mailbox"].add_metric([name, layer], count)
        return summary.state

    def _service(self) -> Iterator[Metric]:
        hub, log = self._hub, self._engine.log
        lag = GaugeMetricFamily(
            "deepnet_loop_lag_seconds", "By how much the event loop woke up late, last minute.", labels=["quantile"]
        )
        for name, value in zip(("0.5", "0.99", "1"), hub.lag.read(), strict=True):
            lag.add_metric([name], value)
        yield lag
        yield GaugeMetricFamily("deepnet_stream_clients", "Open WebSockets and event streams.", hub.streams)
        yield GaugeMetricFamily("deepnet_stream_topics", "Topics that are sampled.", hub.channel_count())
        yield CounterMetricFamily("deepnet_frames_sent", "Messages sent on WebSockets.", hub.frames_sent)
        yield CounterMetricFamily(
            "deepnet_frames_dropped", "Frames that a client was too slow for.", hub.frames_dropped
        )
        yield CounterMetricFamily("deepnet_samples", "Samples taken of topics.", hub.samples)
        yield GaugeMetricFamily("deepnet_events_waiting", "Events that are not written yet.", log.waiting)
        yield CounterMetricFamily("deepnet_events_lost", "Events that were never written.", log.lost_in_all)
        about = {"version": VERSION, "python": platform.python_version()}
        yield InfoMetricFamily("deepnet_build", "What runs here.", about)
        try:
            written = self._engine.store.events.last_id()
        except DeepnetError:
            return  # the disk is what is the matter; the rest is worth having
        yield CounterMetricFamily("deepnet_events_written", "Events in the log.", written)


def _families() -> dict[str, Any]:
    network, by_layer = ["network"], ["network", "layer"]
    return {
        "state": GaugeMetricFamily(
            "deepnet_network_state", "1 for the state that the network is in.", labels=["network", "state"]
        ),
        "epoch": GaugeMetricFamily("deepnet_epoch", "Epochs of the last run that are over.", labels=network),
        "loss": GaugeMetricFamily("deepnet_loss", "Mean loss of the last whole epoch.", labels=network),
        "learning_rate": GaugeMetricFamily("deepnet_learning_rate", "Of the optimizer.", labels=network),
        "neurons": GaugeMetricFamily("deepnet_neurons", "Neurons of the network.", labels=network),
        "neurons_alive": GaugeMetricFamily("deepnet_neurons_alive", "Neurons that somebody computes.", labels=network),
        "steps": CounterMetricFamily("deepnet_steps", "Steps of the last run that are sealed.", labels=network),
        "step_rate": GaugeMetricFamily("deepnet_step_rate", "Steps a second since the last scrape.", labels=network),
        "messages": CounterMetricFamily("deepnet_messages", "Messages that actors have handled.", labels=network),
        "restarts": CounterMetricFamily("deepnet_restarts", "Restarts of actors.", labels=by_layer),
        "mailbox": GaugeMetricFamily("deepnet_mailbox_depth", "Messages that wait for actors.", labels=by_layer),
    }


router = APIRouter()


def registry_of(app: Any) -> CollectorRegistry:
    """Return the registry of an app, its own; made where it is first asked for."""
    state = app.state
    if not isinstance(getattr(state, "metrics", None), CollectorRegistry):
        state.metrics = CollectorRegistry(auto_describe=False)
        state.metrics.register(Figures(state.engine, hub_of(app)))
    registry: CollectorRegistry = state.metrics
    return registry


@router.get(
    "/metrics",
    tags=["service"],
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text."}},
    dependencies=[Depends(needs(Role.VIEWER))],
)
def metrics(request: Request) -> Response:
    """Return all figures in the text form of Prometheus; in a thread, for it looks at every actor."""
    return Response(generate_latest(registry_of(request.app)), media_type=CONTENT_TYPE)
