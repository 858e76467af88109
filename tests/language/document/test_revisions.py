"""Specs as they were at a revision of a git repository."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import resnet_dsl
from resnet_dsl import EnvironmentFault, SpecError
from resnet_dsl.language.document.revisions import snapshot
from resnet_dsl.limits import MAX_BYTES

SPEC = "name: base\ninput: {size: 32}\nblock: {type: basic}\nstages: {depths: [1, 1], widths: 8}\n"


pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git reads revisions")


def git(*arguments: str) -> str:
    command = ["git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits: in the first `nets/child.yaml` extends a base with 8 channels, in the second one with 16."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    Path("nets").mkdir()
    Path("base.yaml").write_text(SPEC)
    Path("nets/child.yaml").write_text("name: child\nextends: ../base.yaml\nhead: {classes: 3}\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    Path("base.yaml").write_text(SPEC.replace("widths: 8", "widths: 16"))
    git("commit", "--quiet", "--all", "--message", "second")
    return tmp_path


def test_a_spec_is_read_as_it_was_with_its_parents(repository: Path) -> None:
    """Not as it is: the working tree may have changed, or the file may be gone."""
    Path("base.yaml").unlink()
    assert resnet_dsl.load("git:HEAD:nets/child.yaml").stages[0].width == 16
    assert resnet_dsl.load("git:HEAD~1:nets/child.yaml").stages[0].width == 8
    assert resnet_dsl.load("git:main^:nets/child.yaml").stages[0].width == 8
    assert resnet_dsl.load(f"git:{git('rev-parse', 'HEAD~1').strip()}:nets/child.yaml").head.classes == 3


def test_a_path_may_have_colons(repository: Path) -> None:
    """Names of revisions have none, so the first ends the name."""
    found = snapshot("git:HEAD:nets/a:b.yaml")
    assert found == snapshot("git:HEAD:nets") / "a:b.yaml"
    assert str(found) == "git:HEAD:nets/a:b.yaml"


def test_its_origins_name_the_revision(repository: Path) -> None:
    """And so do diagnostics."""
    origins = resnet_dsl.origins("git:HEAD~1:nets/child.yaml")
    assert str(origins["stages.widths"]) == "git:HEAD~1:base.yaml, line 4"
    assert str(origins["head.classes"]) == "git:HEAD~1:nets/child.yaml, line 3"
    found = resnet_dsl.diff("git:HEAD~1:nets/child.yaml", "nets/child.yaml")
    assert [(value.key, *value.value) for value in found.values] == [("stages.widths", [8, 8], [16, 16])]
    assert not resnet_dsl.diff("git:HEAD:nets/child.yaml", "nets/child.yaml")
    Path("base.yaml").write_text(SPEC + "colour: red\n")
    git("commit", "--quiet", "--all", "--message", "wrong")
    assert resnet_dsl.check("git:HEAD:base.yaml")[0].span.source.name == "git:HEAD:base.yaml"  # type: ignore[union-attr]


def test_a_path_starts_at_the_root_or_with_a_dot_here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in git's own notation."""
    monkeypatch.chdir(repository / "nets")
    assert resnet_dsl.load("git:HEAD:nets/child.yaml").name == "child"
    assert resnet_dsl.load("git:HEAD:./child.yaml").name == "child"
    assert resnet_dsl.load("git:HEAD:../base.yaml").name == "base"
    assert [fault.code for fault in resnet_dsl.check("git:HEAD:child.yaml")] == ["RD001"]


def test_links_within_the_repository_are_followed(repository: Path) -> None:
    """Those that lead out of it are not."""
    Path("nets/link.yaml").symlink_to("child.yaml")
    Path("out.yaml").symlink_to("/etc/hostname")
    git("add", ".")
    git("commit", "--quiet", "--message", "links")
    assert resnet_dsl.load("git:HEAD:nets/link.yaml").name == "child"
    assert [fault.code for fault in resnet_dsl.check("git:HEAD:out.yaml")] == ["RD001"]


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("git:nowhere:base.yaml", "there is no revision `nowhere`"),
        ("git:HEAD:nowhere.yaml", "there is no such file at revision `HEAD`"),
        ("git:HEAD:nets", "it is a directory"),
        ("git:HEAD:../base.yaml", "it is not in the repository at revision `HEAD`"),
        ("git:HEAD:/etc/hostname", "it is not in the repository at revision `HEAD`"),
        ("git:HEAD", "a file at a revision is written `git:REVISION:PATH`"),
        ("git::base.yaml", "a file at a revision is written `git:REVISION:PATH`"),
        ("git:--help:base.yaml", "there is no revision `--help`"),
        ("git:--output=made:base.yaml", "there is no revision `--output=made`"),
        ("git:HEAD:--help", "there is no such file at revision `HEAD`"),
        ("git:HEAD;touch made:base.yaml", "there is no revision `HEAD;touch made`"),
        ("git:$(touch made):base.yaml", "there is no revision `$(touch made)`"),
        ("git:HEAD:base.yaml blob", "there is no such file at revision `HEAD`"),
        ("git:HEAD:base.yaml tree", "there is no such file at revision `HEAD`"),
        ("git:HEAD blob tree 1:base.yaml", "there is no revision `HEAD blob tree 1`"),
        ("git:a tree b:base.yaml", "there is no revision `a tree b`"),
        (f"git:{'x' * 200_000}:base.yaml", "file name too long"),
        ("git:HEAD:base.pth", "weights cannot be read at a revision"),
        ("git:HEAD:base.yaml\nHEAD:made", "its name contains a line break or a null character"),
    ],
)
def test_what_cannot_be_read_is_a_clear_fault(repository: Path, reference: str, reason: str) -> None:
    """Of the environment, and nothing that looks like an option or a command is one."""
    with pytest.raises(EnvironmentFault) as caught:
        resnet_dsl.load(reference)
    (fault,) = caught.value.diagnostics
    assert fault.code == "RD001"
    assert fault.message.endswith(f": {reason}")
    assert fault.helps == ()
    assert sorted(path.name for path in repository.iterdir()) == [".git", "base.yaml", "nets"]


def test_weights_at_a_revision_cannot_be_compared(repository: Path) -> None:
    """Whether or not there are any; no file of such a name is looked for."""
    with pytest.raises(EnvironmentFault, match="weights cannot be read at a revision"):
        resnet_dsl.diff("git:HEAD:base.yaml", "git:HEAD:base.pth")


def test_a_parent_that_is_not_in_the_revision_is_a_fault_of_the_spec(repository: Path) -> None:
    """At its `extends`; no file outside the repository is read."""
    secret = repository.parent / "secret.yaml"
    secret.write_text(SPEC)
    for parent in ("../../secret.yaml", str(secret), "later.yaml"):
        Path("nets/child.yaml").write_text(f"name: child\nextends: {parent}\n")
        git("commit", "--quiet", "--all", "--message", "change")
        Path("nets/later.yaml").write_text(SPEC)  # not committed
        with pytest.raises(SpecError) as caught:
            resnet_dsl.load("git:HEAD:nets/child.yaml")
        (fault,) = caught.value.diagnostics
        assert (fault.code, fault.span.line if fault.span else 0) == ("RD001", 2)


def test_a_misspelt_parent_gets_a_suggestion_at_a_revision_too(repository: Path) -> None:
    """The bundled specs are the same at every revision."""
    Path("base.yaml").write_text("name: base\nextends: resnet_50\n")
    git("commit", "--quiet", "--all", "--message", "misspelt")
    (fault,) = resnet_dsl.check("git:HEAD:base.yaml")
    assert any("`resnet50`" in help_ for help_ in fault.helps)


def test_a_cycle_is_found_at_a_revision_too(repository: Path) -> None:
    """By the names of the files there."""
    Path("base.yaml").write_text("name: base\nextends: nets/child.yaml\n")
    git("commit", "--quiet", "--all", "--message", "cycle")
    assert [fault.code for fault in resnet_dsl.check("git:HEAD:base.yaml")] == ["RD022"]


def test_a_file_that_is_too_large_is_not_read_whole(repository: Path) -> None:
    """As elsewhere."""
    Path("base.yaml").write_text("#" * (MAX_BYTES + 100))
    git("commit", "--quiet", "--all", "--message", "large")
    assert len(snapshot("git:HEAD:base.yaml").read(MAX_BYTES + 1)) == MAX_BYTES + 1
    assert [fault.code for fault in resnet_dsl.check("git:HEAD:base.yaml")] == ["RD003"]


def test_elsewhere_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or no git."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "not a git repository" in resnet_dsl.check("git:HEAD:a.yaml")[0].message
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in resnet_dsl.check("git:HEAD:a.yaml")[0].message


def test_nothing_that_a_repository_configures_is_run(repository: Path) -> None:
    """Neither filters nor converters to text, which `git show` would run."""
    Path(".gitattributes").write_text("*.yaml diff=evil filter=evil\n")
    git("add", ".gitattributes")
    git("commit", "--quiet", "--message", "attributes")
    for name in ("diff.evil.textconv", "filter.evil.smudge", "core.pager", "core.fsmonitor"):
        git("config", name, "touch made; cat")
    assert resnet_dsl.load("git:HEAD:nets/child.yaml").name == "child"
    assert not Path("made").exists()
