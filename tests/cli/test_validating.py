"""validate with folders, several specs, and standard input."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, Result
from tests.hostile import make_pipe

SPEC = "name: {}\nblock: {{type: basic}}\nstages: {{depths: [1]}}\n"
AZURE = "name: deploy\ntrigger: [main]\npool: {vmImage: ubuntu-latest}\nvariables: {a: 1}\nstages:\n  - stage: Build\n"
GITLAB = "stages: [build, test]\n"
"""Pipelines, whose stages are not those of a network."""
OK = "{}: ok, {} with 148,520 parameters"


def write(path: str, text: str = "") -> None:
    """Write a file, by default a valid spec named after it, and the folders that it is in."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or SPEC.format(file.name.partition(".")[0]))


def test_a_folder_stands_for_all_specs_in_it(resnet_dsl_command: CommandLine) -> None:
    """In alphabetical order, with those of its folders; hidden files and folders are skipped, other YAML is named."""
    for path in ("nets/b.yaml", "nets/a/z.yml", "nets/a/c.resnet.yaml", "nets/.hidden/d.yaml", "nets/.e.yaml"):
        write(path)
    write("nets/mkdocs.yml", "site_name: nets\n")
    write("nets/notes.txt", "block: none\n")
    write("nets/ci.yaml", "name: CI\njobs: {build: {stages: 1}}\n")
    lines = [
        OK.format("nets/a/c.resnet.yaml", "c"),
        OK.format("nets/a/z.yml", "z"),
        OK.format("nets/b.yaml", "b"),
        "3 specs: all ok",
        "not taken for specs: nets/ci.yaml and nets/mkdocs.yml",
    ]
    for folder in ("nets", "nets/", "./nets"):
        assert resnet_dsl_command("validate", folder) == Result(0, "\n".join(lines) + "\n", "")
    assert resnet_dsl_command("validate", "--quiet", "nets") == Result(0, "", "")
    os.chdir("nets/a")
    assert resnet_dsl_command("validate", ".").out.splitlines()[0] == OK.format("c.resnet.yaml", "c")


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.resnet.yaml", "nmae: a\n", "RD203"),
        ("a.resnet.yml", "# nothing\n", "RD007"),
        ("a.yaml", "extends: resnet18\n", "RD202"),
        ("a.yaml", "name: a\nextend: resnet18\n", "RD203"),
        ("a.yaml", "name: a\nStage: {depths: [1]}\n", "RD202"),
        ("a.yaml", "{block: {type: basic}, stages: {depths: 1}}", "RD202"),
        ("a.yaml", "stages: {depths: [1\n", "RD005"),
        ("a.yaml", "block : [\n", "RD005"),
        ("a.yaml", "name: x\nstages: \0", "RD004"),
        ("a.yaml", "name: x\nstages: [3, 4, 6, 3]\n", "RD202"),
    ],
)
def test_a_wrong_spec_in_a_folder_is_reported(name: str, text: str, code: str, resnet_dsl_command: CommandLine) -> None:
    """By its name or by a key that only specs have, even if it cannot be read as YAML."""
    write(f"nets/{name}", text)
    result = resnet_dsl_command("validate", "nets")
    assert result.status == 1
    assert result.out.startswith(f"error[{code}]")


@pytest.mark.parametrize(
    "text",
    [
        "a: [1\n",
        "- block\n",
        "x: {extends: y}\n",
        "block\n",
        "# block:\n",
        "\0",
        "é: {",
        "",
        AZURE,
        GITLAB,
        f"{AZURE}  - [\n",
    ],
)
def test_other_yaml_is_not_taken_for_a_spec(text: str, resnet_dsl_command: CommandLine) -> None:
    """Whether or not it can be read; a folder that has nothing else is a fault, because somebody expected a spec."""
    Path("nets").mkdir()
    Path("nets/a.yaml").write_text(text, "utf-8")
    result = resnet_dsl_command("validate", "nets")
    assert (result.status, result.err) == (2, "")
    assert result.out == (
        "error[RD001]: cannot read the spec `nets`: a folder without specs\n"
        "  = help: a file in a folder is taken for a spec if it has `block`, `stages` or `extends` and mostly keys of a"
        " spec\n"
        "\nnot taken for specs: nets/a.yaml\n"
    )


def test_many_other_files_are_counted(resnet_dsl_command: CommandLine) -> None:
    """After the first three names."""
    for name in "abcdefg":
        write(f"nets/{name}.yaml", "other: 1\n")
    write("nets/net.yaml")
    last = resnet_dsl_command("validate", "nets").out.splitlines()[-1]
    assert last == "not taken for specs: nets/a.yaml, nets/b.yaml, nets/c.yaml and 4 more"


def test_every_spec_is_checked_once(resnet_dsl_command: CommandLine) -> None:
    """However often it is named, by itself or by its folder; other files are named once too."""
    write("nets/a.yaml")
    write("nets/other.yaml", "x: 1\n")
    result = resnet_dsl_command("validate", "nets", "nets/a.yaml", "nets/", "./nets//a.yaml", "resnet18", "resnet18")
    assert result.out.splitlines() == [
        OK.format("nets/a.yaml", "a"),
        "resnet18: ok, resnet18 with 11,689,512 parameters",
        "2 specs: all ok",
        "not taken for specs: nets/other.yaml",
    ]


def test_several_specs_are_counted(resnet_dsl_command: CommandLine) -> None:
    """By what became of them, on the last line, in the format for people only; faults come with the worst status."""
    write("nets/a.yaml")
    write("nets/b.yaml", "name: b\nextends: a.yaml\nhead: {class: 1}\n")
    result = resnet_dsl_command("validate", "nets", "nowhere.yaml", "nets/a.yaml")
    assert (result.status, result.out.splitlines()[-1]) == (2, "3 specs: 1 ok, 1 wrong, 1 unreadable")
    assert resnet_dsl_command("validate", "nets").status == 1
    assert resnet_dsl_command("validate", "nets/a.yaml").out.splitlines() == [OK.format("nets/a.yaml", "a")]
    concise = resnet_dsl_command("validate", "nets", "--format", "concise").out
    assert concise == "nets/b.yaml:3:8: RD203 unknown key `class`\n"
    document = json.loads(resnet_dsl_command("validate", "nets", "empty", "--format", "json").out)
    assert [fault["code"] for fault in document["diagnostics"]] == ["RD203", "RD001"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions of an ordinary user")
def test_what_cannot_be_opened_is_a_fault(resnet_dsl_command: CommandLine) -> None:
    """A file or a folder without permission is not skipped."""
    write("nets/a.yaml")
    write("nets/b/c.yaml")
    Path("nets/a.yaml").chmod(0)
    assert "cannot read the spec `nets/a.yaml`: permission denied" in resnet_dsl_command("validate", "nets").out
    Path("nets/b").chmod(0)
    assert "cannot read the spec `nets`: permission denied" in resnet_dsl_command("validate", "nets").out
    Path("nets/b").chmod(0o700)


def test_the_name_of_a_bundled_spec_means_that_spec(resnet_dsl_command: CommandLine) -> None:
    """Even if a folder has the same name, as with files."""
    write("resnet18/a.yaml")
    assert resnet_dsl_command("validate", "resnet18").out == "resnet18: ok, resnet18 with 11,689,512 parameters\n"
    assert resnet_dsl_command("validate", "./resnet18").out == OK.format("resnet18/a.yaml", "a") + "\n"


def test_links_to_folders_are_not_followed(resnet_dsl_command: CommandLine) -> None:
    """So that a loop of links comes to an end; links to files are read, and pipes are not."""
    write("other/a.yaml")
    write("nets/b.yaml")
    Path("nets/loop").symlink_to("..")
    Path("nets/c.yaml").symlink_to("../other/a.yaml")
    make_pipe(Path("nets/pipe.yaml"))
    out = resnet_dsl_command("validate", "nets").out
    assert out.splitlines() == [OK.format("nets/b.yaml", "b"), OK.format("nets/c.yaml", "a"), "2 specs: all ok"]


def test_the_bundled_specs_are_valid_as_a_folder(resnet_dsl_command: CommandLine) -> None:
    """All of them are taken for specs."""
    specs = Path(__file__).parents[2] / "specs"
    result = resnet_dsl_command("validate", str(specs))
    assert (result.status, result.out.splitlines()[-1]) == (0, "239 specs: all ok")


def test_standard_input_is_read_once(resnet_dsl_command: CommandLine) -> None:
    """A second `-` is a fault, instead of an empty text."""
    result = resnet_dsl_command("validate", "-", "-", stdin=SPEC.format("net").encode())
    assert result == Result(
        2,
        f"{OK.format('-', 'net')}\n"
        "error[RD514]: standard input can be read only once, but `-` is given more than once\n"
        "\n2 specs: 1 ok, 1 unreadable\n",
        "",
    )


def test_a_spec_in_another_encoding_is_reported(resnet_dsl_command: CommandLine) -> None:
    """As some shells write it."""
    for encoding in ("utf-16", "latin-1"):
        Path("nets").mkdir(exist_ok=True)
        Path("nets/a.yaml").write_text("name: a\ndescription: größer\nextends: resnet18\n", encoding)
        assert resnet_dsl_command("validate", "nets").out.startswith("error[RD002]: the text is not UTF-8")
