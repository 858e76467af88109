"""Document structure: JSON Schema violations -> diagnostics."""

from collections.abc import Container, Iterable, Iterator
from itertools import islice
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.similar import did_you_mean
from ...limits import MAX_FAULTS
from ..text.missing_space import missing_space_help
from ..text.tree import (
    Path,
    Scalar,
    Table,
    Tree,
    describe,
    dotted,
    find,
    key_span,
    shortened,
    to_plain,
    value_span,
)
from .missing_keys import Misspelt, intended_key, report_missing_keys
from .schema import schema
from .suggestions import suggestions
from .validator import validator
from .wording import joined, quoted


def violations(tree: Table, *, is_patch: bool = False) -> list[Diagnostic]:
    """The schema violations of one document, up to a limit.

    Args:
        tree: a file, or the document that an override represents.
        is_patch: whether it changes another document, so that no key is required.
    """
    plain: Any = to_plain(tree)
    instance = {"name": "patched", "extends": "the document"} | plain if is_patch else plain
    errors = _independent([(error, tuple(error.absolute_path)) for error in validator().iter_errors(instance)])
    unknown = islice(((path, key, error) for error, path in errors for key in _unknown_keys(error)), MAX_FAULTS)
    misspelt = {(*path, intended_key(key, error.schema["properties"])) for path, key, error in unknown}
    found = (each for error, path in errors for each in _diagnose(error, tree, path, misspelt))
    return list(islice(_distinct(found), MAX_FAULTS))


def _distinct(faults: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    reported: set[Diagnostic] = set()
    for fault in faults:
        if fault not in reported:
            reported.add(fault)
            yield fault


def _independent(errors: list[tuple[Any, Path]]) -> list[tuple[Any, Path]]:
    """The errors except those that merely follow from another.

    A value of the wrong type has no other fault, and a number out of bounds is not also reported for being even.
    """
    mistyped = {path for error, path in errors if error.validator == "type"}
    out_of_bounds = {path for error, path in errors if error.validator in ("minimum", "maximum")}

    def is_independent(error: Any, path: Path) -> bool:
        if error.validator != "type" and path in mistyped:
            return False
        return error.validator != "const" or path not in out_of_bounds

    return [(error, path) for error, path in errors if is_independent(error, path)]


def _unknown_keys(error: Any) -> Iterator[str]:
    """The keys of a mapping that the schema does not know."""
    if error.validator == "additionalProperties":
        yield from (key for key in error.instance if key not in error.schema["properties"])


def _diagnose(error: Any, tree: Tree, path: Path, misspelt: Misspelt) -> Iterator[Diagnostic]:
    """The diagnostics for one violation; jsonschema reports missing and unknown keys at the enclosing mapping."""
    found = find(tree, path)
    assert found is not None
    limit = error.validator_value
    match error.validator:
        case "required":
            yield from report_missing_keys(tree, path, [key for key in limit if key not in error.instance], misspelt)
        case "additionalProperties":
            for key in _unknown_keys(error):
                yield _unknown(tree, path, key, list(error.schema["properties"]), error.instance)
        case "type":
            is_child = isinstance(tree, Table) and "extends" in tree.entries
            helps = suggestions(found, path, error.schema, is_child=is_child) or _missing_space_help(found)
            yield _fault(
                tree, path, "RD201", f"{_subject(path)} must be {_type_names(limit)}, found {describe(found)}", *helps
            )
        case "enum":
            yield _not_one_of(tree, path, [value for value in limit if value is not None], found)
        case "minimum":
            yield _fault(tree, path, "RD205", f"{_subject(path)} must be at least {limit:,}, found {describe(found)}")
        case "maximum":
            yield _fault(tree, path, "RD205", f"{_subject(path)} must be at most {limit:,}, found {describe(found)}")
        case "exclusiveMinimum":
            yield _fault(
                tree, path, "RD205", f"{_subject(path)} must be greater than {limit:,}, found {describe(found)}"
            )
        case "exclusiveMaximum":
            yield _fault(tree, path, "RD205", f"{_subject(path)} must be less than {limit:,}, found {describe(found)}")
        case "const":
            yield _fault(tree, path, "RD205", f"{_subject(path)} must be odd, found {describe(found)}")
        case "pattern":
            rule = "a letter followed by up to 63 letters, digits, `_`, `.` or `-`"
            yield _fault(tree, path, "RD206", f"{_subject(path)} must be {rule}, found {describe(found)}")
        case "minLength":
            yield _fault(tree, path, "RD206", f"{_subject(path)} must not be empty")
        case "minItems" | "maxItems":
            yield _wrong_length(tree, path, error)
        case _:
            raise AssertionError(error.validator)


def _wrong_length(tree: Tree, path: Path, error: Any) -> Diagnostic:
    few, many = error.schema["minItems"], error.schema["maxItems"]
    wanted = f"{few} values" if few == many else f"{few} to {many:,} values"
    helps = ("write `[height, width]`, or one number for both",) if path == ("input", "size") else ()
    found = len(error.instance)
    message = f"{_subject(path)} must be a list of {wanted}, found {found:,}"
    return _fault(tree, path, "RD207", message, *helps)


def _unknown(tree: Tree, path: Path, key: str, known: list[str], present: Container[str]) -> Diagnostic:
    span = key_span(tree, (*path, key))
    assert span is not None
    label = f"not a key of `{dotted(path)}`" if path else "not a top-level key"
    keys = f"keys of `{dotted(path)}`" if path else "top-level keys"
    free = [each for each in known if each not in present]
    helps = missing_space_help(key) or did_you_mean(key, free, "key") or _valid_places_help(key)
    helps = helps or (f"the {keys} are {quoted(known)}",)
    return Diagnostic(
        code="RD203",
        message=f"unknown key `{shortened(key)}`",
        labels=(Label(span, label),),
        helps=helps,
    )


def _valid_places_help(key: str) -> tuple[str, ...]:
    """A help if the key belongs to another mapping."""
    owners = [name for name, part in schema()["properties"].items() if key in part.get("properties", ())]
    places = [f"`{key}`"] * (key in schema()["properties"]) + [f"`{owner}.{key}`" for owner in owners]
    return (f"{joined(places)} {'is a valid key' if len(places) == 1 else 'are valid keys'}",) if places else ()


def _not_one_of(tree: Tree, path: Path, values: list[Any], found: Tree) -> Diagnostic:
    helps: tuple[str, ...] = ()
    if isinstance(found, Scalar) and isinstance(found.value, str):
        helps = did_you_mean(found.value, [str(value) for value in values], "value")
    message = f"{_subject(path)} must be {_one_of(values)}, found {describe(found)}"
    return _fault(tree, path, "RD204", message, *helps)


def _one_of(values: list[Any]) -> str:
    """The values, or a description of them if there are many."""
    if len(values) > 4 and values == [2**power for power in range(len(values))]:
        return f"a power of two, at most {values[-1]:,}"
    return quoted([str(value) for value in values], "or")


def _missing_space_help(found: Tree) -> tuple[str, ...]:
    return missing_space_help(found.value) if isinstance(found, Scalar) and isinstance(found.value, str) else ()


def _fault(tree: Tree, path: Path, code: str, message: str, *helps: str) -> Diagnostic:
    return Diagnostic(code=code, message=message, labels=(Label(value_span(tree, path)),), helps=helps)


def _subject(path: Path) -> str:
    return f"`{dotted(path)}`"


_NOUNS = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping",
}


def _type_names(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(_NOUNS[name] for name in names if name != "null")
