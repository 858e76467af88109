"""`expect`: checks the network against the spec's expectations."""

from dataclasses import replace
from typing import TypeAlias

from ...diagnostics.diagnostic import Diagnostic
from ...language.document.bundled import bundled_specs
from ...language.document.inheritance import read_file
from ...language.spec import Spec
from ...language.text.tree import find_value
from ..outline import Figures

Fact: TypeAlias = int | tuple[int, ...]


def unmet_expectations(spec: Spec, network: Figures) -> list[Diagnostic]:
    """Every expectation that is not met; the first one suggests bundled networks by their parameter counts."""
    facts: dict[str, tuple[str, Fact | None, Fact]] = {
        "params": ("the network has {} parameters", spec.expect.params, network.parameters),
        "macs": ("the network has {} multiply-accumulates", spec.expect.macs, network.macs),
        "depth": ("the network's depth is {}", spec.expect.depth, network.depth),
        "output": ("the network's output shape is {}", spec.expect.output, network.output_shape),
    }
    faults = [
        Diagnostic(
            code="RD303",
            message=f"`expect.{key}` is {_format(wanted)}, but {fact.format(_format(actual))}",
            labels=spec.origins.labels("expect", key),
            helps=(f"if this is the network that you mean, write `{_plain(actual)}`",),
        )
        for key, (fact, wanted, actual) in facts.items()
        if wanted is not None and wanted != actual
    ]
    about_size = spec.expect.params not in (None, network.parameters) or spec.expect.macs not in (None, network.macs)
    return [replace(faults[0], notes=_lookalikes(spec, network)), *faults[1:]] if about_size else faults


def _lookalikes(spec: Spec, network: Figures) -> tuple[str, ...]:
    """The bundled networks with the expected and with the actual number of parameters."""
    costs = {spec.expect.params: spec.expect.macs, network.parameters: network.macs}
    published = {name: find_value(read_file(path).tree, ("expect",)) for name, path in bundled_specs().items()}
    notes = []
    for parameters, macs in costs.items():
        alike = [name for name, facts in published.items() if facts["params"] == parameters]
        if alike:
            _, _, nearest = min((abs(published[name]["macs"] - macs) if macs else 0, len(name), name) for name in alike)
            notes.append(f"the bundled `{nearest}` has {parameters:,} parameters")
    return tuple(notes)


def _plain(value: Fact) -> str:
    return str(value if isinstance(value, int) else [*value])


def _format(value: Fact) -> str:
    return f"{value:,}" if isinstance(value, int) else str(list(value))
