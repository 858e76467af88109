"""Comments on a pull request with what its specs change: one comment, which every push updates.

It runs git and resnet-dsl, and nothing of the pull request: specs are read from git's objects, and the working tree is
never looked at. What comes from the pull request is shown between fences that it cannot close, and none of it is
printed where GitHub would take it for a command. The token is sent to the API that the environment names, and to
nothing else.
"""

import json
import os
import posixpath
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

MARKER = "<!-- resnet-dsl diff -->"
TITLE = "### What this pull request changes in networks"
NOTHING = "No network differs from the base any more."
NO_PERMISSION = "The token may not write a comment, as in pull requests from forks. This is what it would say."

LARGEST_COMMENT = 60_000
"""Characters; GitHub allows 65,536."""
LARGEST_OUTPUT = 10_000
"""Characters of one output of resnet-dsl."""
LARGEST_SPEC = 1 << 20
"""Bytes; resnet-dsl reads no more."""

TOOL = (sys.executable, "-I", "-m", "resnet_dsl")
DEFAULT_PATHS = ("**/*.yaml", "**/*.yml")
ALWAYS = ("**/*.resnet.yaml", "**/*.resnet.yml")
KEY = re.compile(r"^([A-Za-z_$][\w$]*)[ \t]*:(?=[ \t\r\n]|\Z)", re.MULTILINE)
EXTENDS = re.compile(r"^extends[ \t]*:[ \t]+['\"]?([^'\"#\r\n]+?)['\"]?[ \t]*(?:#.*)?$", re.MULTILINE)


class Failure(Exception):
    """Nothing can be compared; the text says why."""


class NotAllowed(Exception):
    """The token may not do this."""


@dataclass(frozen=True)
class Revisions:
    """The two commits that are compared."""

    base: str
    head: str


class File(NamedTuple):
    """A file that the pull request touches; the old path is empty if it is new, the new path if it is removed."""

    old: str
    new: str


def git(*arguments: str, may_find_nothing: bool = False) -> str:
    """What git prints; file names that are not UTF-8 keep their bytes.

    Raises:
        Failure: git fails.
    """
    result = subprocess.run(["git", *arguments], capture_output=True)
    if result.returncode > may_find_nothing:
        raise Failure(f"`git {arguments[0]}` failed; check out the repository with `fetch-depth: 0`")
    return os.fsdecode(result.stdout)


def tool(*arguments: str) -> tuple[int, str]:
    """Exit status and output of resnet-dsl."""
    result = subprocess.run([*TOOL, *arguments], capture_output=True, env=os.environ | {"PYTHONUTF8": "1"})
    text = (result.stdout + result.stderr).decode("utf-8", "replace")
    return result.returncode, text


# Which specs


def revisions(event: dict[str, Any]) -> Revisions:
    """The commit that the pull request branched off, and its last one, abbreviated."""
    base, head = (str(event["pull_request"][side]["sha"]) for side in ("base", "head"))
    for commit in (base, head):
        if not re.fullmatch("[0-9a-f]{40,64}", commit):
            raise Failure("the event has no commits to compare")
    fork = git("merge-base", base, head).strip()
    return Revisions(*(git("rev-parse", "--short=10", commit).strip() for commit in (fork, head)))


def touched(found: Revisions) -> Iterator[File]:
    """The files that differ between the two commits."""
    options = ("--name-status", "-z", "--find-renames", "--no-ext-diff", "--no-textconv")
    fields = iter(git("diff", *options, found.base, found.head, "--").split("\0"))
    for status in fields:
        match status[:1]:
            case "R" | "C":
                old, new = next(fields), next(fields)
                yield File(old, new) if status[:1] == "R" else File("", new)
            case "A":
                yield File("", next(fields))
            case "D":
                yield File(next(fields), "")
            case "":
                return
            case _:
                path = next(fields)
                yield File(path, path)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern describes the path: `*` stands for characters of one name, `**` for any number of folders."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    for pattern in patterns:
        pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
        if re.fullmatch("".join(parts.get(piece, re.escape(piece)) for piece in pieces), path, re.DOTALL):
            return True
    return False


def content(commit: str, path: str) -> str:
    """The text of a file; empty if it is too large to be a spec."""
    name = f"{commit}:{path}"
    return git("cat-file", "blob", name) if int(git("cat-file", "-s", name)) <= LARGEST_SPEC else ""


def looks_like_a_spec(text: str, keys: Collection[str]) -> bool:
    """Whether most of the top-level keys are those of a spec, among them a name and what makes a network."""
    found = {*KEY.findall(text)}
    return "name" in found and bool(found & {"block", "stages", "extends"}) and 2 * len(found & {*keys}) > len(found)


class Specs:
    """Decides which files are specs."""

    def __init__(self, patterns: Collection[str]) -> None:
        self.patterns = patterns
        _, schema = tool("schema")
        self.keys = json.loads(schema)["properties"]

    def contains(self, commit: str, path: str) -> bool:
        """Whether a file is a spec: if patterns were given, by its name alone."""
        if not path:
            return False
        if self.patterns or matches(path, ALWAYS):
            return matches(path, [*self.patterns, *ALWAYS])
        return matches(path, DEFAULT_PATHS) and looks_like_a_spec(content(commit, path), self.keys)


def heirs(specs: Specs, commit: str, files: Collection[File]) -> Iterator[tuple[str, str]]:
    """Specs that the pull request leaves alone, with the touched file that each extends, directly or indirectly."""
    changed = {file.new for file in files} | {file.old for file in files}
    parents: dict[str, str] = {}
    options = ("-z", "--name-only", "--full-name", "-e", "^extends", commit, "--", ":/*.yaml", ":/*.yml")
    for name in filter(None, git("grep", *options, may_find_nothing=True).split("\0")):
        path = name.removeprefix(f"{commit}:")
        for reference in EXTENDS.findall(content(commit, path))[:1]:
            parents[path] = posixpath.normpath(posixpath.join(posixpath.dirname(path), reference))
    for path in sorted(parents.keys() - changed):
        above, seen = parents[path], {path}
        while above not in changed and above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        if above in changed and specs.contains(commit, path):
            yield path, above


# What to say of them


def code(text: str) -> str:
    """A code span that its content cannot end."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return f"`{shown.replace('`', 'ʼ')}`"


def fenced(text: str) -> str:
    """A fenced block that its content cannot end, and no longer than one output may be."""
    if len(text) > LARGEST_OUTPUT:
        text = f"{text[:LARGEST_OUTPUT].rpartition(chr(10))[0]}\n…\n"
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text.rstrip()}\n{fence}\n"


class Reporter:
    """Says of each file what has become of its network."""

    def __init__(self, found: Revisions) -> None:
        self.found = found

    def base(self, path: str) -> str:
        return f"git:{self.found.base}:{path}"

    def head(self, path: str) -> str:
        return f"git:{self.found.head}:{path}"

    def section(self, file: File, extends: str = "") -> str:
        """The section on a file; empty if its network is as before."""
        title = f"#### {code(file.new or file.old)}"
        if extends:
            title += f", which extends {code(extends)}"
        if not file.new:
            return f"{title}: removed\n"
        if not file.old:
            return self._new(f"{title}: new", file)
        if file.old != file.new:
            title = f"#### {code(file.old)} → {code(file.new)}"
        status, text = tool("diff", self.base(file.old), self.head(file.new), "--format", "markdown")
        match status:
            case 0 if file.old == file.new:
                return ""
            case 0:
                return f"{title}: the same network\n"
            case 1:
                tables = text.partition("\n\n")[2]  # the title is above
                return f"{title}\n\n{self._plain(tables)}"
            case _:
                return self._new(f"{title}: valid again" if self._faults(file) is None else title, file)

    def _new(self, title: str, file: File) -> str:
        """The section on a network that has nothing to be compared with, or on a spec that is wrong."""
        if (faults := self._faults(file)) is not None:
            return f"{title.removesuffix(': new')}: not valid\n\n{fenced(self._plain(faults))}"
        _, table = tool("summary", self.head(file.new), "--by", "stage")
        return f"{title}\n\n{fenced(table)}"

    def _faults(self, file: File) -> str | None:
        """The diagnostics of a spec, None if it is valid."""
        status, text = tool("validate", self.head(file.new))
        return text if status else None

    def _plain(self, text: str) -> str:
        """The text with bare paths for files at either commit."""
        return text.replace(self.base(""), "").replace(self.head(""), "")


def report(found: Revisions, patterns: Collection[str]) -> list[str]:
    """A section on each spec whose network the pull request changes, adds, removes or renames."""
    specs, reporter = Specs(patterns), Reporter(found)
    everything = list(touched(found))
    files = [
        file for file in everything if specs.contains(found.head, file.new) or specs.contains(found.base, file.old)
    ]
    sections = [reporter.section(file) for file in files]
    sections += [reporter.section(File(path, path), parent) for path, parent in heirs(specs, found.head, everything)]
    return [section for section in sections if section]


def body(found: Revisions, sections: list[str], limit: int) -> str:
    """The text of the comment, without the sections that do not fit."""
    end = f"\n<sub>{found.base} → {found.head}</sub>\n"
    text, kept = f"{MARKER}\n{TITLE}\n", 0
    for section in sections:
        if len(text) + len(section) + len(end) > limit:
            break
        text, kept = f"{text}\n{section}", kept + 1
    if kept < len(sections):
        text += f"\n{len(sections) - kept} more in the summary of the job.\n"
    return text + end


# Saying it


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Comments:
    """The comments of a pull request."""

    def __init__(self, api: str, repository: str, number: int, token: str) -> None:
        self.repository = f"{api}/repos/{repository}"
        self.list = f"{self.repository}/issues/{number}/comments"
        self.token = token
        self.opener = urllib.request.build_opener(_NoRedirects)

    def own(self, author: str) -> int | None:
        """The number of the comment that an earlier run wrote."""
        for page in range(1, 100):
            found = self._request("GET", f"{self.list}?per_page=100&page={page}")
            for comment in found:
                if comment["user"]["login"] == author and (comment["body"] or "").startswith(MARKER):
                    return int(comment["id"])
            if len(found) < 100:
                break
        return None

    def write(self, number: int | None, text: str) -> None:
        """Write a comment, or update the one with this number."""
        if number is None:
            self._request("POST", self.list, {"body": text})
        else:
            self._request("PATCH", f"{self.repository}/issues/comments/{number}", {"body": text})

    def _request(self, method: str, url: str, data: dict[str, str] | None = None) -> Any:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        content = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, content, headers, method=method)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403, 404):
                raise NotAllowed from None
            raise Failure(f"the API answered with {error.code}") from None
        except (OSError, ValueError) as error:
            raise Failure(f"the API cannot be reached: {type(error).__name__}") from None


def summarise(text: str) -> None:
    """Add to the summary of the job."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def publish(event: dict[str, Any], found: Revisions, sections: list[str]) -> str:
    """Write, update or leave out the comment; what was done, in a sentence."""
    token = os.environ.get("GITHUB_TOKEN", "")
    text = body(found, sections, LARGEST_COMMENT)
    whole = body(found, sections, sys.maxsize)
    if text != whole:
        summarise(whole)
    try:
        if not token:
            raise NotAllowed
        number = int(event["pull_request"]["number"])
        comments = Comments(os.environ["GITHUB_API_URL"], os.environ["GITHUB_REPOSITORY"], number, token)
        existing = comments.own(os.environ.get("COMMENT_AUTHOR", "github-actions[bot]"))
        if not sections and existing is None:
            return "no network differs"
        comments.write(existing, text if sections else f"{MARKER}\n{NOTHING}\n")
    except NotAllowed:
        if not sections:
            return "no network differs"
        summarise(f"{NO_PERMISSION}\n\n{whole}")
        return "the token may not write a comment, so the summary of the job has the text"
    return "the comment is up to date" if existing is not None else "commented"


def main() -> None:
    """Compare the specs of the pull request that the event is about, and comment."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    if "pull_request" not in event:
        _fail("this action runs on pull requests: use it with `on: pull_request`")
    patterns = os.environ.get("SPEC_PATHS", "").split()
    try:
        found = revisions(event)
        print(publish(event, found, report(found, patterns)))
    except Failure as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    print(f"::error::{message}")
    sys.exit(1)


if __name__ == "__main__":
    main()
