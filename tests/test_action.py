"""The action that comments on pull requests: a real repository, and a server in place of GitHub's API."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from .test_docs import ROOT, fences

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="the action reads specs from git")

ACTION = ROOT / ".github" / "actions" / "diff"
TOKEN = "not-a-real-token"
AUTHOR = "github-actions[bot]"
BASE = "name: base\ninput: {size: 32}\nblock: {type: basic}\nstages: {depths: [1, 1], widths: 8}\n"
WORKFLOW = "name: CI\non: push\njobs: {}\n"


@dataclass
class Api:
    """The comments of a pull request, and every request."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and authorization."""
    refusal: int = 0
    """Status of every answer, if not 0."""
    url: str = ""

    def written(self) -> list[str]:
        return [method for method, _, _ in self.requests if method != "GET"]


class _Handler(BaseHTTPRequestHandler):
    api: Api

    def answer(self) -> None:
        url = urlsplit(self.path)
        self.api.requests.append((self.command, url.path, self.headers["Authorization"]))
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
        result: Any = {}
        if self.api.refusal:
            self.send_response(self.api.refusal)
            if self.api.refusal == 302:
                self.send_header("Location", f"{self.api.url}/elsewhere")
        else:
            self.send_response(200)
            if self.command == "GET":
                page = int(parse_qs(url.query)["page"][0])
                result = self.api.comments[100 * (page - 1) : 100 * page]
            elif self.command == "POST":
                assert url.path == "/repos/someone/nets/issues/7/comments"
                comment(self.api, AUTHOR, data["body"])
            else:
                (found,) = [each for each in self.api.comments if url.path.endswith(f"/comments/{each['id']}")]
                found["body"] = data["body"]
        self.end_headers()
        self.wfile.write(json.dumps(result).encode())

    do_GET = do_POST = do_PATCH = answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


def comment(api: Api, author: str, body: str) -> None:
    api.comments.append({"id": 1000 + len(api.comments), "user": {"login": author}, "body": body})


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": found}))
    found.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def git(*arguments: str) -> str:
    command = ["git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(**files: str | None) -> str:
    """A commit with these contents; None removes a file. `__` in a name is a slash, and names end in `.yaml`."""
    for name, text in files.items():
        path = Path(f"{name.replace('__', '/')}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "change")
    return git("rev-parse", "HEAD")


@dataclass
class PullRequest:
    """A repository in the current directory, with a branch that is to be merged."""

    module: ModuleType
    event: Path
    summary: Path
    base: str

    def run(self, head: str) -> None:
        sides = {"base": {"sha": self.base}, "head": {"sha": head}}
        self.event.write_text(json.dumps({"pull_request": {"number": 7, **sides}}))
        self.module.main()

    def summarised(self) -> str:
        return self.summary.read_text("utf-8") if self.summary.exists() else ""


@pytest.fixture
def script() -> ModuleType:
    """The script, with the tool of this checkout, isolated as in the action."""
    spec = importlib.util.spec_from_file_location("comment", ACTION / "comment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["comment"] = module
    spec.loader.exec_module(module)
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from resnet_dsl.__main__ import main; main()"
    module.__dict__["TOOL"] = (sys.executable, "-I", "-c", program)
    return module


@pytest.fixture
def request_(
    script: ModuleType, api: Api, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> PullRequest:
    """A pull request of one base and two networks that extend it."""
    repository, outside = tmp_path_factory.mktemp("repository"), tmp_path_factory.mktemp("runner")
    for name in [name for name in os.environ if name.startswith(("GIT_", "GITHUB_", "SPEC_", "COMMENT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("GITHUB_API_URL", api.url)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(outside / "event.json"))
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/nets")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(outside / "summary.md"))
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.chdir(repository)
    git("init", "--quiet", "--initial-branch", "main")
    base = commit(
        base=BASE,
        nets__child="name: child\nextends: ../base.yaml\n",
        nets__other="name: other\nextends: resnet20\n",
        nets__old="name: old\nextends: resnet20\nactivation: gelu\n",
        workflows__ci=WORKFLOW,
    )
    return PullRequest(script, outside / "event.json", outside / "summary.md", base)


def test_every_spec_that_changes_has_a_section(
    request_: PullRequest, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changed, by its own text or by what it extends; added, removed, renamed; and not valid, with its diagnostics."""
    Path("nets/old.yaml").rename("nets/renamed.yaml")
    head = commit(
        base=BASE.replace("widths: 8", "widths: 16"),
        nets__other=None,
        nets__new="name: new\nextends: resnet20\nhead: {classes: 3}\n",
        nets__wrong="name: wrong\nextends: resnet20\nhead: {clases: 3}\n",
        workflows__ci=WORKFLOW + "env: {}\n",
    )
    request_.run(head)
    assert capsys.readouterr().out == "commented\n"
    (found,) = api.comments
    text = found["body"]
    assert text.startswith("<!-- resnet-dsl diff -->\n### ")
    titles = [line.removeprefix("#### ") for line in text.splitlines() if line.startswith("#### ")]
    assert titles == [
        "`base.yaml`",
        "`nets/new.yaml`: new",
        "`nets/other.yaml`: removed",
        "`nets/old.yaml` → `nets/renamed.yaml`: the same network",
        "`nets/wrong.yaml`: not valid",
        "`nets/child.yaml`, which extends `base.yaml`",
    ]
    assert "| `stages.widths` | `[8, 8]`<br>`base.yaml, line 4` | `[16, 16]`<br>`base.yaml, line 4` |" in text
    assert "error[RD203]: unknown key `clases`\n --> nets/wrong.yaml:3:8\n" in text
    assert "new: depth 20, input 3×32×32" in text
    assert "ci.yaml" not in text
    assert {authorization for _, _, authorization in api.requests} == {f"Bearer {TOKEN}"}
    assert request_.summarised() == ""


def test_a_push_updates_the_comment(request_: PullRequest, api: Api) -> None:
    """Its own, on whichever page it is; one that somebody else has given the marker is left alone."""
    for index in range(150):
        comment(api, "somebody", f"{request_.module.MARKER} {index}")
    first = commit(base=BASE.replace("widths: 8", "widths: 16"))
    request_.run(first)
    second = commit(base=BASE.replace("widths: 8", "widths: 24"))
    request_.run(second)
    assert api.written() == ["POST", "PATCH"]
    assert len(api.comments) == 151
    assert "[24, 24]" in api.comments[150]["body"]
    assert "[16, 16]" not in api.comments[150]["body"]
    assert all(each["body"] == f"{request_.module.MARKER} {index}" for index, each in enumerate(api.comments[:150]))
    request_.run(commit(base=BASE))
    assert api.comments[150]["body"] == f"{request_.module.MARKER}\n{request_.module.NOTHING}\n"


def test_without_a_difference_there_is_no_comment(
    request_: PullRequest, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not for another comment in a spec, nor for other files."""
    Path("README.md").write_text("name: a\nextends: b\n")
    head = commit(base=f"# A comment.\n{BASE}", config="name: service\nimage: x\n", stages="stages: [build]\n")
    request_.run(head)
    assert (api.comments, api.written()) == ([], [])
    assert capsys.readouterr().out == "no network differs\n"


def test_a_tag_with_the_name_of_a_short_commit_hides_nothing(request_: PullRequest, api: Api) -> None:
    """Commits are always named in full; a tag goes before a commit of which it is the beginning."""
    head = commit(base=BASE.replace("widths: 8", "widths: 16"))
    for length in range(7, 12):
        git("tag", head[:length], request_.base)
    request_.run(head)
    assert "| `[16, 16]`<br>" in api.comments[0]["body"]
    assert f"<sub>{request_.base[:10]} → {head[:10]}</sub>" in api.comments[0]["body"]


def test_specs_in_braces_or_quotes_are_found_too(request_: PullRequest, api: Api) -> None:
    """New ones, and those that extend what is changed, however YAML writes the key."""
    request_.base = commit(
        flow="{name: flow, extends: base.yaml}\n",
        quoted="'name': quoted\n\"extends\": 'base.yaml'  # of all\n",
        last="name: last\nextends: quoted.yaml\n",
    )
    head = commit(base=BASE.replace("widths: 8", "widths: 16"), new="{name: new, extends: flow.yaml}\n")
    request_.run(head)
    titles = [line.removeprefix("#### ") for line in api.comments[0]["body"].splitlines() if line.startswith("#### ")]
    assert titles == [
        "`base.yaml`",
        "`new.yaml`: new",
        "`flow.yaml`, which extends `base.yaml`",
        "`last.yaml`, which extends `base.yaml`",
        "`nets/child.yaml`, which extends `base.yaml`",
        "`quoted.yaml`, which extends `base.yaml`",
    ]


def test_other_repositories_and_pipelines_are_no_specs(request_: PullRequest, api: Api) -> None:
    """A submodule may be called like a file, become one, or stop being one; a pipeline has stages of its own."""
    pipeline = "name: deploy\ntrigger: [main]\npool: {vmImage: x}\nstages: [{stage: Build}]\n"

    def with_submodule(sha: str, **files: str) -> str:
        commit(**files)
        git("update-index", "--add", "--cacheinfo", f"160000,{sha},nets/other.yaml")
        git("commit", "--quiet", "--message", "submodule")
        return git("rev-parse", "HEAD")

    first = with_submodule("1" * 40, azure=pipeline)
    request_.run(first)
    assert [line for line in api.comments[0]["body"].splitlines() if line.startswith("#### ")] == [
        "#### `nets/other.yaml`: removed"
    ]
    request_.base = first
    request_.run(with_submodule("2" * 40))
    assert api.comments[0]["body"] == f"{request_.module.MARKER}\n{request_.module.NOTHING}\n"


@pytest.mark.parametrize("status", [422, 500, 0])
def test_a_failure_of_the_api_loses_nothing(
    request_: PullRequest, api: Api, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The summary has the text, and the job fails; so it does if the API cannot be reached."""
    api.refusal = status
    if not status:
        monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:1")
    with pytest.raises(SystemExit):
        request_.run(commit(base=BASE.replace("widths: 8", "widths: 16")))
    assert capsys.readouterr().out.startswith("::error::the API ")
    assert request_.summarised().startswith(request_.module.NOT_WRITTEN)
    assert "`stages.widths`" in request_.summarised()


def test_a_comment_may_have_no_author(request_: PullRequest, api: Api) -> None:
    """If the account is gone."""
    api.comments.append({"id": 1, "user": None, "body": request_.module.MARKER})
    request_.run(commit(base=BASE.replace("widths: 8", "widths: 16")))
    assert len(api.comments) == 2


@pytest.mark.parametrize("status", [401, 403, 404])
def test_without_the_permission_the_summary_has_the_text(
    request_: PullRequest,
    api: Api,
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As in a pull request from a fork; it says so."""
    api.refusal = status
    request_.run(commit(base=BASE.replace("widths: 8", "widths: 16")))
    assert "summary" in capsys.readouterr().out
    assert request_.summarised().startswith(request_.module.NO_PERMISSION)
    assert "`stages.widths`" in request_.summarised()
    assert api.comments == []


def test_without_a_token_nothing_is_asked(request_: PullRequest, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary has the text."""
    monkeypatch.delenv("GITHUB_TOKEN")
    request_.run(commit(base=BASE.replace("widths: 8", "widths: 16")))
    assert api.requests == []
    assert "`stages.widths`" in request_.summarised()


def test_the_token_goes_nowhere_else(request_: PullRequest, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """A redirect is a failure, which names neither the token nor the address."""
    api.refusal = 302
    with pytest.raises(SystemExit) as caught:
        request_.run(commit(base=BASE.replace("widths: 8", "widths: 16")))
    assert caught.value.code == 1
    assert [path for _, path, _ in api.requests] == ["/repos/someone/nets/issues/7/comments"]
    assert capsys.readouterr().out == "::error::the API answered with 302\n"


def test_paths_say_which_files_are_specs(request_: PullRequest, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their names alone, also if they do not look like specs; `*.resnet.yaml` always are."""
    monkeypatch.setenv("SPEC_PATHS", "models/**/*.yaml\nextra/?.yaml")
    files = {"models__deep__a": "{name: a}\n", "models__b": "x: 1\n", "extra__c": "x: 1\n", "extra__cc": "x: 1\n"}
    request_.run(commit(**files, other__d="x: 1\n", **{"other__e.resnet": "x: 1\n"}))
    titles = [line.split("`")[1] for line in api.comments[0]["body"].splitlines() if line.startswith("#### ")]
    assert titles == ["extra/c.yaml", "models/b.yaml", "models/deep/a.yaml", "other/e.resnet.yaml"]


def test_a_pattern_may_have_blanks_and_start_here(
    request_: PullRequest, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one on a line."""
    monkeypatch.setenv("SPEC_PATHS", "\n  my nets/*.yaml\n./nets/**\n")
    request_.run(commit(**{"my nets__a": "{name: a}\n", "nets__b": "x: 1\n", "my": "x: 1\n"}))
    titles = [line.split("`")[1] for line in api.comments[0]["body"].splitlines() if line.startswith("#### ")]
    assert titles == ["my nets/a.yaml", "nets/b.yaml"]


def test_a_pull_request_cannot_break_out_of_the_comment(
    request_: PullRequest, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """No text of it ends a fence or a code span, and none reaches the log, where GitHub would obey it."""
    wrong = "name: a\nextends: resnet20\n'```\\n# Title': '````` @everyone'\n"
    head = commit(**{"::error::a`b\n# Title": wrong, "nets__wrong": wrong})
    request_.run(head)
    assert capsys.readouterr().out == "commented\n"
    outside, fence = [], ""
    for line in api.comments[0]["body"].splitlines():
        if fence:
            fence = "" if line == fence else fence
        elif line.startswith("```"):
            fence = line.removesuffix("text")
        else:
            outside.append(line)
    assert fence == ""
    assert "everyone" not in "".join(outside)
    assert [line for line in outside if line.startswith("#")] == [
        request_.module.TITLE,
        "#### `::error::aʼb\ufffd# Title.yaml`: not valid",
        "#### `nets/wrong.yaml`: not valid",
    ]


def test_nothing_of_a_pull_request_is_run_or_read_outside_of_the_repository(
    request_: PullRequest, api: Api, tmp_path: Path
) -> None:
    """No module in the working directory, no converter, and no file of the runner that a spec names."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("name: secret\nkey: SECRET\n")
    for name in ("resnet_dsl.py", "click.py", "yaml.py", "json.py", "sitecustomize.py"):
        Path(name).write_text("open('made', 'w')\n")
    Path(".gitattributes").write_text("*.yaml diff=evil\n")
    git("config", "diff.evil.textconv", "touch made; cat")
    git("config", "diff.external", "touch made; cat")
    Path("nets/link.resnet.yaml").symlink_to(secret)
    head = commit(nets__reader=f"name: reader\nextends: {secret}\n", base=BASE.replace("widths: 8", "widths: 16"))
    request_.run(head)
    assert "`nets/reader.yaml`: not valid" in api.comments[0]["body"]
    assert "SECRET" not in api.comments[0]["body"]
    assert not Path("made").exists()


def test_what_does_not_fit_a_comment_is_in_the_summary(
    request_: PullRequest, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub refuses comments of more than 65,536 characters."""
    monkeypatch.setattr(request_.module, "LARGEST_COMMENT", 2500)
    request_.run(commit(**{f"nets__n{index}": f"name: n{index}\nextends: resnet20\n" for index in range(6)}))
    assert len(api.comments[0]["body"]) <= 2500
    assert "more in the summary of the job" in api.comments[0]["body"]
    assert request_.summarised().count(": new") == 6


def test_no_text_is_longer_than_its_limit(script: ModuleType) -> None:
    """Whatever fits, with the line that counts the rest; what does not is counted."""
    found = script.Revisions("0" * 40, "1" * 40)
    sections = [f"{index} {'x' * index}\n" for index in range(1, 60)]
    whole = len(script.body(found, sections, sys.maxsize, "left out"))
    shortest = len(script.body(found, sections, 0, "left out"))
    for limit in range(shortest, whole + 2):
        text = script.body(found, sections, limit, "left out")
        assert len(text) <= limit
        kept = sum(section in text.splitlines(keepends=True) for section in sections)
        assert f"\n{len(sections) - kept} more left out.\n" in text or kept == len(sections)
    assert len(script.body(found, sections, whole, "left out")) == whole


def test_outputs_commands_and_specs_are_bounded(
    request_: PullRequest, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In length, in time and in number; what is left out is counted."""
    assert len(request_.module.bounded("line\n" * 10_000)) <= request_.module.LARGEST_OUTPUT + 5
    with monkeypatch.context() as patch:
        patch.setattr(request_.module, "LONGEST_RUN", 0)
        with pytest.raises(request_.module.Failure, match="`git log` took more than"):
            request_.module.git("log")
        status, text = request_.module.tool("schema")
        assert (status, "took more than" in text) == (request_.module.TIMED_OUT, True)
        changed = request_.module.File("base.yaml", "base.yaml")
        reporter = request_.module.Reporter(request_.module.Revisions(request_.base, request_.base))
        assert reporter.section(changed).startswith("#### `base.yaml`: not compared, `resnet-dsl diff` took more than")
    monkeypatch.setattr(request_.module, "MOST_SPECS", 2)
    request_.run(commit(**{f"nets__n{index}": f"name: n{index}\nextends: resnet20\n" for index in range(5)}))
    assert api.comments[0]["body"].count(": new") == 2
    assert "\n3 more specs are not compared.\n" in api.comments[0]["body"]


def test_a_spec_that_was_wrong_before_is_shown_as_it_is(request_: PullRequest, api: Api) -> None:
    """There is nothing to compare it with."""
    request_.base = commit(base=BASE + "colour: red\n")
    request_.run(commit(base=BASE))
    assert "#### `base.yaml`: valid again\n" in api.comments[0]["body"]
    assert "base: depth" in api.comments[0]["body"]


def test_other_events_and_shallow_clones_are_failures(
    request_: PullRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do."""
    request_.event.write_text("{}")
    with pytest.raises(SystemExit):
        request_.module.main()
    assert "on: pull_request" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        request_.run("0" * 40)
    assert "fetch-depth: 0" in capsys.readouterr().out
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request_target")
    with pytest.raises(SystemExit):
        request_.run("0" * 40)
    assert "`on: pull_request`" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        request_.run("--output=made")
    assert "no commits" in capsys.readouterr().out


def test_the_page_shows_a_workflow_that_uses_the_action() -> None:
    """By its folder, with the whole history and the permission to comment; every input has a row in its table."""
    page = ROOT / "docs" / "review.md"
    (fence,) = fences(page, "text")
    workflow = yaml.safe_load(fence.body)
    checkout, step = workflow["jobs"]["diff"]["steps"]
    assert step["uses"].partition("@")[0].endswith(ACTION.relative_to(ROOT).as_posix())
    assert checkout["with"]["fetch-depth"] == 0
    assert workflow["permissions"]["pull-requests"] == "write"
    inputs = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))["inputs"]
    assert all(f"| `{name}` |" in page.read_text("utf-8") for name in inputs)


def test_the_action_runs_python_isolated_and_passes_inputs_in_variables_only() -> None:
    """An expression inside a script would be run, and without `-I` Python imports what lies in the repository."""
    action = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"]
        lines = [line for line in step["run"].splitlines() if "python" in line]
        assert lines
        assert all("python3 -I " in line or 'python" -I ' in line for line in lines)
    used = json.dumps(action["runs"])
    assert all(f"inputs.{name} " in used for name in action["inputs"])
