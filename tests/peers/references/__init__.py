"""Networks that no installed library has, written out in plain PyTorch, each with the spec of the same network.

The entries of their `state_dict` have the standard names. Each function draws random arguments.
"""
