"""The Hugging Face Hub, asked by huggingface_hub itself: a server on loopback, and a cache of the test's own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.hub.server import COMMIT, Answer, Hub, Server, Silence, serving_hub
from tests.test_docs import ROOT

if find_spec("huggingface_hub") is None:
    pytest.skip("huggingface_hub is not installed", allow_module_level=True)

WEIGHTS = b"weights" * 1000
PARTS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
INDEX = json.dumps({"weight_map": {"conv1.weight": PARTS[0], "fc.bias": PARTS[1], "fc.weight": PARTS[1]}}).encode()

REPOSITORIES: Mapping[str, Mapping[str, bytes]] = {
    "timm/one": {"config.json": b"{}", "pytorch_model.bin": b"pickle", "model.safetensors": WEIGHTS},
    "timm/old": {"config.json": b"{}", "pytorch_model.bin": WEIGHTS, "training_args.bin": b"", "other.pth": b""},
    "timm/odd": {"optimizer.pt": b"", "deep/resnet.pth.tar": WEIGHTS, "README.md": b""},
    "timm/two": {"a.pth": WEIGHTS, "b.ckpt": WEIGHTS[1:]},
    "timm/none": {"README.md": b""},
    "timm/parts": {"model.safetensors.index.json": INDEX, PARTS[0]: b"1", PARTS[1]: b"2"},
    "timm/deep_parts": {"a/model.safetensors.index.json": INDEX, f"a/{PARTS[0]}": b"1", f"a/{PARTS[1]}": b"2"},
    "timm/apart": {"model.safetensors.index.json": INDEX.replace(b"model-", b"parts/model-")}
    | {f"parts/{part}": part.encode() for part in PARTS},
    "timm/broken": {"model.safetensors.index.json": b'{"weight_map": {"a": "../../../../x"}}'},
    "timm/lost": {"model.safetensors.index.json": INDEX, PARTS[0]: b"1"},
    "timm/gated": {"model.safetensors": WEIGHTS},
    "timm/down": {"model.safetensors": WEIGHTS},
}
REFUSED: Mapping[str, Answer | Silence] = {
    "/api/models/timm/silent/revision/main": Silence(),
    "/timm/gated/resolve/main/model.safetensors": Answer(403, b"", {"X-Error-Code": "GatedRepo"}),
    "/api/models/timm/down/revision/main": Answer(503),
    "/api/models/timm/token/revision/main": Answer(
        401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"}
    ),
    "/api/models/timm/portal/revision/main": Answer(200, b"<html>Please log in to this hotel"),
    "/api/models/timm/list/revision/main": Answer(200, b"[]"),
}
CLOSED = "http://127.0.0.1:9"

Result: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving_hub(Hub(REPOSITORIES, REFUSED)) as running:
        yield running


@pytest.fixture
def fetched(server: Server, tmp_path: Path) -> Fetch:
    """`fetched("hf-hub:…", HF_HUB_OFFLINE="1")` in a process of its own: the path, or the parts of the fault."""

    def run(reference: str, *options: str, **more: str) -> Result:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "TQDM"))}
        own = {"HF_HOME": str(tmp_path / "hf"), "HF_ENDPOINT": server.address, "PYTHONPATH": str(ROOT)}
        local = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        command = [sys.executable, "-m", "tests.hub.client", reference, *options]
        done = subprocess.run(
            command, cwd=tmp_path, env={**inherited, **own, **local, **more}, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        result: Result = json.loads(done.stdout)
        return {**result, "stderr": done.stderr}

    return run


def refused(result: Result) -> Result:
    assert result.get("code") == "RD516", result
    assert (bool(result["helps"]), result["stderr"]) == (True, "")
    return result


@pytest.mark.parametrize(
    ("reference", "file"),
    [
        ("hf-hub:timm/one", "model.safetensors"),
        ("hf-hub:timm/one@v1.0", "model.safetensors"),
        (f"hf-hub:timm/one@{COMMIT}", "model.safetensors"),
        ("hf-hub:timm/old", "pytorch_model.bin"),
        ("hf-hub:timm/odd", "deep/resnet.pth.tar"),
        ("hf-hub:timm/two@main:b.ckpt", "b.ckpt"),
    ],
)
def test_a_file_is_fetched_once_and_later_found_without_a_network(
    reference: str, file: str, fetched: Fetch, server: Server, tmp_path: Path
) -> None:
    """It is the file that timm and transformers would take, and lies where huggingface_hub puts it."""
    first = fetched(reference)
    assert first["stderr"] == ""
    repository = reference.removeprefix("hf-hub:").split("@")[0].split(":")[0]
    folder = tmp_path / "hf" / "hub" / f"models--{repository.replace('/', '--')}" / "snapshots" / COMMIT
    assert Path(first["path"]) == folder / file
    assert Path(first["path"]).read_bytes() == REPOSITORIES[repository][file]
    asked = len(server.asked)
    assert fetched(reference, HF_HUB_OFFLINE="1") == first
    assert fetched(reference, HF_ENDPOINT=CLOSED) == first
    assert server.asked[asked:] == []


def test_a_cached_file_at_a_commit_is_used_without_a_question(fetched: Fetch, server: Server) -> None:
    """A commit never changes."""
    first = fetched(f"hf-hub:timm/two@{COMMIT}:a.pth")
    asked = len(server.asked)
    assert fetched(f"hf-hub:timm/two@{COMMIT}:a.pth") == first
    assert server.asked[asked:] == []


@pytest.mark.parametrize(
    ("repository", "index", "folder"),
    [("timm/parts", "", ""), ("timm/deep_parts", "a/", ""), ("timm/apart", "", "parts/")],
)
def test_an_index_is_fetched_with_its_shards(repository: str, index: str, folder: str, fetched: Fetch) -> None:
    """They lie where it says, also without a network."""
    first = fetched(f"hf-hub:{repository}")
    path = Path(first["path"])
    assert path.as_posix().endswith(f"{COMMIT}/{index}model.safetensors.index.json")
    files = REPOSITORIES[repository]
    for part in PARTS:
        assert (path.parent / folder / part).read_bytes() == files[f"{index}{folder}{part}"]
    assert fetched(f"hf-hub:{repository}", HF_HUB_OFFLINE="1") == first


def test_progress_bars_are_shown_on_standard_error_only_where_they_are_asked_for(fetched: Fetch) -> None:
    """They are those of huggingface_hub, which shows them on a terminal; here it takes a file for one."""
    shown = fetched("hf-hub:timm/one", "--progress", TQDM_POSITION="-1")
    assert "100%" in shown["stderr"]
    assert fetched("hf-hub:timm/old", TQDM_POSITION="-1")["stderr"] == ""


def test_a_repository_that_does_not_exist_is_answered_with_a_similar_one(fetched: Fetch, server: Server) -> None:
    """The Hub does not tell a private one from one that does not exist, so neither does the fault."""
    fault = refused(fetched("hf-hub:timm/onee@v1.0"))
    assert fault["message"] == f"{server.address} has no repository `timm/onee`, or it is private"
    assert fault["helps"][0] == "write `hf-hub:timm/one@v1.0`"
    assert "`hf auth login`" in fault["helps"][1]


def test_a_revision_that_does_not_exist_is_answered_with_those_that_do(fetched: Fetch) -> None:
    """Branches and tags."""
    fault = refused(fetched("hf-hub:timm/one@mian"))
    assert fault["message"] == "`timm/one` has no revision `mian`"
    assert fault["notes"] == ["its branches and tags are `main`, `v1.0`"]
    assert fault["helps"] == ["a revision with a similar name exists: `main`"]


def test_a_file_that_does_not_exist_is_answered_with_a_reference_that_does(fetched: Fetch) -> None:
    """The most similar file, or else the one with the weights."""
    fault = refused(fetched("hf-hub:timm/two:a.pht"))
    assert fault["message"] == "`timm/two` has no file `a.pht`"
    assert fault["notes"] == ["its weights are in `a.pth`, `b.ckpt`"]
    assert "path" in fetched("hf-hub:timm/two:a.pth")
    fault = refused(fetched("hf-hub:timm/one@v1.0:weights"))
    assert fault["helps"] == ["write `hf-hub:timm/one@v1.0:model.safetensors`"]


def test_several_files_of_weights_are_not_chosen_between(fetched: Fetch) -> None:
    """The fault lists them, and its help, followed, takes one."""
    fault = refused(fetched("hf-hub:timm/two"))
    assert fault["notes"] == ["they are `a.pth`, `b.ckpt`"]
    found = re.search("`([^`]+)`", fault["helps"][0])
    assert found is not None
    assert "path" in fetched(found[1])


def test_a_repository_without_weights_is_called_that(fetched: Fetch) -> None:
    """With what it has instead."""
    fault = refused(fetched("hf-hub:timm/none"))
    assert (fault["message"], fault["notes"]) == ("`timm/none` has no file of weights", ["it has `README.md`"])


def test_an_index_that_leads_out_of_its_folder_is_refused(fetched: Fetch, tmp_path: Path) -> None:
    """Nothing is fetched by it."""
    fault = refused(fetched("hf-hub:timm/broken"))
    assert "is no index of weights" in fault["message"]
    assert not (tmp_path / "x").exists()


def test_a_shard_that_is_missing_is_named(fetched: Fetch) -> None:
    """Weights without it would be incomplete."""
    assert f"`{PARTS[1]}`" in refused(fetched("hf-hub:timm/lost"))["message"]


def test_a_gated_repository_says_whom_to_ask(fetched: Fetch, server: Server) -> None:
    """Its address, and how to log in."""
    fault = refused(fetched("hf-hub:timm/gated"))
    assert fault["message"] == "the authors of `timm/gated` decide who may fetch its files"
    assert f"{server.address}/timm/gated" in fault["helps"][0]
    assert "`hf auth login`" in fault["helps"][0]


def test_a_token_that_the_hub_refuses_is_said_so(fetched: Fetch) -> None:
    """As 401, with the way to log in again."""
    fault = refused(fetched("hf-hub:timm/token", HF_TOKEN="hf_wrong"))
    assert fault["message"].endswith("it answers `401 Unauthorized`")
    assert "`hf auth login`" in fault["helps"][0]


@pytest.mark.parametrize("name", ["portal", "list"])
def test_what_is_no_hub_is_not_taken_for_one(name: str, fetched: Fetch) -> None:
    """Such as the page on which a hotel asks its guests to log in."""
    assert "are not in the cache" in refused(fetched(f"hf-hub:timm/{name}"))["message"]


@pytest.mark.parametrize(
    ("reference", "environment", "reason"),
    [
        ("hf-hub:timm/down:model.safetensors", {}, "it answers `503 Service Unavailable`"),
        ("hf-hub:timm/silent:w.pth", {"HF_HUB_ETAG_TIMEOUT": "1"}, "it does not answer in time"),
        ("hf-hub:timm/one:model.safetensors", {"HF_ENDPOINT": CLOSED}, "connection refused"),
        ("hf-hub:timm/one:model.safetensors", {"HF_HUB_OFFLINE": "1"}, "`HF_HUB_OFFLINE` forbids asking the Hub"),
        ("hf-hub:timm/one:model.safetensors", {"HF_ENDPOINT": "nonsense"}, "cannot be asked"),
    ],
)
def test_without_the_hub_the_fault_says_which_file_is_wanted_and_how_to_bring_it(
    reference: str, environment: dict[str, str], reason: str, fetched: Fetch, tmp_path: Path
) -> None:
    """Its address, and the command for a machine that has a network."""
    repository, _, file = reference.removeprefix("hf-hub:").partition(":")
    fault = refused(fetched(reference, **environment))
    assert reason in fault["message"]
    assert fault["notes"][0].endswith(f"/{repository}/resolve/main/{file}")
    assert any(f"run `hf download {repository} {file}`" in help_ for help_ in fault["helps"])
    folder = tmp_path / "hf" / "hub" / f"models--{repository.replace('/', '--')}"
    assert fault["helps"][-1].endswith(f"to `{folder}`")


@pytest.mark.parametrize("wrong", [{"HF_ENDPOINT": "http://[h"}, {"HF_HUB_ETAG_TIMEOUT": "soon"}])
def test_a_variable_that_the_client_cannot_read_is_a_fault(wrong: dict[str, str], fetched: Fetch) -> None:
    """It says where to look, and is no bug of ours."""
    fault = refused(fetched("hf-hub:timm/one", **wrong))
    assert fault["message"].startswith("huggingface_hub does not start: ")
    assert "`HF_ENDPOINT`" in fault["helps"][0]


def test_a_cache_brought_from_another_machine_is_used(fetched: Fetch, tmp_path: Path) -> None:
    """The last help of the fault, followed."""
    fault = refused(fetched("hf-hub:timm/one", HF_HUB_OFFLINE="1"))
    found = re.search("bring `([^`]+)` from the cache there to `([^`]+)`", fault["helps"][-1])
    assert found is not None
    fetched("hf-hub:timm/one", HF_HOME=str(tmp_path / "there"))
    (tmp_path / "hf" / "hub").mkdir(parents=True, exist_ok=True)
    (tmp_path / "there" / "hub" / found[1]).rename(found[2])
    assert Path(fetched("hf-hub:timm/one", HF_HUB_OFFLINE="1")["path"]).read_bytes() == WEIGHTS


def test_a_cache_that_cannot_be_written_is_told_from_a_hub_that_cannot_be_asked(fetched: Fetch, tmp_path: Path) -> None:
    """With the variable that moves it."""
    (tmp_path / "file").write_bytes(b"")
    fault = refused(fetched("hf-hub:timm/one", HF_HOME=str(tmp_path / "file")))
    assert fault["message"].endswith(f"in `{tmp_path / 'file' / 'hub'}`: not a directory")
    assert "`HF_HOME`" in fault["helps"][0]


def test_a_disk_that_is_full_leaves_nothing_that_is_taken_for_the_file(fetched: Fetch) -> None:
    """Here a limit on the size of files stands for it; with more space the file is whole."""
    fault = refused(fetched("hf-hub:timm/one", "--kibibytes=1"))
    assert fault["message"].endswith("file too large")
    refused(fetched("hf-hub:timm/one", HF_HUB_OFFLINE="1"))
    assert Path(fetched("hf-hub:timm/one")["path"]).read_bytes() == WEIGHTS
