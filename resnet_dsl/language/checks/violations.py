"""Document structure: JSON Schema violations -> diagnostics."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...limits import MAX_FAULTS
from ..text.tree import Path, Table, Tree, describe, dotted, find, to_plain, value_span
from .acceptance import is_accepted
from .missing_keys import Misspelt, report_missing_keys
from .wording import joined, quoted


def violations(tree: Table, *, is_patch: bool = False) -> list[Diagnostic]:
    """The schema violations of one document, up to a limit.

    Args:
        tree: a file, or the document that an override represents.
        is_patch: whether it changes another document, so that no key is required.
    """
    plain: Any = to_plain(tree)
    instance = {"name": "patched", "extends": "the document"} | plain if is_patch else plain
    if is_accepted(instance):
        return []
    from .validator import validator  # what helps with mistakes is imported only once one has been made

    errors = _independent([(error, tuple(error.absolute_path)) for error in validator().iter_errors(instance)])
    if not errors:
        return []
    from .unknown_keys import intended_paths

    unknown = islice(
        ((path, key, error) for error, path in errors for key in _unknown_keys(error) if _has_keys(error)), MAX_FAULTS
    )
    misspelt = {
        meant for path, key, error in unknown for meant in intended_paths(path, key, error.schema["properties"], plain)
    }
    if any(path == ("blocks",) and error.validator == "type" for error, path in errors):
        misspelt |= {*intended_paths((), "blocks", (), plain)}
    found = (
        each for error, path in errors for each in _diagnose(error, tree, path, plain, misspelt, is_patch=is_patch)
    )
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
        return error.validator not in ("const", "multipleOf") or path not in out_of_bounds

    return [(error, path) for error, path in errors if is_independent(error, path)]


def _unknown_keys(error: Any) -> Iterator[str]:
    """The keys or names of a mapping that the schema does not know."""
    if error.validator == "additionalProperties":
        patterns = error.schema.get("patternProperties", ())
        known = error.schema.get("properties", {})
        yield from (
            key
            for key in error.instance
            if key not in known and not any(re.search(pattern, key) for pattern in patterns)
        )


def _has_keys(error: Any) -> bool:
    """Whether the mapping has keys rather than names."""
    return "properties" in error.schema


def _diagnose(
    error: Any, tree: Table, path: Path, document: Any, misspelt: Misspelt, *, is_patch: bool
) -> Iterator[Diagnostic]:
    """The diagnostics for one violation; jsonschema reports missing and unknown keys at the enclosing mapping."""
    from .suggestions import remarks, suggestions
    from .unknown_keys import not_a_block, unknown_key

    match error.validator:
        case "required":
            yield from report_missing_keys(
                tree, path, [key for key in error.validator_value if key not in error.instance], misspelt
            )
        case "additionalProperties" if not _has_keys(error):
            yield from (not_a_block(tree, path, key) for key in _unknown_keys(error))
        case "additionalProperties":
            for key in _unknown_keys(error):
                yield unknown_key(tree, path, key, error.schema["properties"], document, is_option=is_patch)
        case _:
            found = find(tree, path)
            assert found is not None
            code, rule = _rule(error, found)
            yield Diagnostic(
                code=code,
                message=f"`{dotted(path)}` must {rule}",
                labels=(Label(value_span(tree, path)),),
                notes=remarks(found, path),
                helps=suggestions(found, path, document, is_option=is_patch),
            )


def _rule(error: Any, found: Tree) -> tuple[str, str]:
    """The code of a violation, and what the value must be."""
    limit, but = error.validator_value, f", found {describe(found)}"
    match error.validator:
        case "type":
            return "RD201", f"be {_type_names(limit, is_bound='examples' in error.schema)}{but}"
        case "enum":
            return "RD204", f"be {_one_of([value for value in limit if value is not None])}{but}"
        case "minimum":
            return "RD205", f"be at least {limit:,}{but}"
        case "maximum":
            return "RD205", f"be at most {limit:,}{but}"
        case "exclusiveMinimum":
            return "RD205", f"be greater than {limit:,}{but}"
        case "exclusiveMaximum":
            return "RD205", f"be less than {limit:,}{but}"
        case "const":
            return "RD205", f"be odd{but}"
        case "multipleOf":
            return "RD205", f"be a multiple of {limit}{but}"
        case "pattern" if "examples" in error.schema:
            number = "an integer or " if "integer" in error.schema["type"] else ""
            return "RD206", f"be {number}a bound such as {quoted(error.schema['examples'], 'or')}{but}"
        case "pattern":
            return "RD206", f"be a letter followed by up to 63 letters, digits, `_`, `.` or `-`{but}"
        case "minLength":
            return "RD206", "not be empty"
        case "minItems" | "maxItems":
            few, many = error.schema["minItems"], error.schema["maxItems"]
            wanted = f"{few} values" if few == many else f"{few} to {many:,} values"
            return "RD207", f"be a list of {wanted}, found {len(error.instance):,}"
        case _:
            raise AssertionError(error.validator)


def _one_of(values: list[Any]) -> str:
    """The values, or a description of them if there are many."""
    if len(values) > 4 and values == [2**power for power in range(len(values))]:
        return f"a power of two, at most {values[-1]:,}"
    return quoted([str(value) for value in values], "or")


_NOUNS = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping",
}


def _type_names(types: str | list[str], *, is_bound: bool) -> str:
    """What a value of these types is; the only texts that have examples in the schema are bounds."""
    names = [types] if isinstance(types, str) else types
    nouns = _NOUNS | ({"string": "a bound"} if is_bound else {})
    return joined([nouns[name] for name in names if name != "null"], "or")
