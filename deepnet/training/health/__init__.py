"""How well a network is: who is dead, saturated, exploding or stuck, by what evidence, and each layer in figures.

All of it is a function of parameters and some rows: nobody who learns is asked, and nothing is changed.
"""

from deepnet.training.health.conditions import CONDITIONS, Finding, dead_neurons, findings
from deepnet.training.health.distribution import Distribution
from deepnet.training.health.layers import LayerHealth
from deepnet.training.health.passing import MOST_ROWS
from deepnet.training.health.report import HealthReport, health_report

__all__ = [
    "CONDITIONS",
    "MOST_ROWS",
    "Distribution",
    "Finding",
    "HealthReport",
    "LayerHealth",
    "dead_neurons",
    "findings",
    "health_report",
]
