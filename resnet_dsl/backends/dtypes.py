"""The names of the dtypes that networks can have."""

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.similar import did_you_mean

NAMES = ("float32", "float64", "float16", "bfloat16")


def check_dtype(name: str) -> None:
    """Check that there is a dtype with this name.

    Raises:
        EnvironmentFault: there is none.
    """
    if name not in NAMES:
        *others, last = (f"`{each}`" for each in NAMES)
        helps = did_you_mean(name, NAMES, "dtype") or (f"use {', '.join(others)} or {last}",)
        raise EnvironmentFault(Diagnostic(code="RD502", message=f"unknown dtype `{name}`", helps=helps))
