"""The words of other libraries, measured on a list that was collected from their sources."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from resnet_dsl.compiler import Text, find_faults, load_spec
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.checks.schema import part_at
from resnet_dsl.language.checks.validator import is_valid
from resnet_dsl.language.checks.vocabulary.conversions import CONVERSIONS
from resnet_dsl.language.checks.vocabulary.table import (
    KeyWord,
    Line,
    Note,
    ValueWord,
    folded,
    folded_value,
    place_of,
    vocabulary,
)
from resnet_dsl.language.spec import Spec
from resnet_dsl.language.text.writer import write

from ...following import followed_together
from ...helpers import plain

WORDS: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[2] / "data" / "words.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
)
TABLE: Any = plain((Path(__file__).parents[3] / "resnet_dsl/language/checks/vocabulary/words.yaml").read_text("utf-8"))
BASE = "name: net\nblock: {type: bottleneck}\nstages: {depths: [3, 4, 6, 3]}\n"
LEAST = 0.97
"""Share of the words that must get the right help."""


def merged(document: Any, above: Any) -> Any:
    """The document with the values of another, mappings merged."""
    both = isinstance(document, dict) and isinstance(above, dict)
    return document | {key: merged(document.get(key), value) for key, value in above.items()} if both else above


def with_word(entry: Mapping[str, Any]) -> str:
    """The base with the word in it."""
    steps = [step for step in entry["where"].split(".") if step]
    path = steps if entry.get("kind") == "value" else [*steps, str(entry["word"])]
    value: Any = plain(f"value: {entry['value']}")
    part = value["value"]
    for step in reversed(path):
        part = {step: part}
    return write(merged(merged(plain(entry.get("base", BASE)), plain(entry.get("beside", "{}"))), part))


def fault_of(entry: Mapping[str, Any], text: str) -> Diagnostic:
    """The fault that is about the word."""
    found = find_faults(Text(text, "test"))
    word = str(entry["word"])
    return next(
        (fault for fault in found if word in fault.message or (fault.span and fault.span.text == word)), found[0]
    )


def network(text: str) -> Spec:
    return replace(load_spec(Text(text, "test")), name="any")


def corrected(text: str, fault: Diagnostic) -> Spec | None:
    """The network after the help of this fault, and of those that are left, if that makes the spec valid."""
    for _ in range(5):
        if not fault.helps or fault.helps[0].startswith("give the path"):
            return None
        text = write(followed_together(text, fault))
        found = find_faults(Text(text, "test"))
        if not found:
            return network(text)
        fault = found[0]
    return None


def outcome(entry: Mapping[str, Any]) -> str:
    """`right`, `none` or `wrong`, which is help that makes another network.

    A word without an answer is right if its help is the one that `nearest` names, or only says to leave it out, or
    gives an example, or if there is no help but a note.
    """
    text = with_word(entry)
    fault = fault_of(entry, text)
    if entry["answer"] is not None:
        if not fault.helps:
            return "none"
        wanted = network(write(merged(plain(entry.get("base", BASE)), plain(entry["answer"]))))
        found = corrected(text, fault)
        return "none" if found is None else "right" if found == wanted else "wrong"
    if not fault.helps:
        return "right" if fault.notes else "none"
    (help_, *_) = fault.helps
    is_named = any(part in entry["nearest"] for part in help_.split("`")[1::2])
    is_general = help_ == "remove the key" or "for example" in help_ or help_.startswith("give the path")
    return "right" if is_named or is_general else "wrong"


def test_the_words_of_other_libraries_get_the_right_help_or_none() -> None:
    """At least 97 % get the right one: what it says to write makes the network that the word asks for."""
    outcomes = [outcome(entry) for entry in WORDS]
    assert [entry for entry, found in zip(WORDS, outcomes, strict=True) if found == "wrong"] == []
    assert outcomes.count("right") >= LEAST * len(WORDS) > LEAST * 250


@pytest.mark.parametrize("ratio", ["0.25", "[0.25]", "[0.25, 0.25, 0.25, 0.25]"])
def test_one_ratio_for_all_stages_is_one_expansion(ratio: str) -> None:
    """Whether it is written once, as a list of one, or for each stage."""
    (fault,) = find_faults(Text(f"{BASE}bottleneck_multipliers: {ratio}\n"))
    assert fault.helps == ("write `expansion: 4` under `block`",)


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("extends: resnet50\nres2_out_channels: 256", "write `block: {expansion: 4}`"),
        ("type: ResNeXt\ndepth: 50", "write `extends: resnext50_32x4d`"),
        ("type: SEResNeXt\ndepth: 101\nbase_width: 8", "write `extends: seresnext101_32x8d`"),
        (
            "block: {type: basic}\ninput: {h: 224, w: 160}\nstages: {depths: [1]}",
            "write `size: [224, 160]`",
        ),
        (
            "block_type: bottleneck\nhidden_sizes: [256, 512]\nstages: {depths: [1, 1]}",
            "write `widths: [64, 128]` under `stages`",
        ),
        (
            "blocks: [{type: bottle, d: 1, c: 64, s: 1, gs: 0, br: 0.25}]",
            "write `block: {type: bottleneck, expansion: 4}`",
        ),
        (
            "block: {type: basic}\nstages: {depths: [1, 1, 1, 2], output_stride: 32}\nres5_multi_grid: [1, 2]",
            "write `blocks: {layer4.0: {dilation: 1}, layer4.1: {dilation: 2}}`",
        ),
    ],
)
def test_what_is_not_written_beside_a_word_has_its_usual_value(text: str, help_: str) -> None:
    """The words beside it count in every spelling, and what is left out is as in the library of the word."""
    assert help_ in [each for fault in find_faults(Text(f"name: net\n{text}\n")) for each in fault.helps]


def test_every_word_of_the_list_has_a_source() -> None:
    """And an answer, or what comes nearest to one."""
    for entry in WORDS:
        assert entry["source"], entry
        assert entry["answer"] is not None or entry["nearest"], entry


@pytest.mark.parametrize("kind", ["keys", "notes"])
def test_a_word_stands_once_in_an_entry_of_the_table(kind: str) -> None:
    """Spellings that are compared alike are not repeated."""
    for entry in TABLE[kind]:
        words = [place_of(word) for word in entry["words"]]
        assert [word for word, count in Counter(words).items() if count > 1] == []


def test_the_table_leads_to_keys_and_values_of_the_language() -> None:
    """Every key is known, every value and line is valid, and every conversion exists."""
    conversions = {*CONVERSIONS}
    for senses in vocabulary().keys.values():
        for sense in senses:
            assert not sense.key or part_at(sense.key), sense
            assert sense.conversion in (None, "all_of", *CONVERSIONS), sense
            conversions.discard(str(sense.conversion))
            assert sense.key or sense.conversion, sense
    assert conversions == set(), "named by no word"
    for lines in vocabulary().lines.values():
        for line in lines:
            assert is_valid((), line.fragment), line
    for key, words in vocabulary().values.items():
        path = tuple(key.split("."))
        for meant in words.values():
            assert meant.value is None or is_valid(path, meant.value), (key, meant)
            assert meant.line is None or is_valid(path[:-1], meant.line), (key, meant)
            assert (meant.value, meant.line, meant.note) != (None, None, None), (key, meant)


def test_no_word_of_the_table_is_a_value_of_the_language_already() -> None:
    """A valid value is what it says."""
    for entry in TABLE["values"]:
        keys = entry["of"] if isinstance(entry["of"], list) else [entry["of"]]
        for path in (tuple(key.split(".")) for key in keys):
            taken = [word for word in entry["words"] if word != "" and is_valid(path, word)]
            assert taken == [], (path, taken)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("nn.ReLU(inplace=True)", "relu"),
        ("torch.nn.SiLU", "silu"),
        ("Hard-Swish", "hardswish"),
        ("3×3", "3x3"),
        (True, "true"),
        (0.25, "0.25"),
        (None, "{}"),
        ([1], "[]"),
        ({"a": 1}, "{}"),
        (False, "false"),
        (3, "3"),
        (1e-5, "1e-05"),
        ("", ""),
        ("+", "+"),
        (" a (b) ", "a"),
        ("(b)", ""),
        ("a(b\nc)", "a"),
        ("a(b) c", "abc"),
        ("v1.5", "v15"),
        ("1.x", "1x"),
        ("a.b.C_d", "cd"),
        ("x" * 101, "x" * 100),
    ],
)
def test_values_are_compared_as_words(value: Any, word: str) -> None:
    """Without the module, the arguments, case and separators."""
    assert folded_value(value) == word


def test_a_word_with_any_value_is_no_fault_of_the_compiler() -> None:
    """Whatever stands where a word is expected, the result is a diagnostic about it."""
    for value in ("[[], {}]", "{a: {b: [1]}}", "[relu, {x: {}}]", "''", "1e308", "nn.", "()", "[3, null]", "-1", "0"):
        for word in (
            "norm_cfg",
            "backbone",
            "layers",
            "se_ratio",
            "input_shape",
            "hidden_sizes",
            "block_args",
            "width",
        ):
            found = find_faults(Text(f"{BASE}{word}: {value}\n"))
            assert "RD203" in [fault.code for fault in found], (word, value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("block: {type: basic, expansion: 0}\nhidden_sizes: [256]\nstages: {depths: [1]}", "RD205"),
        ("block: {type: basic}\nchannels: [64]\nstages: {depths: []}", "RD207"),
    ],
)
def test_a_word_beside_an_invalid_value_is_no_fault_of_the_compiler(text: str, code: str) -> None:
    """An expansion of zero, and a list of no stages, get their diagnostics, and so does the word."""
    assert {fault.code for fault in find_faults(Text(f"name: net\n{text}\n"))} == {"RD203", code}


@pytest.mark.parametrize(
    ("word", "same", "place"),
    [
        ("Conv3×3_Type", "conv3x3type", "conv3x3type"),
        ("head.Num-Classes", "headnumclasses", "head.numclasses"),
        (".Depth", "depth", ".depth"),
        ("a.b.c", "abc", "ab.c"),
        ("Maß", "mass", "mass"),
        ("", "", ""),
    ],
)
def test_words_are_compared_without_what_writers_vary(word: str, same: str, place: str) -> None:
    """The name of the mapping before the last dot is kept apart."""
    assert (folded(word), place_of(word)) == (same, place)


def test_the_table_is_read_as_it_stands() -> None:
    """Each word has all that its entries say, in their order, and of its notes the first."""
    words = vocabulary()
    keys: dict[str, list[KeyWord]] = {}
    for entry in TABLE["keys"]:
        key = tuple(entry["key"].split(".")) if "key" in entry else ()
        for word in entry["words"]:
            keys.setdefault(place_of(word), []).append(KeyWord(key, entry.get("as"), entry.get("with", {})))
    assert {word: [*senses] for word, senses in words.keys.items()} == keys
    lines: dict[str, list[Line]] = {}
    for entry in TABLE["lines"]:
        values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
        for word in dict.fromkeys(map(place_of, entry["words"])):
            lines.setdefault(word, []).append(Line(frozenset(map(folded_value, values)), entry["write"]))
    assert {word: [*found] for word, found in words.lines.items()} == lines
    notes: dict[str, Note] = {}
    for entry in TABLE["notes"]:
        for word in entry["words"]:
            notes.setdefault(place_of(word), Note(entry["note"], entry.get("network", "other") != "same"))
    assert words.notes == notes
    values_of: dict[str, dict[str, ValueWord]] = {}
    for entry in TABLE["values"]:
        note = Note(entry["note"]) if "note" in entry else None
        for key in entry["of"] if isinstance(entry["of"], list) else [entry["of"]]:
            for word in entry["words"]:
                meant = ValueWord(entry.get("is"), entry.get("line"), note)
                values_of.setdefault(key, {})[folded_value(word)] = meant
    assert words.values == values_of
    singles = {folded(word): key for key, others in TABLE["single_blocks"].items() for word in others}
    assert words.single_blocks == singles
    assert words.kinds == {folded(word): kind for word, kind in TABLE["kinds"].items()}
    assert words.expansions == TABLE["expansions"]
    assert words.along == {sense.key: sense.along for found in keys.values() for sense in found if sense.along}
