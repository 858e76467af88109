"""What a file says of the network and its classes."""

from collections.abc import Mapping
from textwrap import dedent
from unicodedata import east_asian_width

from ...analysis.paths import modules, paths
from ...graph.graph import Block, Graph, Node
from ...graph.ops import Conv2d
from . import layout


def file_docstring(graph: Graph, spec: str, version: str) -> str:
    """What the file is, with the text of the spec, without the margin that all of its lines have."""
    escaped = spec.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').expandtabs()
    lines = [line.rstrip() for line in dedent("\n".join(escaped.splitlines())).strip("\n").split("\n")]
    if not any(lines):
        return f'"""{graph.name}, written by resnet-dsl {version}."""'
    end = '"""  # noqa: E501' if any(map(_is_too_long, lines)) else '"""'
    return "\n".join([f'"""{graph.name}, written by resnet-dsl {version} from this spec:', "", *lines, end])


def _is_too_long(line: str) -> bool:
    """Whether linters object to the line: one that is a single word, or ends with an address, cannot be shorter."""
    words = line.split()
    width = sum(2 if east_asian_width(character) in "WF" else 1 for character in line)
    before = width - len(words[-1]) if words and "://" in words[-1] else width
    return len(words) > 1 and before > layout.WIDTH


def docstrings(graph: Graph) -> Mapping[str, str]:
    """By path, what blocks are, and the modules in them that have a name in the literature."""
    found: dict[str, str] = {}
    for block in graph.blocks:
        labels = {_child(block, module.nodes[0]): module.label.partition(",")[0] for module in modules(block)}
        found[block.name] = _block(block, labels)
        for name, label in labels.items():
            found[f"{block.name}.{name}"] = f"{label[0].upper()}{label[1:]}."
    return found


def _child(block: Block, node: Node) -> str:
    """The child of the block that a node is in."""
    return node.name.removeprefix(f"{block.name}.").partition(".")[0]


def _block(block: Block, labels: Mapping[str, str]) -> str:
    """Its convolutions and the modules in it, in execution order."""
    depth = block.name.count(".") + 1
    parts: dict[str, str] = {}
    for node in paths(block).branch:
        name = _child(block, node)
        if name in labels:
            parts[name] = labels[name]
        elif isinstance(node.op, Conv2d) and node.name.count(".") == depth:
            parts[name] = f"{node.op.kernel}x{node.op.kernel}"
    kind = "Plain" if block.shortcut.kind == "none" else "Residual"
    return f"{kind} block: {', '.join(parts.values())}."
