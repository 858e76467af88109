"""Weights, from wherever they are: the network that they are of, and its spec."""
