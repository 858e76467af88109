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

from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.folder import is_spec

MARKER = "<!-- resnet-dsl diff -->"
TITLE = "### How this pull request changes the networks"
NOTHING = "No network differs from the base any more."
NO_PERMISSION = "The token may not write a comment, as in pull requests from forks. This is what it would say."
NOT_WRITTEN = "The comment could not be written. This is what it would say."

LARGEST_COMMENT = 60_000
"""Characters; GitHub allows 65,536."""
LARGEST_SUMMARY = 250_000
"""Characters; GitHub allows a mebibyte, and no character takes more than four bytes."""
LARGEST_OUTPUT = 10_000
"""Characters of one output of resnet-dsl."""
MOST_SPECS = 100
"""How many specs are compared."""
LONGEST_RUN = 60
"""Seconds that one command may take."""
TIMED_OUT = 124
LARGEST_SPEC = 1 << 20
"""Bytes; resnet-dsl reads no more."""

TOOL = (sys.executable, "-I", "-m", "resnet_dsl")
DEFAULT_PATHS = ("**/*.yaml", "**/*.yml")
ALWAYS = ("**/*.resnet.yaml", "**/*.resnet.yml")
SUBMODULE = "160000"
"""The mode of a path that is another repository."""


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
    try:
        result = subprocess.run(["git", *arguments], capture_output=True, timeout=LONGEST_RUN)
    except subprocess.TimeoutExpired:
        raise Failure(f"`git {arguments[0]}` took more than {LONGEST_RUN} seconds") from None
    if result.returncode > may_find_nothing:
        raise Failure(f"`git {arguments[0]}` failed; check out the repository with `fetch-depth: 0`")
    return os.fsdecode(result.stdout)


def tool(*arguments: str) -> tuple[int, str]:
    """Exit status and output of resnet-dsl."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    try:
        result = subprocess.run([*TOOL, *arguments], capture_output=True, env=environment, timeout=LONGEST_RUN)
    except subprocess.TimeoutExpired:
        return TIMED_OUT, f"`resnet-dsl {arguments[0]}` took more than {LONGEST_RUN} seconds\n"
    text = (result.stdout + result.stderr).decode("utf-8", "replace")
    return result.returncode, text


# Which specs


def revisions(event: dict[str, Any]) -> Revisions:
    """The commit that the pull request branched off, and its last one: in full, for tags may look short."""
    base, head = (str(event["pull_request"][side]["sha"]) for side in ("base", "head"))
    for commit in (base, head):
        if not re.fullmatch("[0-9a-f]{40,64}", commit):
            raise Failure("the event has no commits to compare")
    try:
        return Revisions(git("merge-base", base, head).strip(), head)
    except Failure:
        if os.environ.get("GITHUB_EVENT_NAME") != "pull_request_target":
            raise
        message = "on `pull_request_target` the checkout lacks the commits of the pull request: use `on: pull_request`"
        raise Failure(message) from None


def touched(found: Revisions) -> Iterator[File]:
    """The files that differ between the two commits; other repositories within this one are no files."""
    options = ("--raw", "--no-abbrev", "-z", "--find-renames", "--no-ext-diff", "--no-textconv")
    fields = iter(git("diff", *options, found.base, found.head, "--").split("\0"))
    for field in filter(None, fields):
        before, after, _, _, status = field.removeprefix(":").split(" ")
        old = new = next(fields)
        if status[:1] in ("R", "C"):
            new = next(fields)
        file = File("" if status[:1] in ("A", "C") else old, "" if status == "D" else new)
        yield File("" if before == SUBMODULE else file.old, "" if after == SUBMODULE else file.new)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern describes the path: `*` stands for characters of one name, `**` for any number of folders."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    for pattern in patterns:
        pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
        if re.fullmatch("".join(parts.get(piece, re.escape(piece)) for piece in pieces), path, re.DOTALL):
            return True
    return False


def content(commit: str, path: str) -> bytes:
    """What a file contains; nothing if it is too large to be a spec."""
    name = f"{commit}:{path}"
    is_small = int(git("cat-file", "-s", name)) <= LARGEST_SPEC
    return os.fsencode(git("cat-file", "blob", name)) if is_small else b""


class Specs:
    """Decides which files are specs."""

    def __init__(self, patterns: Collection[str]) -> None:
        self.patterns = patterns

    def contains(self, commit: str, path: str) -> bool:
        """Whether a file is a spec: if patterns were given, by its name alone."""
        if not path:
            return False
        if self.patterns:
            return matches(path, [*self.patterns, *ALWAYS])
        return matches(path, DEFAULT_PATHS) and is_spec(path, content(commit, path))


def parent(commit: str, path: str) -> str:
    """The path of the file that a spec extends; empty if it extends none, or cannot be read."""
    try:
        value = read_text(path, content(commit, path)).parent
    except DiagnosticError:
        return ""
    return "" if value is None else posixpath.normpath(posixpath.join(posixpath.dirname(path), str(value.value)))


def heirs(specs: Specs, commit: str, files: Collection[File]) -> Iterator[tuple[str, str]]:
    """Specs that the pull request leaves alone, with the touched file that each extends, directly or indirectly."""
    changed = {file.new for file in files} | {file.old for file in files}
    options = ("-z", "--name-only", "--full-name", "-e", "extends", commit, "--", ":/*.yaml", ":/*.yml")
    found = filter(None, git("grep", *options, may_find_nothing=True).split("\0"))
    paths = (name.removeprefix(f"{commit}:") for name in found)
    parents = {path: above for path in paths if (above := parent(commit, path))}
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


def bounded(text: str) -> str:
    """The first lines of an output that is too long."""
    return text if len(text) <= LARGEST_OUTPUT else f"{text[:LARGEST_OUTPUT].rpartition(chr(10))[0]}\n\n…\n"


def fenced(text: str) -> str:
    """A fenced block that its content cannot end."""
    text = bounded(text)
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
        if status == TIMED_OUT:
            return f"{title}: not compared, {text}"
        match status:
            case 0 if file.old == file.new:
                return ""
            case 0:
                return f"{title}: the same network\n"
            case 1:
                tables = text.partition("\n\n")[2]  # the title is above
                return f"{title}\n\n{bounded(self._plain(tables))}"
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
    changes = [(file, "") for file in files]
    changes += [(File(path, path), above) for path, above in heirs(specs, found.head, everything)]
    sections = [reporter.section(file, above) for file, above in changes[:MOST_SPECS]]
    if len(changes) > MOST_SPECS:
        sections.append(f"{len(changes) - MOST_SPECS} more specs are not compared.\n")
    return [section for section in sections if section]


def body(found: Revisions, sections: list[str], limit: int, rest: str) -> str:
    """The text of the comment, without the sections that do not fit; `rest` says where those are."""
    text, end = f"{MARKER}\n{TITLE}\n", f"\n<sub>{found.base[:10]} → {found.head[:10]}</sub>\n"

    def more(count: int) -> str:
        return f"\n{count} more {rest}.\n" if count else ""

    for index, section in enumerate(sections):
        left = len(sections) - index
        if len(text) + 1 + len(section) + len(more(left - 1)) + len(end) > limit:
            return text + more(left) + end
        text = f"{text}\n{section}"
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
                login = (comment["user"] or {}).get("login")  # none if the account is gone
                if login == author and (comment["body"] or "").startswith(MARKER):
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
    """Write, update or leave out the comment; what was done, in a sentence.

    Raises:
        Failure: it cannot be written, for another reason than a permission; the summary of the job has the text.
    """
    text = body(found, sections, LARGEST_COMMENT, "in the summary of the job")
    whole = body(found, sections, LARGEST_SUMMARY, "left out")
    try:
        done = comment_on(event, text if sections else "")
    except NotAllowed:
        if not sections:
            return "no network differs"
        summarise(f"{NO_PERMISSION}\n\n{whole}")
        return "the token may not write a comment, so the summary of the job has the text"
    except Failure:
        if sections:
            summarise(f"{NOT_WRITTEN}\n\n{whole}")
        raise
    if text != whole:
        summarise(whole)
    return done


def comment_on(event: dict[str, Any], text: str) -> str:
    """Write or update the comment; without a text, only one that there is. What was done, in a sentence."""
    token = os.environ.get("GITHUB_TOKEN", "")
    if not token:
        raise NotAllowed
    number = int(event["pull_request"]["number"])
    comments = Comments(os.environ["GITHUB_API_URL"], os.environ["GITHUB_REPOSITORY"], number, token)
    existing = comments.own(os.environ.get("COMMENT_AUTHOR", "github-actions[bot]"))
    if not text and existing is None:
        return "no network differs"
    comments.write(existing, text or f"{MARKER}\n{NOTHING}\n")
    return "commented" if existing is None else "the comment is up to date"


def main() -> None:
    """Compare the specs of the pull request that the event is about, and comment."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    if "pull_request" not in event:
        _fail("this action runs on pull requests: use it with `on: pull_request`")
    patterns = [*filter(None, map(str.strip, os.environ.get("SPEC_PATHS", "").splitlines()))]
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
