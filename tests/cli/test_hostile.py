"""Hostile texts, files and names: each is refused with its code and place, and does no harm."""

import json
import unicodedata
from pathlib import Path

import pytest

from ..hostile import PLACES, SPEC, TEXTS, make_pipe
from ..hostile_weights import CODE, LIES, within_a_mapping
from .conftest import CommandLine

ESCAPE = "\x1b]0;owned\x07\x1b[31m"


def is_printable(text: str) -> bool:
    """Whether a terminal shows the text without interpreting any of it."""
    return not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in text if character != "\n")


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_refused(name: str, resnet_dsl_command: CommandLine) -> None:
    """Exit status 1, the code, a place inside the text, no terminal escapes, and limited output."""
    text, code = TEXTS[name]
    Path("spec.yaml").write_bytes(text)
    result = resnet_dsl_command("validate", "spec.yaml")
    assert result.status == 1
    assert result.out.startswith(f"error[{code}]: ")
    assert "spec.yaml:" in result.out.splitlines()[1]
    assert is_printable(result.out)
    assert len(result.out) < 60_000
    assert "Traceback" not in result.out + result.err
    found = json.loads(resnet_dsl_command("validate", "spec.yaml", "--format", "json").out)["diagnostics"]
    length = len(text.decode("utf-8", "replace"))
    assert all(0 <= label["start"]["offset"] <= label["end"]["offset"] <= length for label in found[0]["labels"])
    assert [path.name for path in Path().iterdir()] == ["spec.yaml"]


HOSTILE_WEIGHTS = dict(CODE) | {name: lie() for name, lie in LIES.items()}


@pytest.mark.parametrize("name", HOSTILE_WEIGHTS)
def test_hostile_weights_are_refused(name: str, resnet_dsl_command: CommandLine) -> None:
    """Exit status 2 and one error, which a terminal shows; no file is written, and nothing is run."""
    data = HOSTILE_WEIGHTS[name]
    Path("w.pt").write_bytes(within_a_mapping(data) if name in CODE else data)
    result = resnet_dsl_command("infer", "w.pt")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("error[RD5")
    assert is_printable(result.err)
    assert "Traceback" not in result.err
    assert [path.name for path in Path().iterdir()] == ["w.pt"]


def place(name: str) -> str:
    """The name of something that is not a file, created in the current directory if it does not exist."""
    thing = PLACES[name]
    if isinstance(thing, str):
        return thing
    thing(Path("thing"))
    return "thing"


@pytest.mark.parametrize("name", PLACES)
def test_extends_of_something_that_is_not_a_file(name: str, resnet_dsl_command: CommandLine) -> None:
    """Exit status 1, at the line of `extends`, without waiting for a pipe or reading a device."""
    reference = place(name)
    Path("spec.yaml").write_bytes(b"name: net\nextends: " + json.dumps(reference).encode())
    result = resnet_dsl_command("validate", "spec.yaml")
    first, second, *_ = result.out.splitlines()
    assert result.status == 1
    assert first.startswith(("error[RD001]: cannot read the spec", "error[RD004]: the character U+0000"))
    assert second == " --> spec.yaml:2:10"
    assert is_printable(result.out)


@pytest.mark.parametrize("name", PLACES)
def test_a_command_line_that_names_something_that_is_not_a_file(name: str, resnet_dsl_command: CommandLine) -> None:
    """Exit status 2, with one line and a help."""
    result = resnet_dsl_command("validate", place(name))
    assert result.status == 2
    assert result.out.startswith("error[RD001]: cannot read the spec")
    assert is_printable(result.out)


def test_a_parent_that_disappears(resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between checking and reading it: the same as if it had never existed."""
    Path("parent.yaml").write_bytes(SPEC)
    Path("spec.yaml").write_bytes(b"name: net\nextends: parent.yaml\n")
    is_file = Path.is_file

    def look_and_remove(path: Path) -> bool:
        found = is_file(path)
        if path.name == "parent.yaml":
            path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "is_file", look_and_remove)
    result = resnet_dsl_command("validate", "spec.yaml")
    assert (result.status, result.out.partition("\n")[0]) == (
        1,
        "error[RD001]: cannot read the spec `parent.yaml`: no such file or directory",
    )


def test_a_parent_that_becomes_a_pipe(resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between checking and reading it: reading does not block."""
    Path("spec.yaml").write_bytes(b"name: net\nextends: parent\n")
    make_pipe(Path("parent"))
    is_file = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: path.name == "parent" or is_file(path))
    result = resnet_dsl_command("validate", "spec.yaml")
    assert (result.status, result.out.partition("\n")[0]) == (
        1,
        "error[RD001]: cannot read the spec `parent`: not a regular file",
    )


def test_a_file_name_cannot_forge_a_line(resnet_dsl_command: CommandLine) -> None:
    """Neither in a success message, nor in an error, nor in an annotation."""
    name = "x: ok\n::error file=a::b\r\x1b[1m.yaml"
    shown = r"x: ok\n::error file=a::b\r\x1b[1m.yaml"
    Path(name).write_bytes(SPEC)
    assert resnet_dsl_command("validate", f"./{name}").out == f"./{shown}: ok, net with 148,520 parameters\n"
    assert resnet_dsl_command("draw", f"./{name}", "-o", f"{name}.dot").out == f"wrote {shown}.dot\n"
    assert shown in resnet_dsl_command("list", name).err
    Path(name).write_bytes(b"name: 5\n")
    annotation, *_ = resnet_dsl_command("validate", f"./{name}", "--format", "github").out.splitlines()
    escaped = shown.replace(":", "%3A")
    assert annotation.startswith(f"::error file={escaped},line=1,")


HOSTILE_FILES = [f"{ESCAPE}.yaml", "a\nb.yaml", "<b>&.yaml", "a b'\".yaml", "\u202eevil.yaml", "-.yaml", "é図.yaml"]


@pytest.mark.parametrize("file", HOSTILE_FILES)
def test_file_names_do_not_reach_the_terminal_unescaped(file: str, resnet_dsl_command: CommandLine) -> None:
    """In messages about valid specs, wrong ones, written files and usage."""
    Path(file).write_bytes(SPEC)
    picture = f"./{file}.svg"
    commands: list[tuple[str, ...]] = [
        ("validate", f"./{file}"),
        ("validate", f"./{file}", "--set", f"{file}=1"),
        ("validate", f"./{file}x"),
        ("summary", f"./{file}"),
        ("explain", f"./{file}"),
        ("draw", f"./{file}", "-o", picture),
        ("draw", f"./{file}", "-o", file),
        ("draw", f"./{file}", "-o", f"nowhere{file}/a.svg"),
        ("new", file, "--from", f"./{file}"),
        ("new", "mine", "--from", f"./{file}"),
        ("new", "mine", "--from", f"./{file}"),
        ("list", file),
        ("explain", f"RD{file}"),
        (file,),
        (f"--{file}",),
        ("infer", file),
        ("build", f"./{file}", "--device", file),
        ("build", f"./{file}", "--dtype", file),
        ("build", f"./{file}", "--weights", file),
        ("build", f"./{file}", "--device", "meta", "-o", file),
    ]
    for arguments in commands:
        result = resnet_dsl_command(*arguments)
        assert result.status in (0, 1, 2)
        assert is_printable(result.out + result.err), arguments
        assert "Traceback" not in result.err
    assert Path(picture).read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("format_", ["svg", "dot"])
def test_no_free_text_reaches_a_drawing(format_: str, resnet_dsl_command: CommandLine) -> None:
    """Descriptions may contain anything; a name consists of letters and digits."""
    prose = "</svg><script>alert(1)</script> \" ' ]]> -- \\N\\l \n ../ $(harm) &amp; %n"
    document = {"description": prose, "reference": prose, "$schema": prose}
    Path("spec.yaml").write_bytes(SPEC + json.dumps(document)[1:-1].replace('", "', '"\n"').encode() + b"\n")
    for detail in ("stage", "block", "layer"):
        resnet_dsl_command("draw", "spec.yaml", "--detail", detail, "-o", f"a.{format_}")
        drawing = Path(f"a.{format_}").read_text("utf-8")
        assert not [word for word in ("script", "alert", "harm", "]]>") if word in drawing]
