"""The stages of a network: as calls of one function, or as blocks one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ...graph.graph import Block, Graph
from ...graph.ops import DropPath
from . import layout
from .constructors import Argument, Made, Path, Row, written
from .parameters import Column, Parameter, Slot, Solver, Term

DROP_PATH = "drop_path"
DROP_PATHS = "drop_paths"
FUNCTION = "make_layer"


@dataclass(frozen=True, slots=True)
class Stage:
    """Consecutive blocks."""

    name: str
    blocks: tuple[Made, ...]
    start: int
    """The number of its first block in the network, from 0."""


def stages_of(children: Mapping[str, object], classes: frozenset[str]) -> list[Stage]:
    """The children that are sequences of modules of these classes."""
    found: list[Stage] = []
    start = 0
    for name, child in children.items():
        if isinstance(child, Row) and all(
            isinstance(each, Made) and each.constructor in classes for _, each in child.items
        ):
            blocks = tuple(each for _, each in child.items if isinstance(each, Made))
            found.append(Stage(name, blocks, start))
            start += len(blocks)
    return found


def drop_paths(graph: Graph) -> str | None:
    """The list of all blocks' probabilities, if they rise evenly from 0."""
    values = [_drop_path(block) for block in graph.blocks]
    last, count = values[-1], len(values)
    if not last or values != [last * index / (count - 1) for index in range(count)]:
        return None
    return f"[{last!r} * index / {count - 1} for index in range({count})]"


def _drop_path(block: Block) -> float:
    return next((node.op.probability for node in block.nodes if isinstance(node.op, DropPath)), 0.0)


def _without(block: Made) -> tuple[Argument, ...]:
    return tuple(each for each in block.arguments if each.name != DROP_PATH)


def one_by_one(stage: Stage, varies: bool) -> layout.Call:
    """The stage as its blocks.

    Args:
        stage: the stage.
        varies: whether each block has its drop path from the list of all of them.
    """
    elements: list[layout.Argument] = []
    position = stage.start
    for _, run in groupby(stage.blocks, key=lambda block: (block.constructor, _without(block) if varies else block)):
        blocks = list(run)
        end = position + len(blocks)
        if len(blocks) == 1:
            elements.append(layout.Argument(_block(blocks[0], varies and f"{DROP_PATHS}[{position}]")))
        else:
            loop = f"for {DROP_PATH} in {DROP_PATHS}[{position}:{end}]" if varies else f"for _ in range({len(blocks)})"
            comprehension = layout.Comprehension(_block(blocks[0], varies and DROP_PATH), loop)
            elements.append(layout.Argument(comprehension, "*"))
        position = end
    return layout.Call("nn.Sequential", tuple(elements))


def _block(block: Made, drop_path: str | bool) -> layout.Expression:
    values: dict[Path, str] = {(each.name,): repr(each.value) for each in block.arguments}
    if isinstance(drop_path, str) and (DROP_PATH,) in values:
        values[DROP_PATH,] = drop_path
    return written(block, (), values.__getitem__, {})


@dataclass(frozen=True, slots=True)
class Maker:
    """The function that makes all stages."""

    lines: tuple[str, ...]
    calls: Mapping[str, layout.Call]
    """By the name of a stage."""


def maker(stages: Sequence[Stage], varies: bool) -> Maker | None:
    """The function, if every stage is a first block and others that are equal."""
    kinds = {block.constructor for stage in stages for block in stage.blocks}
    rests = [{_without(block) if varies else block.arguments for block in stage.blocks[1:]} for stage in stages]
    if len(stages) < 2 or len(kinds) > 1 or any(len(rest) > 1 for rest in rests) or not any(rests):
        return None
    firsts = [stage.blocks[0] for stage in stages]
    others = [stage.blocks[1] if len(stage.blocks) > 1 else None for stage in stages]
    solver = Solver(_names(firsts), is_block=True)
    count = Slot(("blocks",), "number", "blocks", tuple(len(stage.blocks) for stage in stages))
    first = {slot.path: solver.term(slot) for slot in _slots(firsts, varies)}
    solver.parameters.insert(_position(solver.parameters), blocks := Parameter("blocks", "number", list(count.column)))
    rest = {slot.path: solver.existing(slot) for slot in _slots(others, varies)}
    if None in rest.values():
        return None
    return _maker(stages, solver.parameters, blocks, first, {path: each for path, each in rest.items() if each}, varies)


def _names(firsts: Sequence[Made]) -> dict[Column, str]:
    """Names for channels, as the blocks call them."""
    columns: dict[Column, str] = {}
    for position, argument in enumerate(firsts[0].arguments):
        columns.setdefault(tuple(each.arguments[position].value for each in firsts), argument.name)
    return columns


def _slots(blocks: Sequence[Made | None], varies: bool) -> Iterator[Slot]:
    """The arguments of these blocks."""
    some = next(block for block in blocks if block)
    for position, argument in enumerate(some.arguments):
        if not (varies and argument.name == DROP_PATH):
            column = tuple(block.arguments[position].value if block else None for block in blocks)
            yield Slot((argument.name,), argument.role, argument.name, column)


def _position(parameters: Sequence[Parameter]) -> int:
    """Where the number of blocks goes: after the channels."""
    return sum(parameter.role == "channels" for parameter in parameters)


def _maker(
    stages: Sequence[Stage],
    parameters: Sequence[Parameter],
    blocks: Parameter,
    first: Mapping[Path, Term],
    rest: Mapping[Path, Term],
    varies: bool,
) -> Maker:
    block = stages[0].blocks[0]
    for parameter in parameters:
        usual = {"stride": 1, "flag": False}.get(parameter.role)
        parameter.default = usual if usual in parameter.column else None
    ordered = sorted(parameters, key=lambda each: (each.default is not None, not each.is_positional))
    declared = [f"{DROP_PATHS}: list[float]" if each is blocks and varies else each.declaration for each in ordered]
    opening = _call(block, first, f"{DROP_PATHS}[0]" if varies else None)
    loop = f"for {DROP_PATH} in {DROP_PATHS}[1:]" if varies else "for _ in range(1, blocks)"
    others = layout.Comprehension(_call(block, rest, DROP_PATH if varies else None), loop)
    lines = (
        *layout.lines(layout.call(FUNCTION, *declared), 0, before="def ", after=" -> nn.Sequential:"),
        '    """A stage: its first block, and the others, which keep the shape."""',
        *layout.lines(opening, 4, before="first = "),
        *layout.lines(others, 4, before="others = "),
        "    return nn.Sequential(first, *others)",
    )
    calls = {}
    for number, stage in enumerate(stages):
        values: list[layout.Argument] = []
        for each in ordered:
            value = each.column[number]
            assert value is not None
            name, text = each.name, repr(value)
            if each is blocks and varies:
                name, text = DROP_PATHS, f"{DROP_PATHS}[{stage.start}:{stage.start + len(stage.blocks)}]"
            if each.default is None or value != each.default:
                values.append(layout.Argument(text, "" if each.role == "channels" else f"{name}="))
        calls[stage.name] = layout.Call(FUNCTION, tuple(values))
    return Maker(lines, calls)


def _call(block: Made, terms: Mapping[Path, Term], drop_path: str | None) -> layout.Expression:
    texts: dict[Path, str] = {path: each.text() for path, each in terms.items()}
    if drop_path:
        texts[DROP_PATH,] = drop_path
    return written(block, (), texts.__getitem__, {})
