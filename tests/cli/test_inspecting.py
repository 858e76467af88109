"""validate, show, summary, explain, list, schema: what they print and how they exit."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import resnet_dsl
from resnet_dsl.language.document.bundled import FAMILIES, families
from tests.cli.conftest import CommandLine, Result

SPEC = "name: mine\nblock: {type: basic}\nstages: {depths: [1, 1]}\n"
WRONG = "name: mine\nblock: {type: basic}\nstages:\n  dephts: [1, 1]\n"


def test_validate_accepts_a_file_a_name_and_standard_input(resnet_dsl_command: CommandLine) -> None:
    """SPEC is a path, a bundled name, or `-`."""
    Path("mine.yaml").write_text(SPEC)
    result = resnet_dsl_command("validate", "mine.yaml", "resnet50", "-", stdin=SPEC.encode())
    parameters = resnet_dsl.lower(resnet_dsl.loads(SPEC)).parameters
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"mine.yaml: ok, mine with {parameters:,} parameters",
        "resnet50: ok, resnet50 with 25,557,032 parameters",
        f"-: ok, mine with {parameters:,} parameters",
        "3 specs: all ok",
    ]


def test_validate_reports_all_faults_of_all_files(resnet_dsl_command: CommandLine) -> None:
    """As text with their places, file by file; exit status 1."""
    Path("one.yaml").write_text(WRONG)
    Path("two.yaml").write_text(SPEC + "stems: {}\nhead: {classes: -1}\n")
    result = resnet_dsl_command("validate", "one.yaml", "resnet18", "two.yaml")
    assert result.status == 1
    assert (
        result.out
        == """\
error[RD203]: unknown key `dephts`
 --> one.yaml:4:3
  |
4 |   dephts: [1, 1]
  |   ^^^^^^ not a key of `stages`
  |
  = help: a key with a similar name exists: `depths`
resnet18: ok, resnet18 with 11,689,512 parameters

error[RD203]: unknown key `stems`
 --> two.yaml:4:1
  |
4 | stems: {}
  | ^^^^^ not a top-level key
  |
  = help: a key with a similar name exists: `stem`

error[RD205]: `head.classes` must be at least 0, found the number `-1`
 --> two.yaml:5:17
  |
5 | head: {classes: -1}
  |                 ^^

3 specs: 1 ok, 2 wrong
"""
    )


def test_validate_has_formats_for_programs(resnet_dsl_command: CommandLine) -> None:
    """concise: one line per fault; json: one document; github: one annotation per fault."""
    Path("one.yaml").write_text(WRONG)
    assert resnet_dsl_command("validate", "one.yaml", "--format", "concise").out == (
        "one.yaml:4:3: RD203 unknown key `dephts`\n"
    )
    (fault,) = json.loads(resnet_dsl_command("validate", "one.yaml", "--format", "json").out)["diagnostics"]
    assert fault == {
        "code": "RD203",
        "message": "unknown key `dephts`",
        "labels": [
            {
                "file": "one.yaml",
                "start": {"offset": 42, "line": 4, "column": 3},
                "end": {"offset": 48, "line": 4, "column": 9},
                "text": "not a key of `stages`",
            }
        ],
        "notes": [],
        "helps": ["a key with a similar name exists: `depths`"],
    }
    assert resnet_dsl_command("validate", "one.yaml", "--format", "github").out == (
        "::error file=one.yaml,line=4,col=3,endLine=4,endColumn=9,title=RD203::"
        "unknown key `dephts`%0Ahelp: a key with a similar name exists: `depths`\n"
    )
    good = resnet_dsl_command("validate", "resnet18", "--format", "json")
    assert (good.status, json.loads(good.out)["diagnostics"]) == (0, [])


def test_a_missing_spec_is_a_command_line_error(resnet_dsl_command: CommandLine) -> None:
    """Exit status 2, and a help."""
    Path("folder.yaml").mkdir()
    for command in ("validate", "show", "summary", "explain"):
        result = resnet_dsl_command(command, "resnet51")
        assert result.status == 2
        assert "error[RD001]: cannot read the spec `resnet51`: no such file or directory" in result.out + result.err
        assert "bundled specs of this form are `resnet18`, " in result.out + result.err
    assert resnet_dsl_command("show", "folder.yaml").err == (
        "error[RD001]: cannot read the spec `folder.yaml`: not a regular file\n"
    )


@pytest.mark.parametrize("name", ["resnet50", "resnext101_64x4d", "plain20", "resnet1202"])
def test_what_show_prints_reads_back_as_the_same_spec(resnet_dsl_command: CommandLine, name: str) -> None:
    """Every default is written out and inheritance is resolved."""
    text = resnet_dsl_command("show", name).out
    assert resnet_dsl.loads(text) == resnet_dsl.load(name)
    assert "extends" not in text
    assert "width_per_group" in text


def test_set_overrides_a_key_and_faults_point_at_the_option(resnet_dsl_command: CommandLine) -> None:
    """It is repeatable, and the file's expectations do not apply to the changed network."""
    result = resnet_dsl_command(
        "summary", "resnet50", "--set", "stages.depths=[3, 4, 23, 3]", "--set", "head.classes=10", "--format", "json"
    )
    assert json.loads(result.out)["depth"] == 101
    assert json.loads(result.out)["output_shape"] == [10]
    wrong = resnet_dsl_command("show", "resnet50", "--set", "head.classes=10", "--set", "stem.stride=0")
    assert wrong.status == 1
    assert (
        wrong.err
        == """\
error[RD205]: `stem.stride` must be at least 1, found the number `0`
 --> --set:1:13
  |
1 | stem.stride=0
  |             ^
"""
    )
    for command in ("show", "summary"):
        assert resnet_dsl_command(command, "resnet50", "--set", "expect.params=3").status == 1
    assert resnet_dsl_command("show", "resnet50", "--set", "head.classes").status == 2


def test_list_shows_every_bundled_spec_with_its_figures(resnet_dsl_command: CommandLine) -> None:
    """Name, depth, parameters, multiply-accumulates and description, under the title of the family."""
    header, *groups = resnet_dsl_command("list").out.rstrip("\n").split("\n\n")
    assert header.split() == ["name", "depth", "parameters", "MACs", "description"]
    shown = {title: [line.split()[0] for line in lines] for title, *lines in (each.splitlines() for each in groups)}
    assert shown == {FAMILIES[family]: list(names) for family, names in families().items()}
    lines = [line for group in groups for line in group.splitlines() if line.startswith("resnet50 ")]
    assert [line.split()[1:4] for line in lines] == [["50", "25,557,032", "4,089,184,256"]]


def test_words_filter_the_list(resnet_dsl_command: CommandLine) -> None:
    """Specs in which all words are found are shown; families without any are not."""
    header, title, wide = resnet_dsl_command("list", "WIDE", "101_2").out.replace("\n\n", "\n").splitlines()
    assert header.split()[0] == "name"
    assert title == FAMILIES["."]
    assert wide.split()[:2] == ["wide_resnet101_2", "101"]
    assert resnet_dsl_command("list", "vgg").status == 2


def test_list_is_available_as_json(resnet_dsl_command: CommandLine) -> None:
    """The same specs in the same order, each with the fields that docs/gallery.md names."""
    listed = json.loads(resnet_dsl_command("list", "--json").out)
    assert [each["name"] for each in listed] == [name for names in families().values() for name in names]
    resnet50 = {
        "name": "resnet50",
        "family": FAMILIES["."],
        "depth": 50,
        "parameters": 25_557_032,
        "macs": 4_089_184_256,
        "description": resnet_dsl.load("resnet50").description,
        "reference": resnet_dsl.load("resnet50").reference,
    }
    assert resnet50 in listed
    gallery = (Path(__file__).parents[2] / "docs" / "gallery.md").read_text("utf-8")
    assert [key for each in listed for key in each if f"`{key}`" not in gallery] == []
    (only,) = json.loads(resnet_dsl_command("list", "--json", "wide", "101_2").out)
    assert only["name"] == "wide_resnet101_2"
    assert resnet_dsl_command("list", "--json", "vgg").status == 2


def test_the_schema_of_diagnostics_describes_what_validate_prints(resnet_dsl_command: CommandLine) -> None:
    """It accepts faults of specs and of the command line, and the empty list, but not everything."""
    schema = json.loads(resnet_dsl_command("schema", "diagnostics").out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    Path("one.yaml").write_text(WRONG)
    for arguments in (["one.yaml", "nowhere.yaml"], ["resnet18"], ["resnet18", "--set", "a"]):
        found = json.loads(resnet_dsl_command("validate", "--format", "json", *arguments).out)
        assert list(validator.iter_errors(found)) == []
        assert len(list(validator.iter_errors(found | {"version": 2}))) == 1
        for diagnostic in found["diagnostics"]:
            for key in diagnostic:
                rest = {name: value for name, value in diagnostic.items() if name != key}
                assert not validator.is_valid({"version": 1, "diagnostics": [rest]})


def test_quiet_prints_nothing_but_faults(resnet_dsl_command: CommandLine) -> None:
    """Exit statuses and files are the same."""
    Path("one.yaml").write_text(WRONG)
    assert resnet_dsl_command("validate", "--quiet", "resnet18", "resnet50") == Result(0, "", "")
    loud, quiet = (resnet_dsl_command("validate", "resnet18", "one.yaml", *option) for option in ([], ["-q"]))
    assert (quiet.status, quiet.out) == (1, loud.out.removesuffix("\n2 specs: 1 ok, 1 wrong\n").partition("\n")[2])
    assert resnet_dsl_command("new", "mine", "--from", "resnet18", "-q") == Result(0, "", "")
    assert resnet_dsl_command("draw", "mine.yaml", "-o", "a.dot", "-q") == Result(0, "", "")
    assert resnet_dsl_command("build", "mine.yaml", "--device", "meta", "--quiet") == Result(0, "", "")
    assert sorted(path.name for path in Path().iterdir()) == [
        "a.dot",
        "mine.yaml",
        "one.yaml",
        "resnet-dsl.schema.json",
    ]


def test_schema_prints_the_schema(resnet_dsl_command: CommandLine) -> None:
    """As JSON that editors can use."""
    schema = json.loads(resnet_dsl_command("schema").out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_misspelt_command_gets_a_suggestion(resnet_dsl_command: CommandLine) -> None:
    """Exit status 2, with a suggestion."""
    result = resnet_dsl_command("validat", "x")
    assert result.status == 2
    assert "`validate`" in result.err


def test_tables_fit_the_terminal_or_the_columns_that_the_environment_asks_for(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere nothing is left out, and programs get everything at any width."""
    monkeypatch.delenv("COLUMNS", raising=False)
    wide = resnet_dsl_command("summary", "resnet50").out
    assert wide == resnet_dsl.summary("resnet50")
    csv = resnet_dsl_command("summary", "resnet50", "--by", "block", "--format", "csv").out
    monkeypatch.setenv("COLUMNS", "80")
    narrow = resnet_dsl_command("summary", "resnet50").out
    assert max(map(len, narrow.splitlines()[1:-1])) <= 80 < max(map(len, wide.splitlines()))
    assert resnet_dsl_command("summary", "resnet50", "--by", "block", "--format", "csv").out == csv


def test_no_option_of_summary_does_nothing(resnet_dsl_command: CommandLine) -> None:
    """What decides on memory makes the table say it; a format that has no place for it is a fault."""
    plain = resnet_dsl_command("summary", "resnet20").out
    for options, wanted in (
        (["--optimizer", "sgd"], {"optimizer": "sgd"}),
        (["--autocast"], {"autocast": True}),
        (["--fit-in", "1GB"], {"capacity": "1GB"}),
    ):
        found = resnet_dsl_command("summary", "resnet20", *options).out
        assert found == resnet_dsl.summary("resnet20", **wanted) != plain
    for format_, option in (("csv", ["--fit-in", "1GB"]), ("torchsummary", ["--column", "flops"])):
        result = resnet_dsl_command("summary", "resnet20", "--format", format_, *option)
        assert (result.status, result.out) == (2, "")
        assert f"error[RD513]: the format `{format_}` has no " in result.err


def test_show_says_where_each_value_comes_from(resnet_dsl_command: CommandLine) -> None:
    """In comments at the end of the line; the YAML is the same as without them."""
    Path("parent.yaml").write_text("name: parent\nextends: resnet50\nstages: {widths: [64, 128, 256, 256]}\n")
    Path("mine.yaml").write_text("name: mine\nextends: parent.yaml\nstages:\n  depths: [1, 1, 1, 1]\n")
    result = resnet_dsl_command("show", "mine.yaml", "--origins", "--set", "head.classes=10")
    lines = {line.split(":")[0].strip(): line for line in result.out.splitlines()}
    assert lines["depths"] == "  depths: [1, 1, 1, 1]         # mine.yaml, line 4"
    assert lines["widths"] == "  widths: [64, 128, 256, 256]  # parent.yaml, line 3"
    assert lines["classes"] == "  classes: 10                  # --set head.classes=10"
    assert lines["dropout"] == "  dropout: 0.0                 # default"
    plain = resnet_dsl_command("show", "mine.yaml", "--set", "head.classes=10").out
    assert "".join(f"{line.partition('  # ')[0].rstrip()}\n" for line in result.out.splitlines()) == plain
