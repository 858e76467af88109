"""What is said of weights is true: why they do not fit a spec, what to do about it, and what they do not show."""

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import given

from resnet_dsl import Spec
from resnet_dsl.checkpoints.comparison import State, compare
from resnet_dsl.checkpoints.fitting.mismatch import explain_mismatch
from resnet_dsl.compiler import compile_spec
from resnet_dsl.decompiler import decompile
from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError
from resnet_dsl.differences import side_of
from resnet_dsl.language.text.writer import flow

from ..following import changed
from ..helpers import loads, lower, written_out
from ..strategies import Document, documents, small_documents
from ..strategies.pairs import pairs

PAIRS = pairs(documents()) | pairs(small_documents())
READINGS = (
    "stages.widths",
    "block.expansion",
    "block.width_per_group",
    "block.reduce_first",
)
"""The keys that can have other values for the same network, as the text says."""
FORMS = (
    *("block.groups", "block.group_width", "blocks.*.first", "blocks.*.inner", "blocks.*.groups"),
    *(f"attention.{key}" for key in ("type", "ratio", "divisor", "of", "kernel")),
    *("block.conv3x3.ratio", "block.conv3x3.divisor", "block.conv3x3.split"),
)
"""Those whose values shapes show, and that can be said of stages or single blocks, or in other numbers."""
FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "conv.type": ("conv.eps",),
    "block.pool": ("block.stride_in",),
    "norm": ("norm.type", "norm.groups", "norm.group_width", "conv.bias", "shortcut.norm"),
    "block.preactivation": ("shortcut.source", "head.norm", "head.activation"),
}
"""What is as unknown as another key."""
SAID = re.compile(r"`([\w.]+): (.*?)`")


def refusal(document: Document, state: State) -> Diagnostic | None:
    """Why the weights are refused for the spec, None if they fit."""
    spec, graph = compile_spec(document)
    comparison = compare(graph.state, state)
    if comparison.is_equal:
        return None
    return explain_mismatch(graph, state, comparison, file="w.pt", spec=spec)


def pair(both: tuple[Document, Document]) -> tuple[Document, State] | None:
    """A spec, and the weights of another; None if the other is invalid."""
    try:
        return both[0], lower(both[1]).state
    except SpecError:
        return None


def shown(spec: Spec, key: str) -> str:
    """The value of a key as `show` prints it."""
    value: Any = written_out(spec)
    for step in key.split("."):
        value = value[step]
    return flow(value)


@given(PAIRS)
def test_what_this_spec_has_is_what_show_prints(both: tuple[Document, Document]) -> None:
    """Every value said to be the spec's, and its blocks, depths and classes."""
    if (found := pair(both)) is None or (fault := refusal(*found)) is None:
        return
    spec = compile_spec(found[0])[0]
    for note in fault.notes:
        _, has, said = note.partition("this spec has ")
        for key, value in SAID.findall(said):
            assert value == shown(spec, key)
        if has and "depths" in said:
            depths = ", ".join(str(stage.depth) for stage in spec.stages)
            classes = f"{spec.head.classes:,} classes" if spec.head.classes else "no classifier"
            assert said.endswith(f" with depths {depths} and {classes}")
            assert ("bottleneck" in said, "basic" in said) == tuple(
                any(stage.block.type == type_ for stage in spec.stages) for type_ in ("bottleneck", "basic")
            )


@given(PAIRS)
def test_following_the_helps_leads_to_a_load(both: tuple[Document, Document]) -> None:
    """All at once, the weights fit, unless the spec is now invalid, which is another fault. None can be left out.

    What loads them with a fresh classifier is instead of the changes.
    """
    if (found := pair(both)) is None or (fault := refusal(*found)) is None:
        return
    document, state = found
    changes = [help_ for help_ in fault.helps if not help_.startswith("`build` loads it with")]
    assert fits(changed(document, changes), state)
    for left_out in changes:
        assert not fits(changed(document, [help_ for help_ in changes if help_ != left_out]), state), left_out


def fits(document: Document, state: State) -> bool:
    """Whether the weights fit the spec; it may have values without effect."""
    try:
        return compare(lower(document).state, state).is_equal
    except SpecError:
        return False


def values(spec: Spec) -> Mapping[str, Any]:
    return side_of(spec).values


def marked(text: str) -> set[str]:
    """The keys of which the text says that weights do not show them."""
    found: set[str] = set()
    path: list[str] = []
    for line in text.splitlines()[1:]:
        if match := re.match(r"( *)(\w+):", line):
            path = [*path[: len(match[1]) // 2], match[2]]
            if "  # convention" in line:
                found.add(".".join(path))
    comments = " ".join(line.removeprefix("# ") for line in text.splitlines()[1:] if line.startswith("#"))
    listed = re.search(r"have their defaults: (.*?)\.( |$)", comments)
    assert listed is not None
    found |= set(listed[1].split(", "))
    if "describe the same network" in comments:
        found |= set(READINGS)
    return {*found, *(name for key in found for name in FOLLOWING.get(key, ()))}


def is_marked(key: str, marks: set[str]) -> bool:
    """Whether a key, or what it is in, is marked; attention of single blocks is where that of stages is."""
    name = re.sub(r"layer\d+\.(?:\*|\d+)", "*", key)
    names = {name, name.removeprefix("blocks.*.")} if ".attention." in name else {name}
    return any(each in FORMS or each in marks or each.rpartition(".")[0] in marks for each in names)


@given(documents() | small_documents())
def test_infer_marks_all_that_weights_do_not_show(document: Document) -> None:
    """The inferred spec has the same weights, and differs from the original only in keys that the text marks."""
    spec, graph = compile_spec(document)
    text = decompile(graph.state, "w.pt")
    inferred = loads(text)
    assert lower(inferred).state == graph.state
    ours, theirs = values(spec), values(inferred)
    differing = {key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}
    marks = marked(text)
    if any(re.fullmatch(r"blocks\..*\.(?:first|inner|groups)", key) for key in differing):
        marks |= {*READINGS}  # with other channels in single blocks
    if any(key.endswith("attention.type") for key in differing):
        marks |= {"attention.position", "attention.activation"}  # said of single blocks, or of stages
    assert {key for key in differing if not is_marked(key, marks)} == set()
