"""What an unknown key means: the fragment, what is needed beside it, else the key that was meant, and the note."""

from typing import Any

import pytest

from resnet_dsl.language.checks.vocabulary.meaning import meaning, translated
from resnet_dsl.language.checks.vocabulary.own_keys import Meaning, nested
from resnet_dsl.language.checks.vocabulary.table import Note

DOCUMENT = {"name": "net", "block": {"type": "bottleneck"}, "stages": {"depths": [3, 4, 6, 3]}}
TOP = ()
SINGLE, GATE = ("blocks", "layer1.0"), ("blocks", "layer1.0", "attention")
BATCH = {"norm": {"type": "batch"}}
SOFTMAX = "the network returns logits; apply softmax to its output"
Row = tuple[tuple[str, ...], str, Any, Any]

WORDS: list[Row] = [
    (TOP, "num_classes", 10, {"head": {"classes": 10}}),
    (TOP, "norm_layer", "BN", {"norm": "batch"}),
    (TOP, "norm_cfg", {"type": "GN", "num_groups": 8}, {"norm": {"type": "group", "groups": 8}}),
    (TOP, "norm_cfg", {"type": "BN", "requires_grad": True}, {"norm": "batch"}),
    (TOP, "norm_cfg", ["GROUP", {"num_groups": 8}], {"norm": {"type": "group", "groups": 8}}),
    (TOP, "act_layer", {"type": "ReLU", "inplace": True}, {"activation": "relu"}),
    (TOP, "image_size", [3, 224, 224], {"input": {"size": 224, "channels": 3}}),
    (TOP, "group_min_ratio", 0.9, {"stages": {"regnet": {"rounding": "torchvision"}}}),
    (TOP, "num_scales", 4, {"block": {"conv3x3": {"type": "res2", "scale": 4}}}),
    (TOP, "block_type", "x", {"block": {"type": "bottleneck", "expansion": 1}}),
    (TOP, "stem_pool", "max2", {"stem": {"pool": {"type": "max", "kernel": 2}}}),
    (TOP, "shortcut_type", "C", {"shortcut": {"type": "projection", "when": "always"}}),
    (("block", "conv3x3"), "scales", 4, {"block": {"conv3x3": {"type": "res2", "scale": 4}}}),
    (("stem", "pool"), "kernel_size", 2, {"stem": {"pool": {"type": "max", "kernel": 2}}}),
    (("head", "pool"), "num_heads", 8, {"head": {"pool": {"type": "attention", "heads": 8}}}),
    (("stages", "regnet"), "w0", 24, {"stages": {"regnet": {"initial": 24}}}),
    (("stem",), "kernel_size", 3, {"stem": {"kernel": 3}}),
    (("stem",), "type", "deep", {"stem": {"channels": [64, 64, 128], "kernel": 3}}),
    (("head",), "num_classes", 10, {"head": {"classes": 10}}),
]

OWN_KEYS: list[Row] = [
    (TOP, "Stages", [1, 2], {"stages": {"depths": [1, 2]}}),
    (TOP, "n_a_m_e", "x", {"name": "x"}),
    (TOP, "head.classes", 10, {"head": {"classes": 10}}),
    (("stem",), "classes", 10, {"head": {"classes": 10}}),
    (("stem",), "depths", [1], {"stages": {"depths": [1]}}),
    (("stem",), "antialias", True, {"antialias": "blur"}),
    (("head",), "channels", 3, None),
    (("head",), "stages", [1, 2], None),
]

SWITCHES: list[Row] = [
    (TOP, "use_se", True, {"attention": "se"}),
    (TOP, "no_se", True, {"attention": "none"}),
    (TOP, "No-SE", True, {"attention": "none"}),
    (TOP, "without_stem_pool", True, {"stem": {"pool": "none"}}),
    (TOP, "remove_stem_pool", True, {"stem": {"pool": "none"}}),
    (TOP, "with_antialias", True, {"antialias": "blur"}),
    (TOP, "has_antialias", True, {"antialias": "blur"}),
    (TOP, "is_antialias", True, {"antialias": "blur"}),
    (TOP, "enable_antialias", False, {"antialias": "none"}),
    (TOP, "disable_antialias", False, {"antialias": "blur"}),
    (TOP, "disable_antialias", True, {"antialias": "none"}),
    (TOP, "use_preactivation", True, {"block": {"preactivation": True}}),
    (TOP, "no-preactivation", False, {"block": {"preactivation": True}}),
    (TOP, "use_unknown", True, None),
    (TOP, "use_", True, None),
    (TOP, "use_antialias", "x", None),
    (TOP, "use_head.classes", 10, None),
]

BLOCKS: list[Row] = [
    (SINGLE, "rate", 2, {"blocks": {"layer1.0": {"dilation": 2}}}),
    (SINGLE, "mid_channels", 32, {"blocks": {"layer1.0": {"inner": 32}}}),
    (SINGLE, "att", "SE", {"blocks": {"layer1.0": {"attention": "se"}}}),
    (SINGLE, "unknown", 32, None),
    (SINGLE, "rate", "x", None),
    (SINGLE, "num_classes", 10, None),
    (GATE, "reduction", 16, {"blocks": {"layer1.0": {"attention": {"ratio": 0.0625}}}}),
    (GATE, "unknown", 16, None),
    (GATE, "classes", 16, None),
]

WHOLE: list[Row] = [
    (TOP, "backbone", "resnet50", {"extends": "resnet50"}),
    (TOP, "backbone", {"type": "ResNet", "depth": 50}, {"extends": "resnet50"}),
    (TOP, "vision_cfg", {"image_size": 224, "pretrained": True}, {"input": {"size": 224}}),
    (TOP, "vision_cfg", {"input": 224, "head": 10}, {"input": {"size": 224}, "head": {"classes": 10}}),
    (TOP, "vision_cfg", {"num_classes": 10, "dropout": 0.1}, {"head": {"classes": 10, "dropout": 0.1}}),
    (TOP, "vision_cfg", {"bn_eps": 0.001}, {"norm": {"type": "batch", "eps": 0.001}}),
    (TOP, "vision_cfg", {"name": "My net"}, None),
    (TOP, "vision_cfg", {"unknown": 1}, None),
    (TOP, "vision_cfg", 3, None),
    (
        TOP,
        "regnet",
        {"w0": 24, "wa": 36.44, "wm": 2.49, "depth": 13},
        {
            "block": {"expansion": 1},
            "stages": {
                "regnet": {"initial": 24, "slope": 36.44, "multiplier": 2.49, "depth": 13},
                "strides": 2,
            },
        },
    ),
]


@pytest.mark.parametrize(("place", "word", "value", "fragment"), [*WORDS, *OWN_KEYS, *SWITCHES, *BLOCKS, *WHOLE])
def test_a_word_means_a_fragment_alone(place: tuple[str, ...], word: str, value: Any, fragment: Any) -> None:
    """Nothing beside it and no note; what has no counterpart means nothing."""
    found = meaning(place, word, value, DOCUMENT)
    assert found == (None if fragment is None else Meaning(fragment))
    assert repr(found) == repr(None if fragment is None else Meaning(fragment))


@pytest.mark.parametrize(
    ("word", "value", "expected"),
    [
        ("bn_eps", 0.001, Meaning({"norm": {"eps": 0.001}}, BATCH)),
        ("use_bias", True, Meaning({"conv": {"bias": True}}, {"conv": {"type": "plain"}})),
        ("num_classes", "ten", Meaning(key=("head", "classes"))),
        ("norm_cfg", {"type": "BN", "unknown": True}, Meaning(key=("norm",))),
        ("act_cfg", {"type": "ReLU", "unknown": 1}, Meaning(key=("activation",))),
        ("activation_fn", "softmax", Meaning(key=("activation",))),
        ("head_act", "softmax", Meaning(key=("head", "activation"), note=Note(SOFTMAX))),
        ("final_act", "softmax", Meaning(note=Note(SOFTMAX))),
        ("use_se", "x", Meaning(key=("attention", "ratio"))),
        ("lr", 0.1, Meaning(note=Note("a spec describes a network, not how it is trained", changes_network=False))),
        (
            "vision_cfg",
            {"name": "resnet50", "unknown": 1, "other": 2, "lr": 0.1},
            Meaning({"extends": "resnet50"}, note=Note("this leaves out `unknown` and `other`")),
        ),
    ],
)
def test_a_word_may_need_more_or_have_a_note(word: str, value: Any, expected: Meaning) -> None:
    """The whole of what is known of it."""
    assert meaning((), word, value, DOCUMENT) == expected


def test_a_word_of_100_characters_is_looked_up_and_a_longer_one_is_not() -> None:
    """As with the name of a key of the language between underscores."""
    assert meaning((), "name".rjust(100, "_"), "net", {}) == Meaning({"name": "net"})
    assert meaning((), "name".rjust(101, "_"), "net", {}) is None


@pytest.mark.parametrize(
    ("value", "is_understood"),
    [
        ({"num_classes": 10, "lr": [[[1]]]}, True),
        ({"num_classes": 10, "lr": [[[[1]]]]}, False),
        ({"num_classes": 10, "lr": {"a": {"b": {"c": 1}}}}, True),
        ({"num_classes": 10, "lr": {"a": {"b": {"c": []}}}}, False),
        ({"num_classes": 10, "lr": [*range(50)]}, True),
        ({"num_classes": 10, "lr": [*range(51)]}, False),
        ({"num_classes": 10, "lr": {str(index): 1 for index in range(50)}}, True),
        ({"num_classes": 10, "lr": {str(index): 1 for index in range(51)}}, False),
    ],
)
def test_a_value_is_understood_up_to_a_size(value: Any, is_understood: bool) -> None:
    """Four mappings or lists inside one another, of 50 items each."""
    expected = Meaning({"head": {"classes": 10}}) if is_understood else None
    assert meaning((), "vision_cfg", value, DOCUMENT) == expected


@pytest.mark.parametrize(
    ("found", "path", "is_harmless"),
    [
        (Meaning({"head": {"classes": 10}}), ("head", "classes"), False),
        (Meaning({"name": "net"}), ("name",), False),
        (Meaning({"norm": {}}), ("norm",), False),
        (Meaning({"name": "net"}, note=Note("it", changes_network=False)), ("name",), False),
        (Meaning(key=("head", "classes")), ("head", "classes"), False),
        (Meaning(note=Note("it")), None, False),
        (Meaning(note=Note("it", changes_network=False)), None, True),
        (Meaning(), None, False),
    ],
)
def test_a_meaning_has_a_path_and_may_be_harmless(
    found: Meaning, path: tuple[str, ...] | None, is_harmless: bool
) -> None:
    """The first key of the fragment, else the key that was meant; harmless is a note alone, on the same network."""
    assert (found.path, found.is_harmless) == (path, is_harmless)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("norm",), {"type": "GN", "num_groups": 8}, {"type": "group", "groups": 8}),
        (("norm",), {"type": "BN"}, "batch"),
        (("norm",), {"num_groups": 8}, {"groups": 8}),
        (("norm",), ["GN", {"num_groups": 4}], {"type": "group", "groups": 4}),
        (("norm",), ["GN", 4], None),
        (("norm",), {"inplace": True}, None),
        (("norm",), {}, None),
        (("norm",), None, None),
        (("norm",), {"type": "GN", "classes": 8}, None),
        (("norm", "eps"), {"value": 0.001}, 0.001),
        (("stem",), {"kernel": "3"}, {"kernel": 3}),
        (("stem",), {"kernel": "3", "unknown": 1}, None),
        (("stem",), {"kernel": "x"}, None),
        (("stem",), {"kernel_size": 3, "pool_type": "max"}, {"kernel": 3, "pool": "max"}),
        (("stem", "pool"), {"type": "max", "kernel_size": 2}, {"type": "max", "kernel": 2}),
        (("block", "conv3x3"), {"type": "split", "radix": 2}, {"type": "split", "radix": 2}),
        (("block", "conv3x3"), {"scales": 4}, {"type": "res2", "scale": 4}),
        (("head",), {"num_classes": 10, "inplace": True}, {"classes": 10}),
        (("activation",), {"type": "ReLU", "inplace": True}, "relu"),
        (("activation",), {"type": "ReLU", "unknown": True}, None),
    ],
)
def test_a_mapping_is_translated_whole_or_not_at_all(path: tuple[str, ...], value: Any, expected: Any) -> None:
    """Every key of it in this language, but for those that change no network."""
    assert repr(translated(path, value, DOCUMENT)) == repr(expected)


def test_a_value_is_nested_at_its_path() -> None:
    """With every step as text."""
    assert nested(("a", 1, "b"), [2]) == {"a": {"1": {"b": [2]}}}
