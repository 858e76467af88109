"""Where timm's `regnet` and `byobnet` dilate instead of striding, and what follows for projections."""

from itertools import pairwise


def dilated(strides: list[int], output_stride: int, *, stride: int) -> tuple[list[int], list[tuple[int, int]]]:
    """The strides of the stages, and the dilations in each, of its first block and of the others.

    Args:
        strides: of the stages, before any dilates.
        stride: of the stem.
    """
    kept, dilations, dilation = [], [], 1
    for each in strides:
        is_dilated = stride >= output_stride and each > 1
        dilation *= each if is_dilated else 1
        kept.append(1 if is_dilated else each)
        stride *= kept[-1]
        dilations.append((1 if dilation in (1, 2) else 2, dilation))
    return kept, dilations


def projections(widths: list[int], strides: list[int], dilations: list[tuple[int, int]]) -> str | None:
    """The `shortcut.when` with which our blocks project where the library's do: where they dilate, too. None if none.

    Args:
        widths: output channels of the stem and of each stage.
    """
    changes = [stride != 1 or one != other for stride, (one, other) in zip(strides, pairwise(widths), strict=True)]
    projected = [change or first != rest for change, (first, rest) in zip(changes, dilations, strict=True)]
    return "shape_change" if projected == changes else "first" if all(projected) else None
