"""Laws of the language: they hold for every document, in any notation."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_dsl.compiler import Text, find_faults
from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError
from resnet_dsl.diagnostics.render import as_github, as_json, as_line, as_record, as_text
from resnet_dsl.diagnostics.similar import similar
from resnet_dsl.language.text.writer import write

from ..helpers import faults, load, loads, lower, plain, written_out
from ..strategies import Document, documents, formatted, planted_faults, stage_count


def often(times: int) -> settings:
    """More examples than the profile's default."""
    assert settings.default is not None
    return settings(max_examples=times * settings.default.max_examples)


@given(st.data())
def test_key_order_and_formatting_do_not_matter(data: st.DataObject) -> None:
    """Two texts of the same document give the same spec."""
    document = data.draw(documents())
    texts = data.draw(st.tuples(formatted(document), formatted(document)))
    assert plain(texts[0]) == document
    assert loads(texts[0]) == loads(texts[1])


@given(st.data())
def test_a_mapping_is_the_same_spec_as_its_text(data: st.DataObject) -> None:
    """Python callers do not need YAML."""
    document = data.draw(documents())
    assert load(document) == loads(data.draw(formatted(document)))


@given(documents())
def test_a_resolved_spec_printed_and_read_again_is_the_same_spec(document: Document) -> None:
    """Writing out every default changes nothing."""
    spec = load(document)
    assert loads(write(written_out(spec))) == spec


@given(documents())
def test_writing_everything_out_twice_changes_nothing(document: Document) -> None:
    """The output is complete: writing it out again adds no keys."""
    once = written_out(load(document))
    assert written_out(load(once)) == once


PER_STAGE = [("block", "type"), ("block", "expansion"), ("block", "reduce_first")]
PER_STAGE += [("stages", "widths"), ("stages", "strides"), ("stages", "dilations")]


@given(documents(), st.sampled_from(PER_STAGE))
def test_one_value_for_all_stages_is_a_list_of_equal_values(document: Document, path: tuple[str, str]) -> None:
    """The short form is equivalent to the long one."""
    table, key = document.get(path[0], {}), path[1]
    short = load(document)
    if isinstance(table.get(key), int | str):
        document[path[0]] = table | {key: [table[key]] * stage_count(document)}
    assert load(document) == short


OVERRIDDEN = ["input", "stem", "conv", "shortcut", "norm", "activation", "attention", "blocks", "head", "init"]


@given(documents(), st.sampled_from(OVERRIDDEN))
def test_an_override_is_equivalent_to_the_key_in_the_file(document: Document, key: str) -> None:
    """A file without a key plus an override of that key gives the spec of the complete file."""
    document.pop("expect", None)
    rest = {name: value for name, value in document.items() if name != key}
    options = [f"{key}={json.dumps(document[key])}"] if key in document else []
    assert load(rest, overrides=options) == load(document)


@often(3)
@given(planted_faults())
def test_a_planted_fault_is_reported_on_its_line(planted: tuple[str, str, int]) -> None:
    """With its code, and without other faults."""
    text, code, line = planted
    found = [(fault.code, fault.span.line if fault.span else 0) for fault in faults(text)]
    assert found == [(code, line)]


@given(planted_faults())
def test_messages_are_written_in_one_style(planted: tuple[str, str, int]) -> None:
    """On one line, starting in lower case, without a full stop."""
    for fault in faults(planted[0]):
        for text in (fault.message, *fault.helps, *fault.notes, *(label.text for label in fault.labels if label.text)):
            assert not text[0].isupper()
            assert not text.endswith(".")
            assert "\n" not in text


@given(documents(), st.sampled_from([{"colour": "red"}, {"description": 5}, {"name": "my net"}, {"version": 2}]))
def test_a_fault_of_the_text_does_not_hide_one_of_the_network(document: Document, silent: Document) -> None:
    """Faults of the text and of the network are reported in one run."""
    document["expect"] = {"params": 0}
    alone = faults_of_text(write(document))
    both = faults_of_text(write(document | silent))
    assert [fault.code for fault in alone] == ["RD303"]
    assert [fault.message for fault in both if fault.code == "RD303"] == [alone[0].message]
    assert len(both) == 2


def faults_of_text(text: str) -> tuple[Diagnostic, ...]:
    found = find_faults(Text(text, "test"))
    assert found
    return found


def check(diagnostics: tuple[Diagnostic, ...]) -> None:
    """Every diagnostic has a code, a message and a place inside its source, and can be shown in every format."""
    for fault in diagnostics:
        assert re.fullmatch(r"RD[0-4]\d\d", fault.code)
        assert fault.message
        assert fault.labels
        assert all(0 <= each.span.start <= each.span.end <= len(each.span.source.text) for each in fault.labels)
        assert all((as_text(fault), as_line(fault), as_github(fault)))
    assert len(json.loads(as_json(map(as_record, diagnostics)))["diagnostics"]) == len(diagnostics)


WORDS = r"null 1e999 \U00110000 0 3.0 é 図 name stages block type depths bottleneck norm attention widths 65536 extends"
WORDS += " regnet conv3x3 res2 blocks layer1.0 layer1.* conv pool"
FRAGMENTS = [*":-?|>'\"{}[],&*!%@`~#<\\", "&a ", "*a", "!!str ", "<<: ", ": ", "- ", " ", "  ", *re.split(" ", WORDS)]
FRAGMENTS += ["\t", "\n", "\r", "\r\n", "\x85", "\u2028", "\ufeff", "\x07", "\ud800", "|\n", ">\n"]
FRAGMENTS += ["---\n", "...\n", "%YAML 1.1\n", "%TAG ! a:\n"]


@often(8)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_a_spec_or_a_spec_error(text: str) -> None:
    """No text over the YAML alphabet raises any other exception."""
    check(faults(text))


@often(3)
@given(st.binary(max_size=40), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"name: "]))
def test_any_bytes_are_a_spec_or_a_spec_error(data: bytes, start: bytes) -> None:
    """No bytes raise any other exception."""
    check(faults(start + data))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid text, cut, duplicated and shuffled in a few places."""
    text = draw(formatted(draw(documents())))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        piece = draw(st.sampled_from([text[start:end] * 2, "", *FRAGMENTS]) | st.text(max_size=3))
        text = text[:start] + piece + text[end:]
    return text


@given(mutated())
def test_any_mutation_of_a_valid_text_is_a_spec_or_a_spec_error(text: str) -> None:
    """Real specs are mostly right, and wrong in a few places."""
    check(faults(text))


_LIKE_NUMBERS = st.text("0123456789abcdefox_.+-", max_size=6)
_FINITE = st.floats(allow_nan=False, allow_infinity=False)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | _FINITE | st.text(max_size=5) | _LIKE_NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(documents(), st.data())
def test_any_value_anywhere_is_a_spec_or_a_spec_error(document: Document, data: st.DataObject) -> None:
    """The compiler accepts the value of a key or reports what is wrong with it."""
    owners = [document, *(value for value in document.values() if isinstance(value, dict) and value)]
    table = data.draw(st.sampled_from(owners))
    table[data.draw(st.sampled_from(sorted(table)))] = data.draw(_JSON)
    check(faults_of_mapping(document))


def faults_of_mapping(document: Document) -> tuple[Diagnostic, ...]:
    try:
        lower(load(document))
    except SpecError as error:
        return error.diagnostics
    return ()


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=5))
def test_similar_names_are_candidates(name: str, candidates: list[str]) -> None:
    """A name is most similar to itself, in either case."""
    assert similar(name, candidates) in [None, *candidates]
    assert similar("Widths", ["width", "widths", "depths"]) == "widths"
