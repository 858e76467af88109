"""What is known of each key, and small functions that much is made of, by exact values."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from resnet_dsl.diagnostics.diagnostic import Label, SpecError
from resnet_dsl.diagnostics.source import Source, Span
from resnet_dsl.language.by_rule import expansion_of, is_network, rule_of, single, widths_of
from resnet_dsl.language.checks import schema as schemas
from resnet_dsl.language.checks.acceptance import is_accepted
from resnet_dsl.language.checks.changes import change
from resnet_dsl.language.checks.validator import is_valid
from resnet_dsl.language.checks.wording import counted, joined, quoted
from resnet_dsl.language.document.canonical import (
    as_written,
    canonical,
    collapsed,
    expanded,
    is_for_all_stages,
    shortened_settings,
)
from resnet_dsl.language.document.lineage import OPTION, Lineage
from resnet_dsl.language.document.overrides import as_options, format_override, key_steps, sets
from resnet_dsl.language.document.weights import SUFFIXES, WeightsError, check_no_weights, looks_like_weights
from resnet_dsl.language.origins import Origins
from resnet_dsl.language.regnet import Rule, base_width, channels_per_group, runs
from resnet_dsl.language.spec import Stem, StemPool, default, default_norm_eps, default_pool_kernel, position
from resnet_dsl.language.text.missing_space import key_without_space, missing_space_help
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import Path, Table, find
from resnet_dsl.limits import MAX_BLOCKS, MAX_CHANNELS
from resnet_dsl.lowering.kinds import KINDS

from ..helpers import TINY, loads, written_out
from .test_recorded_faults import PLACES, RECORDED, TOPICS
from .test_recorded_specs import check


def tree(text: str, name: str = "test") -> Table:
    return read(decode(name, text.encode()))


def test_what_is_known_of_each_key_is_as_recorded(pytestconfig: pytest.Config) -> None:
    """Its default, whether it is required, the values to choose from, and the keys inside it."""

    def facts() -> Iterator[str]:
        for path in PLACES:
            known = [
                ".".join(path),
                "a block" if path == ("blocks", "layer1.0") else repr(default(path)),
                str(schemas.is_required(path)),
                repr(schemas.enumerated(path)),
            ]
            yield " | ".join([*known, json.dumps([*schemas.properties(path)])])
            yield f"  {schemas.enumeration(schemas.part_at(path))}"
            places = schemas.places(path[-1])
            yield f"  {places}"
            assert path not in places or path in schemas.places(path[-1].upper().replace("_", "-"))
        yield f"{sorted(schemas.sections())} {sorted(schemas.known_keys())} {schemas.required()}"
        yield repr([*schemas.properties(())])

    check(pytestconfig, "keys", facts())


def test_a_name_is_made_of_what_resembles_one() -> None:
    """At most 64 characters, beginning with a letter; nothing if no letter is left."""
    texts = ("a", "my net", "50", "5x", "é", "", "_a_", "-a", "a" * 64, "a" * 65, "1" * 64, "a/b:c", "a.b-c_d")
    assert [schemas.name_like(text) for text in texts] == [
        *(
            "a",
            "my_net",
            "net_50",
            "net_5x",
            None,
            None,
            "a",
            None,
            "a" * 60,
            "a" * 60,
            f"net_{'1' * 60}",
            "a_b_c",
            "a.b-c_d",
        ),
    ]
    assert [schemas.is_name(text) for text in ("a", "a" * 64, "a" * 65, "", "1a", "a\n", "a b")] == [
        *(True, True, False, False, False, False, False),
    ]
    assert schemas.places("classes") == [("head", "classes")]
    assert schemas.places("Head-Classes") == schemas.places("headclasses") == [("head", "classes")]
    assert schemas.places("colour") == []
    assert schemas.part_at(("head", "colour")) == schemas.part_at(("colour", "a")) == {}
    assert schemas.part_at(("stages", "depths", 3)) == schemas.part_at(("stages", "depths"))
    assert (schemas.is_required(("a", "b")), schemas.is_required(("blocks", "layer1.0", "attention", "type"))) == (
        False,
        True,
    )


def test_a_document_is_accepted_only_if_it_is_sure() -> None:
    """A whole number with a point is not, however deep."""
    whole: dict[str, Any] = {"name": "a", "block": {"type": "basic"}, "stages": {"depths": [1]}}
    assert is_accepted(whole)
    assert is_accepted(whole | {"drop_path": 0.5})
    assert not is_accepted(whole | {"drop_path": 0.0})
    assert not is_accepted(whole | {"stages": {"depths": [1.0]}})
    assert not is_accepted(whole | {"head": {"classes": 10.0}})
    assert not is_accepted({"name": "a"})
    assert [is_valid(("stages", "depths", 0), value) for value in (1, 1.0, "x", True, 0)] == [
        *(True, False, False, False, False),
    ]
    assert [is_valid(("head", "classes"), value) for value in (0, 65536, 65537, None)] == [True, True, False, True]
    assert is_valid((), {"head": {}})
    assert not is_valid((), {"haed": {}})


def test_lists_of_words_are_sentences() -> None:
    """With commas, and a word before the last."""
    assert [joined(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert joined(["a", "b"], "or") == "a or b"
    assert quoted(["a", "b", "c"], "or") == "`a`, `b` or `c`"
    assert quoted(["a", "b"]) == "`a` and `b`"
    assert [counted(count, "value") for count in (0, 1, 2, 1000)] == ["0 values", "1 value", "2 values", "1,000 values"]


def test_a_change_is_written_where_the_file_has_the_mapping() -> None:
    """In the innermost one that is its own; an option holds it whole."""
    own = tree("stem: {pool: {type: max}, kernel: 3}\nhead: 5\n")
    path = ("stem", "pool", "kernel")
    assert change(own, {path: 2}, is_option=False) == ("write `kernel: 2` under `stem.pool`",)
    assert change(own, {path: 2}, is_option=True) == ("write `--set stem.pool='{kernel: 2}'`",)
    assert change(own, {("stem", "kernel"): 3, ("stem", "stride"): None}, is_option=False) == (
        "write `kernel: 3, stride: null` under `stem`",
    )
    assert change(own, {("head", "classes"): 1}, is_option=False) == ("write `head: {classes: 1}`",)
    assert change(own, {("block", "groups"): 1}, is_option=False) == ("write `block: {groups: 1}`",)
    assert change(own, {("norm",): None}, is_option=False) == ("write `norm: null`",)
    foreign = tree("stem: {pool: {type: max}}\n", "parent")
    mixed = Table({"stem": foreign.entries["stem"]}, own.span)
    assert change(mixed, {path: 2}, is_option=False) == ("write `stem: {pool: {kernel: 2}}`",)


def test_a_place_has_the_age_of_its_text() -> None:
    """An option is newest, then the file, then its parents in order."""
    child, parent, grandparent = Source("child", "a"), Source("parent", "b"), Source("grandparent", "c")
    lineage = Lineage(Span(child, 0, 1), (parent, grandparent))
    sources = (Source(OPTION, "x"), child, parent, grandparent)
    assert OPTION == "--set"
    assert [lineage.age(Span(source, 0, 1)) for source in sources] == [0, 1, 2, 3]
    assert [lineage.inherits(Span(source, 0, 1)) for source in sources] == [False, False, True, True]
    assert not lineage.inherits(None)
    assert lineage.labels(None, Span(child, 0, 1), Span(parent, 0, 1)) == (Label(Span(child, 0, 1), "inherited here"),)
    assert Lineage().age(Span(parent, 0, 1)) == 1


def test_the_origin_of_a_value_is_the_nearest_that_is_written() -> None:
    """Else the name; none without a text."""
    source = Source("a", "name stem kernel pool")
    spans: dict[Path, Span] = {
        ("name",): Span(source, 0, 4),
        ("stem",): Span(source, 5, 9),
        ("stem", "kernel"): Span(source, 10, 16),
    }
    origins = Origins(spans)
    assert origins.span("stem", "kernel") == Span(source, 10, 16)
    assert origins.span("stem", "kernel", 0) == Span(source, 10, 16)
    assert origins.span("stem", "pool") == Span(source, 5, 9)
    assert origins.span("head", "classes") == origins.span() == Span(source, 0, 4)
    assert origins.labels("stem", text="why") == (Label(Span(source, 5, 9), "why"),)
    assert origins.labels("stem") == (Label(Span(source, 5, 9)),)
    assert Origins().span("stem") is None
    assert Origins().labels("stem", text="why") == ()
    assert origins.first_labels([("head",), ("stem", "kernel"), ("stem",)]) == (Label(Span(source, 10, 16)),)
    assert origins.first_labels([("stem", "pool"), ("head",)]) == (Label(Span(source, 5, 9)),)
    lineage = Lineage(Span(Source("child", "extends"), 0, 7), (source,))
    assert [label.text for label in replace(origins, lineage=lineage).labels("stem", text="x")] == [
        "x",
        "inherited here",
    ]


def test_forms_of_single_values() -> None:
    """Short and long."""
    assert [collapsed(values) for values in ([], [1], [1, 1], [1, 2], [1, 1, 2])] == [[], 1, 1, [1, 2], [1, 1, 2]]
    assert shortened_settings({"type": "a"}) == "a"
    assert shortened_settings({"type": "a", "b": 1}) == {"type": "a", "b": 1}
    long = canonical(tree("block: {type: basic, groups: [1, 1]}\nstages: {depths: [1, 1], widths: 8}\nnorm: batch\n"))
    assert [is_for_all_stages(find(long, path)) for path in (("block", "type"), ("block", "groups"), ("norm",))] == [
        *(True, False, False),
    ]
    assert not is_for_all_stages(None)
    assert as_written(long, ("stages", "widths", 1)) == ("stages", "widths")
    assert [*expanded(long, ("blocks", "*", "first"))] == []
    assert [*expanded(long, ("stages", "widths"))] == [("stages", "widths", 0), ("stages", "widths", 1)]


def test_what_a_rule_leads_to() -> None:
    """Its numbers must all be there, and no depths; expansion and group width the same for all stages."""
    rule = Rule(depth=4, initial=8, slope=8, multiplier=2)
    numbers = "depth: 4, initial: 8, slope: 8, multiplier: 2"

    def ruled(block: str, stages: str = numbers, rest: str = "") -> Table:
        return canonical(tree(f"block: {{{block}}}\nstages: {{regnet: {{{stages}}}{rest}}}\n"))

    assert rule_of(ruled("type: basic")) == rule
    assert rule_of(ruled("type: basic", f"{numbers}, rounding: torchvision")) == replace(rule, rounding="torchvision")
    assert rule_of(ruled("type: basic", rest=", depths: [1]")) is None
    assert rule_of(canonical(tree("stages: {regnet: 5}"))) is None
    for missing in ("depth: 4, ", "initial: 8, ", "slope: 8, ", ", multiplier: 2"):
        assert rule_of(ruled("type: basic", numbers.replace(missing, ""))) is None
    assert [
        expansion_of(ruled(block), KINDS) for block in ("type: basic", "type: bottleneck", "type: [basic, bottleneck]")
    ] == [
        *(1, 4, None),
    ]
    assert [
        expansion_of(ruled(f"type: basic, expansion: {value}"), KINDS) for value in ("2", "[2, 2]", "[1, 2]", "x")
    ] == [
        *(2, 2, None, None),
    ]
    assert expansion_of(ruled("groups: 1"), KINDS) is None
    assert widths_of(rule, ruled("type: basic"), KINDS) == (8, 16, 32)
    assert widths_of(rule, ruled("type: bottleneck"), KINDS) == (2, 4, 8)
    assert widths_of(rule, ruled("type: basic, group_width: 12"), KINDS) == (8, 12, 36)
    assert widths_of(rule, ruled("type: basic, group_width: [4, 8]"), KINDS) is None
    assert widths_of(rule, ruled("type: [basic, bottleneck]"), KINDS) is None
    assert [single(tree(f"a: {value}"), ("a",)) for value in ("1", "[1, 1]", "[1, 2]", "[]")] == [1, 1, None, None]
    assert single(tree("a: 1"), ("b",)) is None
    assert is_network(rule, (1,) * 16)
    assert not is_network(rule, (1,) * 17)
    assert [is_network(rule, (width,)) for width in (0, 1, MAX_CHANNELS, MAX_CHANNELS + 1)] == [
        False,
        True,
        True,
        False,
    ]
    assert [is_network(replace(rule, depth=depth), (1,)) for depth in (MAX_BLOCKS, MAX_BLOCKS + 1)] == [True, False]


def test_the_numbers_of_a_rule_are_exact() -> None:
    """Each run with the widths wanted, its step and the width before it is a multiple of 8."""
    found = runs(Rule(depth=4, initial=24, slope=36.44, multiplier=2.49))
    assert [(run.depth, run.step, run.width) for run in found] == [(1, 0, 24), (1, 1, 56), (2, 2, 152)]
    assert [round(run.exact, 3) for run in found] == [24.0, 59.76, 148.802]
    assert [[round(each, 2) for each in run.wanted] for run in found] == [[24.0], [60.44], [96.88, 133.32]]
    assert [channels_per_group(inner, width) for inner, width in ((8, 0), (8, 4), (8, 16), (0, 4), (0, 0))] == [
        *(1, 4, 8, 0, 0),
    ]
    pycls = Rule(depth=1, initial=8, slope=0, multiplier=2)
    torchvision = replace(pycls, rounding="torchvision")
    cases = (
        (24, 1, 8),
        (100, 1, 24),
        (100, 2, 24),
        (7, 8, 4),
        (8, 8, 4),
        (30, 1, 16),
        (22, 1, 16),
        (89, 1, 80),
        (88, 1, 80),
    )
    assert [base_width(pycls, *case) for case in cases] == [24, 96, 48, 0, 1, 32, 16, 80, 80]
    assert [base_width(torchvision, *case) for case in cases] == [24, 96, 48, 0, 1, 32, 32, 160, 80]


def test_strides_of_the_stem() -> None:
    """Of each convolution, and of all with the pooling."""
    assert Stem().all_strides == (2,)
    assert Stem(channels=(1, 2, 3), stride=3).all_strides == (3, 1, 1)
    assert Stem(channels=(1, 2), strides=(2, 3)).all_strides == (2, 3)
    pools = [StemPool(type=type_) for type_ in ("max", "avg", "conv", "none")]
    assert [Stem(channels=(1, 2), strides=(2, 3), pool=pool).reduction for pool in pools] == [12, 12, 12, 6]
    assert [default_pool_kernel(pool) for pool in ("max", "avg", "conv", "none")] == [3, 2, 3, 3]
    assert [default_norm_eps(norm) for norm in ("batch", "group", "instance", "layer", "none")] == [
        *(1e-5, 1e-5, 1e-5, 1e-6, 1e-5),
    ]
    assert [position(name) for name in ("layer1.0", "layer12.34", "layer2.*")] == [(1, 0), (12, 34), (2, -1)]


def test_keys_and_values_of_options() -> None:
    """The name of a block has a dot in it, and JSON's text is YAML's."""
    assert [
        key_steps(key) for key in ("a", "a.b", "blocks.layer1.0", "blocks.layer1.0.first", "blocks.layer1", "x.b.c")
    ] == [
        *(["a"], ["a", "b"], ["blocks", "layer1.0"], ["blocks", "layer1.0", "first"], ["blocks", "layer1"]),
        ["x", "b", "c"],
    ]
    assert format_override("a", "é\x85\u2028\u2029") == 'a="é\\x85\\u2028\\u2029"'
    assert format_override("a.b", {"c": (1, None)}) == 'a.b={"c": [1, null]}'
    assert as_options({"a": 1, "b": [True]}) == ("a=1", "b=[true]")
    assert as_options(["a=1", "b"]) == ("a=1", "b")
    assert sets(["head.classes=1"], ("head", "classes"))
    assert sets({"head": {"classes": 1}}, ("head", "classes"))
    assert not sets(["head.classes=1"], ("head", "dropout"))
    assert not sets([], ("head",))


def test_a_missing_space_is_after_a_key() -> None:
    """Of letters and underscores alone."""
    texts = ("type:basic", "a_B:1", "type: basic", "type:", "1a:b", "a b:c", "a-b:c", ":a", "a:b:c", "http://x")
    assert [key_without_space(text) for text in texts] == [
        *("type", "a_B", None, None, None, None, None, None, "a", "http"),
    ]
    assert missing_space_help("type:basic") == ("put a space after the colon: `type: basic`",)
    assert missing_space_help(f"a:{'b' * 41}") == (f"put a space after the colon: `a: {'b' * 39}…`",)
    assert missing_space_help("type") == ()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_weights_is_known_by_its_name(suffix: str) -> None:
    """In any case."""
    assert looks_like_weights(f"a{suffix}", b"name: a")
    assert looks_like_weights(f"a{suffix.upper()}", b"")
    assert not looks_like_weights(f"a{suffix}.yaml", b"name: a")
    with pytest.raises(WeightsError, match=r"^it is a file of weights$"):
        check_no_weights(f"a{suffix}", b"")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"PK\x03\x04", True),
        (b"PK\x03", False),
        (b"\x80\x01", False),
        (b"\x80\x02", True),
        (b"\x80\x05", True),
        (b"\x80\x06", False),
        (b"\x89HDF", True),
        (b"\x93NUMPY", True),
        (b"\n\n\n\n\0\0\0\0{", True),
        (b"abcd\0\0\0\0[", False),
        (b"abcd\0\0\0{", False),
        (b"xPK\x03\x04", False),
        (b"", False),
    ],
)
def test_a_file_of_weights_is_known_by_its_start(start: bytes, expected: bool) -> None:
    """Whatever its name."""
    assert looks_like_weights("a.yaml", start) is expected


@pytest.mark.parametrize(
    "name", ["input", "stem", "conv", "norm", "shortcut", "stages", "blocks", "head", "init", "expect"]
)
def test_a_part_of_another_type_is_a_fault(name: str) -> None:
    """Each by its name."""
    other: Any = {name: 5}
    with pytest.raises(SpecError) as caught:
        written_out(replace(loads(TINY), **other))
    (fault,) = caught.value.diagnostics
    assert fault.code == "RD201"
    assert fault.message.startswith(f"`{name}` of a `Spec` must have type `")
    assert fault.message.endswith("`, found `int`")


@pytest.mark.parametrize(
    ("part", "name", "kind"),
    [
        ("stem", "channels", "tuple"),
        ("stem", "pool", "StemPool"),
        ("stem", "strides", "tuple"),
        ("head", "pool", "HeadPool"),
    ],
)
def test_so_is_a_value_inside_of_one(part: str, name: str, kind: str) -> None:
    """Where it has parts itself."""
    spec, other = loads(TINY), {name: 5}
    with pytest.raises(SpecError) as caught:
        written_out(replace(spec, **{part: replace(getattr(spec, part), **other)}))
    (fault,) = caught.value.diagnostics
    assert fault.message == f"`{part}.{name}` of a `Spec` must have type `{kind}`, found `int`"


def test_no_record_is_left_of_what_is_no_longer_tested() -> None:
    """One for each topic."""
    others = {"unreadable", "specs", "names", "data", "written", "opened", "new", "keys"}
    assert {path.stem for path in RECORDED.glob("*.txt")} == {*TOPICS} | others
