"""How the rule of `stages.regnet` came to the widths of its stages, in words."""

from collections.abc import Iterator
from itertools import count

from .by_rule import rule_of
from .document.canonical import canonical
from .regnet import Rule, Run, channels_per_group, runs
from .spec import Spec, Stage


def explained(spec: Spec) -> str:
    """One line per stage, from the widths of its blocks on the line to the width that they all have.

    Nothing if the spec has no rule.
    """
    rule = None if spec.written is None else rule_of(canonical(spec.written))
    if rule is None:
        return ""
    stages = zip(count(1), runs(rule), spec.stages, strict=False)
    return "".join(f"layer{number}: {'; '.join(_steps(rule, run, stage))}\n" for number, run, stage in stages)


def _steps(rule: Rule, run: Run, stage: Stage) -> Iterator[str]:
    blocks = "1 block" if run.depth == 1 else f"{run.depth} blocks"
    line = f"{run.wanted[0]:.4g}" if run.depth == 1 else f"{run.wanted[0]:.4g} to {run.wanted[-1]:.4g}"
    power = f"{rule.initial} × {rule.multiplier:g}^{run.step} = {run.exact:.4g}"
    yield f"{blocks} of width {stage.width}: {line} on the line, nearest to {power}"
    yield f"as a multiple of 8, {run.width}"
    inner = run.width // stage.block.expansion
    if stage.block.expansion != 1:
        yield f"before expansion, {inner}"
    if stage.width != inner:
        yield f"in groups of {channels_per_group(inner, stage.block.group_width)}, {stage.width}"
