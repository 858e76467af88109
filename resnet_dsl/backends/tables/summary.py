"""Graph -> tables: for people, for programs, and in the format of torchsummary."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, Literal, TypeAlias

from ...graph.graph import Graph
from ...graph.shapes import Shape

Format: TypeAlias = Literal["table", "torchsummary", "json", "csv"]

_COLUMNS = ("path", "kind", "output shape", "parameters", "MACs")
_MEBIBYTE = 1024**2


def summary(graph: Graph, format_: Format = "table", batch_size: int | None = None) -> str:
    """The layers of a graph as text.

    Args:
        graph: the network.
        format_: `table` for people, `torchsummary` for that package's format, `json`, or `csv`.
        batch_size: the first dimension of every output shape; by default none, or -1 in `torchsummary`.
    """
    return _WRITERS[format_](graph, batch_size)


def _rows(graph: Graph, batch_size: int | None) -> Iterator[tuple[str, str, Shape, int, int]]:
    """The rows of the tables: every operation except the input."""
    for node in graph.nodes[1:]:
        yield node.name, node.op.kind, _batched(node.shape, batch_size), node.parameters, node.macs


def _batched(shape: Shape, batch_size: int | None) -> Shape:
    return shape if batch_size is None else (batch_size, *shape)


def _table(graph: Graph, batch_size: int | None) -> str:
    rows = [
        (path, kind, _format_shape(shape), f"{parameters:,}" if parameters else "", f"{macs:,}" if macs else "")
        for path, kind, shape, parameters, macs in _rows(graph, batch_size)
    ]
    total = (
        "total",
        "",
        _format_shape(_batched(graph.output_shape, batch_size)),
        f"{graph.parameters:,}",
        f"{graph.macs:,}",
    )
    widths = [max(len(row[column]) for row in [_COLUMNS, *rows, total]) for column in range(len(_COLUMNS))]

    def line(row: tuple[str, ...]) -> str:
        left = [row[column].ljust(widths[column]) for column in (0, 1)]
        right = [row[column].rjust(widths[column]) for column in (2, 3, 4)]
        return "  ".join(left + right).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    title = f"{graph.name}: depth {graph.depth}, input {_format_shape(_batched(graph.input_shape, batch_size))}"
    return "\n".join([title, rule, line(_COLUMNS), rule, *map(line, rows), rule, line(total)]) + "\n"


def _format_shape(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _json(graph: Graph, batch_size: int | None) -> str:
    layers = [
        {"path": path, "kind": kind, "output_shape": list(shape), "parameters": parameters, "macs": macs}
        for path, kind, shape, parameters, macs in _rows(graph, batch_size)
    ]
    document: dict[str, Any] = {
        "name": graph.name,
        "depth": graph.depth,
        "parameters": graph.parameters,
        "macs": graph.macs,
        "input_shape": list(_batched(graph.input_shape, batch_size)),
        "output_shape": list(_batched(graph.output_shape, batch_size)),
        "layers": layers,
    }
    return json.dumps(document, indent=2) + "\n"


def _csv(graph: Graph, batch_size: int | None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("path", "kind", "output_shape", "parameters", "macs"))
    for path, kind, shape, parameters, macs in _rows(graph, batch_size):
        writer.writerow((path, kind, "x".join(map(str, shape)), parameters, macs))
    return text.getvalue()


def _torchsummary(graph: Graph, batch_size: int | None) -> str:
    """Byte for byte what `torchsummary.summary` of torchsummary 1.5.1 prints for the built module."""
    batch = -1 if batch_size is None else batch_size
    double, single = "=" * 64, "-" * 64
    lines = [single, _torchsummary_line("Layer (type)", "Output Shape", "Param #"), double]
    outputs = parameters = 0
    for index, module in enumerate(graph.modules, 1):
        shape = [batch, *module.shape]
        lines.append(_torchsummary_line(f"{module.kind}-{index}", str(shape), f"{module.parameters:,}"))
        outputs += prod(shape)
        parameters += module.parameters
    input_size = abs(prod(graph.input_shape) * batch * 4.0 / _MEBIBYTE)
    output_size = abs(2.0 * outputs * 4.0 / _MEBIBYTE)  # the factor 2 is for the gradients
    parameter_size = abs(parameters * 4.0 / _MEBIBYTE)
    lines += [
        double,
        f"Total params: {parameters:,}",
        f"Trainable params: {parameters:,}",
        "Non-trainable params: 0",
        single,
        f"Input size (MB): {input_size:0.2f}",
        f"Forward/backward pass size (MB): {output_size:0.2f}",
        f"Params size (MB): {parameter_size:0.2f}",
        f"Estimated Total Size (MB): {parameter_size + output_size + input_size:0.2f}",
        single,
    ]
    return "\n".join(lines) + "\n"


def _torchsummary_line(layer: str, shape: str, parameters: str) -> str:
    return f"{layer:>20}  {shape:>25} {parameters:>15}"


_WRITERS: Mapping[Format, Callable[[Graph, int | None], str]] = {
    "table": _table,
    "torchsummary": _torchsummary,
    "json": _json,
    "csv": _csv,
}
