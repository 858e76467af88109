"""Arithmetic -> the expression for it."""

from collections.abc import Mapping, Sequence

from . import layout

TAKES_EXPRESSIONS = ("Flatten", "SumPixels")
"""Operations whose input needs no name."""

_PIXELS = "(2, 3), keepdim=True"


def expression(kind: str, inputs: Sequence[layout.Expression], constants: Mapping[str, str]) -> layout.Expression:
    """The expression for an operation.

    Args:
        kind: the class of the operation.
        inputs: the expressions of its inputs.
        constants: the expressions of its constants.
    """
    x, *others = inputs
    match kind:
        case "Add" | "AddContext":
            return f"{x} + {others[0]}"
        case "Multiply":
            return f"{x} * {others[0]}"
        case "Flatten":
            return layout.call("torch.flatten", x, "1")
        case "Slice":
            start, stop = constants["start"], constants["stop"]
            space = "" if start.isdigit() and stop.isdigit() else " "
            return f"{x}[:, {'' if start == '0' else start + space}:{space}{stop}]"
        case "Concatenate":
            return layout.call("torch.cat", layout.sequence("()", inputs), "1")
        case "SumParts":
            return f"torch.unflatten({x}, 1, ({constants['parts']}, -1)).sum(1)"
        case "PartsSoftmax":
            groups, parts, shape = constants["groups"], constants["parts"], f"reshape({x}.shape)"
            if groups == "1":
                return layout.Chain(f"torch.unflatten({x}.flatten(1), 1, ({parts}, -1))", ("softmax(1)", shape))
            split = f"torch.unflatten({x}.flatten(1), 1, ({groups}, {parts}, -1))"
            return layout.Chain(split, ("softmax(2)", "transpose(1, 2)", shape))
        case "PixelSoftmax":
            return f"{x}.flatten(2).softmax(2).view_as({x})"
        case "WeightedSum":
            return f"({x} * {others[0]}).sum({_PIXELS})"
        case "GlobalMeanAndMax":
            return f"torch.cat(({x}.mean({_PIXELS}), {x}.amax({_PIXELS})), 2)"
        case "SumPixels":
            return f"{x}.sum({_PIXELS})"
        case "ChannelMeanAndMax":
            return f"torch.cat(({x}.mean(1, keepdim=True), {x}.amax(1, keepdim=True)), 1)"
        case _:
            raise TypeError(f"{kind} is no arithmetic")
