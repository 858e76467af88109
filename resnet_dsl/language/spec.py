"""A network in the words of the language: frozen values, every default filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .diagnostics import Label
from .source import Span
from .tree import Path, Plain, Sequence, Table, Tree, to_plain

BlockType: TypeAlias = Literal["basic", "bottleneck"]
ShortcutType: TypeAlias = Literal["projection", "padding", "none"]
HeadPool: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax"]

EXPANSIONS: Mapping[BlockType, int] = {"basic": 1, "bottleneck": 4}
"""Expansion of a block that states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    channels: int = 3
    height: int = 224
    width: int = 224


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    channels: tuple[int, ...] = (64,)
    """Output channels, one entry per convolution."""
    kernel: int = 7
    stride: int = 2
    pool: Literal["max", "conv", "none"] = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    type: BlockType
    expansion: int
    groups: int = 1
    width_per_group: int = 64
    stride_in: Literal["3x3", "1x1"] = "3x3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    depth: int
    """Number of blocks."""
    width: int
    """Base width, before expansion."""
    stride: int
    """Stride of the first block."""
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    type: ShortcutType = "projection"
    when: Literal["shape_change", "always"] = "shape_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    pool: HeadPool = "avg"
    dropout: float = 0.0
    classes: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    zero_residual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    params: int | None = None
    macs: int | None = None
    depth: int | None = None
    output: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Origins:
    """Where in the text each value of a spec stands."""

    spans: Mapping[Path, Span] = field(default_factory=dict)

    def span(self, *path: str | int) -> Span | None:
        """The place of the value, of the nearest collection around it that is written, or of the name."""
        for length in range(len(path), 0, -1):
            if (found := self.spans.get(path[:length])) is not None:
                return found
        return self.spans.get(("name",))

    def labels(self, *path: str | int, text: str = "") -> tuple[Label, ...]:
        """A label at the place of the value; none where the spec has no text."""
        span = self.span(*path)
        return () if span is None else (Label(span, text),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One network. Equal specs describe the same network with the same name and the same expectations."""

    name: str
    version: int = 1
    description: str | None = None
    reference: str | None = None
    input: Input = Input()
    stem: Stem = Stem()
    shortcut: Shortcut = Shortcut()
    stages: tuple[Stage, ...]
    head: Head = Head()
    init: Init = Init()
    expect: Expect = Expect()
    origins: Origins = field(default=Origins(), compare=False, repr=False)


def default_width(index: int) -> int:
    """Base width of stage `index` (from 0) where the spec states none."""
    return 64 << index


def default_stride(index: int) -> int:
    """Stride of stage `index` (from 0) where the spec states none."""
    return 1 if index == 0 else 2


def make_spec(tree: Table) -> Spec:
    """The spec that a document describes, which has passed the schema and the rules."""
    data: Any = to_plain(tree)
    values: dict[str, Any] = {key: data[key] for key in ("name", "version", "description", "reference") if key in data}
    for key, part in {"shortcut": Shortcut, "head": Head, "init": Init}.items():
        values[key] = part(**data.get(key, {}))
    return Spec(
        **values,
        input=_input(data.get("input", {})),
        stem=_stem(data.get("stem", {})),
        stages=_stages(data["stages"], data["block"]),
        expect=_expect(data.get("expect", {})),
        origins=Origins(_spans(tree)),
    )


def _input(data: dict[str, Any]) -> Input:
    size = data.get("size", (Input().height, Input().width))
    height, width = (size, size) if isinstance(size, int) else size
    return Input(channels=data.get("channels", Input().channels), height=height, width=width)


def _stem(data: dict[str, Any]) -> Stem:
    channels = data.get("channels", Stem().channels)
    return Stem(**data | {"channels": (channels,) if isinstance(channels, int) else tuple(channels)})


def _stages(stages: dict[str, Any], block: dict[str, Any]) -> tuple[Stage, ...]:
    depths = stages["depths"]
    count = len(depths)
    types = per_stage(block["type"], count)
    widths = per_stage(stages.get("widths", [default_width(i) for i in range(count)]), count)
    strides = per_stage(stages.get("strides", [default_stride(i) for i in range(count)]), count)
    expansions = per_stage(block.get("expansion", [EXPANSIONS[type_] for type_ in types]), count)
    groups = per_stage(block.get("groups", 1), count)
    widths_per_group = per_stage(block.get("width_per_group", 64), count)
    stride_in = block.get("stride_in", "3x3")
    return tuple(
        Stage(
            depth=depths[i],
            width=widths[i],
            stride=strides[i],
            block=Block(
                type=types[i],
                expansion=expansions[i],
                groups=1 if types[i] == "basic" else groups[i],
                width_per_group=64 if types[i] == "basic" else widths_per_group[i],
                stride_in=stride_in,
            ),
        )
        for i in range(count)
    )


def _expect(data: dict[str, Any]) -> Expect:
    output = data.get("output")
    return Expect(**data | {"output": None if output is None else tuple(output)})


def per_stage(value: Any, count: int) -> list[Any]:
    """One value for all stages, or the list of them."""
    return value if isinstance(value, list) else [value] * count


def _spans(tree: Tree, path: Path = ()) -> dict[Path, Span]:
    """The place of every value; of a mapping, the place of its key."""
    match tree:
        case Table():
            spans: dict[Path, Span] = {}
            for key, entry in tree.entries.items():
                here = (*path, key)
                spans |= _spans(entry.value, here)
                spans[here] = entry.key if isinstance(entry.value, Table) else entry.value.span
            return spans
        case Sequence():
            nested = [_spans(item, (*path, index)) for index, item in enumerate(tree.items)]
            return {path: tree.span} | {key: span for each in nested for key, span in each.items()}
        case _:
            return {path: tree.span}


def to_data(spec: Spec) -> dict[str, Plain]:
    """The spec as plain data with every default written out; it loads as the same spec."""
    blocks = [stage.block for stage in spec.stages]
    channels = list(spec.stem.channels)
    data: dict[str, Plain] = {
        "version": spec.version,
        "name": spec.name,
        "description": spec.description,
        "reference": spec.reference,
        "input": {
            "channels": spec.input.channels,
            "size": _collapsed([spec.input.height, spec.input.width]),
        },
        "stem": {
            "channels": channels[0] if len(channels) == 1 else [*channels],
            "kernel": spec.stem.kernel,
            "stride": spec.stem.stride,
            "pool": spec.stem.pool,
        },
        "block": {
            "type": _collapsed([block.type for block in blocks]),
            "expansion": _collapsed([block.expansion for block in blocks]),
            "groups": _collapsed([block.groups for block in blocks]),
            "width_per_group": _collapsed([block.width_per_group for block in blocks]),
            "stride_in": blocks[0].stride_in,
        },
        "shortcut": {"type": spec.shortcut.type, "when": spec.shortcut.when},
        "stages": {
            "depths": [stage.depth for stage in spec.stages],
            "widths": [stage.width for stage in spec.stages],
            "strides": [stage.stride for stage in spec.stages],
        },
        "head": {"pool": spec.head.pool, "dropout": spec.head.dropout, "classes": spec.head.classes},
        "init": {"zero_residual": spec.init.zero_residual},
    }
    expect = spec.expect
    facts: dict[str, Plain] = {"params": expect.params, "macs": expect.macs, "depth": expect.depth}
    facts["output"] = None if expect.output is None else [*expect.output]
    data["expect"] = {key: value for key, value in facts.items() if value is not None} or None
    return {key: value for key, value in data.items() if value is not None}


def _collapsed(values: list[Any]) -> Any:
    return values[0] if len(set(values)) == 1 else values
