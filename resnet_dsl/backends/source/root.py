"""The network itself: its class, and the function that makes its stages."""

from collections.abc import Iterator, Sequence

from ...graph.graph import Graph
from ...graph.ops import AttentionPool2d
from . import layout
from .classes import attributes
from .constructors import Made
from .definition import Definition
from .forward import forward
from .stages import DROP_PATH, DROP_PATHS, Maker, Stage, drop_paths, maker, one_by_one, stages_of


def root_text(graph: Graph, root: Definition, definitions: Sequence[Definition], outputs: Sequence[str]) -> list[str]:
    """The lines of the class of the network, after those of the function that makes its stages, if there is one.

    Args:
        graph: the network.
        root: its class.
        definitions: the classes of the modules in it.
        outputs: the values that it returns as a list; by default the last one alone.
    """
    (network,) = root.examples
    stages = stages_of(network.children, root.classes)
    takes = any(each.name == DROP_PATH for stage in stages for block in stage.blocks for each in block.arguments)
    probabilities = drop_paths(graph) if takes else None
    function = maker(stages, probabilities is not None)
    is_fixed = any(isinstance(node.op, AttentionPool2d) for node in graph.nodes)
    shape = ", ".join(map(str, graph.input_shape if is_fixed else (graph.input_shape[0], "height", "width")))
    result = "list[Tensor]" if outputs else "Tensor"
    text = _outputs(graph) if outputs else f"(batch, {', '.join(map(str, graph.output_shape))})"
    return [
        *((*function.lines, "", "") if function else ()),
        f"class {root.name}(nn.Module):",
        f'    """{_summary(graph)}"""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *([f"        {DROP_PATHS} = {probabilities}"] if probabilities else []),
        *_children(root, stages, function, probabilities is not None),
        "",
        *_initialisation(definitions),
        "",
        f"    def forward(self, x: Tensor) -> {result}:",
        f'        """(batch, {shape}) to {text}."""',
        *forward(root, outputs),
    ]


def _summary(graph: Graph) -> str:
    return f"{graph.name}: {graph.parameters:,} parameters."


def _outputs(graph: Graph) -> str:
    return f"feature maps of {', '.join(f'{each.channels}' for each in graph.features)} channels"


def _children(root: Definition, stages: Sequence[Stage], function: Maker | None, varies: bool) -> Iterator[str]:
    by_name = {stage.name: stage for stage in stages}
    for name, lines in attributes(root):
        if name not in by_name:
            yield from lines
            continue
        expression = function.calls[name] if function else one_by_one(by_name[name], varies)
        yield from layout.lines(expression, 8, before=f"self.{name} = ")


def _initialisation(definitions: Sequence[Definition]) -> Iterator[str]:
    """The statements that set initial weights other than PyTorch's own."""
    yield "        for module in self.modules():"
    yield "            if isinstance(module, nn.Conv2d):"
    yield '                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")'
    classes: dict[str, list[str]] = {}
    for definition in definitions:
        norms = ((name, child.initial) for name, child in definition.merged.children.items() if isinstance(child, Made))
        changed = [_set(name, initial) for name, initial in norms if initial != 1]
        if changed:
            classes.setdefault("\n".join(changed), []).append(definition.name)
    for statements, names in classes.items():
        kind: layout.Expression = names[0] if len(names) == 1 else layout.sequence("()", names)
        yield from layout.lines(layout.call("isinstance", "module", kind), 12, before="elif ", after=":")
        yield statements


def _set(name: str, initial: float) -> str:
    function = f"constant_(module.{name}.weight, {initial!r})" if initial else f"zeros_(module.{name}.weight)"
    return f"                nn.init.{function}"
