"""new with a path: where it writes, what it calls the network, and how that finds its parent."""

from pathlib import Path

import pytest

import resnet_dsl
from tests.cli.conftest import CommandLine, Result
from tests.helpers import TINY

SCHEMA = "resnet-dsl.schema.json"


@pytest.mark.parametrize(
    ("path", "file", "name"),
    [
        ("mine", "mine.yaml", "mine"),
        ("mine.yaml", "mine.yaml", "mine"),
        ("mine.yml", "mine.yml", "mine"),
        ("mine.resnet.yaml", "mine.resnet.yaml", "mine"),
        ("mine.v2", "mine.v2.yaml", "mine.v2"),
        ("nets/mine", "nets/mine.yaml", "mine"),
        ("nets/mine.yaml", "nets/mine.yaml", "mine"),
        ("./nets/../nets/mine.resnet.yml", "nets/mine.resnet.yml", "mine"),
    ],
)
def test_new_writes_to_a_path(path: str, file: str, name: str, resnet_dsl_command: CommandLine) -> None:
    """With the ending `.yaml` unless it has one, and with the schema next to it."""
    Path("nets").mkdir()
    folder = Path(file).parent
    result = resnet_dsl_command("new", path, "--from", "resnet18")
    shown = Path(path).parent
    assert result == Result(0, f"wrote {shown / SCHEMA}\nwrote {shown / Path(file).name}\n", "")
    assert {each for each in Path().rglob("*") if each.is_file()} == {Path(file), folder / SCHEMA}
    spec = resnet_dsl.load(file)
    assert (spec.name, spec.stages) == (name, resnet_dsl.load("resnet18").stages)


@pytest.mark.parametrize(
    ("path", "parent", "extends"),
    [
        ("mine", "nets/tiny.yaml", "nets/tiny.yaml"),
        ("mine", "./nets/tiny.yaml", "./nets/tiny.yaml"),
        ("nets/mine", "nets/tiny.yaml", "tiny.yaml"),
        ("nets/deep/mine", "nets/tiny.yaml", "../tiny.yaml"),
        ("other/mine", "nets/tiny.yaml", "../nets/tiny.yaml"),
        ("link/mine", "nets/tiny.yaml", "../tiny.yaml"),
        ("nets/mine", "link/../tiny.yaml", "tiny.yaml"),
        ("nets/mine", "nets/resnet50", "./resnet50"),
        ("nets/mine", "resnet50", "resnet50"),
    ],
)
def test_a_new_spec_finds_its_parent(path: str, parent: str, extends: str, resnet_dsl_command: CommandLine) -> None:
    """A path in `extends` is relative to the new file, whichever way the folders are linked."""
    Path("nets/deep").mkdir(parents=True)
    Path("other").mkdir()
    Path("link").symlink_to("nets/deep")
    for file in ("nets/tiny.yaml", "nets/resnet50"):
        Path(file).write_text(TINY)
    assert resnet_dsl_command("new", path, "--from", parent).status == 0
    text = Path(f"{path}.yaml").read_text("utf-8")
    assert text.splitlines()[2] == f"extends: {extends}"
    assert resnet_dsl.load(f"{path}.yaml").stages == resnet_dsl.load(parent).stages


def test_a_parent_with_an_absolute_path_keeps_it(resnet_dsl_command: CommandLine) -> None:
    """It is right from everywhere."""
    Path("nets").mkdir()
    Path("tiny.yaml").write_text(TINY)
    parent = str(Path("tiny.yaml").absolute())
    assert resnet_dsl_command("new", "nets/mine", "--from", parent).status == 0
    assert f"extends: {parent}\n" in Path("nets/mine.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "found", "instead"),
    [
        ("50net", "50net", "net_50net"),
        ("my net.yaml", "my net", "my_net.yaml"),
        ("nets/größe.resnet.yaml", "größe", "nets/gr_e.resnet.yaml"),
        ("nets/", "", "nets/net"),
        ("-", "-", "net"),
        (".yaml", "", "net.yaml"),
        ("a" * 65, "a" * 65, "a" * 60),
        ("图", "图", "net"),
    ],
)
def test_a_file_that_no_network_can_be_named_after_is_refused(
    path: str, found: str, instead: str, resnet_dsl_command: CommandLine
) -> None:
    """Exit status 2, nothing is written, and the name in the help is accepted."""
    rule = "a name must be a letter followed by up to 63 letters, digits, `_`, `.` or `-`"
    expected = f"error[RD514]: {rule}, found `{found}`\n  = help: write `{instead}`\n"
    assert resnet_dsl_command("new", path, "--from", "resnet18") == Result(2, "", expected)
    assert not [*Path().iterdir()]
    Path("nets").mkdir()
    assert resnet_dsl_command("new", instead, "--from", "resnet18").status == 0


@pytest.mark.parametrize("name", ["my net", "50net", "größe", "a!b!", "_x_", "a" * 65])
def test_new_and_validate_suggest_the_same_name(name: str, resnet_dsl_command: CommandLine) -> None:
    """Wherever `validate` suggests one."""
    help_ = resnet_dsl_command("new", name, "--from", "resnet18").err.splitlines()[-1]
    Path("a.yaml").write_text(f"name: '{name}'\nextends: resnet18\n")
    assert help_ in resnet_dsl_command("validate", "a.yaml").out.splitlines()


@pytest.mark.parametrize(
    ("path", "instead"), [("d/x.json", "d/x.yaml"), ("x.pt", "x.yaml"), ("my net.json", "my_net.yaml")]
)
def test_a_spec_is_no_other_kind_of_file(path: str, instead: str, resnet_dsl_command: CommandLine) -> None:
    """Rather than a YAML file with a surprising name."""
    expected = f"error[RD514]: a spec is a YAML file, found `{path}`\n  = help: write `{instead}`\n"
    assert resnet_dsl_command("new", path, "--from", "resnet18") == Result(2, "", expected)


def test_an_old_schema_is_renewed_and_another_file_is_left_alone(resnet_dsl_command: CommandLine) -> None:
    """It says which."""
    schema = Path(SCHEMA)
    assert resnet_dsl_command("new", "a", "--from", "resnet18").status == 0
    current = schema.read_text("utf-8")
    assert resnet_dsl_command("new", "b", "--from", "resnet18").out == "wrote b.yaml\n"
    schema.write_text(current.replace('"title"', '"Title"', 1), "utf-8")
    assert resnet_dsl_command("new", "c", "--from", "resnet18").out == f"replaced {SCHEMA}\nwrote c.yaml\n"
    assert schema.read_text("utf-8") == current
    for name, text in (("d", "{}"), ("e", "[1"), ("f", "\xff")):
        schema.write_text(text, "latin-1")
        left = f"left {SCHEMA} alone, which is not the schema of this tool\n"
        assert resnet_dsl_command("new", name, "--from", "resnet18").out == f"{left}wrote {name}.yaml\n"
        assert schema.read_text("latin-1") == text


def test_new_makes_no_folder(resnet_dsl_command: CommandLine) -> None:
    """A folder that does not exist is more likely a mistake."""
    result = resnet_dsl_command("new", "nets/mine.yaml", "--from", "resnet18")
    assert result == Result(2, "", "error[RD507]: cannot write `nets/mine.yaml`: there is no directory `nets`\n")
