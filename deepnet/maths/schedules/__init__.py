"""How the learning rate changes while a run goes on.

A schedule is a value: its options. `factor` says what the optimizer's learning rate is multiplied by at a step, and
depends on nothing but the numbers it is given, so that a step that is played again is the same step. Epochs and steps
are counted from 1; what a schedule counts of them, `per`, is the epoch unless it is told otherwise. Formulas are those
of torch.optim.lr_scheduler.
"""

from deepnet.maths.schedules.decay import Constant, Cosine, Exponential, StepDecay
from deepnet.maths.schedules.named import SCHEDULES, schedule_from_dict, schedule_named
from deepnet.maths.schedules.plateau import ReduceOnPlateau
from deepnet.maths.schedules.schedule import Schedule
from deepnet.maths.schedules.warm_up import WarmUp

__all__ = [
    "SCHEDULES",
    "Constant",
    "Cosine",
    "Exponential",
    "ReduceOnPlateau",
    "Schedule",
    "StepDecay",
    "WarmUp",
    "schedule_from_dict",
    "schedule_named",
]

for _kind in (Constant, StepDecay, Exponential, Cosine, WarmUp, ReduceOnPlateau):
    _kind.__module__ = __name__  # their address is this one, in pickles too, whichever file they are in
