"""The arithmetic of a neuron and of a layer as the actors do it: one small function each.

Here a neuron's parameters are one *row*, its weights and then its bias, and every batch of activations
ends in a column of ones. So the bias is the weight of an input that is always 1, and a product of the two
is the whole weighted sum: one call where the textbook has two.
"""
