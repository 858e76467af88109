"""A forward pass over parts of the channels, each convolved together with the result of the one before, as a loop."""

from collections.abc import Sequence

from .constructors import Row
from .definition import STEP, Definition
from .merging import Merged, MergedStep

_LEAST = 3
"""Parts that are worth a loop."""


def hierarchy(definition: Definition) -> list[str] | None:
    """The statements of the forward pass, or None if it is none of this kind."""
    merged = definition.merged
    lists = [name for name, child in merged.children.items() if isinstance(child, Row) and child.kind == "ModuleList"]
    others = [name for name in merged.children if name not in lists]
    *steps, last = merged.steps
    if not lists or len(others) > 1 or last.step.arithmetic is None or last.step.arithmetic.constructor != _JOINED:
        return None
    count = len(last.step.inputs)
    if count < _LEAST or not all(merged.has(name) == merged.has(lists[0]) for name in lists):
        return None
    added = [step for step in steps if _is(step, "Add")]
    expected: list[str] = []
    for index in range(count - 1):
        expected += ["Slice", *(["Add"] if added and index else []), *(f"{name}.{index}" for name in lists)]
    expected += ["Slice", *others]
    if [_kind(step) for step in steps] != expected or not _has_lists_for(merged, lists, count - 1):
        return None
    conditions = {merged.condition(step) if merged.is_optional(step) else "" for step in added}
    names = [_singular(name) for name in lists]
    call = "y"
    for name in names:
        call = f"{name}({call})"
    width = definition.value((STEP, steps[0].step.value, "stop"))
    return [
        f"*parts, last = [x[:, index * {width} : (index + 1) * {width}] for index in range({count})]",
        "outputs: list[Tensor] = []",
        f"for part, {', '.join(names)} in zip(parts, {', '.join(f'self.{name}' for name in lists)}, strict=True):",
        f"    y = {_sum(conditions)}",
        f"    outputs.append({call})",
        f"outputs.append({_last(merged, others)})",
        "return torch.cat(outputs, 1)",
    ]


_JOINED = "Concatenate"


def _is(step: MergedStep, kind: str) -> bool:
    return step.step.arithmetic is not None and step.step.arithmetic.constructor == kind


def _kind(step: MergedStep) -> str:
    return step.step.arithmetic.constructor if step.step.arithmetic else step.step.value


def _has_lists_for(merged: Merged, lists: Sequence[str], count: int) -> bool:
    children = (merged.children[name] for name in lists)
    return all(isinstance(child, Row) and len(child.items) == count for child in children)


def _singular(name: str) -> str:
    return name.removesuffix("s")


def _sum(conditions: set[str]) -> str:
    """What a part's convolution reads."""
    if not conditions:
        return "part"
    (condition,) = conditions
    return f"outputs[-1] + part if outputs{condition and f' and {condition}'} else part"


def _last(merged: Merged, others: Sequence[str]) -> str:
    """What becomes of the part without a convolution."""
    if not others:
        return "last"
    called = f"self.{others[0]}(last)"
    (step,) = (each for each in merged.steps if each.step.value == others[0])
    return f"{called} if {merged.condition(step)} else last" if merged.is_optional(step) else called
