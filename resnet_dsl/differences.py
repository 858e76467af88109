"""Two specs, or files of weights, in; what differs between their networks out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Any

from .analysis.difference import (
    Change,
    NetworkDifference,
    Side,
    changed_stages,
    changed_values,
    compared_weights,
    total,
)
from .checkpoints.checkpoint import Checkpoint
from .checkpoints.recognition.entries import Unrecognised
from .checkpoints.recognition.recognition import Recognised, recognise
from .checkpoints.recognition.revealed_keys import differing_keys, value_at
from .compiler import Source, Text, compile_spec, written_out
from .diagnostics.diagnostic import Diagnostic, DiagnosticError, EnvironmentFault, SpecError
from .graph.graph import Graph
from .language.checks.schema import properties
from .language.document.canonical import TYPED, collapsed
from .language.document.overrides import Overrides, as_options, key_steps
from .language.document.revisions import PREFIX
from .language.provenance import leaves, origins
from .language.spec import DESCRIPTIVE, Spec, position
from .language.text.tree import Path as KeyPath
from .language.text.tree import dotted
from .weights.opening import are_weights, open_weights
from .weights.specs import carried, spec_text


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Difference(NetworkDifference):
    """What differs between two networks: true if anything does, and `str()` is what the command `diff` prints."""

    def __repr__(self) -> str:
        values, stages = ", ".join(value.key for value in self.values), ", ".join(stage.name for stage in self.stages)
        return f"<Difference {' -> '.join(self.names)}: values {values or 'equal'}; stages {stages or 'equal'}>"

    def __str__(self) -> str:
        return self._as("text")

    def markdown(self) -> str:
        """For a comment on a pull request; empty if nothing differs."""
        return self._as("markdown")

    def json(self) -> str:
        """For programs, with the name of every weight."""
        return self._as("json")

    def _as(self, format_: str) -> str:
        from .backends.tables.difference import render

        return render(self, format_)


def compare(before: Source, after: Source, overrides: Overrides = (), *, batch_size: int = 1) -> Difference:
    """What differs between two networks.

    Args:
        before: a spec, or the path of a file of weights.
        after: another, or the same.
        overrides: values that replace those of `after`, which must be a spec.
        batch_size: the batch whose memory counts.

    Raises:
        SpecError: a spec is invalid; `diagnostics` contains the faults of both.
        EnvironmentFault: a file cannot be read, or no spec can describe the weights in it.
    """
    faults: list[DiagnosticError] = []
    sides: list[Side] = []
    for source, options in ((before, ()), (after, as_options(overrides))):
        try:
            sides.append(replace(side_of(source, options), batch_size=batch_size))
        except (SpecError, EnvironmentFault) as error:
            faults.append(error)
    if faults:
        kind = SpecError if all(isinstance(fault, SpecError) for fault in faults) else EnvironmentFault
        raise kind(dict.fromkeys(each for fault in faults for each in fault.diagnostics))
    return compare_sides(*sides)


def compare_sides(first: Side, second: Side) -> Difference:
    """What differs; if one side is known from its weights alone, as far as weights show it."""
    if not (first.shows_sizes and second.shows_sizes):
        first, second = _as_weights_show(first, second)
    return Difference(
        names=Change(first.name, second.name),
        values=tuple(sorted(changed_values(first, second), key=lambda value: _place(value.key))),
        stages=changed_stages(first, second),
        figures=Change(total(first), total(second)),
        depth=Change(first.graph.depth, second.graph.depth),
        weights=compared_weights(first.graph.state, second.graph.state),
    )


def side_of(source: Source, options: Sequence[str] = ()) -> Side:
    """The network of a spec, or of a file of weights; errors are those of `compare`."""
    if isinstance(source, Graph):
        raise TypeError("a graph has no spec to compare: give what it was lowered from")
    if isinstance(source, str | PathLike) and not fspath(source).startswith(PREFIX) and are_weights(fspath(source)):
        return _side_of_file(fspath(source), options)
    spec, graph = compile_spec(source, options)
    values = _values(spec)
    return Side(
        name=" ".join([_name(source), *(f"--set {option}" for option in options)]),
        graph=graph,
        values={dotted(path): value for path, value in values.items()},
        origins={dotted(path): str(origin) for path, origin in origins(spec, values).items()},
    )


def _side_of_file(file: str, options: Sequence[str]) -> Side:
    if options:
        message = f"an override applies to a spec, but `{file}` is a file of weights"
        help_ = f"compare with the spec that `resnet-dsl infer {file}` prints"
        raise EnvironmentFault(Diagnostic(code="RD024", message=message, helps=(help_,)))
    return side_of_weights(open_weights(file))


def side_of_weights(checkpoint: Checkpoint) -> Side:
    """The network of a spec that weights carry along, or else the one that they reveal.

    Raises:
        EnvironmentFault: no spec can describe it.
    """
    text = spec_text(checkpoint)
    if text == checkpoint.spec:
        return replace(side_of(carried(checkpoint)), name=checkpoint.file)
    _, graph = compile_spec(Text(text, "<inferred>"))
    return Side(name=checkpoint.file, graph=graph, values={}, origins={}, shows_sizes=False)


def _name(source: Source) -> str:
    match source:
        case Spec() | Text():
            return source.name
        case str() | PathLike():
            return fspath(source)
        case _:
            return str(source.get("name", "<mapping>"))


def _values(spec: Spec) -> dict[KeyPath, Any]:
    """The values that decide on the network, with the settings of a type by key, whatever their form."""
    data: dict[str, Any] = {key: value for key, value in written_out(spec).items() if key not in DESCRIPTIVE}
    for *section, key in TYPED:
        place = data[section[0]] if section else data
        place[key] = _by_setting(place[key])
    for block in data.get("blocks", {}).values():
        if "attention" in block:
            block["attention"] = _by_setting(block["attention"])
    return dict(leaves(data))


def _by_setting(value: Any) -> dict[str, Any]:
    """A type with its settings, or one for each stage, as a value for each setting."""
    forms = value if isinstance(value, list) else [value]
    stages = [form if isinstance(form, dict) else {"type": form} for form in forms]
    settings = dict.fromkeys(setting for stage in stages for setting in stage)
    return {setting: collapsed([stage.get(setting) for stage in stages]) for setting in settings}


def _as_weights_show(*sides: Side) -> list[Side]:
    """The two networks reduced to what names and shapes of weights reveal."""
    try:
        one, other = (recognise(side.graph.state) for side in sides)
    except Unrecognised:  # the spec's; weights that cannot be recognised are a fault
        return [replace(side, values={}, shows_sizes=False) for side in sides]
    keys = differing_keys(one, other)

    def reduced(side: Side, found: Recognised) -> Side:
        values = {key: value_at(found, key) for key in keys}
        sources = {key: _origin(side, key, value) for key, value in values.items()}
        return replace(side, values=values, origins=sources, shows_sizes=False)

    return [reduced(side, found) for side, found in zip(sides, (one, other), strict=True)]


def _place(key: str) -> list[int]:
    """The place of a dotted key in the schema, where `show` prints it too."""
    place: list[int] = []
    steps = key_steps(key)
    for depth, step in enumerate(steps):
        known = [*properties(tuple(steps[:depth]))]
        place += [known.index(step)] if known else position(step)
    return place


def _origin(side: Side, key: str, value: Any) -> str:
    """Where a revealed value comes from, if the spec says the same in the same key."""
    same = (name for name in (key, f"{key}.type") if name in side.values and side.values[name] == value)
    return next((side.origins[name] for name in same), "inferred from the weights")
