"""Changes to a run while it goes on: pure functions from what it is at a sealed step to what it is to be.

An intervention is a frozen value. `Intervention.applied` returns the changed state, what was changed, and the way
back, and never writes into the arrays that it is given. Each file holds one kind.
"""

from deepnet.training.interventions.applied import NOT_GIVEN, Applied, Intervention, NotGiven
from deepnet.training.interventions.faults import Inject
from deepnet.training.interventions.growth import Grow, Prune
from deepnet.training.interventions.neurons import SetNeurons
from deepnet.training.interventions.plan import SetPlan, require_loss_takes
from deepnet.training.interventions.rewind import Rewind

__all__ = [
    "NOT_GIVEN",
    "Applied",
    "Grow",
    "Inject",
    "Intervention",
    "NotGiven",
    "Prune",
    "Rewind",
    "SetNeurons",
    "SetPlan",
    "require_loss_takes",
]
