"""The table that torchsummary prints."""

from math import prod

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.graph import Node
from .rows import Request

_MEBIBYTE = 1024**2


def write(request: Request) -> str:
    """Byte for byte what `torchsummary.summary` of torchsummary 1.5.1 prints for the built module.

    Raises:
        EnvironmentFault: rows other than layers are asked for.
    """
    if request.by != "layer":
        message = f"the format `torchsummary` lists layers only, not {request.by}s"
        raise EnvironmentFault(Diagnostic(code="RD513", message=message, helps=("use another format",)))
    graph, batch = request.graph, -1 if request.batch_size is None else request.batch_size
    double, single = "=" * 64, "-" * 64
    lines = [single, _line("Layer (type)", "Output Shape", "Param #"), double]
    outputs = parameters = 0
    for index, module in enumerate(graph.modules, 1):
        shape = [batch, *module.shape]
        seen = 0 if module.name in graph.containers else _seen_parameters(graph[module.name])
        lines.append(_line(f"{module.kind}-{index}", str(shape), f"{seen:,}"))
        outputs += prod(shape)
        parameters += seen
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


def _seen_parameters(node: Node) -> int:
    """The parameters that torchsummary counts, which are those called `weight` and `bias`."""
    return sum(prod(shape) for name, shape in node.op.weights.items() if name in ("weight", "bias"))


def _line(layer: str, shape: str, parameters: str) -> str:
    return f"{layer:>20}  {shape:>25} {parameters:>15}"
