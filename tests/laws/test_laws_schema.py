"""Laws of the JSON Schema: validators agree about it, and what it leaves to the compiler."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from resnet_dsl.diagnostics.diagnostic import Diagnostic, SpecError
from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.checks import acceptance
from resnet_dsl.language.checks.schema import schema
from resnet_dsl.language.checks.validator import validator
from resnet_dsl.language.checks.violations import violations as schema_faults
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import to_plain
from resnet_dsl.language.text.writer import write

from ..helpers import loads, lower
from ..strategies.from_schema import Json, accepted, perturbed
from ..test_cases import SPECS
from .test_laws_language import check

INDEPENDENT = jsonschema_rs.Draft202012Validator(schema())
"""A validator that shares no code with ours."""


def compiled(text: str) -> Graph | tuple[Diagnostic, ...]:
    try:
        return lower(loads(text))
    except SpecError as error:
        return error.diagnostics


def is_accepted(text: str | bytes) -> bool:
    """Whether our own schema check accepts a document."""
    data = text if isinstance(text, bytes) else text.encode()
    return schema_faults(read(decode("test", data))) == []


@settings(max_examples=500)
@given(accepted())
def test_what_the_schema_accepts_is_a_network_or_breaks_a_rule_that_has_a_code(document: Json) -> None:
    """Never an exception, nor a schema violation unless the document is merged into another."""
    text = write(document)
    assert is_accepted(text)
    result = compiled(text)
    if isinstance(result, Graph):
        return
    check(result)
    codes = {fault.code for fault in result}
    inherited = {"RD202", "RD203"} if "extends" in document else set()
    assert all(re.fullmatch("RD001|RD02[23]|RD208|RD3..|RD4..", code) for code in codes - inherited)


@given(perturbed())
def test_documents_are_accepted_at_once_only_if_the_validator_finds_nothing(document: Json) -> None:
    """So that nothing wrong goes unexplained; and always then, but for numbers such as 64.0."""
    is_whole = any(isinstance(value, float) and value.is_integer() for value in values(document))
    assert acceptance.is_accepted(document) == (validator().is_valid(document) and not is_whole)


def values(document: Any) -> Iterator[Any]:
    """All values in a document."""
    yield document
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for each in inner:
        yield from values(each)


@pytest.mark.slow
@settings(max_examples=300)
@given(perturbed())
def test_an_independent_validator_agrees_on_generated_documents(document: Json) -> None:
    """On what is accepted and on what is refused."""
    assert is_accepted(write(document)) == INDEPENDENT.is_valid(document)


def test_an_independent_validator_agrees_on_all_cases() -> None:
    """If they are documents at all; JSON Schema also counts floats without a fraction as integers."""
    documents: dict[str, tuple[bool, Any]] = {}
    for spec in SPECS:
        try:
            tree = read(decode(spec.name, spec.read_bytes()))
        except SpecError:
            continue
        documents[spec.stem] = schema_faults(tree) == [], to_plain(tree)
    stricter = [name for name, (ours, document) in documents.items() if ours != INDEPENDENT.is_valid(document)]
    assert len(documents) > 40
    assert stricter == []


def test_the_independent_validator_accepts_the_schema() -> None:
    """The schema is valid according to the meta-schema of its draft."""
    jsonschema_rs.meta.validate(schema())
    assert jsonschema_rs.meta.is_valid({"type": 5}) is False
