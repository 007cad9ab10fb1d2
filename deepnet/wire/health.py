"""A health report as plain data: `health_to_dict` and `health_from_dict`."""

from collections.abc import Mapping
from typing import Any

from deepnet.training.health import HealthReport
from deepnet.training.health.conditions import Finding
from deepnet.training.health.distribution import Distribution
from deepnet.training.health.layers import LayerHealth
from deepnet.wire.numbers import number_from_plain, plain

_SIZES = ("mean", "std", "minimum", "maximum", "zeros", "mean_size", "norm")


def health_to_dict(report: HealthReport) -> dict[str, Any]:
    """Return a report as plain data that `health_from_dict` takes back; ``lines`` is the same for people."""
    return {**plain(report.to_dict()), "lines": list(report.lines())}


def health_from_dict(data: Mapping[str, Any]) -> HealthReport:
    """Return the report that `health_to_dict`, or `HealthReport.to_dict`, described.

    Raises:
        KeyError, TypeError, ValueError: the data describe none.
    """
    return HealthReport(
        step=int(data["step"]),
        rows=int(data["rows"]),
        loss=number_from_plain(data["loss"]),
        findings=tuple(
            Finding(str(one["address"]), str(one["condition"]), str(one["evidence"])) for one in data["findings"]
        ),
        treated=tuple((str(one["address"]), str(one["treatment"])) for one in data["treated"]),
        layers=tuple(_layer(one) for one in data["layers"]),
    )


def _layer(data: Mapping[str, Any]) -> LayerHealth:
    return LayerHealth(
        str(data["address"]),
        _distribution(data["outputs"]),
        _distribution(data["gradient"]),
        *(number_from_plain(data[name]) for name in ("weights_norm", "update_norm", "update_ratio")),
    )


def _distribution(data: Mapping[str, Any]) -> Distribution:
    return Distribution(
        count=int(data["count"]),
        not_finite=int(data["not_finite"]),
        quantiles=tuple(number_from_plain(quantile) for quantile in data["quantiles"]),
        **{name: number_from_plain(data[name]) for name in _SIZES},
    )
