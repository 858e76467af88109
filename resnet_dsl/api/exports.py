"""Networks in the formats of others, in Python."""

import logging
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..compiler import Source, compile_spec
from ..exporting.job import Exported
from ..language.document.overrides import Overrides

if TYPE_CHECKING:
    from ..weights.opening import WeightsSource

_LOGGER = logging.getLogger("resnet_dsl")


def export(
    source: Source | None,
    output: str | PathLike[str],
    *,
    overrides: Overrides | None = None,
    weights: "WeightsSource | None" = None,
    entry: str | None = None,
    prefix: str | None = None,
    fold: bool = False,
    dtype: str = "float32",
    opset: int | None = None,
    seed: int | None = None,
) -> Exported:
    """Write a network in inference to a file, and compare what the file computes with the network in PyTorch.

    Args:
        source: anything that `load` takes; None for the spec that the weights carry along.
        output: a `.onnx` file, a `.pt2` file for a program of `torch.export`, or a `.py` file for Python source, which
            has no weights.
        overrides: values that replace the source's; with overrides, the spec's expectations are not checked.
        weights: as for `build`, such as a file or the `state_dict` of a network; by default they are drawn.
        entry: as for `build`.
        prefix: as for `build`.
        fold: fold each batch norm into the convolution that it directly follows; for ONNX only.
        dtype: of weights, input and output: `"float32"` or `"float16"`.
        opset: the version of ONNX's operators; by default the lowest that has all that are needed, 17.
        seed: the seed of weights that are drawn; 0 by default.

    Returns:
        What was written: `path`, and `data` where weights of more than 2 GB lie beside it; the sizes of the input that
        are `free`; the `difference` from the network in PyTorch, `absolute` and `relative` to the largest output, or
        None where it was not compared; and what it was checked by.

    Raises:
        SpecError: the spec or its network is invalid.
        EnvironmentFault: there is no such format, the weights cannot be fetched or belong to a different network, a
            package is not installed, the file cannot be written, or its outputs differ from the network's.
        TypeError: there is neither a source nor weights, or a seed where no weights are drawn.
    """
    from ..exporting.formats import format_for
    from ..exporting.job import Job, Options
    from ..exporting.placing import check_place, export_to
    from ..weights.opening import open_weights
    from ..weights.specs import carried, compared

    path, options = Path(output), Options(fold=fold, dtype=dtype, opset=opset, seed=seed or 0)
    form = format_for(path, options, with_weights=weights is not None)
    if seed is not None and (weights is not None or not form.has_weights):
        raise TypeError("export() takes a seed only where weights are drawn")
    if source is None and weights is None:
        raise TypeError("export() needs a source, or weights that carry their spec along")
    if source is not None:
        spec, graph = compile_spec(source, overrides or {})
    check_place(path)
    checkpoint = None if weights is None else open_weights(weights, entry=entry, prefix=prefix)
    if checkpoint is not None:
        if source is None:
            spec, graph = compile_spec(carried(checkpoint), overrides or {})
        checkpoint = compared(checkpoint, spec)
    job = Job(spec=spec, graph=graph, checkpoint=checkpoint, options=options, version=version("resnet-dsl"))
    exported = export_to(path, form, job)
    for note in exported.notes:
        _LOGGER.warning(note)
    return exported
