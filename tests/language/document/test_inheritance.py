"""`extends`: merging rules and faults."""

import json
import os
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
from resnet_dsl.language.document.inheritance import merge
from resnet_dsl.language.spec import Spec
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import Table, to_plain
from resnet_dsl.language.text.writer import write
from resnet_dsl.limits import MAX_BYTES, MAX_EXTENDS

from ...helpers import load, loads, lower

BASE = """\
name: base
description: a parent
reference: nobody
input: {channels: 1, size: 32}
stem: {channels: 8, kernel: 3}
block: {type: basic}
stages:
  depths: [1, 2]
  widths: [8, 16]
head: {classes: 10}
expect: {depth: 8}
"""


@pytest.fixture(autouse=True)
def _empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in its own empty directory, so that file names are relative."""
    monkeypatch.chdir(tmp_path)


def write_files(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def child_of_base(text: str, base: str = BASE) -> Spec:
    write_files(base=base, child=f"name: child\nextends: base.yaml\n{text}")
    return load("child.yaml")


def faults_of(path: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as caught:
        lower(load(path))
    return caught.value.diagnostics


def seen(fault: Diagnostic) -> tuple[str, str, list[str]]:
    """Code, message, and every label as `file:line marked text: label`."""
    labels = [f"{each.span.source.name}:{each.span.line} {each.span.text} {each.text}".strip() for each in fault.labels]
    return fault.code, fault.message, labels


def tree(data: Mapping[str, Any]) -> Table:
    return read(decode("test", json.dumps(data).encode()))


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": [1, 2]}, {"a": {"a": "b", "c": None}}, {"a": {"a": "b"}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396(target: Any, patch: Any, result: Any) -> None:
    """The examples of appendix A that merge mappings, or do so when nested one level deeper."""
    assert result == to_plain(merge(tree(target), tree(patch)))


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("xy"),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.sampled_from("abc"), values, max_size=3),
    max_leaves=8,
)
_MAPPINGS = st.dictionaries(st.sampled_from("abc"), _JSON, max_size=3)


def merge_patch(target: Any, patch: Any) -> Any:
    """The pseudocode of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merge_patch(target.get(name), value)
    return target


@given(_MAPPINGS, _MAPPINGS)
def test_merging_is_json_merge_patch(target: dict[str, Any], patch: dict[str, Any]) -> None:
    """For all mappings, the result equals that of the RFC's pseudocode."""
    assert merge_patch(target, patch) == to_plain(merge(tree(target), tree(patch)))


def test_a_child_overrides_only_what_it_writes() -> None:
    """Mappings merge key by key at every depth, and lists are replaced whole."""
    child = child_of_base("stages: {depths: [3, 4]}\nstem: {stride: 1}\n")
    expected = loads(
        """
        {name: child, input: {channels: 1, size: 32}, stem: {channels: 8, kernel: 3, stride: 1}, block: {type: basic},
        stages: {depths: [3, 4], widths: [8, 16]}, head: {classes: 10}}
        """
    )
    assert expected == child


def test_a_list_replaces_a_list_of_another_length() -> None:
    """No item of the parent's list remains."""
    child = child_of_base("stages: {depths: [3], widths: [4]}")
    assert [(stage.depth, stage.width) for stage in child.stages] == [(3, 4)]


@pytest.mark.parametrize(
    ("text", "path", "default"),
    [
        ("stem: {kernel: null}", ("stem", "kernel"), 7),
        ("stem: null", ("stem", "channels"), (64,)),
        ("head: {classes: null, dropout: 0.5}", ("head", "classes"), 1000),
        ("input: null", ("input", "height"), 224),
    ],
)
def test_null_removes_the_inherited_value(text: str, path: tuple[str, str], default: object) -> None:
    """After `null` the default applies again."""
    part, key = path
    assert default == getattr(getattr(child_of_base(text), part), key)


def test_null_removes_nothing_else() -> None:
    """Keys after a `null` in the same mapping still apply."""
    head = child_of_base("head: {classes: null, dropout: 0.5, pool: max}").head
    assert (head.classes, head.dropout, head.pool.type) == (1000, 0.5, "max")


def test_null_without_an_inherited_value_has_no_effect() -> None:
    """In a child, `null` for a key that is not inherited is allowed, as in JSON Merge Patch."""
    assert child_of_base("") == child_of_base("init: null\nstages: {strides: null}\ndescription: null\n")


def test_name_description_reference_and_expectations_are_not_inherited() -> None:
    """Keys that describe a single file are not inherited; the parent's expected depth does not apply to the child."""
    child = child_of_base("stages: {depths: [1, 1]}")
    assert (child.name, child.description, child.reference, child.expect.depth) == ("child", None, None, None)
    assert lower(child).depth == 6


def test_a_child_needs_its_own_name() -> None:
    """A missing name is reported once, in the child."""
    write_files(base=BASE, child="extends: base.yaml\n")
    expected = [("RD202", "missing key `name`", ["child.yaml:1 extends the spec needs `name`"])]
    assert expected == [seen(fault) for fault in faults_of("child.yaml")]


def test_a_name_of_null_is_one_fault() -> None:
    """A name of `null` is not also reported as missing."""
    write_files(base=BASE, child="name: null\nextends: base.yaml\n")
    assert [fault.code for fault in faults_of("child.yaml")] == ["RD201"]


def test_null_is_not_reported_if_the_parent_is_missing() -> None:
    """With an unknown parent, `null` may remove an inherited value."""
    write_files(child="name: child\nextends: missing.yaml\nstem: null\nhead: {classes: null}\n")
    assert [fault.code for fault in faults_of("child.yaml")] == ["RD001"]


def test_the_nearest_of_many_ancestors_wins() -> None:
    """Each file is merged into the result of its ancestors."""
    write_files(
        base=BASE,
        b="name: b\nextends: base.yaml\nstem: {kernel: 5, stride: 1}\nhead: {classes: 3}\n",
        c="name: c\nextends: b.yaml\nstem: {kernel: null}\nhead: {classes: 4}\n",
    )
    spec = load("c.yaml")
    assert (spec.stem.channels, spec.stem.kernel, spec.stem.stride, spec.head.classes) == ((8,), 7, 1, 4)


def test_a_path_is_relative_to_the_file_that_contains_it() -> None:
    """A path is not relative to the working directory or to a descendant's directory."""
    Path("a/b").mkdir(parents=True)
    Path("a/base.yaml").write_text(BASE)
    Path("a/b/middle.yaml").write_text("name: middle\nextends: ../base.yaml\n")
    write_files(child="name: child\nextends: a/b/middle.yaml\n")
    assert child_of_base("") == load("child.yaml")


def test_the_parent_of_a_text_is_relative_to_the_working_directory() -> None:
    """The `extends` of a text without a file is relative to the working directory."""
    write_files(base=BASE)
    assert child_of_base("") == loads("name: child\nextends: base.yaml\n")


def test_a_bundled_spec_is_referenced_by_name() -> None:
    """A bundled spec can be extended by name from any directory."""
    spec = loads("name: resnet77\nextends: resnet50\nstages: {depths: [3, 4, 15, 3]}\n")
    assert lower(spec).depth == 77


@pytest.mark.parametrize(
    ("parents", "names", "places"),
    [
        ({"a": "a"}, "a.yaml -> a.yaml", ["a.yaml:2 a.yaml"]),
        ({"a": "b", "b": "a"}, "a.yaml -> b.yaml -> a.yaml", ["b.yaml:2 a.yaml", "a.yaml:2 b.yaml"]),
        (
            {"a": "b", "b": "c", "c": "a"},
            "a.yaml -> b.yaml -> c.yaml -> a.yaml",
            ["c.yaml:2 a.yaml", "a.yaml:2 b.yaml", "b.yaml:2 c.yaml"],
        ),
        ({"a": "b", "b": "c", "c": "b"}, "b.yaml -> c.yaml -> b.yaml", ["c.yaml:2 b.yaml", "b.yaml:2 c.yaml"]),
    ],
    ids=["itself", "two", "three", "further up"],
)
def test_a_cycle_is_a_fault_that_names_every_file_on_it(parents: dict[str, str], names: str, places: list[str]) -> None:
    """The primary label is at the `extends` that closes the cycle."""
    write_files(**{name: f"name: {name}\nextends: {parent}.yaml\n" for name, parent in parents.items()})
    expected = [("RD022", f"circular `extends`: {names}", places)]
    assert expected == [seen(fault) for fault in faults_of("a.yaml")]


def test_a_cycle_is_found_through_other_spellings_and_links() -> None:
    """`./a.yaml`, `../dir/a.yaml` and a symbolic link are one file."""
    Path("link.yaml").symlink_to("a.yaml")
    Path("sub").mkdir()
    write_files(a="name: a\nextends: sub/../b.yaml\n", b="name: b\nextends: ./link.yaml\n")
    (fault,) = faults_of("a.yaml")
    assert fault.message == "circular `extends`: a.yaml -> sub/../b.yaml -> a.yaml"


def test_16_levels_are_fine_and_17_are_not() -> None:
    """The fault is at the first `extends` beyond the limit."""
    names = [f"level{number}" for number in range(MAX_EXTENDS + 2)]
    for name, parent in pairwise(names):
        write_files(**{name: f"name: {name}\nextends: {parent}.yaml\n"})
    write_files(**{names[-1]: BASE})
    assert load("level1.yaml").stem.kernel == 3
    expected = [("RD023", "more than 16 levels of `extends`", ["level16.yaml:2 level17.yaml"])]
    assert expected == [seen(fault) for fault in faults_of("level0.yaml")]


def test_a_missing_parent_is_a_fault_at_the_extends_line() -> None:
    """The file's other faults are reported along with the missing parent."""
    write_files(child="name: child\nextends: sub/base.yaml\ncolour: red\n")
    assert [seen(fault) for fault in faults_of("child.yaml")] == [
        ("RD001", "cannot read the spec `sub/base.yaml`: no such file or directory", ["child.yaml:2 sub/base.yaml"]),
        ("RD203", "unknown key `colour`", ["child.yaml:3 colour not a top-level key"]),
    ]


def test_a_misspelt_bundled_parent_gets_a_suggestion() -> None:
    """A bare name is compared with the names of the bundled specs."""
    write_files(child="name: child\nextends: resnext50_32x4\n")
    (fault,) = faults_of("child.yaml")
    assert fault.helps == ("a bundled spec with a similar name exists: `resnext50_32x4d`",)


def test_a_parent_without_its_ending_is_found() -> None:
    """Next to the file that extends it; a bundled spec of a similar name is not suggested."""
    Path("nets").mkdir()
    write_files(**{"nets/resnet77": "name: a\n", "nets/child": "name: child\nextends: resnet77\n"})
    (fault,) = faults_of("nets/child.yaml")
    assert fault.helps == ("a file of that name exists: write `resnet77.yaml`",)
    for name in ("nets/resnet77", "nets/child"):
        with pytest.raises(EnvironmentFault) as caught:
            load(name)
        assert caught.value.diagnostics[0].helps == (f"a file of that name exists: write `{name}.yaml`",)
    Path("net.resnet.yml").touch()
    with pytest.raises(EnvironmentFault, match=r"write `net\.resnet\.yml`"):
        load("net")


def test_a_directory_cannot_be_a_parent() -> None:
    """A directory is reported as not a regular file."""
    Path("specs").mkdir()
    write_files(child="name: child\nextends: specs\n")
    (fault,) = faults_of("child.yaml")
    assert seen(fault) == (
        "RD001",
        "cannot read the spec `specs`: not a regular file",
        ["child.yaml:2 specs"],
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_cannot_be_a_parent() -> None:
    """Pipes and devices are rejected without reading, which might never end."""
    os.mkfifo("pipe.yaml")
    for name in ("pipe.yaml", "/dev/zero"):
        write_files(child=f"name: child\nextends: {name}\n")
        (fault,) = faults_of("child.yaml")
        assert fault.message == f"cannot read the spec `{name}`: not a regular file"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("x" * 5000, "file name too long"),
        ("./" * 2048 + "x", "file name too long"),
        ("./" * 2047 + "xx", "no such file or directory"),
        ("a\u2028b.yaml", "no such file or directory"),
    ],
)
def test_a_parent_with_an_impossible_name_is_a_fault(reference: str, reason: str) -> None:
    """The system's reason is reported at the `extends` line."""
    Path("child.yaml").write_text(write({"name": "child", "extends": reference}), encoding="utf-8")
    (fault,) = faults_of("child.yaml")
    assert (fault.code, fault.span.line if fault.span else None) == ("RD001", 2)
    assert fault.message.endswith(f"`: {reason}")


def test_a_file_of_1_mib_is_read_and_a_larger_one_is_not() -> None:
    """A file one byte over 1 MiB is a fault."""
    Path("base.yaml").write_text(BASE.ljust(MAX_BYTES), encoding="utf-8")
    assert load("base.yaml").name == "base"
    Path("base.yaml").write_text(BASE.ljust(MAX_BYTES + 1), encoding="utf-8")
    assert [fault.code for fault in faults_of("base.yaml")] == ["RD003"]


def test_a_fault_in_the_parent_points_into_the_parent() -> None:
    """A second label marks the `extends` that brought the fault in."""
    write_files(base=BASE.replace("kernel: 3", "kernel: 4"), child="name: child\nextends: base.yaml\n")
    assert [seen(fault) for fault in faults_of("child.yaml")] == [
        (
            "RD205",
            "`stem.kernel` must be odd, found the number `4`",
            ["base.yaml:5 4", "child.yaml:2 base.yaml inherited here"],
        )
    ]


def test_a_conflict_between_two_files_points_into_both() -> None:
    """The child's two stages do not fit the parent's three widths; the child's place comes first, being the user's."""
    write_files(
        base="name: base\nblock: {type: basic}\nstages: {depths: [1, 1, 1], widths: [8, 8, 8]}\n",
        child="name: child\nextends: base.yaml\nstages: {depths: [1, 1]}\n",
    )
    assert [seen(fault) for fault in faults_of("child.yaml")] == [
        (
            "RD301",
            "the inherited `stages.widths` has 3 values for 2 stages",
            ["child.yaml:3 [1, 1] 2 values", "base.yaml:3 [8, 8, 8] 3 values", "child.yaml:2 base.yaml inherited here"],
        )
    ]


def test_a_shape_fault_points_at_the_inherited_value() -> None:
    """Faults found on the graph also point into the parent."""
    base = "name: base\nblock: {type: basic}\nstages: {depths: [1]}\nshortcut: {type: padding}\n"
    write_files(base=base, child="name: child\nextends: base.yaml\nstem: {channels: 65}\n")
    (fault,) = faults_of("child.yaml")
    assert fault.span is not None
    assert (fault.code, fault.span.source.name, fault.span.text) == ("RD403", "base.yaml", "padding")


def test_a_required_key_removed_by_a_child_is_missing_in_the_child() -> None:
    """A key that the child removes is reported in the child, not in the parent."""
    write_files(base=BASE, child="name: child\nextends: base.yaml\nstages: null\n")
    expected = [("RD202", "missing key `stages`", ["child.yaml:1 name the spec needs `stages`"])]
    assert expected == [seen(fault) for fault in faults_of("child.yaml")]


def test_an_unreadable_parent_is_reported_with_the_faults_of_the_child() -> None:
    """Independent faults in both files are reported."""
    write_files(base="a: [", child="name: child\nextends: base.yaml\nstem: 3\n")
    expected = [("child.yaml", "RD201"), ("base.yaml", "RD005")]
    assert expected == [(f.span.source.name, f.code) for f in faults_of("child.yaml") if f.span is not None]


def places_of(name: str) -> list[tuple[str, list[str]]]:
    """Code, and file and line of every label, of each fault."""
    return [
        (fault.code, [f"{label.span.source.name}:{label.span.line} {label.text}".strip() for label in fault.labels])
        for fault in faults_of(name)
    ]


def test_reading_faults_are_reported_with_schema_faults() -> None:
    """Faults in a parent show where they are inherited, and unreadable parts cause no further faults."""
    write_files(
        base="name: base\nname: again\nhead: {classes: 1e999}\nstem: 3\n", child="name: a\nextends: base.yaml\nx: 1\n"
    )
    here = "child.yaml:2 inherited here"
    assert places_of("child.yaml") == [
        ("RD203", ["child.yaml:3 not a top-level key"]),
        ("RD009", ["base.yaml:2 defined again here", "base.yaml:1 first defined here", here]),
        ("RD011", ["base.yaml:3", here]),
        ("RD201", ["base.yaml:4", here]),
    ]


def test_no_key_is_reported_missing_if_a_key_is_unreadable() -> None:
    """An unreadable key may be the missing one."""
    write_files(one="name: a\nblock: {5: basic}\nstages: {depths: [1]}\n")
    assert [code for code, _ in places_of("one.yaml")] == ["RD010"]


def test_a_missing_ancestor_hides_no_fault_of_those_before_it() -> None:
    """A missing ancestor is reported in the file that names it, along with the faults of that file and the child."""
    write_files(
        middle="name: b\nextends: nowhere.yaml\nhead: {classes: x}\n", child="name: a\nextends: middle.yaml\nheads: 3\n"
    )
    here = "child.yaml:2 inherited here"
    assert places_of("child.yaml") == [
        ("RD203", ["child.yaml:3 not a top-level key"]),
        ("RD001", ["middle.yaml:2", here]),
        ("RD201", ["middle.yaml:3", here]),
    ]


def test_an_unreadable_ancestor_shows_where_it_is_inherited() -> None:
    """The label is at the `extends` of the file named by the user."""
    write_files(base="a: [", child="name: child\nextends: base.yaml\n")
    assert places_of("child.yaml") == [("RD005", ["base.yaml:1", "child.yaml:2 inherited here"])]
    write_files(a="\n\nname: a\nextends: child.yaml\n")
    assert places_of("a.yaml") == [("RD005", ["base.yaml:1", "a.yaml:4 inherited here"])]


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ("null", "RD208", "`extends` is `null`, but there is no inherited value to remove"),
        ("''", "RD206", "`extends` must not be empty"),
        ("5", "RD201", "`extends` must be a string, found the number `5`"),
        ("[a]", "RD201", "`extends` must be a string, found a list"),
    ],
)
def test_extends_that_names_nothing_is_the_only_fault(value: str, code: str, message: str) -> None:
    """With an invalid `extends`, missing keys are not reported."""
    with pytest.raises(SpecError) as caught:
        loads(f"name: a\nextends: {value}\n")
    assert [(code, message)] == [(fault.code, fault.message) for fault in caught.value.diagnostics]


def test_null_is_a_fault_in_a_file_that_extends_nothing() -> None:
    """`null` in a root file is a fault at every level, and only one fault if the key cannot be null at all."""
    base = f"{BASE}init: null\nversion: null\n".replace("size: 32", "size: null")
    write_files(base=base, child="name: child\nextends: base.yaml\n")
    found = [fault.message for fault in faults_of("child.yaml")]
    expected = ["`input.size`", "`init`", "`version`"]
    assert expected == [re.split(" is `null`", message)[0] for message in found]
    write_files(nameless=BASE.replace("name: base", "name: null"))
    assert [fault.code for fault in faults_of("nameless.yaml")] == ["RD201"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.yaml", "cannot read the spec `missing.yaml`: no such file or directory"),
        (".", "cannot read the spec `.`: not a regular file"),
        ("a\0b", "cannot read the spec `a\0b`: embedded null byte"),
    ],
)
def test_an_unreadable_spec_is_an_environment_fault(name: str, message: str) -> None:
    """A spec named by the caller that cannot be read is reported without a place."""
    with pytest.raises(EnvironmentFault) as caught:
        load(name)
    assert [(f.code, f.message, f.labels) for f in caught.value.diagnostics] == [("RD001", message, ())]


def test_a_misspelt_bundled_spec_gets_a_suggestion() -> None:
    """A misspelt name gets a suggestion; a name similar to none gets a general help."""
    helps = []
    for name in ("resnext50_32x4", "zzzz"):
        with pytest.raises(EnvironmentFault) as caught:
            load(name)
        helps += [fault.helps for fault in caught.value.diagnostics]
    assert helps == [
        ("a bundled spec with a similar name exists: `resnext50_32x4d`",),
        ("give the path of a file or the name of a bundled spec; `resnet-dsl list` shows the bundled specs",),
    ]
