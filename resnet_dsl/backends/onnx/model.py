"""Graph and weights -> an ONNX model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto, ValueInfoProto, defs, helper

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.graph import Graph, Node
from ...graph.ops import Input
from .operations import add_steps
from .simplifying import with_folded_norms, with_standardized_filters
from .steps import Arrays, Growing, Steps

INPUT, OUTPUT = "input", "output"
"""The names of what a model takes and gives."""

LOWEST_OPSET = 17
"""The first with layer norm; the default, because every runtime since 2022 knows it."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and its tensors, which are not in it yet."""

    proto: ModelProto
    tensors: "Mapping[str, np.ndarray[Any, Any]]"
    folded: int = 0
    """How many norms were folded into convolutions."""


def make_model(
    graph: Graph, arrays: Arrays, *, dtype: str, opset: int, fold: bool, metadata: Mapping[str, str], version: str
) -> Model:
    """The model of a network in inference.

    It maps `input`, (batch, channels, height, width), to `output`, (batch, features); batch, height and width are
    free, unless the network takes inputs of one size only.

    Args:
        graph: the network.
        arrays: its weights and statistics, by the names of its `state_dict`.
        dtype: of weights, input and output: `float32` or `float16`.
        opset: the version of ONNX's operators.
        fold: fold each batch norm into the convolution that it directly follows.
        metadata: texts that go along.
        version: of this package.
    """
    nodes, arrays = with_standardized_filters(graph.nodes, arrays)
    count = len(nodes)
    if fold:
        nodes, arrays = with_folded_norms(nodes, arrays, graph.outputs)
    growing = Growing(opset, np.dtype(dtype), arrays)
    _add_all(nodes, graph, growing)
    kind = helper.np_dtype_to_tensor_dtype(growing.dtype)
    proto = helper.make_model(
        helper.make_graph(growing.nodes, graph.name, [_input(graph, kind)], [_output(graph, kind)]),
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=helper.find_min_ir_version_for([helper.make_opsetid("", opset)]),
        producer_name="resnet-dsl",
        producer_version=version,
    )
    helper.set_model_props(proto, dict(metadata))
    return Model(proto, growing.tensors, count - len(nodes))


def _add_all(nodes: list[Node], graph: Graph, growing: Growing) -> None:
    """Add the steps of all operations; the last one's output gets its name as the model's."""
    values: dict[str, str] = {}
    for node in nodes:
        if isinstance(node.op, Input):
            values[node.name] = INPUT
            continue
        steps = Steps(node.name, growing)
        inputs = [values[name] for name in node.inputs]
        output = add_steps(node.op, inputs, graph[node.inputs[0]].shape, steps)
        if node is nodes[-1] and output in values.values():  # such as a dropout, of which nothing is left
            output = steps("Identity", output)
        values[node.name] = steps.close(output)
    growing.nodes[-1].output[0] = OUTPUT


def _input(graph: Graph, kind: int) -> ValueInfoProto:
    channels, height, width = graph.input_shape
    sides = (height, width) if graph.takes_one_size else ("height", "width")
    return helper.make_tensor_value_info(INPUT, kind, ["batch", channels, *sides])


def _output(graph: Graph, kind: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(OUTPUT, kind, ["batch", *graph.output_shape])


def check_opset(opset: int | None) -> int:
    """The opset that is asked for, or the lowest.

    Raises:
        EnvironmentFault: the installed onnx does not know it, or it lacks operators.
    """
    if opset is None:
        return LOWEST_OPSET
    newest = defs.onnx_opset_version()
    if not LOWEST_OPSET <= opset <= newest:
        message = f"opset {opset} is not available: networks are written with opset {LOWEST_OPSET} to {newest}"
        raise EnvironmentFault(Diagnostic(code="RD519", message=message, helps=(f"use opset {LOWEST_OPSET}",)))
    return opset
