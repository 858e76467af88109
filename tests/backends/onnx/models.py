"""Networks with weights as after some training, the models that they are written as, and both at work."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from resnet_dsl.backends.onnx.model import LOWEST_OPSET, make_model
from resnet_dsl.backends.onnx.writing import write_model
from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import Add, NormOp


def trained(graph: Graph, seed: int = 0) -> nn.Module:
    """The network in evaluation mode, in which no norm is an identity.

    Branches are weak beside their shortcuts, as training leaves them, and statistics are not those of an input: random
    networks whose values are normal everywhere magnify rounding from block to block.
    """
    module = build_module(graph, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    weak = {_last_norm(graph, node.inputs[0]) for node in graph.nodes if isinstance(node.op, Add)}
    for node in graph.layers:
        layer = module.get_submodule(node.name)
        for name, tensor in layer.state_dict().items():
            if tensor.dim() == 1:
                middle = {"weight": 0.0 if node.name in weak else 1.0, "running_var": 1.0}.get(name, 0.0)
                tensor.copy_(middle + torch.rand(tensor.shape, generator=generator) / 5)
    return module.eval()


def _last_norm(graph: Graph, name: str) -> str:
    """The norm that a value has gone through last, if there is one."""
    while not isinstance(graph[name].op, NormOp) and graph[name].inputs:
        name = graph[name].inputs[0]
    return name


def inputs(graph: Graph, *, batch: int = 3, larger: int = 0, seed: int = 0) -> Tensor:
    """A batch of random images, in one size or a larger one."""
    channels, height, width = graph.input_shape
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, channels, height + larger, width + larger, generator=generator)


def arrays(module: nn.Module) -> "dict[str, np.ndarray[Any, Any]]":
    """The entries of its `state_dict`."""
    return {name: value.numpy() for name, value in module.state_dict().items()}


def written(
    graph: Graph,
    module: nn.Module,
    path: Path,
    *,
    fold: bool = False,
    dtype: str = "float32",
    opset: int = LOWEST_OPSET,
    **options: Any,
) -> Path:
    """The network as an ONNX model, which passes all checks of onnx."""
    model = make_model(graph, arrays(module), dtype=dtype, opset=opset, fold=fold, metadata={}, version="0")
    write_model(model, path, **options)
    onnx.checker.check_model(str(path), full_check=True)
    return path


def session(path: Path) -> onnxruntime.InferenceSession:
    """The model in onnxruntime, on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def difference(running: onnxruntime.InferenceSession, module: nn.Module, x: Tensor) -> float:
    """The largest difference of the outputs, relative to the largest output."""
    (found,) = running.run(["output"], {"input": x.numpy()})
    return _relative(torch.from_numpy(found), module(x))


@torch.no_grad()
def rounding(module: nn.Module, x: Tensor) -> float:
    """The same between the network and itself in float64: what rounding alone may make of it."""
    return _relative(module(x).double(), copy.deepcopy(module).double()(x.double()))


def _relative(found: Tensor, expected: Tensor) -> float:
    assert found.shape == expected.shape
    largest = float((found - expected).abs().max())
    return largest / float(expected.abs().max()) if largest else 0.0  # outputs may all be zero
