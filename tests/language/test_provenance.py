"""Where values come from: files, parents, options and defaults."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl import Text
from resnet_dsl.compiler import load_spec, origins_of
from resnet_dsl.language.document.bundled import bundled_specs
from resnet_dsl.language.provenance import leaves
from resnet_dsl.language.spec import Expect
from resnet_dsl.language.text.writer import write, write_commented

from ..helpers import plain, written_out
from ..strategies import Document, documents


def found(source: Any, **overrides: Any) -> dict[str, str]:
    return {key: str(origin) for key, origin in resnet_dsl.origins(source, overrides=overrides).items()}


def test_a_value_comes_from_the_last_text_that_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent with its name, the file with its own, an option with its text; a bundled spec has its bare name."""
    monkeypatch.chdir(tmp_path)
    Path("parent.yaml").write_text("name: parent\nextends: resnet50\nhead:\n  dropout: 0.5\n  classes: 7\n")
    Path("child.yaml").write_text("name: child\nextends: parent.yaml\nhead: {classes: 5}\nactivation: null\n")
    origins = resnet_dsl.origins("child.yaml", overrides={"stem.pool": "none"})
    expected = {
        "name": ("file", "child.yaml, line 1"),
        "head.classes": ("file", "child.yaml, line 3"),
        "head.dropout": ("parent", "parent.yaml, line 4"),
        "stem.pool": ("option", '--set stem.pool="none"'),
        "activation": ("default", "default"),
        "block.reduce_first": ("default", "default"),
    }
    assert {key: origins_as_text(origins)[key] for key in expected} == expected
    assert (origins["block.type"].kind, origins["block.type"].source) == ("parent", "resnet50")


def origins_as_text(origins: dict[str, resnet_dsl.Origin]) -> dict[str, tuple[str, str]]:
    return {key: (origin.kind, str(origin)) for key, origin in origins.items()}


SHORT = """\
name: a
block: {type: [basic, bottleneck]}
norm: group
attention:
- none
- {type: se, ratio: 0.25}
stages:
  depths: [1, 1]
"""


def test_short_forms_have_an_origin_too() -> None:
    """`norm: group` is where its type comes from; its other settings are defaults. A list is one value."""
    origins = found(Text(SHORT, "a.yaml"))
    assert origins["norm.type"] == "a.yaml, line 3"
    assert origins["norm.groups"] == origins["norm.eps"] == origins["block.expansion"] == "default"
    assert origins["attention"] == "a.yaml, line 5"
    assert origins["block.type"] == "a.yaml, line 2"


def test_what_shortens_to_a_type_has_the_origin_of_the_type() -> None:
    """`{type: se}` for all stages is a mapping, `{type: none}` is not."""
    text = "name: a\nblock: {type: basic}\nstages: {depths: [1]}\nnorm:\n  type: none\nattention: [se]\n"
    origins = found(Text(text, "a.yaml"))
    assert origins["norm"] == "a.yaml, line 5"
    assert (origins["attention.type"], origins["attention.ratio"]) == ("a.yaml, line 6", "default")
    assert (
        found(Text(text.replace("[se]", "\n  ratio: 0.5\n  type: se"), "a.yaml"))["attention.ratio"] == "a.yaml, line 7"
    )


LINEAGE = """\
name: a
stem: {channels: [8, 8], strides: [2, 1]}
block:
  type: bottleneck
  conv3x3: [res2, {type: split, radix: 2}, plain]
stages:
  regnet: {depth: 3, initial: 8, slope: 20, multiplier: 2}
blocks:
  layer1.0: {attention: se}
  layer2.0:
    dropout: 0.5
head: {pool: attention}
"""


def test_what_another_key_says_comes_from_it() -> None:
    """Depths and widths from a rule, the first stride from a list of strides."""
    origins = found(Text(LINEAGE, "a.yaml"))
    assert origins["stages.depths"] == origins["stages.widths"] == "a.yaml, line 7"
    assert origins["stages.strides"] == "default"
    assert (origins["stem.stride"], origins["stem.kernel"]) == ("a.yaml, line 2", "default")
    option = found(Text(LINEAGE, "a.yaml"), **{"stages.regnet.depth": 4})
    assert option["stages.depths"] == "--set stages.regnet.depth=4"


def test_values_of_single_blocks_and_types_of_parts_have_their_own() -> None:
    """By the names of the blocks."""
    origins = found(Text(LINEAGE, "a.yaml"))
    assert origins["blocks.layer1.0.attention.type"] == "a.yaml, line 9"
    assert origins["blocks.layer1.0.attention.ratio"] == "default"
    assert origins["blocks.layer2.0.dropout"] == "a.yaml, line 11"
    assert (origins["block.conv3x3"], origins["head.pool"]) == ("a.yaml, line 5", "a.yaml, line 12")


SAID_BY: Any = {
    ("stages", "depths"): ("stages", "regnet"),
    ("stages", "widths"): ("stages", "regnet"),
    ("stem", "stride"): ("stem", "strides"),
}


def is_written(value: Any, path: tuple[str | int, ...]) -> bool:
    """Whether there is a value at a path, for one of the stages at least; a type may be written alone."""
    if not path or value is None:
        return value is not None
    match value:
        case list():
            return any(is_written(item, path) for item in value)
        case dict():
            return path[0] in value and is_written(value[path[0]], path[1:])
        case _:
            return path == ("type",)


@given(documents())
def test_a_value_is_a_default_exactly_if_its_key_is_not_written(document: Document) -> None:
    """Every other one is written in the text, at a place within it."""
    text = write(document)
    for path, origin in origins_of(load_spec(Text(text))).items():
        found = is_written(document, path) or is_written(document, SAID_BY.get(path, ("", "")))
        assert (origin.kind == "default") == (not found), path
        assert origin.kind in ("file", "default")


@given(documents(), st.sampled_from(["head.classes", "input.size", "stem.stride"]))
def test_an_option_is_the_origin_of_its_value_only(document: Document, key: str) -> None:
    """All others come from where they came from before."""
    overrides = {key: 64 if key == "input.size" else 3}
    try:
        after = resnet_dsl.origins(document, overrides=overrides)
    except resnet_dsl.SpecError:
        return
    before = resnet_dsl.origins({name: value for name, value in document.items() if name != "expect"})
    assert after[key].kind == "option"
    assert {name: str(origin) for name, origin in after.items() if name != key} == {
        name: str(origin) for name, origin in before.items() if name != key
    }


@given(documents())
def test_yaml_with_comments_is_the_same_yaml(document: Document) -> None:
    """After every value, however long; comments are YAML's, and nothing else changes."""
    data = written_out(load_spec(document))
    comments = {path: f"{path[-1]}: # {index}" for index, (path, _) in enumerate(leaves(data))}
    text = write_commented(data, comments)
    assert plain(text) == data
    assert all(f"  # {comment}\n" in text for comment in comments.values())
    assert plain(write_commented(data, {})) == data


@pytest.mark.parametrize("name", ["resnet50", "resnext101_64x4d", "ecaresnext26t_32x4d", "resnetrs420"])
def test_without_comments_the_yaml_is_that_of_show(name: str) -> None:
    """Line by line."""
    data = written_out(load_spec(name))
    assert write_commented(data, {}) == write(data)


def test_a_spec_that_python_changed_counts_as_written_out() -> None:
    """As for everything else that is asked of it."""
    spec = load_spec("resnet18")
    changed = replace(spec, head=replace(spec.head, classes=5), expect=Expect())
    assert {origin.kind for origin in resnet_dsl.origins(changed).values()} == {"file"}


def test_an_option_cannot_end_the_comment() -> None:
    """Whatever is in its text, it is one line, and it is cut where it is long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yaml"
        path.write_text("name: a\nextends: resnet18\n")
        origins = resnet_dsl.origins(path, overrides={"description": "x\u2028name: b\x85" + "y" * 100})
    assert str(origins["description"]) == '--set description="x\\u2028name: b\\x85yyyyyyyy…'


@pytest.mark.parametrize("name", bundled_specs())
def test_the_origins_of_a_bundled_spec_are_bundled_specs(name: str) -> None:
    """By their names, without a path."""
    sources = {origin.source for origin in resnet_dsl.origins(name).values()}
    assert sources <= {"", *bundled_specs()}
    assert name in sources
