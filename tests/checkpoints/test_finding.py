"""Tables in the trees of files, the classifiers beside trunks, and what is said of choices: exact values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from resnet_dsl.checkpoints.dialects import DIALECTS
from resnet_dsl.checkpoints.dialects.change import Change
from resnet_dsl.checkpoints.files.content import Content, Inert
from resnet_dsl.checkpoints.finding import location
from resnet_dsl.checkpoints.finding import tables as finding_tables
from resnet_dsl.checkpoints.finding.classifier import classifier, is_of_classifier, roots
from resnet_dsl.checkpoints.finding.location import Located, distinct, left_out_words, networks
from resnet_dsl.checkpoints.finding.selection import chosen
from resnet_dsl.checkpoints.finding.tables import tables
from resnet_dsl.checkpoints.stored import Filled, Part, Stored
from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault
from resnet_dsl.graph.shapes import Shape
from resnet_dsl.lowering.names import HEAD_CONVOLUTION

STANDARD = DIALECTS[0]
ONE, TWO, THREE = (Filled((number,), 0.5) for number in (1, 2, 3))


# Tables


def placeholder(name: str = "a.b", *arguments: object, **parts: Any) -> Inert:
    """Something of an unknown class."""
    made = Inert(name, arguments)
    for part, value in parts.items():
        setattr(made, part, value)
    return made


def listed(tree: object, specs: Mapping[int, str] | None = None) -> dict[str, dict[str, Shape]]:
    """The names and shapes in each table."""
    found = tables(Content(tree, specs or {}))
    return {key: {name: part.shape for name, part in table.parts.items()} for key, table in found.items()}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (None, {}),
        (ONE, {}),
        ({"a": ONE, "b": 1, "c": TWO}, {"": {"a": (1,), "c": (2,)}}),
        ({1: ONE, None: TWO, b"c": THREE}, {"": {"1": (1,)}}),
        ([ONE, 1, TWO], {"": {"0": (1,), "2": (2,)}}),
        ((ONE, [TWO]), {"": {"0": (1,)}, "1": {"0": (2,)}}),
        ({"x": {"y": {"a": ONE}}, "z": {"a": TWO}}, {"x.y": {"a": (1,)}, "z": {"a": (2,)}}),
        ({"x": {"y": {"a": ONE}, "a": TWO}, "a": THREE}, {"": {"a": (3,)}, "x": {"a": (2,)}, "x.y": {"a": (1,)}}),
        ({"x.y": {"a": ONE}, "x": {"y": {"a": TWO}}}, {"x.y": {"a": (1,)}, "x.y'": {"a": (2,)}}),
        ({"x": placeholder(state={"a": ONE})}, {"x": {"a": (1,)}}),
        ({"x": placeholder(pairs={"a": ONE})}, {"x": {"a": (1,)}}),
        ({"x": placeholder(elements=[ONE])}, {"x": {"0": (1,)}}),
        ({"x": placeholder("a.b", ONE, {"a": TWO})}, {"x": {"0": (1,)}, "x.1": {"a": (2,)}}),
        ({"x": placeholder(state=placeholder(state={"a": ONE}))}, {"x.state": {"a": (1,)}}),
        ({"x": placeholder(state=ONE)}, {}),
        ({"x": placeholder(state=({"a": ONE}, {"b": TWO}))}, {"x.0": {"a": (1,)}, "x.1": {"b": (2,)}}),
        ({"x": {1, 2}, "y": "text"}, {}),
    ],
    ids=lambda each: repr(each)[:30],
)
def test_the_tables_of_a_tree(tree: object, expected: Mapping[str, object]) -> None:
    """By the keys that lead to each, in the order of the file."""
    found = listed(tree)
    assert found == expected
    assert [*found] == [*expected]


def test_tables_that_are_shared_or_endless() -> None:
    """Each is listed once, even one that contains itself."""
    table: dict[str, object] = {"a": ONE}
    table["self"] = table
    assert listed({"x": table, "y": table}) == {"x": {"a": (1,)}}


def test_specs_belong_to_tables() -> None:
    """By the identity of the mapping."""
    inner = {"a": ONE}
    found = tables(Content({"x": inner, "y": {"a": TWO}}, {id(inner): "text"}))
    assert {key: table.spec for key, table in found.items()} == {"x": "text", "y": None}


def test_tables_have_bounded_depths_and_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than the limit, one more is listed."""
    monkeypatch.setattr(finding_tables, "MAX_NESTING", 2)
    assert listed({"x": {"y": {"a": ONE}}}) == {"x.y": {"a": (1,)}}
    assert listed({"x": {"y": {"z": {"a": ONE}}}}) == {}
    monkeypatch.setattr(finding_tables, "MAX_ENTRIES", 2)
    assert listed({"a": ONE, "b": ONE, "c": ONE, "d": ONE}) == {"": {"a": (1,), "b": (1,), "c": (1,)}}


def module(parameters: object = None, buffers: object = None, modules: object = None, **others: Any) -> Inert:
    """A module that was pickled as a whole."""
    state = {"_parameters": parameters or {}, "_buffers": buffers or {}, "_modules": modules or {}, **others}
    return placeholder("my.Net", state=state)


def test_modules_are_tables() -> None:
    """Their parameters, their buffers that are saved, and those of their submodules, in this order."""
    inner = module({"weight": TWO}, {"bias": ONE, "none": None})
    unsaved = module({"w": ONE}, {"x": TWO, "y": THREE}, _non_persistent_buffers_set={"x", "w"})
    outer = module({"p": ONE}, {"b": TWO}, {"inner": inner, "unsaved": unsaved, "text": "a"}, other=THREE)
    expected = {"p": (1,), "b": (2,), "inner.weight": (2,), "inner.bias": (1,), "unsaved.y": (3,)}
    assert listed({"model": outer}) == {"model": expected}
    assert [*listed(outer)[""]] == [*expected]
    assert listed(module({"a": ONE}, _non_persistent_buffers_set=["a"])) == {"": {"a": (1,)}}


def test_submodules_come_in_order_and_as_often_as_they_are_held() -> None:
    """As in a `state_dict`; one that holds itself ends."""
    shared = module({"w": ONE})
    outer = module(modules={"one": shared, "two": module(modules={"deep": shared}), "three": shared})
    assert [*listed(outer)[""]] == ["one.w", "two.deep.w", "three.w"]
    endless = module({"w": ONE})
    endless.state["_modules"]["again"] = endless  # type: ignore[index]
    assert listed(endless) == {"": {"w": (1,)}}


def test_scripted_modules_have_attributes() -> None:
    """Tensors and submodules alike; other classes only if they have submodules."""
    inner = placeholder("__torch__.Inner", state={"w": ONE, "training": True})
    outer = placeholder("__torch__.Outer", state={"v": TWO, "inner": inner, "empty": placeholder("x")})
    assert listed({"m": outer}) == {"m": {"v": (2,), "inner.w": (1,)}}
    assert listed({"m": placeholder("torch.Outer", state={"v": TWO, "inner": inner})}) == {
        "m": {"v": (2,)},
        "m.inner": {"w": (1,)},
    }
    assert listed({"m": placeholder("__torch__.Outer", state=[ONE])}) == {"m": {"0": (1,)}}


def test_modules_have_bounded_depths_and_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of modules in modules, those beyond the limits are passed over."""
    monkeypatch.setattr(finding_tables, "MAX_NESTING", 1)
    chain = module({"w": ONE}, modules={"a": module({"w": ONE}, modules={"b": module({"w": ONE})})})
    assert listed(chain) == {"": {"w": (1,), "a.w": (1,)}}
    monkeypatch.setattr(finding_tables, "MAX_NESTING", 32)
    monkeypatch.setattr(finding_tables, "MAX_ENTRIES", 3)
    many = module(modules={name: module({"w": ONE}) for name in "abcd"})
    assert listed(many) == {"": {"a.w": (1,), "b.w": (1,)}}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"w_orig": ONE, "w_mask": ONE}, {"w": 2}),
        ({"w_orig": ONE}, {"w_orig": 1}),
        ({"w_mask": ONE}, {"w_mask": 1}),
        ({"w_orig": ONE, "w_mask": TWO}, {"w_orig": 1}),
        ({"w": ONE, "v_mask": ONE, "v_orig": ONE}, {"w": 1, "v": 2}),
    ],
)
def test_pruned_entries(table: dict[str, object], expected: Mapping[str, int]) -> None:
    """Values and mask are one part, if they have one shape."""
    parts = tables(Content(table))[""].parts
    assert {name: len(part.entries) for name, part in parts.items()} == expected
    for part in parts.values():
        assert part.entries[0].shape == (1,)
        assert part.change is None


# Classifiers

TRUNK = {
    "conv1.weight": (8, 3, 7, 7),
    "layer1.0.conv1.weight": (8, 8, 3, 3),
    "layer1.0.conv2.weight": (16, 8, 3, 3),
    "layer2.0.conv1.weight": (8, 16, 1, 1),
    "layer2.0.conv2.weight": (8, 8, 3, 3),
    "layer2.0.conv3.weight": (24, 8, 1, 1),
}


def parts(shapes: Mapping[str, Shape], prefix: str = "") -> dict[str, Part]:
    return {prefix + name: Part((Filled(shape, 0.5),)) for name, shape in shapes.items()}


def linear(path: str, inputs: int, outputs: int = 5) -> dict[str, Shape]:
    return {f"{path}.weight": (outputs, inputs), f"{path}.bias": (outputs,)}


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", [""]),
        ("a.", ["a.", ""]),
        ("a.b.", ["a.b.", "a.", ""]),
        ("a/b.c/", ["a/b.c/", "a/b.", "a/", ""]),
        ("a.bc.def.", ["a.bc.def.", "a.bc.", "a.", ""]),
    ],
)
def test_the_roots_of_a_prefix(prefix: str, expected: list[str]) -> None:
    """The modules around it, from the innermost one."""
    assert [*roots(prefix)] == expected


def found_classifier(shapes: Mapping[str, Shape], prefix: str = "", trunk: Mapping[str, Shape] = TRUNK) -> object:
    return classifier(STANDARD, prefix, parts(trunk, prefix) | parts(shapes), parts(trunk))


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (linear("fc", 24), "fc"),
        (linear("fc", 48), "fc"),
        (linear("fc", 16), None),
        (linear("fc", 23), None),
        (linear("fc", 72), None),
        ({"fc.weight": (5, 24)}, None),
        ({"fc.weight": (5, 24), "fc.bias": (6,)}, None),
        ({"fc.weight": (5, 24, 1), "fc.bias": (5,)}, None),
        ({"fc.bias": (5,)}, None),
        (linear("fc", 16) | linear("classifier", 24), "classifier"),
        (linear("fc.0", 16) | linear("head", 24), "head"),
        (linear("other", 24), None),
        ({}, None),
    ],
)
def test_the_classifier_of_a_trunk(shapes: Mapping[str, Shape], expected: str | None) -> None:
    """A linear layer for its features, or twice as many."""
    names = {} if expected is None else {f"fc.{leaf}": f"{expected}.{leaf}" for leaf in ("weight", "bias")}
    assert found_classifier(shapes) == names


def test_classifiers_beside_modules_around_the_trunk() -> None:
    """The innermost first."""
    for root in ("a.b.", "a.", ""):
        expected = {f"fc.{leaf}": f"{root}fc.{leaf}" for leaf in ("weight", "bias")}
        assert found_classifier(linear(f"{root}fc", 24) | linear("fc", 24), "a.b.") == expected
    assert found_classifier(linear("c.fc", 24), "a.b.") == {}


def test_the_features_of_a_trunk() -> None:
    """Those of the head's convolution, or of the last convolution of the last stage."""
    head = TRUNK | {f"{HEAD_CONVOLUTION}.weight": (7, 24, 1, 1)}
    assert found_classifier(linear("fc", 7), "", head) != {}
    assert found_classifier(linear("fc", 24), "", head) == {}
    assert found_classifier(linear("fc", 0), "", {f"{HEAD_CONVOLUTION}.weight": ()}) != {}
    tenth = TRUNK | {"layer10.0.conv1.weight": (9, 24, 3, 3)}
    assert found_classifier(linear("fc", 9), "", tenth) != {}
    assert found_classifier(linear("fc", 0), "", {"conv1.weight": (8, 3, 7, 7)}) != {}
    assert found_classifier(linear("fc", 8), "", {"conv1.weight": (8, 3, 7, 7)}) == {}
    assert found_classifier(linear("fc", 0), "", {"layer1.0.conv1.weight": ()}) != {}


def test_names_of_classifiers() -> None:
    """Those below `fc`."""
    assert [is_of_classifier(name) for name in ("fc.weight", "fc.bias", "fcx.weight", "a.fc.weight", "fc")] == [
        *(True, True, False, False, False)
    ]


# Networks

SMALL = {
    "conv1.weight": (8, 3, 7, 7),
    "bn1.weight": (8,),
    "layer1.0.conv1.weight": (8, 8, 3, 3),
    "layer1.0.conv2.weight": (8, 8, 3, 3),
    **linear("fc", 8),
}
"""Enough of a network to be found."""


def entries(shapes: Mapping[str, Shape], prefix: str = "", shared: str | None = None) -> dict[str, object]:
    """A table; entries with a word that they share are the same tensors."""
    return {
        prefix + name: Filled(shape, 0.5, identity=None if shared is None else (shared, name))
        for name, shape in shapes.items()
    }


def found(tree: object) -> list[Located]:
    return networks(tables(Content(tree)))


(NETWORK,) = found(entries(SMALL))


def test_all_that_is_known_of_a_network() -> None:
    """Its place, its dialect, its parts by standard name, their own names, and what is left out."""
    table = entries(SMALL, "net.") | entries({"neck.weight": (3,), "net.total_ops": (), "net.x.n_averaged": ()})
    (located,) = found({"model": table})
    assert (located.entry, located.prefix, located.dialect) == ("model", "net.", STANDARD)
    assert located.names == {name: f"net.{name}" for name in SMALL}
    assert {name: part.shape for name, part in located.parts.items()} == SMALL
    assert all(part.change == Change.none(SMALL[name]) for name, part in located.parts.items())
    assert (located.left_out, located.spec, located.is_whole) == (("neck.weight",), None, True)


def test_bookkeeping_is_not_left_out() -> None:
    """Nor a part of the network."""
    words = ("total_ops", "total_params", "n_averaged", "num_batches_tracked", "_extra_state", "x_momentum")
    (located,) = found(entries(SMALL) | {f"{root}{word}": ONE for word in words for root in ("", "a.")})
    assert (located.parts.keys(), located.left_out) == (SMALL.keys(), ())


def test_what_is_named_like_a_part_of_the_trunk_is_in_it() -> None:
    """Beside the trunk it is not, nor is what is only named a little like it."""
    names = [f"{name}.x" for name in ("conv9", "bn_2", "norm1", "layer9", "stage_3", "res5", "block7", "s1", "layer1")]
    table = {f"{root}{name}": ONE for name in names for root in ("net.", "", "net.a")}
    (located,) = found(entries(SMALL, "net.") | table)
    assert {name: located.names.get(name) for name in names} == {name: f"net.{name}" for name in names}
    assert {*located.left_out} == {*names, *(f"net.a{name}" for name in names)}


def test_what_has_the_name_of_an_entry_stands_beside_it() -> None:
    """Under a name with a question mark for each that is taken."""
    unused = {"bn1.weight": Part((ONE,)), "bn1.weight?": Part((ONE,))}
    assert location._unused("bn1.weight", unused) == "bn1.weight??"
    assert location._unused("bn2.weight", unused) == "bn2.weight"


def test_norms_that_only_scale_and_shift_have_statistics() -> None:
    """Those with which a batch norm does so: mean 0, and variance 1 with the epsilon that is added."""
    table = {
        "conv1_w": (8, 3, 7, 7),
        **dict.fromkeys(("res_conv1_bn_s", "res_conv1_bn_b"), (8,)),
        "res2_0_branch2a_w": (9, 8, 1, 1),
        **dict.fromkeys(("res2_0_branch2a_bn_s", "res2_0_branch2a_bn_b"), (9,)),
    }
    (located,) = found(entries(table))
    assert located.dialect.name == "caffe2"
    for norm, size in (("bn1", 8), ("layer1.0.bn1", 9)):
        for name, value in (("running_mean", 0.0), ("running_var", 0.99999)):
            assert located.parts[f"{norm}.{name}"] == Part((Filled((size,), value),))
            assert f"{norm}.{name}" not in located.names


def test_what_shares_a_tensor_of_the_network_is_not_left_out() -> None:
    """It is the same weights under another name."""
    table = entries(SMALL, shared="a")
    (located,) = found(table | {"copy": table["conv1.weight"], "other": Filled((1,), 0.5, identity=("b", ""))})
    assert located.left_out == ("other",)
    (located,) = found(entries(SMALL) | {"copy": ONE})
    assert located.left_out == ("copy",)


def test_networks_without_a_stem_only_where_there_is_no_other() -> None:
    """And those without a first block only where none has one."""
    without_stem = {name: shape for name, shape in SMALL.items() if name != "conv1.weight"}
    assert [each.prefix for each in found(entries(SMALL, "a.") | entries(without_stem, "b."))] == ["a."]
    (alone,) = found(entries(without_stem, "b."))
    assert (alone.prefix, alone.is_whole) == ("b.", False)
    later = {name.replace("layer1", "layer2"): shape for name, shape in SMALL.items()}
    (alone,) = found({"x": entries(later)})
    assert alone.parts.keys() == later.keys()
    assert [each.entry for each in found({"x": entries(later), "y": entries(SMALL)})] == ["y"]
    assert found({"x": entries({"a.weight": (1,)})}) == []


def test_only_so_many_networks_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones of the file."""
    monkeypatch.setattr(location, "MAX_NETWORKS", 2)
    assert [each.entry for each in found({name: entries(SMALL) for name in "abc"})] == ["a", "b"]


def test_networks_that_are_the_same() -> None:
    """Share every tensor, and then the one with the shortest prefix is meant; the order stays."""

    def network(prefix: str, table: Mapping[str, object]) -> Located:
        parts: Any = {name: Part((entry,)) for name, entry in table.items()}  # type: ignore[arg-type]
        return replace(NETWORK, prefix=prefix, parts=parts)

    def prefixes(*networks: Located) -> list[str]:
        return [each.prefix for each in distinct(networks)]

    shared = entries(SMALL, shared="a")
    first, same = network("long.", shared), network("b.", entries(SMALL, shared="a"))
    assert prefixes(first, same) == prefixes(same, first) == ["b."]
    assert prefixes(first, network("c.", entries(SMALL, shared="c")), same) == ["c.", "b."]
    for other in (
        entries(SMALL),
        entries({**SMALL, "conv1.weight": (9, 3, 7, 7)}, shared="a"),
        entries({name: shape for name, shape in SMALL.items() if name != "bn1.weight"}, shared="a"),
        shared | {"bn1.weight": Stored("float32", (8,), (1,), 0, bytes, ("x", ""))},
    ):
        assert prefixes(first, network("b.", other)) == ["long.", "b."]
    assert prefixes(network("a.", entries(SMALL)), network("b.", entries(SMALL))) == ["a.", "b."]
    stored = {name: Stored("float32", shape, shape, 0, bytes, name) for name, shape in SMALL.items()}
    again = {name: Stored("float32", shape, shape, 0, bytes, name) for name, shape in SMALL.items()}
    assert prefixes(network("aa.", stored), network("b.", again)) == ["b."]
    reshaped = stored | {"bn1.weight": Stored("float32", (9,), (1,), 0, bytes, "bn1.weight")}
    assert prefixes(network("aa.", stored), network("b.", reshaped)) == ["aa.", "b."]
    unknown = stored | {"bn1.weight": Stored("float32", (8,), (1,), 0, bytes)}
    assert prefixes(network("aa.", unknown), network("b.", unknown)) == ["b."]
    another = stored | {"bn1.weight": Stored("float32", (8,), (1,), 0, bytes)}
    assert prefixes(network("aa.", unknown), network("b.", another)) == ["aa.", "b."]
    pruned = replace(first, prefix="b.", parts={**first.parts, "bn1.weight": Part((TWO, TWO))})
    assert prefixes(first, pruned) == ["long.", "b."]


def test_the_words_that_are_left_out() -> None:
    """After what they share with the prefix, each once, sorted."""
    (located,) = found(
        entries(SMALL, "a.net.") | entries(dict.fromkeys(("a.z.w", "a.z.v", "c.w", "a.net.y.w", "a.net.x"), (3,)))
    )
    assert left_out_words(located) == ["c", "x", "y", "z"]


# Choices

Places = list[tuple[str, str]]
"""Keys and prefixes of networks."""
NO = "`w.pt` has no network of this family at "
TWO_ENTRIES = ("take one with `--entry m`", "take one with `--entry n`")


def choose(places: Places, entry: str | None = None, prefix: str | None = None, *keys: str) -> tuple[str, str, str]:
    """The keys and the prefix of the network that is meant, and what is said."""
    networks = [replace(NETWORK, entry=keys, prefix=prefix) for keys, prefix in places]
    located, said = chosen(networks, entry=entry, prefix=prefix, keys=keys, file="w.pt")
    return located.entry, located.prefix, said


def refusal(places: Places, entry: str | None = None, prefix: str | None = None) -> Diagnostic:
    with pytest.raises(EnvironmentFault) as caught:
        choose(places, entry, prefix)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.mark.parametrize(
    ("places", "entry", "prefix", "message", "helps"),
    [
        ([("m", "")], "x", None, f"{NO}`--entry x`", ("leave out `--entry x`",)),
        ([("m", "")], "", None, f"{NO}`--entry ''`", ("leave out `--entry ''`",)),
        ([("m", "")], None, "x y", f"{NO}`--prefix 'x y'`", ("leave out `--prefix 'x y'`",)),
        ([("m", "")], "m", "y", f"{NO}`--entry m` and `--prefix y`", ("leave out `--entry m` and `--prefix y`",)),
        ([("m", ""), ("n", "")], "x", None, f"{NO}`--entry x`", TWO_ENTRIES),
        ([("m", ""), ("n", "")], None, None, "`w.pt` has 2 networks of this family: `m` and `n`", TWO_ENTRIES),
        (
            [("", ""), ("n", "a.")],
            None,
            None,
            "`w.pt` has 2 networks of this family: `the file itself` and `n.a`",
            ("take one with `--entry ''`", "take one with `--entry n`"),
        ),
        (
            [("m", "a."), ("m", "b/")],
            None,
            None,
            "`w.pt` has 2 networks of this family: `m.a` and `m.b`",
            ("take one with `--prefix a.`", "take one with `--prefix b/`"),
        ),
        (
            [("m", "a."), ("m", ""), ("n", "b.")],
            None,
            None,
            "`w.pt` has 3 networks of this family: `m.a`, `m` and `n.b`",
            (
                "take one with `--entry m --prefix a.`",
                "take one with `--entry m --prefix ''`",
                "take one with `--entry n`",
            ),
        ),
        (
            [(letter, "") for letter in "abcdefghijkl"],
            None,
            None,
            "`w.pt` has 12 networks of this family: `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i` and `j`",
            tuple(f"take one with `--entry {letter}`" for letter in "abcdefghij"),
        ),
    ],
)
def test_choices_that_are_refused(
    places: Places, entry: str | None, prefix: str | None, message: str, helps: tuple[str, ...]
) -> None:
    """The whole message, and every help."""
    diagnostic = refusal(places, entry, prefix)
    assert (diagnostic.code, diagnostic.message, diagnostic.helps) == ("RD515", message, helps)


@pytest.mark.parametrize(
    ("entry", "expected"), [("m", "m"), ("x.m", "x.m"), ("y.n", "x.y.n"), ("n", "x.y.n"), ("", "")]
)
def test_an_entry_is_its_keys_or_the_last_of_them(entry: str, expected: str) -> None:
    """Exactly these keys come first."""
    places = [("", ""), ("m", ""), ("x.m", ""), ("x.y.n", "")]
    assert choose(places, entry) == (expected, "", "")


def test_the_last_keys_are_whole() -> None:
    """Not the end of one."""
    assert refusal([("xm", "")], "m").message == f"{NO}`--entry m`"


@pytest.mark.parametrize("prefix", ["a.b.", "a.b", "a.b/", "a.b.."])
def test_a_prefix_may_lack_its_separator(prefix: str) -> None:
    """Or have another one."""
    assert choose([("", "a.b."), ("", "b.")], None, prefix) == ("", "a.b.", "")


WORDS = ("model", "module", "backbone", "net", "network", "state", "dict", "weights", "params", "average", "shadow")


@pytest.mark.parametrize("averaged", ["ema", "averaged", "swa"])
@pytest.mark.parametrize("other", WORDS)
def test_words_of_averages(averaged: str, other: str) -> None:
    """With any general word beside them, in the keys or in the prefix."""
    for key in (averaged, f"{averaged}_{other}", f"{other}.{averaged}"):
        said = f"took the averaged weights `{key}`, not `raw`"
        assert choose([("raw", "x."), (key, f"{other}.")]) == (key, f"{other}.", said)
    said = f"took the averaged weights `{averaged}`, not `{other}` or `x`"
    places = [("", f"{other}."), ("", f"{averaged}."), ("x", "")]
    assert choose(places) == ("", f"{averaged}.", said)


@pytest.mark.parametrize("key", ["teacher_ema", "emax", "ema1", "average", "model"])
def test_words_that_say_what_is_averaged(key: str) -> None:
    """Make it another network, so that nothing is chosen."""
    assert refusal([("raw", ""), (key, "")]).helps == ("take one with `--entry raw`", f"take one with `--entry {key}`")


def test_what_is_said_of_averages() -> None:
    """Nothing if they were asked for, or are alone."""
    places = [("", ""), ("ema", ""), ("y", "z.")]
    assert choose(places)[2] == "took the averaged weights `ema`, not `the file itself` or `y`"
    assert choose(places, "ema") == ("ema", "", "")
    assert choose(places, None, "z") == ("y", "z.", "")
    assert choose([("ema", "")]) == ("ema", "", "")
    assert refusal([("ema", "a."), ("ema", "b.")], "ema").code == "RD515"
    for key in ("message_hub", "current_model_state"):
        found = choose([("state_dict", ""), ("ema", "")], None, None, key)
        assert found == ("state_dict", "", "took the averaged weights `state_dict`, not `ema`")


def test_an_average_of_another_network_stands_for_nothing() -> None:
    """Their entries and shapes must be the same."""
    other = replace(NETWORK, entry="ema", parts={**NETWORK.parts, "bn1.weight": Part((ONE,))})
    for each in (other, replace(other, parts=dict([*NETWORK.parts.items()][1:]))):
        with pytest.raises(EnvironmentFault):
            chosen([replace(NETWORK, entry="raw"), each], entry=None, prefix=None, keys=(), file="w.pt")
