"""Modules whose forward passes follow a plan: blocks, stages' contents, and networks that output feature maps."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from typing import Any, ClassVar, NamedTuple, Self, TypeAlias

import torch
from torch import Tensor, nn

from ...graph.graph import Feature
from .checkpointing import checkpointed
from .scripting import scriptable

Called: TypeAlias = str | tuple[str, ...] | Callable[..., Tensor]
"""The name of a child module; those of a list or sequence and of a module in it; or a function."""


class Step(NamedTuple):
    """One call of a forward pass: registers in, register out."""

    call: Called
    sources: tuple[int, ...]
    target: int


class Container(nn.Module):
    """A module whose forward pass follows a plan; values are kept in registers that are reused once free."""

    is_checkpointed = False
    """Whether the backward pass computes again what the forward pass would keep for it."""
    overwrites_input = False
    """Whether the first layer may overwrite the module's input."""

    _base: ClassVar[type["Container"]]
    """What `called` made its class of."""

    @classmethod
    @cache
    def called(cls, name: str) -> type[Self]:
        """The class with this name, created on first use: only the graph knows which kinds of block there are."""
        return type(name, (cls,), {"__module__": cls.__module__, "_base": cls})

    def __init__(self, children: Mapping[str, nn.Module], steps: Sequence[Step]) -> None:
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)
        self._steps = tuple(steps)
        self._registers = 1 + max(step.target for step in steps)

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle and copy: classes created on demand cannot be found by name."""
        return _empty, (self._base, type(self).__name__), self.__dict__

    def __prepare_scriptable__(self) -> nn.Module:
        """For `torch.jit.script`, which compiles what this returns."""
        return scriptable(self, (Container, nn.Sequential))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, *output shape of the graph)."""
        if self.is_checkpointed and torch.is_grad_enabled():
            return checkpointed(self, self._again, x)
        registers = [x]
        del x  # or the input would outlive its last use
        return self._run(registers)

    def _again(self, x: Tensor) -> Tensor:
        """The same on an input that is needed once more."""
        return self._run([x.clone() if self.overwrites_input else x])

    def _run(self, registers: list[Any]) -> Tensor:
        """The output; the first register, which is the only one yet, has the input."""
        registers += [None] * (self._registers - 1)
        modules = self._modules  # found there in half the time that attributes take
        for call, sources, target in self._steps:
            called: Any = modules[call] if isinstance(call, str) else self._callable(call)
            if len(sources) == 1:
                registers[target] = called(registers[sources[0]])
            else:
                registers[target] = called(*[registers[source] for source in sources])
        output: Tensor = registers[self._steps[-1].target]
        return output

    def _callable(self, call: Called) -> Callable[..., Any]:
        if isinstance(call, str):
            found: Callable[..., Any] = getattr(self, call)
            return found
        return reduce(getattr, call, self) if isinstance(call, tuple) else call


class FeatureInfo(tuple[Feature, ...]):
    """The features that a network outputs, each with `name`, `channels` and `reduction`; the methods are timm's."""

    def channels(self) -> list[int]:
        return [feature.channels for feature in self]

    def reduction(self) -> list[int]:
        return [feature.reduction for feature in self]

    def module_name(self) -> list[str]:
        return [feature.name for feature in self]


class FeatureExtractor(Container):
    """A network that outputs the feature maps of some of its stages, as a list."""

    feature_info: FeatureInfo

    def __init__(
        self, children: Mapping[str, nn.Module], steps: Sequence[Step], outputs: Sequence[int], info: FeatureInfo
    ) -> None:
        super().__init__(children, steps)
        self._outputs = tuple(outputs)
        self.feature_info = info

    def forward(self, x: Tensor) -> list[Tensor]:  # type: ignore[override]  # nn.Module leaves the type open
        """(batch, channels, height, width) to a list of feature maps (batch, channels, height, width)."""
        registers = [x]
        del x
        self._run(registers)
        return [registers[output] for output in self._outputs]

    def set_grad_checkpointing(self, enable: bool = True) -> None:
        """Keep only the input of each block for the backward pass, which runs the blocks again."""
        checkpoint_blocks(self, enable)


def checkpoint_blocks(network: nn.Module, enable: bool) -> None:
    """Whether a network's blocks keep nothing but their inputs for the backward pass."""
    for stage in network.children():
        for block in stage.children():
            if isinstance(block, Container):
                block.is_checkpointed = enable


def _empty(base: type[Container], name: str) -> Container:
    created = base.called(name)
    return created.__new__(created)
