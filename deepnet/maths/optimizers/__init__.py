"""How a gradient becomes a change of the parameters.

An optimizer is a value: its hyper-parameters. What it remembers from step to step, its slots, are
arrays shaped like the parameters; they start as zeros and are kept by whoever keeps the parameters.
`update` reads the old parameters and slots and writes the new ones elsewhere, so that a step that is
not finished has changed nothing. Formulas and defaults are those of torch.optim, but for SGD's learning
rate, 0.01 as in Keras. Each file holds one family.
"""

from deepnet.maths.optimizers.adadelta import Adadelta
from deepnet.maths.optimizers.adagrad import Adagrad
from deepnet.maths.optimizers.adam import Adam, AdamW
from deepnet.maths.optimizers.nadam import NAdam
from deepnet.maths.optimizers.named import OPTIMIZERS, optimizer_from_dict, optimizer_named
from deepnet.maths.optimizers.optimizer import Optimizer, scaled
from deepnet.maths.optimizers.radam import RAdam
from deepnet.maths.optimizers.rmsprop import RMSprop
from deepnet.maths.optimizers.sgd import SGD

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "optimizer_from_dict",
    "optimizer_named",
    "scaled",
]

for _kind in (SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RAdam, RMSprop):
    _kind.__module__ = __name__  # their address is this one, in pickles too, whichever file they are in
