"""Graph -> the text of a file: imports, the layers that PyTorch lacks, the classes of its modules, the network."""

from collections.abc import Iterator
from itertools import chain, count, groupby

from ...analysis.module_tree import SEQUENCE, Container, module_tree
from ...graph.features import EXTRACTOR
from ...graph.graph import LIST, Graph
from .classes import class_text
from .constructors import Constructor, Made, Row
from .definition import Definition, define
from .docstrings import docstrings, file_docstring
from .helper_layers import helper_layers
from .instances import Instance, instance
from .merging import group
from .root import root_text


def python_source(graph: Graph, *, spec: str, version: str) -> str:
    """The network as a file of Python, as `ruff format` lays it out in lines of 120 columns.

    The class of the network is called as the graph calls it, `ResNet` or `FeatureExtractor`, and takes no arguments.

    Args:
        graph: the network.
        spec: the text of its spec, for the docstring.
        version: the version of this package, for the docstring.
    """
    tree = module_tree(graph)
    definitions = _definitions(graph, tree)
    classes = {path: made for each in definitions for path, made in each.calls.items()}
    names = frozenset(each.name for each in definitions)
    network = instance(graph, tree, classes, {})
    ((merged, _),) = group([network])
    root = define(graph.containers[""], merged, [network], names)
    outputs = _outputs(graph, tree)
    made = [made for each in (*definitions, root) for child in each.merged.children.values() for made in _all(child)]
    parts = [*helper_layers(each.constructor for each in made)]
    about = docstrings(graph)
    parts += ["\n".join(class_text(each, about.get(each.examples[0].path, ""))) for each in definitions]
    parts += ["\n".join(root_text(graph, root, definitions, outputs))]
    body = "\n\n\n".join(parts)
    return f"{file_docstring(graph, spec, version)}\n\n{_imports(body)}\n\n\n{body}\n"


def _definitions(graph: Graph, tree: Container) -> list[Definition]:
    """The classes of all modules that have one, but for the network's, those that others need first."""
    found: list[Definition] = []
    calls: dict[str, Made] = {}
    strides = {block.name: block.shortcut.stride for block in graph.blocks}
    containers = sorted(_containers(tree), key=lambda each: (-each.path.count("."), each.kind))
    for _, same in groupby(containers, key=lambda each: (each.path.count("."), each.kind)):
        instances = [instance(graph, each, calls, strides) for each in same]
        groups = list(group(instances))
        for merged, members in groups:
            names = frozenset(each.name for each in found)
            name = _special(members[0], names) if len(groups) > 1 and members[0].stride else members[0].kind
            definition = define(_free(name, names), merged, members, names)
            found.append(definition)
            calls |= definition.calls
    return found


def _containers(container: Container) -> Iterator[Container]:
    for child in container.children.values():
        if isinstance(child, Container):
            yield from _containers(child)
            if child.kind not in (SEQUENCE, LIST):
                yield child


def _special(member: Instance, classes: frozenset[str]) -> str:
    """The name of one class of several for blocks of a kind: after what is in them."""
    inside = (child.constructor for child in member.children.values() if isinstance(child, Made))
    return "".join([*(name for name in inside if name in classes), member.kind])


def _free(name: str, taken: frozenset[str]) -> str:
    numbered = (f"{name}{number}" for number in count(2))
    return next(each for each in chain((name,), numbered) if each not in taken)


def _outputs(graph: Graph, tree: Container) -> list[str]:
    """The values that a network of several outputs returns."""
    if graph.containers[""] != EXTRACTOR:
        return []
    values = {call.output.name: ".".join(call.called) for call in tree.calls}
    return [values[name] for name in graph.outputs]


def _all(constructor: Constructor) -> Iterator[Made]:
    if isinstance(constructor, Row):
        for _, each in constructor.items:
            yield from _all(each)
    else:
        yield constructor


def _imports(body: str) -> str:
    lines = ["import torch"] if "torch." in body else []
    lines.append("from torch import Tensor, nn")
    lines += ["from torch.nn import functional"] if "functional." in body else []
    return "\n".join(lines)
