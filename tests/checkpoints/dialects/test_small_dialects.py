"""Dialects made of small tables, and what each part of them reads and writes: exact values."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.dialects import DIALECTS, dialect_called, ranked
from resnet_dsl.checkpoints.dialects.change import Change, Layout
from resnet_dsl.checkpoints.dialects.conditions import holds
from resnet_dsl.checkpoints.dialects.dialect import GENERAL_CLASSIFIERS, Dialect, Unsayable
from resnet_dsl.checkpoints.dialects.fault import unsayable_fault
from resnet_dsl.checkpoints.dialects.naming import Surroundings
from resnet_dsl.checkpoints.dialects.places import MODULES, PLACES, Place, PlacedEntry, first_number
from resnet_dsl.checkpoints.dialects.table import _dialect, dialects
from resnet_dsl.checkpoints.dialects.template import Field, Template, template
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.graph.shapes import Shape
from resnet_dsl.lowering.names import HEAD_CONVOLUTION

STANDARD = DIALECTS[0]
BY_NAME = {dialect.name: dialect for dialect in DIALECTS}

NAMES: Mapping[str, Any] = {
    "stem.convolution": "stem.c{index}",
    "stem.norm": "stem.n{index}",
    "block.convolution": "s{stage}.b{block}.c{number}",
    "block.norm": "s{stage}.b{block}.n{number}",
}
STEM: State = {"conv1.weight": (8, 3, 7, 7), "bn1.weight": (8,), "bn1.bias": (8,)}
BLOCK: State = {
    "layer1.0.conv1.weight": (8, 8, 3, 3),
    "layer1.0.bn1.weight": (8,),
    "layer1.0.conv2.weight": (8, 8, 3, 3),
    "layer1.0.bn2.weight": (8,),
}
LINEAR: State = {"fc.weight": (5, 8), "fc.bias": (5,)}
OURS = {
    "conv1.weight": "stem.c0.weight",
    "bn1.weight": "stem.n0.weight",
    "bn1.bias": "stem.n0.bias",
    "layer1.0.conv1.weight": "s1.b0.c1.weight",
    "layer1.0.bn1.weight": "s1.b0.n1.weight",
    "layer1.0.conv2.weight": "s1.b0.c2.weight",
    "layer1.0.bn2.weight": "s1.b0.n2.weight",
}


def made(**table: Any) -> Dialect:
    """A dialect of a table."""
    return _dialect({"name": "small", "library": "Small's library", "names": NAMES} | table, STANDARD.namings)


# Names


@pytest.mark.parametrize(
    ("text", "texts", "fields"),
    [
        ("conv1", ("conv1",), ()),
        ("", ("",), ()),
        ("a{stage}", ("a", ""), (Field("stage", 1, 0, "", None),)),
        ("{2*index+1:02}b", ("", "b"), (Field("index", 2, 1, "02", None),)),
        ("{index-3}", ("", ""), (Field("index", 1, -3, "", None),)),
        ("a{stage=1}{block:silent=3}", ("a", "", ""), (Field("stage", 1, 0, "", 1), Field("block", 1, 0, "silent", 3))),
        ("{number-1:letter}", ("", ""), (Field("number", 1, -1, "letter", None),)),
    ],
)
def test_templates(text: str, texts: tuple[str, ...], fields: tuple[Field, ...]) -> None:
    """The texts around the fields, and each field."""
    assert template(text) == Template(texts, fields)


@pytest.mark.parametrize(
    ("form", "number", "text"),
    [
        ("index", 0, "0"),
        ("index", 99_999, "99999"),
        ("index", 100_000, None),
        ("index-1", 0, None),
        ("index-1", 1, "0"),
        ("index:02", 7, "07"),
        ("index:02", 99, "99"),
        ("index:02", 100, None),
        ("index:letter", 0, "a"),
        ("index:letter", 25, "z"),
        ("index:letter", 26, None),
        ("index:silent=3", 3, ""),
        ("index:silent=3", 2, None),
        ("index=3", 3, "3"),
        ("index=3", 4, None),
        ("3*index+2", 4, "14"),
    ],
)
def test_numbers_in_names(form: str, number: int, text: str | None) -> None:
    """Written, and read back."""
    (field,) = template(f"{{{form}}}").fields
    assert field.text(number) == text
    if text is not None:
        assert field.number(text) == number


@pytest.mark.parametrize(
    ("form", "text"), [("index=3", "4"), ("index+1", "0"), ("3*index+2", "4"), ("index=0", "1"), ("index+1:02", "00")]
)
def test_numbers_that_would_not_be_written(form: str, text: str) -> None:
    """Are read as none."""
    (field,) = template(f"{{{form}}}").fields
    assert field.number(text) is None


def test_variables_of_templates() -> None:
    """What has no field must be 0, and is 0."""
    two = template("a{stage}.b{block+1}c")
    assert two.pattern == r"a(0|[1-9]\d{0,4})\.b(0|[1-9]\d{0,4})c"
    assert template("{block:02}{block:letter}{block:silent=0}").pattern == r"(\d{2})([a-z])()"
    assert two.write({"stage": 1, "block": 2}) == "a1.b3c"
    assert two.write({"stage": 1, "block": 2, "number": 0}) == "a1.b3c"
    assert two.write({"stage": 1, "block": 2, "number": 1}) is None
    assert two.read(("1", "3"), ("stage", "block", "number")) == (1, 2, 0)
    assert two.read(("1", "3"), ("block", "stage")) == (2, 1)
    assert two.read(("1", "0"), ("stage", "block")) is None


# Places


def layer_of(kind: str) -> str:
    """What kind of layer a place is, from the names of modules or its last word."""
    module, _, path = kind.partition(".")
    if module in MODULES and path in MODULES[module]:
        return MODULES[module][path]
    last = kind.rpartition(".")[2].rpartition("_")[2]
    return last if last in ("norm", "activation", "embedding") else "convolution"


@pytest.mark.parametrize("kind", PLACES)
def test_the_layer_of_every_place(kind: str) -> None:
    """And the convolution that a norm follows, by the numbers that both have."""
    place = Place(kind, tuple(range(1, 1 + len(PLACES[kind]))))
    assert place.layer == layer_of(kind)
    followed = {
        "stem.norm": "stem.convolution",
        "stem.pool.norm": "stem.pool.convolution",
        "basic.norm": "basic.convolution",
        "projection.norm": "projection.convolution",
        "pooled_projection.norm": "pooled_projection.convolution",
        "head.norm": "head.convolution",
    }.get(kind)
    numbers = place.numbers[: 0 if kind == "stem.pool.norm" else None]
    assert place.convolution == (None if followed is None else Place(followed, numbers))


def test_numbers_of_places() -> None:
    """Stages and convolutions in blocks count from 1, all else from 0."""
    variables = ("stage", "number", "block", "index")
    assert [first_number(each) for each in variables] == [1, 1, 0, 0]


def test_surroundings() -> None:
    """How many convolutions the stem has, and which blocks have three."""
    assert Surroundings.of(()) == Surroundings(0, frozenset())
    stem = [Place("stem.convolution", (index,)) for index in (0, 2, 1)]
    block = [Place("block.convolution", numbers) for numbers in ((1, 0, 3), (1, 1, 2), (2, 5, 3), (2, 6, 4))]
    around = Surroundings.of([*stem, *block, Place("stem.norm", (7,)), Place("block.norm", (3, 0, 3))])
    assert around == Surroundings(3, frozenset({(1, 0), (2, 5)}))
    assert around.special(Place("stem.norm", (2,))) == "stem.last_norm"
    assert around.special(Place("stem.norm", (1,))) == "stem.norm"
    assert around.special(Place("stem.activation", (2,))) == "stem.last_activation"
    assert around.special(Place("stem.convolution", (2,))) == "stem.convolution"
    assert around.special(Place("block.norm", (1, 0, 1))) == "block.norm"
    assert around.special(Place("block.norm", (1, 1, 1))) == "basic.norm"
    assert around.special(Place("block.convolution", (1, 1, 1))) == "basic.convolution"
    assert around.special(Place("projection.norm", (1, 1))) == "projection.norm"


# Tables


def test_a_table_of_names_alone() -> None:
    """Everything else has a default."""
    dialect = made()
    assert (dialect.name, dialect.library, dialect.trunk, dialect.aliases) == ("small", "Small's library", "", ())
    assert (dialect.implies, dialect.implies_of, dialect.sign, dialect.biased) == ({}, {}, "", False)
    assert (dialect.layouts, dialect.standard) == ({}, STANDARD.namings)
    (naming,) = dialect.namings
    assert naming.templates == {kind: (template(text),) for kind, text in NAMES.items()}
    assert (naming.entry, naming.affine, naming.deep_stem, naming.classifiers) == ("{layer}.{leaf}", False, False, ())
    norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    assert naming.leaves == {
        "convolution": {"weight": "weight", "bias": "bias"},
        "norm": {name: name for name in norm},
        "activation": {"weight": "weight"},
        "linear": {"weight": "weight", "bias": "bias"},
        "embedding": {"positional_embedding": "positional_embedding"},
    }


def test_a_table_of_everything() -> None:
    """Each key is where it belongs."""
    dialect = made(
        trunk="t.",
        aliases=["a", "b"],
        implies={"x": 1},
        implies_of={"basic": {"y": 2}},
        sign="s",
        biased=True,
        layouts={"convolution": {"axes": [3, 2, 0, 1]}, "linear": {"axes": [1, 0, 2], "ones": 1}},
        leaves={"linear": {"weight": "w"}},
        classifiers=["one", "two"],
        entry="{layer}/{leaf}",
        affine=True,
        deep_stem=True,
    )
    assert (dialect.trunk, dialect.aliases, dialect.sign, dialect.biased) == ("t.", ("a", "b"), "s", True)
    assert (dialect.implies, dialect.implies_of) == ({"x": 1}, {"basic": {"y": 2}})
    assert dialect.layouts == {"convolution": Layout((3, 2, 0, 1), 0), "linear": Layout((1, 0, 2), 1)}
    (naming,) = dialect.namings
    assert naming.leaves["linear"] == {"weight": "w"}
    assert naming.leaves["convolution"] == {"weight": "weight", "bias": "bias"}
    assert (naming.entry, naming.affine, naming.deep_stem) == ("{layer}/{leaf}", True, True)
    assert naming.classifiers == ("one", "two")
    assert naming.joined("a.b", "w") == "a.b/w"


def test_variants_of_a_table() -> None:
    """One way of naming for each combination; what they say comes after what the table says of all."""
    dialect = made(
        classifiers=["all"],
        entry="{layer}:{leaf}",
        variants=[
            [{"names": {"norm": "one"}}, {"names": {"norm": "two", "block.norm": None}, "classifiers": ["own"]}],
            [{}, {"deep_stem": True, "entry": "{layer}/{leaf}", "leaves": {"activation": {"weight": "a"}}}],
        ],
    )
    facts = [
        (
            each.templates["norm"][0].texts[0],
            "block.norm" in each.templates,
            each.classifiers,
            each.deep_stem,
            each.entry,
            each.leaves["activation"],
        )
        for each in dialect.namings
    ]
    assert facts == [
        ("one", True, ("all",), False, "{layer}:{leaf}", {"weight": "weight"}),
        ("one", True, ("all",), True, "{layer}/{leaf}", {"weight": "a"}),
        ("two", False, ("own",), False, "{layer}:{leaf}", {"weight": "weight"}),
        ("two", False, ("own",), True, "{layer}/{leaf}", {"weight": "a"}),
    ]


def test_modules_in_tables() -> None:
    """A module as a whole has the standard paths in it, of which single ones may have other names; lists are kept."""
    names = {"pooling": "p", "pooling.k_proj": "other", "norm": ["one", "two"]}
    (naming,) = made(names=names).namings
    assert naming.templates == {
        "pooling.q_proj": (template("p.q_proj"),),
        "pooling.k_proj": (template("other"),),
        "pooling.v_proj": (template("p.v_proj"),),
        "norm": (template("one"), template("two")),
    }


# Reading and writing


def test_names_are_read_and_written() -> None:
    """The trunk's and the classifier's."""
    dialect = made(classifiers=["head.net", "other"], trunk="t.")
    head = {"head.net.weight": "fc.weight", "head.net.bias": "fc.bias"}
    assert dialect.read([*OURS.values(), *head, "else.weight", "stem.c0.other"]) == {
        **{theirs: name for name, theirs in OURS.items()},
        **head,
    }
    written = dialect.write({**STEM, **BLOCK, **LINEAR, "bn1.num_batches_tracked": ()})
    assert written == {
        **{name: f"t.{theirs}" for name, theirs in OURS.items()},
        **{name: theirs for theirs, name in head.items()},
        "bn1.num_batches_tracked": "t.stem.n0.num_batches_tracked",
    }
    counterless = made(leaves={"norm": {"weight": "w", "bias": "b"}})
    assert counterless.write({**STEM, "bn1.num_batches_tracked": ()})["bn1.weight"] == "stem.n0.w"
    assert "bn1.num_batches_tracked" not in counterless.write({**STEM, "bn1.num_batches_tracked": ()})


@pytest.mark.parametrize(
    ("table", "state", "entry", "reason"),
    [
        ({}, {**STEM, **BLOCK, **LINEAR}, "fc.weight", "Small's library has no classifier"),
        ({"classifiers": ["x"]}, {**BLOCK, "fc.other": ()}, "fc.other", "Small's library has no classifier"),
        (
            {},
            {**BLOCK, "layer1.0.bn1.running_mean?": ()},
            "layer1.0.bn1.running_mean?",
            "Small's library has no such layer",
        ),
        ({}, {**BLOCK, "x.weight": ()}, "x.weight", "Small's library has no such layer"),
        ({"biased": True}, BLOCK, "layer1.0.conv1.bias", "every convolution of Small's library has a bias"),
        ({"sign": "s.w"}, BLOCK, "layer1.0.conv1.weight", "every network of Small's library has `s.w` as well"),
        ({"sign": "s.w"}, {}, "", "every network of Small's library has `s.w` as well"),
        (
            {"names": {**NAMES, "block.norm": "s{stage}.b{block}.c{number}"}},
            {name: BLOCK[name] for name in ("layer1.0.conv1.weight", "layer1.0.bn1.weight")},
            "layer1.0.bn1.weight",
            "in Small's library its name is that of another layer",
        ),
    ],
    ids=range(8),
)
def test_what_cannot_be_written(table: dict[str, Any], state: State, entry: str, reason: str) -> None:
    """The entry and the reason."""
    with pytest.raises(Unsayable) as caught:
        made(**table).write(state)
    assert (caught.value.entry, caught.value.reason, caught.value.args) == (entry, reason, (entry, reason))


def test_what_is_there_can_be_written() -> None:
    """With the sign and the biases that are asked for."""
    assert made(sign="stem.c0.weight").write(STEM)["conv1.weight"] == "stem.c0.weight"
    biased: State = {"conv1.weight": (8, 3, 7, 7), "conv1.bias": (8,)}
    assert made(biased=True).write(biased) == {"conv1.weight": "stem.c0.weight", "conv1.bias": "stem.c0.bias"}


def test_a_deep_stem_has_other_names() -> None:
    """A way of naming of deep stems names no single convolution."""
    deep = made(variants=[[{"deep_stem": True}]])
    two: State = {"conv1.0.weight": (), "conv1.1.weight": (), "conv1.3.weight": (), "bn1.weight": ()}
    assert deep.write(two) == {
        "conv1.0.weight": "stem.c0.weight",
        "conv1.1.weight": "stem.n0.weight",
        "conv1.3.weight": "stem.c1.weight",
        "bn1.weight": "stem.n1.weight",
    }
    with pytest.raises(Unsayable):
        deep.write(STEM)
    assert deep.read(["stem.c0.weight"]) == {}


def test_the_longest_name() -> None:
    """Longer ones are no names of a network."""
    for length, is_read in ((200, True), (201, False)):
        path = "a" * (length - len(".weight"))
        names = {**NAMES, "stem.convolution": path}
        assert made(names=names).read([f"{path}.weight"]) == ({f"{path}.weight": "conv1.weight"} if is_read else {})


def test_numbers_below_the_first_are_no_places() -> None:
    """There is no stage 0, and no convolution 0."""
    dialect = made()
    assert dialect.read(["s0.b0.c1.weight", "s1.b0.c0.weight", "s1.b0.c1.weight"]) == {
        "s1.b0.c1.weight": "layer1.0.conv1.weight"
    }


def test_prefixes_of_networks() -> None:
    """What stands before the first block's first convolution, if it ends a path."""
    dialect = made()
    names = ["s1.b0.c1.weight", "a.s1.b0.c1.weight", "a/s1.b0.c1.weight", "as1.b0.c1.weight", "b.s1.b0.c2.weight"]
    assert dialect.prefixes(names) == {"", "a.", "a/"}
    second = PlacedEntry(Place("block.convolution", (1, 0, 2)), "weight")
    assert dialect.prefixes(names, (second,)) == {"b."}
    basic = made(names={**NAMES, "basic.convolution": "s{stage}.b{block}.basic{number}"})
    assert basic.prefixes(["a.s1.b0.basic1.weight", "b.s1.b0.c1.weight"]) == {"a.", "b."}


def test_the_classifier_of_a_dialect() -> None:
    """Its own paths first, then those that any may have; one that does not stand alone is none."""
    dialect = made(classifiers=["own.1", "own.2"])
    assert dialect.read_classifier(["own.1.weight"]) == {"own.1.weight": "fc.weight"}
    assert dialect.read_classifier(["own.2.weight", "fc.weight"]) == {"own.2.weight": "fc.weight"}
    assert dialect.read_classifier(["fc.weight", "head.weight", "fc.bias"]) == {
        "fc.weight": "fc.weight",
        "fc.bias": "fc.bias",
    }
    assert dialect.read_classifier(["own.1.weight", "own.3.weight"]) == {}
    assert dialect.read_classifier(["own.1.weight", "own.11.weight"]) == {}
    assert dialect.read_classifier(["own.1.weight", "owner.3.weight"]) == {"own.1.weight": "fc.weight"}
    assert dialect.read_classifier(["fc.weight", "fc2.weight"]) == {"fc.weight": "fc.weight"}
    assert dialect.read_classifier(["fc.bias"]) == {}
    for first, second in pairwise(GENERAL_CLASSIFIERS):
        if not {first.partition(".")[0]} & {second.partition(".")[0]}:
            names = [f"{second}.weight", f"{first}.weight"]
            assert dialect.read_classifier(names) == {f"{first}.weight": "fc.weight"}
    assert dialect.has_own_classifier(["own.1.weight"])
    assert not dialect.has_own_classifier(["own.2.weight"])
    assert not dialect.has_own_classifier(["own.1.bias"])
    assert not made().has_own_classifier(["fc.weight"])


def test_norms_that_are_affine() -> None:
    """Those without statistics, in a dialect that says so."""
    names = [*OURS.values(), "stem.n0.running_mean"]
    assert made(affine=True).affine_norms(names) == {"layer1.0.bn1", "layer1.0.bn2"}
    assert made(affine=True).affine_norms(OURS.values()) == {"bn1", "layer1.0.bn1", "layer1.0.bn2"}
    assert made().affine_norms(names) == set()


def test_other_readings_of_names() -> None:
    """Of a dialect whose second way of naming swaps the two convolutions."""
    swapped = {**NAMES, "block.convolution": ["s{stage}.b{block}.c{number=3}"]}
    dialect = made(variants=[[{}, {"names": swapped}]])
    assert [*dialect.other_readings(BLOCK)] == []
    blocks = {"names": {**NAMES, "block.convolution": "s{stage}.b{block-1}.c{number}", "block.norm": None}}
    state: State = {"layer1.0.conv1.weight": (), "layer1.0.conv2.weight": ()}
    shifted = {name: name.replace("layer1.0", "layer1.1") for name in state}
    assert [*made(variants=[[{}, blocks]]).other_readings(state)] == [shifted]


def test_layouts_of_weights() -> None:
    """Of the classifier and of all else; only weights have any."""
    dialect = made(layouts={"convolution": {"axes": [3, 2, 0, 1]}, "linear": {"axes": [1, 0]}})
    assert dialect.from_theirs("conv1.weight", (7, 6, 3, 8)) == Change((3, 2, 0, 1), (8, 3, 7, 6))
    assert dialect.to_theirs("conv1.weight", (8, 3, 7, 6)) == Change((2, 3, 1, 0), (7, 6, 3, 8))
    assert dialect.from_theirs("fc.weight", (8, 5)) == Change((1, 0), (5, 8))
    assert dialect.to_theirs("fc.weight", (5, 8)) == Change((1, 0), (8, 5))
    for name, shape in (
        ("bn1.weight", (8,)),
        ("conv1.bias", (1, 2, 3, 4)),
        ("fc.bias", (1, 2)),
        ("a.fc.weight", (1, 2)),
    ):
        assert dialect.from_theirs(name, shape) == dialect.to_theirs(name, shape) == Change.none(shape)
    assert made().from_theirs("conv1.weight", (7, 6, 3, 8)) == Change((0, 1, 2, 3), (7, 6, 3, 8))
    assert made().to_theirs("conv1.weight", (7, 6, 3, 8)) == Change((0, 1, 2, 3), (7, 6, 3, 8))


def test_what_is_implied() -> None:
    """Always, and of those networks of which a condition holds."""
    dialect = made(implies={"x": 1, "y": 1}, implies_of={"basic": {"y": 2}, "attention": {"z": 3}})
    assert dialect.implied(BLOCK) == {"x": 1, "y": 2}
    assert dialect.implied({**BLOCK, "layer1.0.conv3.weight": ()}) == {"x": 1, "y": 1}
    assert made().implied(BLOCK) == {}


# All dialects


def test_a_dialect_is_called_by_its_name_or_its_aliases() -> None:
    """Each name means one."""
    for dialect in DIALECTS:
        for name in (dialect.name, *dialect.aliases):
            assert dialect_called(name) is dialect
    words = [name for dialect in DIALECTS for name in (dialect.name, *dialect.aliases)]
    assert len({*words}) == len(words)


def test_all_tables_are_read() -> None:
    """That of the standard names first, whose ways of naming are those of all, then in alphabetical order."""
    names = sorted(BY_NAME.keys() - {"torchvision"})
    found = dialects()
    assert [each.name for each in found] == ["torchvision", *names]
    every = [*map(asdict, found)]
    assert every == [*map(asdict, DIALECTS)]
    assert all(each["standard"] == every[0]["namings"] for each in every)


def test_a_dialect_that_is_not_there() -> None:
    """A similar one is offered, or all are listed."""
    names = [f"`{dialect.name}`" for dialect in DIALECTS]
    every = f"write one of {', '.join(names[:-1])} or {names[-1]}"
    for name, help_ in (("xyzzy", every), ("big_transfr", "a library with a similar name exists: `big_transfer`")):
        with pytest.raises(EnvironmentFault) as caught:
            dialect_called(name)
        (diagnostic,) = caught.value.diagnostics
        assert (diagnostic.code, diagnostic.message) == ("RD517", f"unknown library `{name}`")
        assert diagnostic.helps == (help_,)


def test_the_fault_of_weights_that_cannot_be_written() -> None:
    """Names the file, the library, the entry and the others that can, if there are any."""
    error = Unsayable("a.b", "it has no such thing")
    fault = unsayable_fault("w.pt", {**STEM, **BLOCK}, STANDARD, error)
    assert fault.code == "RD517"
    assert fault.message == "the weights in `w.pt` cannot be written as `torchvision`: it has no such thing"
    assert fault.notes == ("the first entry in question is `a.b`",)
    (help_,) = fault.helps
    assert help_.startswith("they can be written as `torchvision`, ")
    assert " or `" in help_
    assert unsayable_fault("w.pt", {"x": ()}, STANDARD, error).helps == ()


def test_the_order_of_dialects() -> None:
    """Those that read most names come first; of equals the one with its own classifier, then as they are listed."""
    small = {**STEM, **BLOCK}
    everyone = [dialect.name for dialect in ranked(small)]
    assert everyone[0] == "torchvision"
    assert "clip" not in everyone
    assert "keras" not in everyone
    counts = [len(dialect.read(small)) for dialect in ranked(small)]
    assert counts == sorted(counts, reverse=True)
    assert ranked([*small, "linear.weight", "linear.bias"])[0].name == "akamaster"
    assert [each.name for each in ranked([*small, "attnpool.positional_embedding"])].count("clip") == 1
    assert ranked(["a.weight"]) == []


# Conditions


def conv(stage: int, number: int, outputs: int, inputs: int) -> dict[str, Shape]:
    """A convolution of the first block of a stage."""
    return {f"layer{stage}.0.conv{number}.weight": (outputs, inputs, 1, 1)}


BASIC_BLOCK = conv(1, 1, 8, 4) | conv(1, 2, 8, 8)
BOTTLENECK_BLOCK = conv(1, 1, 8, 16) | conv(1, 2, 8, 8) | conv(1, 3, 16, 8)
PROJECTED: dict[str, Shape] = {"layer1.0.downsample.0.weight": (8, 4, 1, 1)}


@pytest.mark.parametrize(
    ("condition", "state", "expected"),
    [
        ("padding", BASIC_BLOCK, True),
        ("padding", BASIC_BLOCK | PROJECTED, False),
        ("padding", conv(1, 1, 8, 8) | conv(1, 2, 8, 8), False),
        ("padding", BOTTLENECK_BLOCK, False),
        ("padding", BOTTLENECK_BLOCK | conv(1, 3, 32, 8), True),
        ("padding", BOTTLENECK_BLOCK | conv(16, 1, 8, 4) | conv(16, 2, 8, 8), True),
        ("padding", BOTTLENECK_BLOCK | conv(17, 1, 8, 4) | conv(17, 2, 8, 8), False),
        ("padding", {"layer1.0.conv1.weight": (8, 4)}, False),
        ("padding", conv(1, 1, 8, 4), True),
        ("padding", conv(1, 1, 8, 0), False),
        ("padding", {}, False),
        ("plain_bottlenecks", BOTTLENECK_BLOCK, True),
        ("plain_bottlenecks", BASIC_BLOCK, False),
        ("plain_bottlenecks", BOTTLENECK_BLOCK | conv(1, 2, 8, 4), False),
        ("plain_bottlenecks", BOTTLENECK_BLOCK | conv(16, 1, 8, 4) | conv(16, 2, 8, 8), True),
        ("plain_bottlenecks", BOTTLENECK_BLOCK | conv(16, 1, 8, 4) | conv(16, 2, 8, 4), False),
        ("plain_bottlenecks", BOTTLENECK_BLOCK | conv(17, 1, 8, 4) | conv(17, 2, 8, 4), True),
        ("deep_stem", {"conv1.0.weight": ()}, True),
        ("deep_stem", {"conv1.weight": ()}, False),
        ("group_norms", {"bn1.weight": ()}, True),
        ("group_norms", {"bn1.running_mean": ()}, False),
        ("preactivation", {"bn2.weight": ()}, True),
        ("preactivation", {"bn1.weight": ()}, False),
        ("basic", BASIC_BLOCK, True),
        ("basic", BOTTLENECK_BLOCK, False),
        ("attention", {"layer1.0.se.fc1.weight": ()}, True),
        ("attention", {"layer1.1.se.fc1.weight": ()}, False),
        ("unexpanded", BOTTLENECK_BLOCK, False),
        ("unexpanded", conv(1, 3, 8, 8), True),
        ("unexpanded", {}, False),
        ("head_convolution", {f"{HEAD_CONVOLUTION}.weight": ()}, True),
        ("head_convolution", {f"{HEAD_CONVOLUTION}.bias": ()}, False),
        ("pooled_projections", {"layer1.0.downsample.1.weight": (8, 4, 1, 1)}, True),
        ("pooled_projections", {"layer1.0.downsample.1.weight": (8,)}, False),
        ("pooled_projections", {"layer1.0.downsample.0.weight": (8, 4, 1, 1)}, False),
        ("not basic", BASIC_BLOCK, False),
        ("not basic", BOTTLENECK_BLOCK, True),
        ("basic and padding", BASIC_BLOCK, True),
        ("basic and not padding", BASIC_BLOCK, False),
        ("not basic and padding", BASIC_BLOCK, False),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_conditions(condition: str, state: State, expected: bool) -> None:
    """Each of the smallest networks of which it holds, and of those nearest to them."""
    assert holds(condition, state) is expected
