"""Invalid specs and the exact diagnostics they must produce.

Each `tests/cases/CODE-*.yaml` has a `.txt` with the compiler's output. A first line `# --set KEY=VALUE` gives
command-line options. `pytest --update-cases` rewrites the recorded texts; review the diff before committing it.
"""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from resnet_dsl.compiler import compile_spec
from resnet_dsl.diagnostics.codes import CODES
from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.diagnostics.render import as_json, as_record
from resnet_dsl.language.checks.schema import schema_text

CASES = Path(__file__).parent / "cases"
SPECS = sorted(CASES.glob("*.yaml"), key=lambda path: path.name)

ELSEWHERE = {
    "RD003": "tested with the reader, on a generated text of more than a mebibyte",
    "RD023": "tested with inheritance, on seventeen generated files",
}
"""Codes without a case -> where they are tested."""


def overrides(spec: Path) -> list[str]:
    first = spec.read_bytes().partition(b"\n")[0].decode("utf-8", "replace")
    return re.split(r" ?--set ", first)[1:] if first.startswith("# --set ") else []


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_an_invalid_spec_produces_its_recorded_diagnostics(
    spec: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """The output matches exactly, with file names independent of the location of the project."""
    monkeypatch.chdir(CASES)
    with pytest.raises(DiagnosticError) as caught:
        compile_spec(spec.name, overrides(spec))
    assert spec.name.partition("-")[0] in [fault.code for fault in caught.value.diagnostics]
    record = spec.with_suffix(".txt")
    if pytestconfig.getoption("--update-cases"):
        record.write_text(f"{caught.value}\n", encoding="utf-8", newline="\n")
    assert record.read_text(encoding="utf-8") == f"{caught.value}\n"


def test_the_json_of_all_cases_conforms_to_its_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """The JSON diagnostics of every case validate against the schema that `resnet-dsl schema diagnostics` prints."""
    monkeypatch.chdir(CASES)
    validator = Draft202012Validator(json.loads(schema_text("diagnostics")))
    for spec in SPECS:
        with pytest.raises(DiagnosticError) as caught:
            compile_spec(spec.name, overrides(spec))
        assert list(validator.iter_errors(json.loads(as_json(map(as_record, caught.value.diagnostics))))) == []


def test_cases_and_recorded_texts_correspond() -> None:
    """Every case has a recorded text, and no text remains of a deleted case."""
    assert [spec.stem for spec in SPECS] == sorted(record.stem for record in CASES.glob("*.txt"))


def test_every_spec_code_has_a_case() -> None:
    """Every code that a spec alone can cause has a case or is listed as tested elsewhere."""
    codes = {code for code in CODES if code < "RD500"}
    assert codes - ELSEWHERE.keys() == {spec.name.partition("-")[0] for spec in SPECS}
