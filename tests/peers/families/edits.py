"""Modules of other libraries edited by hand, such that their entries keep their names."""

from typing import Any

from torch import Tensor, nn


def add_after(module: nn.Module, *others: nn.Module) -> None:
    """Let other modules, without entries of their own, process what a module returns."""
    module.add_module("followers", nn.Sequential(*others))
    module.register_forward_hook(_follow)


def _follow(module: nn.Module, _: Any, output: Tensor) -> Tensor:
    result: Tensor = module.get_submodule("followers")(output)
    return result
