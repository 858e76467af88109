"""The formats that networks are exported in, by the extensions of their files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.similar import did_you_mean
from .difference import TOLERANCES
from .job import DEFAULT_DTYPE, Exported, Job, Options
from .to_onnx import export_onnx
from .to_program import export_program
from .to_source import export_source


@dataclass(frozen=True, slots=True)
class Format:
    """A format, and what can be asked of files in it."""

    name: str
    """With its article, for sentences."""
    export: Callable[[Job, Path], Exported]
    is_onnx: bool = False
    """Whether it has versions of operators, and norms in it can be folded."""
    has_weights: bool = True
    """Whether it contains weights, which have a dtype."""


FORMATS: Mapping[str, Format] = {
    ".onnx": Format("an ONNX model", export_onnx, is_onnx=True),
    ".pt2": Format("a program of torch.export", export_program),
    ".py": Format("Python source", export_source, has_weights=False),
}


def format_for(path: Path, options: Options, *, with_weights: bool) -> Format:
    """The format given by a file's extension, in which all that is asked for can be had.

    Raises:
        EnvironmentFault: there is no such format or dtype, or the format has no such option.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        *others, last = (f"`{extension}`" for extension in FORMATS)
        found = f"as `{path.suffix}`" if path.suffix else "without an extension"
        raise _fault(f"networks can be exported as {', '.join(others)} or {last}, not {found}")
    if options.dtype not in TOLERANCES:
        helps = did_you_mean(options.dtype, TOLERANCES, "dtype") or ("use `float32` or `float16`",)
        message = f"networks cannot be exported in `{options.dtype}`"
        raise EnvironmentFault(Diagnostic(code="RD502", message=message, helps=helps))
    if options.fold and not form.is_onnx:
        raise _fault(f"norms can be folded only in an ONNX model, not in {form.name}")
    if options.opset is not None and not form.is_onnx:
        raise _fault(f"only an ONNX model has an opset, not {form.name}")
    if with_weights and not form.has_weights:
        help_ = (
            "write them with `resnet-dsl build SPEC --weights FILE -o net.safetensors`: `load_state_dict` takes them"
        )
        raise _fault(f"{form.name} contains no weights", help_)
    if options.dtype != DEFAULT_DTYPE and not form.has_weights:
        raise _fault(f"{form.name} has no dtype", f"call `.to(torch.{options.dtype})` on its network")
    return form


def _fault(message: str, *helps: str) -> EnvironmentFault:
    return EnvironmentFault(Diagnostic(code="RD519", message=message, helps=helps))
