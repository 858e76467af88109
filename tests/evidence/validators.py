"""Compares our check of a document's shape with ajv's, on all test cases and on generated documents.

    python -m tests.evidence.validators

Needs Node.js, whose `npx` fetches ajv. Prints how many documents both accept and refuse; the exit status is 1 if they
disagree.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import given, settings

from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.language.checks.schema import schema_text
from resnet_dsl.language.checks.violations import violations
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import Plain, to_plain
from resnet_dsl.language.text.writer import write

from ..strategies.from_schema import Json, perturbed
from ..test_cases import SPECS

AJV = ("npx", "--yes", "ajv-cli@5.0.0")
DIALECT = ("--spec=draft2020", "--strict=false")


def cases() -> dict[str, Plain]:
    """The wrong specs of `tests/cases` that can be read as documents."""
    found = {}
    for spec in SPECS:
        try:
            found[spec.stem] = to_plain(read(decode(spec.name, spec.read_bytes())))
        except SpecError:
            continue
    return found


def generated(count: int) -> dict[str, Plain]:
    """Documents drawn from the schema, most of them with a few changes."""
    documents: list[Json] = []

    @settings(max_examples=count, database=None, deadline=None)
    @given(perturbed())
    def collect(document: Json) -> None:
        documents.append(document)

    collect()
    return {f"generated-{number:05}": document for number, document in enumerate(documents)}


def ours(document: Plain) -> bool:
    """Whether our check accepts the document."""
    return violations(read(decode("test", write(document).encode()))) == []


def ajvs(documents: dict[str, Plain]) -> dict[str, bool]:
    """Whether ajv accepts each document."""
    with tempfile.TemporaryDirectory() as folder:
        for name, document in documents.items():
            Path(folder, f"{name}.json").write_text(json.dumps(document), "utf-8")
        schema = Path(folder, "schema", "spec.json")
        schema.parent.mkdir()
        schema.write_text(schema_text(), "utf-8")
        subprocess.run([*AJV, "compile", *DIALECT, "-s", "schema/spec.json"], cwd=folder, check=True)
        command = [*AJV, "validate", *DIALECT, "-s", "schema/spec.json", "-d", "*.json", "--errors=no"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = (line.rsplit(" ", 1) for line in f"{result.stdout}{result.stderr}".splitlines())
    return {Path(words[0]).stem: words[1] == "valid" for words in lines if words[-1] in ("valid", "invalid")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=1000, help="how many to generate")
    documents = cases() | generated(parser.parse_args().documents)
    verdicts = ajvs(documents)
    assert verdicts.keys() == documents.keys(), "ajv did not check all documents"
    apart = [name for name, document in documents.items() if ours(document) != verdicts[name]]
    accepted = sum(verdicts.values())
    refused = len(documents) - accepted
    exceptions = f", but for {', '.join(apart)}" if apart else ""
    print(f"{len(documents):,} documents: ajv accepts {accepted:,} and refuses {refused:,}, and so do we{exceptions}")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
