"""How each stage treats resolution: its stride, its dilation, and the dilation of the previous stage."""

from dataclasses import dataclass

from ..diagnostics.diagnostic import Diagnostic
from ..language.spec import Spec
from ..limits import MAX_DILATION


@dataclass(frozen=True, slots=True)
class Resolution:
    """The resolution of one stage, once `output_stride` has turned strides into dilations."""

    stride: int
    dilation: int
    previous_dilation: int
    reduction: int
    """Total stride of the network up to the end of the stage."""


def resolutions(spec: Spec) -> tuple[tuple[Resolution, ...], list[Diagnostic]]:
    """Stride and dilation of every stage, and what is wrong with them.

    Once the total stride has reached `output_stride`, stages dilate by the factor they would have strided by, which
    preserves their receptive field.
    """
    limit = spec.output_stride
    total = start = spec.stem.reduction
    extra, previous = 1, 1
    result: list[Resolution] = []
    too_dilated: list[Diagnostic] = []
    for index, stage in enumerate(spec.stages):
        stride = stage.stride
        if limit is not None and total >= limit:
            extra, stride = extra * stride, 1
        total *= stride
        dilation = stage.dilation * extra
        if dilation > MAX_DILATION:
            too_dilated.append(_too_dilated(spec, index, dilation))
            dilation = MAX_DILATION
        result.append(Resolution(stride, dilation, previous, total))
        previous = dilation
    faults = too_dilated[:1]  # later stages only repeat the fault
    if limit is not None and total != limit:
        faults.append(_unreachable(spec, start))
    return tuple(result), faults


def _too_dilated(spec: Spec, index: int, dilation: int) -> Diagnostic:
    labels = spec.origins.labels("stages", "output_stride")
    message = f"stage {index + 1} would have dilation {dilation:,}, more than {MAX_DILATION}"
    return Diagnostic(code="RD406", message=message, labels=labels)


def _unreachable(spec: Spec, start: int) -> Diagnostic:
    """`output_stride` is more than the total stride, less than the stem's stride, or skipped by the stages."""
    strides = [start]
    for stage in spec.stages:
        strides.append(strides[-1] * stage.stride)
    reached = ", ".join(f"{stride:,}" for stride in dict.fromkeys(strides))
    return Diagnostic(
        code="RD405",
        message=f"`stages.output_stride` is {spec.output_stride}, but the network can only reach {reached}",
        labels=spec.origins.labels("stages", "output_stride"),
        helps=_nearest(spec.output_stride or 1, strides),
        notes=(f"the stem's stride and pooling give {start}, and each stage multiplies it by its own stride",),
    )


def _nearest(wanted: int, reached: list[int]) -> tuple[str, ...]:
    """A help with the powers of two that the network reaches next to the one that it does not."""
    powers = sorted(stride for stride in {*reached} if stride & (stride - 1) == 0)
    nearest = [*[each for each in powers if each < wanted][-1:], *[each for each in powers if each > wanted][:1]]
    return (f"write {' or '.join(f'`{each}`' for each in nearest)}",) if nearest else ()
