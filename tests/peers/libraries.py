"""torchvision and timm, importable with a CPU-only build of torch.

torchvision's wheels contain C++ operators for CUDA builds of torch. Its models need none of them, but importing it
registers fake implementations for them, so each has to be declared first.
"""

import re
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

_REGISTERED = re.compile(r'register_(?:meta|fake)\("(?:torchvision::)?(\w+)"')


def require_libraries(*, whole_module: bool = False) -> None:
    """Make both importable, or skip the test, or all tests of the module, if either is not installed."""
    if find_spec("torchvision") is None or find_spec("timm") is None:
        pytest.skip("torchvision and timm are not installed", allow_module_level=whole_module)
    declare_torchvision_operators()


def declare_torchvision_operators() -> None:
    """Declare the operators that `import torchvision` expects, unless its own extension loads."""
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise ImportError("torchvision is not installed")
    package = Path(spec.origin).parent
    operators: Any = torch.ops
    for extension in package.glob("_C*.so"):
        with suppress(OSError):  # it is for another build of torch
            operators.load_library(str(extension))
    for source in ("_meta_registrations.py", "_autograd_registrations.py"):
        file = package / source
        names = _REGISTERED.findall(file.read_text("utf-8")) if file.is_file() else []
        for name in names:
            if not hasattr(torch.ops.torchvision, name):
                torch.library.define(f"torchvision::{name}", "(Tensor a) -> Tensor")
