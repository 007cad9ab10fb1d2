"""What a neuron makes of its weighted sum, and how steep that is there.

An activation is a pair: the value a = f(z) and the slope f'(z). The slope is handed both the
weighted sum z and the output a, because for some the output makes it cheap: tanh' = 1 - a^2.
Softmax and its logarithm couple the neurons of a layer: instead of a slope they have dL/dz.

A neuron calls these on arrays of a few numbers, millions of times, so what counts is how many
numpy calls one takes. Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.3;
at a kink the slope is PyTorch's. Each file holds one kind.
"""

from deepnet.maths.activations.activation import Activation, AnyActivation, CoupledActivation
from deepnet.maths.activations.named import ACTIVATIONS, COUPLED, ELEMENTWISE, activation_named

__all__ = [
    "ACTIVATIONS",
    "COUPLED",
    "ELEMENTWISE",
    "Activation",
    "AnyActivation",
    "CoupledActivation",
    "activation_named",
]
