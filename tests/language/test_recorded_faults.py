"""What the compiler says of many faulty specs, recorded fault by fault: every word, place, note and help.

Each topic has a file in `recorded`. `pytest --update-cases` rewrites these; review the diff before committing it.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError
from resnet_dsl.language.checks.schema import schema
from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.load import Reading, examine
from resnet_dsl.language.text.writer import write
from resnet_dsl.lowering.kinds import KINDS

from ..helpers import TINY, read_faults
from .malformed import OPTIONS, TEXTS, VALUES

RECORDED = Path(__file__).parent / "recorded"

BASE = "name: net\nblock: {type: bottleneck}\nstages: {depths: [2, 2]}\n"
BASIC = BASE.replace("bottleneck", "basic")
RULE = "depth: 4, initial: 8, slope: 8, multiplier: 2"
RULED = f"name: net\nblock: {{type: bottleneck, expansion: 1}}\nstages: {{regnet: {{{RULE}}}}}\n"

PARENTS = {
    "basic": BASIC,
    "lists": "name: lists\nblock: {type: [basic, basic, basic], groups: [1, 1, 1], conv3x3: [plain, plain, plain]}\n"
    "stages: {depths: [1, 1, 1], widths: [8, 16, 32], strides: [1, 2, 2], dilations: [1, 1, 1]}\n"
    "attention: [se, se, se]\n",
    "one": "name: one\nblock: {type: basic}\nstages: {depths: [1], widths: [8]}\n",
    "ruled": RULED,
    "strided": BASIC + "stem: {channels: [8, 8], stride: 1}\n",
    "striding": BASIC + "stem: {channels: [8, 8], strides: [2, 2]}\n",
    "grouped": BASE.replace("bottleneck", "bottleneck, groups: 2"),
    "narrow": BASE.replace("bottleneck", "bottleneck, width_per_group: 32"),
    "several": BASE.replace("bottleneck", "bottleneck, expansion: [2, 1]"),
    "pooled": BASIC + "stem: {pool: {type: max, padding: zero}}\n",
    "named": BASIC + "blocks: {layer2.1: {dropout: 0.1}}\n",
    "filtered": BASIC + "attention: {type: se, ratio: 0.5}\nshortcut: {when: always}\n",
    "faulty": BASIC.replace("[2, 2]", "[2, two]") + "head: {colour: red}\n",
    "nameless": "block: {type: basic}\n",
    "orphan": "name: orphan\nextends: nowhere.yaml\nhead: {classes: ten}\n",
    "grandchild": "name: grandchild\nextends: lists.yaml\nhead: {classes: 10}\n",
}
"""Specs that others extend."""

WRONG = ("", "true", "-1", "12", "100000", "1.5", "[1, 2, 3]", "nnoe", "{type: nnoe, colour: 1}")
"""Values that few keys have."""


def places(part: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the language; a block has a name."""
    for key, inner in part.get("properties", {}).items():
        yield (*path, key)
        yield from places(inner, (*path, key))
        for each in inner.get("patternProperties", {}).values():
            yield (*path, key, "layer1.0")
            yield from places(each, (*path, key, "layer1.0"))


PLACES = [path for path in places(schema()) if path != ("extends",)]


def with_value(base: str, paths: list[tuple[str, ...]], value: str) -> str:
    """A text in which all these keys have this value, those outside sections and in them on lines of their own."""
    document: dict[str, Any] = {}
    for path in paths:
        place = document
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = "VALUE"
    lines = [line for line in base.splitlines() if line.partition(":")[0] not in document]
    return "".join(f"{line}\n" for line in lines) + write(document).replace("VALUE", value)


def wrong_values() -> Iterator[tuple[str, ...]]:
    """Each wrong value at each key, all keys of one depth at a time."""
    for value, depth in product(WRONG, (1, 2, 3)):
        yield (with_value(BASE, [path for path in PLACES if len(path) == depth], value),)
    for value in ("", "[]", "~", "type:basic"):
        yield (with_value("extends: basic.yaml\n", [path for path in PLACES if len(path) == 1], value),)


def wrong_options() -> Iterator[tuple[str, ...]]:
    """The same as options."""
    for value in ("", "12", "nnoe"):
        yield (BASE, *(f"{'.'.join(path)}={value}" for path in PLACES if path[0] != "blocks" or len(path) == 3))


def ineffective() -> Iterator[tuple[str, ...]]:
    """Every setting with another value than its default, beside each type, written or not."""
    pool = "kernel: 2, padding: zero"
    shortcut = "when: always, kernel: 3, pool: avg, source: activation, zeros: both, norm: false"
    norm = "eps: 0.1, momentum: 0.5, groups: 8, group_width: 4"
    attention = (
        "ratio: 0.5, divisor: 4, of: input, kernel: 5, position: inner, activation: silu",
        "kernel: 3, position: activated",
    )
    splits = "scale: 2, radix: 3, ratio: 0.5, divisor: 16, split: true"
    block = "expansion: 2, groups: 2, width_per_group: 32, group_width: 4, reduce_first: 2, stride_in: 1x1, pool: after"
    rest = "drop_path: 0.1\ninit: {zero_residual: true}\nconv: {type: plain, eps: 0.1, bias: true}\nantialias: blur\n"
    for text in (BASE, BASE.replace("bottleneck", "[basic, bottleneck]")):
        for type_ in ("projection", "padding", "none"):
            yield (f"{text}shortcut: {{type: {type_}, {shortcut}}}\n{rest}",)
            yield (f"{text.replace('{type:', '{preactivation: true, type:')}shortcut: {{type: {type_}, {shortcut}}}\n",)
        for type_ in ("batch", "group", "instance", "layer", "none"):
            yield (f"{text}norm: {{type: {type_}, {norm}}}\nshortcut: {{norm: false}}\n{rest}",)
        for type_ in ("plain", "res2", "split", "selective"):
            convs = f"conv3x3: {{type: {type_}, {splits}}}, {block}"
            yield (text.replace("{type:", f"{{{convs}, type:"),)
            yield (text.replace("{type:", f"{{conv3x3: [{{type: {type_}, {splits}}}, plain], type:"),)
            singles = "{layer1.0: {first: 8, inner: 8, groups: 2}, layer2.*: {first: 8, inner: 8, groups: 2}}"
            yield (f"{text.replace('{type:', f'{{conv3x3: [{type_}, plain], type:')}blocks: {singles}\n",)
    for type_ in ("max", "avg", "conv", "none"):
        yield (f"{BASIC}stem: {{pool: {{type: {type_}, {pool}}}}}\n",)
    for type_ in ("avg", "max", "avgmax", "catavgmax", "attention"):
        for text in (BASIC, BASIC.replace("{type:", "{preactivation: true, type:")):
            yield (f"{text}head: {{norm: false, activation: false, pool: {{type: {type_}, heads: 2}}}}\n",)
    for type_, settings in product(("none", "se", "eca", "ese", "cbam", "gc", "gca"), attention):
        yield (f"{BASIC}attention: {{type: {type_}, {settings}}}\n",)
        yield (f"{BASIC}attention: [{{type: {type_}, {settings}}}, se]\n",)
        yield (f"{BASIC}blocks: {{layer2.*: {{attention: {{type: {type_}, {settings}}}}}}}\n",)
    yield (f"{BASIC}{rest}stem: {{pool: conv}}\nshortcut: {{zeros: both, source: activation}}\n",)
    yield (BASIC, "block.groups=2", "attention={type: eca, ratio: 0.5}", "norm=none", "init.zero_residual=true")
    yield ("name: b\nextends: filtered.yaml\nattention: {type: eca}\nshortcut: {type: none}\n",)
    yield ("extends: filtered.yaml\nname: b\nblock: {type: basic, groups: [1, 2]}\n", "shortcut.type=none")


def contradictory() -> Iterator[tuple[str, ...]]:
    """Keys and lists that do not fit each other, in one file, in two, and in options."""
    blocks = ("groups: 2, group_width: 8", "groups: [1, 2], group_width: [0, 8]", "groups: [2, 1], group_width: [8, 0]")
    for keys in (*blocks, "stride_in: 1x1, pool: before", "stride_in: 1x1, pool: after, groups: 4, group_width: 4"):
        yield (BASE.replace("{type:", f"{{{keys}, type:"),)
    yield (f"{BASE}norm: {{type: group, groups: 8, group_width: 16}}\nstem: {{stride: 2, strides: [2, 2]}}\n",)
    for pool in ("kernel: 2", "padding: ceil", "kernel: 3, padding: same", "type: avg, kernel: 3"):
        yield (f"{BASIC}antialias: blur\nstem: {{pool: {{type: max, {pool}}}}}\n".replace("type: max, type", "type"),)
    for keys in ("depths: [1, 3]", "widths: 8", "depths: [1, 3], widths: [8, 8]", "strides: [1, 2]", "dilations: [1]"):
        yield (RULED.replace("regnet", f"{keys}, regnet"),)
        yield (RULED, *(f"stages.{key}" for key in keys.replace(": ", "=").replace("], ", "]|").split("|")))
        yield (f"name: b\nextends: ruled.yaml\nstages: {{{keys}}}\n",)
    for keys in (
        "type: [basic, bottleneck, basic]",
        "type: bottleneck, expansion: [1, 2, 1]",
        "type: bottleneck, group_width: [4, 8, 8]",
        "type: bottleneck, width_per_group: 32",
        "type: bottleneck, width_per_group: [64, 64, 32]",
        "type: bottleneck, expansion: 9",
        "type: bottleneck, expansion: 8",
    ):
        yield (f"name: net\nblock: {{{keys}}}\nstages: {{regnet: {{{RULE}}}}}\n",)
        yield (f"name: b\nextends: ruled.yaml\nblock: {{{keys}}}\n",)
        yield (RULED, f"block={{{keys}}}")
    for multiplier in ("1.0", "1.05", "1.1", "1.2", "1.5", "2.99", "4.9", "9.9"):
        for slope, initial, depth in ((300, 24, 60), (65536, 8, 10000), (1, 65536, 20)):
            rule = f"depth: {depth}, initial: {initial}, slope: {slope}, multiplier: {multiplier}"
            yield (RULED.replace(RULE, rule),)
    for depths, option in product(("[1]", "[1, 1]", "[1, 1, 1, 1]"), (False, True)):
        text = "name: b\nextends: lists.yaml\n"
        yield (text, f"stages.depths={depths}") if option else (f"{text}stages: {{depths: {depths}}}\n",)
        yield (text, f"block.type={depths.replace('1', 'basic')}", f"attention={depths.replace('1', 'eca')}")
    yield ("name: b\nextends: one.yaml\nstages: {depths: [1, 1]}\n",)
    yield ("name: b\nextends: grandchild.yaml\nstages: {depths: [1, 1]}\nblock: {expansion: 1}\n",)
    lists = (
        "name: net\nblock: {type: [basic], groups: [1, 1, 1]}\nstages: {depths: [1, 1], widths: [8]}\nattention: [se]\n"
    )
    yield (lists,)
    yield (lists, "stages.depths=[1, 1, 1]")
    yield (lists, "stages={depths: [10000, 1], widths: [8, 8, 8]}", "attention=[se, se, se]")
    for name in (
        "layer2.2",
        "layer1.9",
        "layer3.*",
        "layer3.0",
        "layer2",
        "2.1",
        "stage 2 block 1",
        "type",
        "layer100.1",
    ):
        yield (f"{BASIC}blocks: {{{name}: {{dropout: 0.1}}}}\n",)
    for depths in ("[2]", "[2, 1]", "[1, 2]"):
        yield (f"name: b\nextends: named.yaml\nstages: {{depths: {depths}}}\n",)
        yield ("name: b\nextends: named.yaml\n", f"stages.depths={depths}")
        yield ("name: b\nextends: basic.yaml\nblocks: {layer2.1: {first: 8}}\n", f"stages.depths={depths}")
    stems = ("channels: 8, strides: [1, 2]", "channels: [8, 8], strides: [2]", "strides: [2, 2]", "strides: [2]")
    for stem in (*stems, "channels: [8, 8, 8], strides: [2, 2]"):
        yield (f"{BASIC}stem: {{{stem}}}\n",)
        yield (BASIC, f"stem={{{stem}}}")
        yield (f"name: b\nextends: striding.yaml\nstem: {{{stem}}}\n",)
        yield (f"name: b\nextends: strided.yaml\nstem: {{{stem}}}\n",)
    yield ("name: b\nextends: striding.yaml\n", "stem.channels=[8, 8, 8]")
    yield ("name: b\nextends: striding.yaml\nstem: {channels: 8}\n",)
    for parent, keys in product(
        ("grouped", "narrow", "several", "pooled"),
        ("antialias: blur", "block: {group_width: 8}", f"stages: {{depths: null, regnet: {{{RULE}}}}}"),
    ):
        yield (f"name: b\nextends: {parent}.yaml\n{keys}\n",)
        yield (f"name: b\nextends: {parent}.yaml\n", keys.replace(": ", "=", 1))


def missing() -> Iterator[tuple[str, ...]]:
    """Keys that are not there, and unknown ones in their place."""
    for text in (
        "{}",
        "name: a",
        "block: {}",
        "stages: {}",
        "extends: basic.yaml",
        "extends: nameless.yaml",
        "extends: faulty.yaml\nname: b",
        "extends: orphan.yaml\nname: b",
        "extends: nowhere.yaml\nheads: {}",
        "extend: resnet18\nname: a",
        "extend: resnet18",
        "name: b\nextends: basic.yaml\nblock: null",
        "name: b\nextends: basic.yaml\nblock: {type: null}",
        "name: b\nextends: basic.yaml\nstages: {depths: null}\nattention: {ratio: 0.5}",
        "name: b\nextends: ruled.yaml\nstages: {regnet: {depth: null, slope: null}}",
        "nam: a\nblok: {type: basic}\nstage: {depths: [1]}",
        "name: a\nblock: {typ: basic}\nstages: {dephts: [1]}",
        "name: a\nblock: {type: basic}\nstages: {regent: {depth: 1}}",
        "name: a\nblock: {type: basic}\nstages: {regnet: {depht: 4, initial: 8, slope: 8, multiplier: 2}}",
        "name: a\nblocks: [1, 2]\nblock: {type: basic}",
        "name: a\nblock: {type: basic}\nstages:\ndepths: [1]\nwidths: 8",
        "name: a\ndepths: [1]\ntype: basic",
        f"{TINY}no_bias: true\nbias: false\nhead: {{no_norm: true}}",
        "name: a\nblock: {type: basic}\nstages: {depths: [1], type: basic, size: 5}\nhead: {stride: 2, heads: 3}",
        f"{TINY}classes: 10\ndropout: 0.1\nkernel: 3\nHEAD: {{}}\nratio: 1",
        f"{TINY}head: {{clases: 10, head: {{classes: 1}}, name: b}}",
        f"{TINY}blocks: {{layer1.0: {{type: basic, widht: 2, attention: {{x: 1}}}}}}",
        f"{TINY}init: {{zero: true, zeroresidual: true}}\nnorm:batch",
        f"{TINY}{'x' * 60}: 1\nhead: {{{'classes' * 7}: 1}}",
        "name: null\nblock: null\nstages: {depths: null, widths: [null]}\nhead: {pool: {type: null}}",
    ):
        yield (f"{text}\n",)
    options = ("head={}", "head/classes=10", "head:classes=10", "stages[depths]=[1]", "head.classes==10", "classes=10")
    more = (
        "attention={ratio: 0.5}",
        "attention={colour: 1}",
        "norm={groups: 8}",
        "stages.regnet={depth: 4}",
        "name=null",
    )
    for option in (*options, *more, "block.type=null", "stages=null", "headclases=10", "head.clases=10", "expect.a=1"):
        yield (BASE, option)
        yield ("name: b\nextends: ruled.yaml\n", option)


INTENDED = (
    *("head: 10", "head: max", "head: none", "head: [cat, dog]", "head.classes: [cat, dog]", "head.classes: 1e1"),
    *("head.classes: '65,000'", "head.classes: 0x1F", "head.classes: [[1]]", "head.dropout: .5", "head.dropout: 30%"),
    *(
        "head.dropout: 30",
        "head.pool: attn",
        "head.pool: {kind: max}",
        "head: {pool: {tpye: max}}",
        "name: my net",
        "name: true",
    ),
    *(
        "description: 5",
        "description: true",
        "reference: [a]",
        "extends: [a]",
        "expect.params: 25.6M",
        "expect.params: =< 2e6",
    ),
    *(
        "expect.memory: 8",
        "expect.memory: =< 8 GB",
        "expect.output: 5",
        "expect.depth: 1.5",
        "drop_path: 10",
        "drop_path: [0, 1]",
    ),
    *(
        "input: 32",
        "input: cifar10",
        "input: 3x32x32",
        "input: [3, 32, 32]",
        "input: [32, 32, 3]",
        "input: [1, 2, 3, 4]",
    ),
    *(
        "input.size: 64x32",
        "input.size: [1, 64, 32]",
        "input.size: [32]",
        "input.size: [0, 0]",
        "stem: 64",
        "stem: cifar",
    ),
    *(
        "stem.stride: [2, 1]",
        "stem.stride: [0]",
        "stem.strides: 2",
        "stem.kernel: 7x7",
        "stem.kernel: 32",
        "stem.kernel: 0",
    ),
    *("stem.channels: false", "stem.pool: {type: max, kernel: 5}", "stem.pool: true", "block: bottleneck", "block: []"),
    *(
        "block: [basic, bottleneck]",
        "block.type: basik",
        "block.type: [basic, x]",
        "block.groups: [1, x]",
        "block.groups: 1.0",
    ),
    *(
        "block.conv3x3: rse2",
        "block.conv3x3: {type: res2, scal: 2}",
        "block.conv3x3: {type: split, ratio: 16}",
        "shortcut: A",
    ),
    *(
        "shortcut: C",
        "shortcut.kernel: 2",
        "shortcut.norm: yes",
        "conv: weight_norm",
        "norm: true",
        "norm: BatchNorm2d",
    ),
    *("norm: {type: group, groups: 0}", "norm: {type: batch, eps: 2}", "activation: Swish", "activation: {type: SiLU}"),
    *(
        "attention: true",
        "attention: false",
        "attention: [false, x]",
        "attention: {type: se, ratio: 16}",
        "attention: SE",
    ),
    *(
        "attention: {type: se, ratio: 1/16}",
        "attention: {type: eca, kernel: 4}",
        "antialias: true",
        "antialias: {type: blur}",
    ),
    *(
        "stages: 2, 2",
        "stages: [2, 2]",
        "stages: [{depth: 2}, {depth: 1, width: 8}]",
        "stages: [{blocks: 3, stride: 1}]",
    ),
    *(
        "stages: [{widths: 8}]",
        "stages: [[1], [2]]",
        "stages: [{depth: 1, depths: 2}]",
        f"stages: [{'1, ' * 16}1]",
        "stages: []",
    ),
    *(
        "stages.depths: 4",
        "stages.depths: resnet50",
        "stages.depths: [0]",
        "stages.regnet: 200MF",
        "stages.regnet.depth: x",
    ),
    *(
        "stages.regnet.initial: 20",
        "stages.output_stride: 12",
        "stages.output_stride: 0",
        "stages.output_stride: 99999",
    ),
    *(
        "blocks: [3, 4]",
        "blocks: 4",
        "blocks: {layer1.0: {attention: {type: se, ratio: 16}}}",
        "blocks: {layer1.0: se}",
    ),
    *("init: zero", "init.zero_residual: 1", "init.zero_residual: Off", "version: 2", "version: '1'", "version: 1.0"),
    *(
        "heads: 8",
        "colour: red",
        "num_classes: 10",
        "in_channels: 1",
        "width: 8",
        "depth: 50",
        "groups: 2",
        "se_ratio: 0.25",
    ),
    *(
        "without_bias: true",
        "base: resnet18",
        "pretrained: true",
        "head.num_classes: 10",
        "stem.in_channels: 3",
        "norm.affine: true",
    ),
)
"""Values and keys that mean something."""


def as_text(line: str) -> str:
    """The line with a mapping for each dot in its key."""
    key, _, value = line.partition(": ")
    *sections, last = key.split(".")
    return "".join(f"{section}: {{" for section in sections) + f"{last}: {value}" + "}" * len(sections)


def intended() -> Iterator[tuple[str, ...]]:
    """What is meant instead, in a file and in an option; what is required, in a file that extends another too."""
    for line in INTENDED:
        section = line.partition(":")[0].partition(".")[0]
        lines = [each for each in BASIC.splitlines() if each.partition(":")[0] != section]
        yield ("\n".join([*lines, as_text(line), ""]),)
        if section in ("block", "stages"):
            yield (f"name: b\nextends: basic.yaml\n{as_text(line)}\n",)
        yield (BASIC, line.replace(": ", "=", 1))


def wrong_overrides() -> Iterator[tuple[str, ...]]:
    """Options that cannot be read."""
    yield from ((BASE, f"head.classes={value}", f"head = {value}") for value in VALUES)
    yield from ((BASE, option) for option in OPTIONS)


TOPICS = {
    topic.__name__: topic
    for topic in (wrong_values, intended, wrong_options, ineffective, contradictory, missing, wrong_overrides)
}


def lines_of(fault: Diagnostic) -> Iterator[str]:
    """A fault in lines of text."""
    yield f"  {fault.code} {fault.message}"
    for label in fault.labels:
        source = label.span.source.name
        place = "" if source == "test" else f" in {Path(source).name}"
        yield f"    {label.span.start}-{label.span.end} {json.dumps(label.span.text[:40])}{place}: {label.text}"
    yield from (f"    note: {note}" for note in fault.notes)
    yield from (f"    help: {help_}" for help_ in fault.helps)


def reading_of(text: str, *options: str) -> Reading:
    try:
        return examine(read_text("test", text.encode()), options, KINDS)
    except DiagnosticError as error:
        return Reading(None, error.diagnostics)


def check(config: pytest.Config, topic: str, found: Iterable[tuple[tuple[str, ...], Reading]]) -> None:
    """The faults of each text and its options are those of the record."""
    told = ""
    for (text, *options), reading in found:
        told += f"{json.dumps(text)[:200]} {json.dumps(options)[:200] if options else ''}".rstrip() + "\n"
        told += "".join(f"{line}\n" for fault in reading.faults for line in lines_of(fault))
        told += "  but the network is known\n" if reading.spec is not None and reading.faults else ""
    file = RECORDED / f"{topic}.txt"
    if config.getoption("--update-cases"):
        file.write_text(told, encoding="utf-8", newline="\n")
    assert told == file.read_text("utf-8")


@pytest.mark.parametrize("topic", TOPICS)
def test_faults_are_told_word_for_word_as_recorded(
    topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """Code, message, each place with its label, notes and helps."""
    monkeypatch.chdir(tmp_path)
    for name, text in PARENTS.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    check(pytestconfig, topic, ((each, reading_of(*each)) for each in TOPICS[topic]()))


def test_what_cannot_be_read_is_told_word_for_word_as_recorded(pytestconfig: pytest.Config) -> None:
    """The faults of the reader alone."""
    check(pytestconfig, "unreadable", (((text,), Reading(None, read_faults(text))) for text in TEXTS))
