"""All records that go over a connection, each by ``<record>_to_dict`` and ``<record>_from_dict``.

What ``_to_dict`` returns is strict JSON: numbers that JSON does not know are the words ``"nan"``, ``"inf"`` and
``"-inf"``, arrays are lists with their dtype beside them, tuples are lists. ``_from_dict`` gives the record back, every
number bit for bit; it raises KeyError, TypeError, ValueError or AttributeError if the data are something else.

    neuron    NeuronState (``neuron_to_dict(state, history=1)`` leaves out all but its last steps)
    activity  Activity, what a neuron did at a step      death  Death      fault  ValueFault
    change    Change, with the messages it has            message  TracedMessage or Passed
    summary   NetworkSummary     tree  TreeNode            activations  by address, LayerActivations
    epoch     EpochRecord        position  Position        plan  Plan     rule  a StopRule
    health    HealthReport       failure  Failure
    model     Chain: ``model.to_dict()``, ``Chain.from_dict``; optimizers and schedules likewise
"""

from deepnet.maths.optimizers import optimizer_from_dict
from deepnet.maths.schedules import schedule_from_dict
from deepnet.maths.value_fault import fault_from_dict
from deepnet.wire.changes import change_from_dict, change_to_dict, value_from_plain, value_to_plain
from deepnet.wire.health import health_from_dict, health_to_dict
from deepnet.wire.learning import (
    epoch_from_dict,
    epoch_to_dict,
    failure_from_dict,
    failure_to_dict,
    plan_from_dict,
    plan_to_dict,
    position_from_dict,
    position_to_dict,
    rule_from_dict,
)
from deepnet.wire.messages import message_from_dict, message_to_dict
from deepnet.wire.networks import (
    activations_from_dict,
    activations_to_dict,
    summary_from_dict,
    summary_to_dict,
    tree_from_dict,
    tree_to_dict,
)
from deepnet.wire.neurons import (
    activity_from_dict,
    activity_to_dict,
    death_from_dict,
    death_to_dict,
    fault_to_dict,
    neuron_from_dict,
    neuron_to_dict,
)

__all__ = [
    "activations_from_dict",
    "activations_to_dict",
    "activity_from_dict",
    "activity_to_dict",
    "change_from_dict",
    "change_to_dict",
    "death_from_dict",
    "death_to_dict",
    "epoch_from_dict",
    "epoch_to_dict",
    "failure_from_dict",
    "failure_to_dict",
    "fault_from_dict",
    "fault_to_dict",
    "health_from_dict",
    "health_to_dict",
    "message_from_dict",
    "message_to_dict",
    "neuron_from_dict",
    "neuron_to_dict",
    "optimizer_from_dict",
    "plan_from_dict",
    "plan_to_dict",
    "position_from_dict",
    "position_to_dict",
    "rule_from_dict",
    "schedule_from_dict",
    "summary_from_dict",
    "summary_to_dict",
    "tree_from_dict",
    "tree_to_dict",
    "value_from_plain",
    "value_to_plain",
]
