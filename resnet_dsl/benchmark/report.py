"""Measurements as text: a table for people, JSON for programs."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from ..backends.tables.columns import Column, as_table
from ..graph.shapes import counted
from .results import Measurement, Results


def as_text(found: Results, width: int | None = None) -> str:
    """A table that fits a width, below what it was measured on."""
    measured, first = found.measurements, found.measurements[0]
    ratios = tuple(f"{each.relative_to(first):.2f}" for each in measured)
    columns = [
        Column(title="network", cells=tuple(each.name for each in measured), shortest=12),
        Column(title="runtime", cells=tuple(each.runtime for each in measured), shortest=8),
        _numbers("parameters", (f"{each.parameters:,}" for each in measured), 3),
        _numbers("MACs", (f"{each.macs:,}" for each in measured), 4),
        _numbers("median ms", (f"{each.median:.2f}" for each in measured)),
        _numbers("quartiles", ("–".join(f"{each:.2f}" for each in one.quartiles) for one in measured), 5),
        _numbers("images/s", (f"{_throughput(found, each):,.1f}" for each in measured), 2),
        _numbers(
            "peak MB", ("–" if each.peak_memory is None else f"{each.peak_memory / 1e6:,.1f}" for each in measured), 1
        ),
        *([] if len(measured) == 1 else [_numbers("× first", ratios)]),
    ]
    return f"{heading(found)}\n{as_table(columns, width)}"


def heading(found: Results) -> str:
    """What was measured, and on what."""
    settings, machine = found.settings, found.machine
    kind = "training step" if settings.training else "forward run"
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    threads = f", {counted(machine.threads, 'thread')}" if machine.threads else ""
    return (
        f"{machine.device}{threads}; {versions}\n"
        f"{counted(settings.rounds, kind)} each, one of each in turn, after {settings.warm_up} to warm up;"
        f" batch {settings.batch_size}, {settings.dtype}"
    )


def as_json(found: Results) -> str:
    """One object: the settings, the machine, and a list of measurements."""
    document = {
        "settings": asdict(found.settings),
        "machine": asdict(found.machine),
        "measurements": [
            asdict(each)
            | {
                "median": each.median,
                "quartiles": each.quartiles,
                "images_per_second": _throughput(found, each),
                "relative_to_first": each.relative_to(found.measurements[0]),
            }
            for each in found.measurements
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _throughput(found: Results, each: Measurement) -> float:
    """Images per second, by the median of the times."""
    return found.settings.batch_size / each.median * 1e3


def _numbers(title: str, cells: Iterable[str], rank: int | None = None) -> Column:
    return Column(title=title, cells=tuple(cells), rank=rank)
