"""What specs mean, written out with every default, and where each value comes from, as recorded.

Each record is in `recorded`. `pytest --update-cases` rewrites it; review the diff before committing it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.compiler import Text, load_spec, origins_of, quantisation_of
from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.language.document.bundled import bundled_like, suggestions
from resnet_dsl.language.document.inheritance import open_spec
from resnet_dsl.language.document.python_data import plain_data
from resnet_dsl.language.starter import starter
from resnet_dsl.language.text.writer import flow, write, write_commented
from resnet_dsl.limits import MAX_BYTES, MAX_DIGITS, MAX_NESTING, MAX_PATH, MAX_VALUES

from ..helpers import TINY, written_out

RECORDED = Path(__file__).parent / "recorded"

RULE = "depth: 13, initial: 24, slope: 36.44, multiplier: 2.49"
SPECS = (
    (TINY,),
    (TINY, "stages.depths=[1, 2]", "norm=none", "attention={type: eca, kernel: 5}", "expect.output=[1000]"),
    (
        "version: 1\nname: a\ndescription: d\nreference: r\ninput: {size: [32, 64], channels: 1}\n"
        "stem: {channels: [8, 16], kernel: 3, strides: [2, 2], pool: {type: avg}}\n"
        "block: {type: [basic, bottleneck], groups: [1, 2], conv3x3: [plain, {type: res2, scale: 2}],\n"
        "  preactivation: true, dropout: 0.5, reduce_first: [1, 1], group_width: 0}\n"
        "shortcut: {type: padding, zeros: both, source: activation}\nconv: {type: standardized, eps: 1.0e-5}\n"
        "norm: {type: group, groups: 8}\nactivation: silu\nantialias: none\n"
        "attention: [none, {type: se, ratio: 0.25, position: inner, activation: silu, of: input, divisor: 4}]\n"
        "stages: {depths: [1, 2], widths: [16, 32], strides: [1, 2], dilations: [2, 1]}\n"
        "blocks: {layer2.1: {dropout: 0.25, attention: {type: eca, kernel: 3}}, layer2.*: {inner: 16},\n"
        "  layer1.0: {attention: gc}}\ndrop_path: 0.25\n"
        "head: {norm: false, activation: true, conv: 32, pool: {type: attention, heads: 2}, dropout: 0.5, classes: 0}\n"
        "init: {zero_residual: false}\nexpect: {depth: 10, params: '<= 1e9', macs: '<= 1e12', output: [32]}\n",
    ),
    ("name: a\nblock: {type: bottleneck}\nstages: {depths: [1]}\nstem: {channels: [8, 8], strides: [4, 1]}\n",),
    ("name: a\nblock: {type: bottleneck}\nstages: {depths: [1]}\nstem: {strides: [3], pool: none}\nnorm: layer\n",),
    ("name: a\nblock: {type: basic}\nstages: {depths: [1]}\nstem: {pool: {type: max, kernel: 2}}\nnorm: none\n",),
    (f"name: a\nblock: {{type: bottleneck, expansion: 1, group_width: 8}}\nstages: {{regnet: {{{RULE}}}}}\n",),
    (f"name: a\nblock: {{type: bottleneck, expansion: 4, group_width: 24}}\nstages: {{regnet: {{{RULE}}}}}\n",),
    (
        f"name: a\nblock: {{type: bottleneck, group_width: [16, 16, 16, 16]}}\nhead: {{pool: max}}\n"
        f"stages: {{strides: 2, regnet: {{{RULE}, rounding: torchvision}}, dilations: [1, 1, 1, 2]}}\n",
    ),
    ("name: b\nextends: parent.yaml\nhead: {classes: 10}\nattention: null\n", "norm=batch", "stages.widths=16"),
    ("name: b\nextends: resnext50_32x4d\nblock: {conv3x3: {type: split, radix: 1}}\nblocks: {layer1.0: {}}\n",),
    ("name: b\nextends: regnetx_002\nstages: {regnet: {slope: 30}}\n", "input.size=128"),
)
"""Specs, each with its options."""

PARENT = (
    "name: parent\nextends: resnet18\nnorm: {type: group, group_width: 8}\nattention: se\nhead:\n  dropout: 0.5\n"
    "stem: {stride: 1, pool: {type: conv}}\n"
)

NAMES = (
    *("resnet-50", "ResNet51", "resnet5", "resnet", "resnext50", "resnext101", "ResNeXt-101-32", "resnext50_32x8d"),
    *(
        "seresnet50",
        "se_resnext50",
        "SE-ResNeXt101",
        "wrn-50",
        "WRN-101-2",
        "wrn_28_10",
        "wide-resnet-40",
        "wideresnet50",
    ),
    *("R-50", "R-50-FPN", "R101-C4", "r_50_dc5", "X-101", "RN50", "rn101", "RN50x4", "BiT-S-R50x1", "bit-r101x3"),
    *(
        "bitm50x1",
        "resnetv1d50",
        "resnetv1c101",
        "resnet_v1_50",
        "resnet_v1b_50",
        "ResNet50_vd",
        "resnet50_v1d",
        "resnet50v15",
    ),
    *("resnet50_v1_5", "timm/resnet50.a1_in1k", "timm\\resnet18", "torchvision.models.resnet18", "models.resnet34"),
    *("cifar_resnet20", "resnet20_cifar10", "cifar100_resnet56", "resnet50_ssl", "resnet50_imagenet", "tv_resnet50"),
    *(
        "PreActResNet18",
        "preact_resnet50",
        "regnetx_200mf",
        "RegNetX-200MF",
        "regnet_y_16gf",
        "RegNetY-1.6GF",
        "regnety_99",
    ),
    *(
        "resnet50.yaml",
        "resnet50.resnet.yml",
        "specs/resnet50.yaml",
        " resnet50 ",
        "resnet5O",
        "resent50",
        "plain19",
        "plain",
    ),
    *(
        "vgg16",
        "",
        "50",
        "resnetv2_50",
        "resnest",
        "res2net50_48w_2",
        "sknet",
        "skresnet18",
        "eca_resnet26t",
        "gernet_m",
    ),
)
"""What people write for bundled specs."""

DATA: tuple[Any, ...] = (
    {"a": None, "b": [True, 1, 1.5, "x", {}, ()], "c": {"d": (1, 2)}},
    {1: 2},
    {"a": {True: 1}},
    {"a": [{"b": {2.5: 1}}]},
    {"a": {1}},
    {"a": [b"x"]},
    [object],
    {"a": float("nan")},
    {"a": [float("inf")]},
    {"a": {"b": 10**MAX_DIGITS}},
    {"a": "x" * (MAX_BYTES + 1)},
    {"a": [0] * (MAX_VALUES - 1)},
    {"a": [0] * (MAX_VALUES - 2)},
)

WRITTEN: tuple[Any, ...] = (
    {
        "a": "",
        "b": "x: y",
        "c": "true",
        "d": "1e5",
        "e": "-1E+5",
        "f": "1.5e-3",
        "g": "1_000",
        "h": "0x1f",
        "i": "1:30",
    },
    {"a": "yes", "b": "null", "c": "~", "d": "# x", "e": " x", "f": "x\ny", "g": "'", "h": '"', "i": "[x]", "j": "é😀"},
    {"a": "x\x85y", "b": "\u2028", "c": "\u2029z", "d": "\ud800", "e": "2026-01-01", "f": "=", "g": "<<", "h": "e5"},
    {"a": [1, [2.5, None, True], {"b": "c"}], "d": {}, "e": [], "f": {"g": {"h": 1e-06}}, "i": 1e22, "j": 0.1},
    {"long": "word " * 40, "list": ["item number"] * 12, "nested": {"text": "x" * 120}},
    "text",
    [1, "two"],
    5,
)


def check(config: pytest.Config, name: str, lines: Iterator[str]) -> None:
    """The lines are those of the record."""
    told = "".join(f"{line}\n" for line in lines)
    file = RECORDED / f"{name}.txt"
    if config.getoption("--update-cases"):
        file.write_text(told, encoding="utf-8", newline="\n")
    assert told == file.read_text("utf-8")


def told(error: DiagnosticError) -> Iterator[str]:
    for fault in error.diagnostics:
        yield f"  {fault.code} {json.dumps(fault.message[:200])}"
        yield from (f"    {label.span.start}-{label.span.end} {label.text}" for label in fault.labels)
        yield from (f"    note: {note}" for note in fault.notes)
        yield from (f"    help: {help_}" for help_ in fault.helps)


def test_a_spec_means_what_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """Every value of its network, where each comes from, and how a rule came to the widths."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parent.yaml").write_text(PARENT, "utf-8")

    def meant() -> Iterator[str]:
        for text, *options in SPECS:
            spec = load_spec(Text(text, "test"), options)
            data = written_out(spec)
            yield f"# {json.dumps([text, *options])}"
            yield repr(spec)
            comments = {path: f"{origin.kind}: {origin}" for path, origin in origins_of(spec).items()}
            yield write_commented(data, comments)
            yield quantisation_of(spec)
            assert load_spec(data) == spec

    check(pytestconfig, "specs", meant())


def test_names_lead_to_the_recorded_specs(pytestconfig: pytest.Config) -> None:
    """The one that is meant, and the help."""
    lines = (f"{json.dumps(name)} {bundled_like(name)} {' '.join(suggestions(name))}".rstrip() for name in NAMES)
    check(pytestconfig, "names", lines)


def test_data_becomes_plain_or_is_refused_as_recorded(pytestconfig: pytest.Config) -> None:
    """Code and message with the path."""

    def converted() -> Iterator[str]:
        nested: Any = 0
        for _ in range(MAX_NESTING):
            nested = [nested]
        for value in (*DATA, nested, [nested]):
            try:
                yield json.dumps(plain_data(value))[:100]
            except DiagnosticError as error:
                yield from told(error)

    check(pytestconfig, "data", converted())


def test_data_is_written_as_recorded(pytestconfig: pytest.Config) -> None:
    """On several lines and on one."""
    texts = (ascii(text) for data in WRITTEN for text in (write(data), flow(data)))
    check(pytestconfig, "written", texts)


def test_what_cannot_be_opened_is_told_as_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """Code, message and help."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yml", "c.resnet.yaml", "d.resnet.yml", "resnet.yaml"):
        (tmp_path / name).write_text(TINY, "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "weights.pth").write_bytes(b"x")
    (tmp_path / "weights.yaml").write_bytes(b"PK\x03\x04" + b"x" * 50)
    names = (
        "a",
        "b",
        "c",
        "d",
        "resnet",
        "e",
        "resnet-50",
        "plain19",
        "folder",
        "folder/a",
        "weights.pth",
        "weights.yaml",
    )
    strange = (
        "name: a\nblock: 1\n",
        "x" * 45,
        "x" * MAX_PATH,
        "x" * (MAX_PATH + 1),
        "",
        "git:",
        "git:x",
        "git::a",
    )

    def opened() -> Iterator[str]:
        for name in (*names, *strange):
            try:
                yield f"{json.dumps(name)[:60]} {open_spec(name).source.name}"
            except DiagnosticError as error:
                yield json.dumps(name)[:60]
                yield from told(error)

    check(pytestconfig, "opened", opened())


def test_a_new_spec_is_the_recorded_text(pytestconfig: pytest.Config) -> None:
    """With a parent, and without one."""
    data = written_out(load_spec("resnet18"))
    check(pytestconfig, "new", (starter("mine", reference, data) for reference in (None, "resnet18", "a b.yaml")))
