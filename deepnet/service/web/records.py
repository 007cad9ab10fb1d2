"""What is told of networks, runs and the rest of the service, as strict JSON."""

from contextlib import suppress
from dataclasses import fields
from typing import Any

from deepnet.errors import DeepnetError
from deepnet.maths.model import Chain, Dropout
from deepnet.persistence.checkpoints import Kept
from deepnet.runs.network import Network
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.outlines import Outline
from deepnet.service.store.places import without_place
from deepnet.service.store.rows import DatasetRow, EventRow, NetworkRow, RunRow
from deepnet.wire.numbers import plain
from deepnet.wire.records import failure_to_dict, position_to_dict, summary_to_dict


def network_to_dict(engine: Engine, row: NetworkRow) -> dict[str, Any]:
    """Return a network: what is kept of it, and what it is now if it is up. Blocking."""
    run = None if row.current_run is None else run_to_dict(engine, engine.run_row(row.current_run))
    try:
        network = engine.at_hand(row.name)[0]
    except DeepnetError as error:
        reason = without_place(row.reason or str(error), engine.folder.path)
        return _at_rest(row, reason) | {"run": run}
    return _shown(row) | _living(network) | {"run": run}


def _shown(row: NetworkRow) -> dict[str, Any]:
    shown = ("name", "kernels", "seed", "created", "about")
    return {name: getattr(row, name) for name in shown}


def _living(network: Network) -> dict[str, Any]:
    return {**summary_to_dict(network.summary()), "up": True, "reason": "", "model": network.model.to_dict()}


def _at_rest(row: NetworkRow, reason: str) -> dict[str, Any]:
    model = Chain.from_dict(row.model)
    layers = [
        {
            "address": address,
            "inputs": layer.inputs,
            "neurons": layer.neurons,
            "activation": layer.activation,
            "parameters": layer.parameter_count,
        }
        for address, layer in model.named_dense().items()
    ]
    nothing: dict[str, Any] = {
        "epoch": 0,
        "step": 0,
        "loss": None,
        "metrics": {},
        "learning_rate": None,
        "restarts": 0,
        "messages": 0,
    }
    return {
        **_shown(row),
        **nothing,
        "up": False,
        "reason": reason,
        "state": "down",
        "layers": layers,
        "neurons": model.neuron_count,
        "parameters": model.parameter_count,
        "dtype": row.dtype,
        "granularity": row.granularity,
        "model": row.model,
    }


def layers_to_dicts(network: Network) -> list[dict[str, Any]]:
    """Return each layer in short, those without neurons too. It reads all parameters."""
    setup = network.cut().setup
    granularities = dict(zip(setup.model.named_dense(), setup.granularities, strict=True))
    return [
        {"address": address, "kind": "dropout", "rate": layer.rate}
        if isinstance(layer, Dropout)
        else {
            "address": address,
            "kind": "dense",
            "inputs": layer.inputs,
            "neurons": layer.neurons,
            "activation": layer.activation,
            "parameters": layer.parameter_count,
            "granularity": granularities[address],
        }
        for address, layer in setup.model.named_layers().items()
    ]


def run_to_dict(engine: Engine, row: RunRow) -> dict[str, Any]:
    """Return what is kept of a run."""
    fields = dict(plain(_fields(row)))
    return fields | {"reason": without_place(row.reason, engine.folder.path)}


def run_details(engine: Engine, row: RunRow) -> dict[str, Any]:
    """Return a run; where its network still has it, also where it stands and what it failed of. Blocking."""
    details: dict[str, Any] = {"position": None, "failure": None, "problems": [], "batches": None, "live": False}
    with suppress(DeepnetError):
        run = engine.live_run(row.id)
        details = {
            "position": position_to_dict(run.position),
            "failure": None if run.failure is None else failure_to_dict(run.failure),
            "problems": [without_place(problem, engine.folder.path) for problem in run.problems],
            "batches": run.batches,
            "live": True,
        }
    return run_to_dict(engine, row) | details


def event_to_dict(row: EventRow) -> dict[str, Any]:
    """Return something that has happened; its data are plain already."""
    return _fields(row)


def dataset_to_dict(row: DatasetRow) -> dict[str, Any]:
    """Return a data set that was uploaded."""
    return _fields(row)


def builtin_to_dict(name: str) -> dict[str, Any]:
    """Return a data set that is built in: only its name is known before it is used."""
    unknown: dict[str, Any] = dict.fromkeys(("created", "bytes", "rows", "target"))
    return {"name": name, "kind": "builtin", **unknown, "columns": []}


def outline_to_dict(outline: Outline) -> dict[str, Any]:
    """Return what is known of a data set before it is learnt."""
    return _fields(outline)


def checkpoint_to_dict(kept: Kept) -> dict[str, Any]:
    """Return a checkpoint, without where it lies."""
    return {"step": kept.step, "change": kept.change, "time": kept.written, "bytes": kept.bytes}


def _fields(row: RunRow | EventRow | DatasetRow | Outline) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}
