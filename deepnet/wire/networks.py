"""What is read of a whole network, as plain data: its summary, its supervision tree, its activations."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from deepnet.actors.tree import TreeNode
from deepnet.runs.states import LayerActivations, NetworkSummary
from deepnet.wire.numbers import (
    array_to_list,
    figures_from_plain,
    figures_to_plain,
    list_to_array,
    maybe_from_plain,
    maybe_to_plain,
)
from supervisor import Restarts

_OF_LAYER = ("address", "inputs", "neurons", "activation", "parameters")
_AS_THEY_ARE = ("name", "neurons", "parameters", "dtype", "granularity", "state", "epoch", "step", "restarts")


def summary_to_dict(summary: NetworkSummary) -> dict[str, Any]:
    """Return a summary as plain data that `summary_from_dict` takes back; each layer is an object."""
    return {
        **{name: getattr(summary, name) for name in _AS_THEY_ARE},
        "layers": [dict(zip(_OF_LAYER, layer, strict=True)) for layer in summary.layers],
        "loss": maybe_to_plain(summary.loss),
        "metrics": figures_to_plain(summary.metrics),
        "learning_rate": maybe_to_plain(summary.learning_rate),
        "messages": summary.messages,
    }


def summary_from_dict(data: Mapping[str, Any]) -> NetworkSummary:
    """Return the summary that `summary_to_dict` described; what else *data* hold is left aside.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the data describe no summary.
    """
    layers = tuple(
        (str(one["address"]), int(one["inputs"]), int(one["neurons"]), str(one["activation"]), int(one["parameters"]))
        for one in data["layers"]
    )
    return NetworkSummary(
        **{name: data[name] for name in _AS_THEY_ARE},
        layers=layers,
        loss=maybe_from_plain(data["loss"]),
        metrics=figures_from_plain(data["metrics"]),
        learning_rate=maybe_from_plain(data["learning_rate"]),
        messages=int(data["messages"]),
    )


def tree_to_dict(node: TreeNode) -> dict[str, Any]:
    """Return a supervision tree as plain data that `tree_from_dict` takes back."""
    return {
        "name": node.name,
        "kind": node.kind,
        "strategy": node.strategy,
        "restarts": node.restarts,
        "limit": None if node.limit is None else asdict(node.limit),
        "mailbox": node.mailbox,
        "children": [tree_to_dict(child) for child in node.children],
    }


def tree_from_dict(data: Mapping[str, Any]) -> TreeNode:
    """Return the tree that `tree_to_dict` described.

    Raises:
        KeyError, TypeError, ValueError: the data describe no tree.
    """
    strategy, limit, mailbox = data["strategy"], data.get("limit"), data.get("mailbox")
    return TreeNode(
        str(data["name"]),
        str(data["kind"]),
        None if strategy is None else str(strategy),
        int(data["restarts"]),
        tuple(tree_from_dict(child) for child in data["children"]),
        None if limit is None else Restarts(**{name: int(value) for name, value in limit.items()}),
        None if mailbox is None else int(mailbox),
    )


def activations_to_dict(activations: Mapping[str, LayerActivations]) -> dict[str, Any]:
    """Return the activations of all dense layers, by address, as plain data that `activations_from_dict` takes back."""
    return {
        address: {
            "dtype": str(layer.outputs.dtype),
            "shape": list(layer.outputs.shape),
            "sums": array_to_list(layer.sums),
            "outputs": array_to_list(layer.outputs),
        }
        for address, layer in activations.items()
    }


def activations_from_dict(data: Mapping[str, Any]) -> dict[str, LayerActivations]:
    """Return the activations that `activations_to_dict` described: (rows, neurons) each.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the data describe none.
    """
    return {
        str(address): LayerActivations(
            *(list_to_array(layer[name], layer["dtype"]).reshape(layer["shape"]) for name in ("sums", "outputs"))
        )
        for address, layer in data.items()
    }
