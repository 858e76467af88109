"""Wrong specs beside the exact diagnostics that they must give.

Each `tests/cases/CODE-*.yaml` has a `.txt` with what the compiler says. A first line `# --set KEY=VALUE` stands for
options of the command line. `pytest --update-cases` writes the texts anew; read what changed before it is kept.
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
    "RD003": "a text of more than a mebibyte is made by the test of the reader",
    "RD023": "seventeen files are made by the test of inheritance",
}
"""Codes without a case, and where they are tested."""


def overrides(spec: Path) -> list[str]:
    first = spec.read_bytes().partition(b"\n")[0].decode("utf-8", "replace")
    return re.split(r" ?--set ", first)[1:] if first.startswith("# --set ") else []


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_a_wrong_spec_gives_its_diagnostics(
    spec: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """To the character, with names that do not depend on where the project lies."""
    monkeypatch.chdir(CASES)
    with pytest.raises(DiagnosticError) as caught:
        compile_spec(spec.name, overrides(spec))
    assert spec.name.partition("-")[0] in [fault.code for fault in caught.value.diagnostics]
    record = spec.with_suffix(".txt")
    if pytestconfig.getoption("--update-cases"):
        record.write_text(f"{caught.value}\n", encoding="utf-8", newline="\n")
    assert record.read_text(encoding="utf-8") == f"{caught.value}\n"


def test_the_json_of_all_cases_follows_its_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that `resnet-dsl schema diagnostics` prints."""
    monkeypatch.chdir(CASES)
    validator = Draft202012Validator(json.loads(schema_text("diagnostics")))
    for spec in SPECS:
        with pytest.raises(DiagnosticError) as caught:
            compile_spec(spec.name, overrides(spec))
        assert list(validator.iter_errors(json.loads(as_json(map(as_record, caught.value.diagnostics))))) == []


def test_every_case_has_its_text_and_every_text_its_case() -> None:
    """Nothing is left of cases that are gone."""
    assert [spec.stem for spec in SPECS] == sorted(record.stem for record in CASES.glob("*.txt"))


def test_every_code_of_a_spec_has_a_case() -> None:
    """Those that need more than a spec are tested elsewhere."""
    codes = {code for code in CODES if code < "RD500"}
    assert codes - ELSEWHERE.keys() == {spec.name.partition("-")[0] for spec in SPECS}
