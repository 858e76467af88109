"""Addresses, fetched by torch.hub itself from a server on loopback into a cache of the test's own."""

import errno
import hashlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault
from resnet_dsl.hub import address, fetch, torchvision
from tests.hub.server import Answer, Server, Silence, serving

BODY = b"weights" * 1000
HASH = hashlib.sha256(BODY).hexdigest()
NAME = f"net-{HASH[:8]}.pth"
OTHER = "0" * 8
CLOSED = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """torch.hub's folder of files; proxies do not matter."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("TORCH_HUB", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def server() -> Iterator[Server]:
    """Serves the file under any name that ends in `.pth`."""
    silence = Event()

    def answer(path: str) -> Answer | Silence:
        match path.split("/")[1:]:
            case ["silent", _]:
                return silence
            case ["short", _]:
                return Answer(body=BODY[:100], withheld=len(BODY) - 100)
            case ["moved", name]:
                return Answer(302, headers={"Location": f"/{name}"})
            case ["busy", _]:
                return Answer(503)
            case [name] if name.endswith(".pth"):
                return Answer(body=BODY)
        return Answer(404)

    with serving(answer) as running:
        yield running
        silence.set()


def refused(reference: str) -> Diagnostic:
    with pytest.raises(EnvironmentFault) as caught:
        fetch(reference)
    (fault,) = caught.value.diagnostics
    assert fault.code == "RD516"
    assert fault.helps
    return fault


def test_an_address_is_fetched_once_and_then_taken_from_the_cache(
    server: Server, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The cache and the name are torch.hub's, and nothing is printed."""
    reference = f"{server.address}/{NAME}"
    assert fetch(reference) == fetch(reference) == cache / NAME
    assert (cache / NAME).read_bytes() == BODY
    assert server.asked == [f"GET /{NAME}"]
    assert capfd.readouterr() == ("", "")
    assert [path.name for path in cache.iterdir()] == [NAME]


def test_the_progress_bar_is_that_of_torch_hub_on_standard_error(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output stays free for data."""
    fetch(f"{server.address}/{NAME}", progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "100%" in err


def test_a_redirection_is_followed_and_the_name_is_that_of_the_address(server: Server, cache: Path) -> None:
    """As torch.hub does it."""
    assert fetch(f"{server.address}/moved/{NAME}") == cache / NAME


def test_files_of_one_name_with_different_hashes_do_not_share_a_place(server: Server, cache: Path) -> None:
    """The hash that is appended becomes part of the name; a file that torch.hub has put there is not taken for it."""
    cache.mkdir(parents=True)
    (cache / "model.pth").write_bytes(b"another")
    found = fetch(f"{server.address}/model.pth#sha256={HASH}")
    assert found == cache / f"model-{HASH[:8]}.pth"
    assert found.read_bytes() == BODY
    assert (cache / "model.pth").read_bytes() == b"another"


def test_a_cached_file_that_is_another_is_fetched_anew(server: Server, cache: Path) -> None:
    """Such as one that was cut short; torch.hub itself would load it."""
    cache.mkdir(parents=True)
    (cache / NAME).write_bytes(BODY[:100])
    assert fetch(f"{server.address}/{NAME}").read_bytes() == BODY


def test_a_cached_file_that_is_another_is_never_returned(cache: Path) -> None:
    """Without a network the fault tells of it, and keeps it."""
    cache.mkdir(parents=True)
    (cache / NAME).write_bytes(BODY[:100])
    fault = refused(f"{CLOSED}/{NAME}")
    assert fault.notes == (f"`{cache / NAME}` is there, but is another file, by its SHA-256",)
    assert (cache / NAME).read_bytes() == BODY[:100]


def test_a_file_with_another_hash_is_refused_and_not_kept(server: Server, cache: Path) -> None:
    """The help, followed, takes it."""
    fault = refused(f"{server.address}/net-{OTHER}.pth")
    assert f"its SHA-256 begins with `{HASH[:8]}`, not with `{OTHER}`" in fault.message
    assert [*cache.iterdir()] == []
    found = re.search("write `([^`]+)`", fault.helps[0])
    assert found is not None
    assert fetch(found[1]).read_bytes() == BODY


def test_a_transfer_that_is_cut_short_is_not_kept(server: Server, cache: Path) -> None:
    """Its hash is another one."""
    fault = refused(f"{server.address}/short/{NAME}")
    assert "cut short" in "".join((fault.message, *fault.notes))
    assert [*cache.iterdir()] == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (f"nowhere/x/{NAME}", "it answers `404 Not Found`"),
        (f"busy/{NAME}", "it answers `503 Service Unavailable`"),
        (f"silent/{NAME}", "it does not answer in time"),
    ],
)
def test_what_the_server_does_is_told(
    path: str, reason: str, server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that says nothing is not waited for without end, and other sockets keep their patience."""
    monkeypatch.setattr(address, "PATIENCE", 0.2)
    fault = refused(f"{server.address}/{path}")
    assert fault.message == f"cannot fetch `{server.address}/{path}`: {reason}"
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("host", [CLOSED, "http://host.invalid"])
def test_without_a_network_the_fault_says_which_file_is_wanted_and_where_to_put_it(host: str, cache: Path) -> None:
    """The help, followed, works."""
    fault = refused(f"{host}/{NAME}")
    assert fault.message.startswith(f"cannot fetch `{host}/{NAME}`: ")
    found = re.search("put it at `([^`]+)`", fault.helps[-1])
    assert found is not None
    assert found[1] == str(cache / NAME)
    Path(found[1]).write_bytes(BODY)
    assert fetch(f"{host}/{NAME}") == cache / NAME


def test_weights_of_torchvision_are_in_the_same_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So what torchvision has fetched is used, and the fault gives the address that it would use."""
    table = {"folder": f"{CLOSED}/models/", "weights": {"ResNet18_Weights": {"IMAGENET1K_V1": NAME}}}
    monkeypatch.setattr(torchvision, "_table", lambda: table)
    reference = "torchvision:ResNet18_Weights.IMAGENET1K_V1"
    assert f"{CLOSED}/models/{NAME}" in refused(reference).message
    (cache / NAME).write_bytes(BODY)
    assert fetch(reference) == cache / NAME


def test_a_cache_that_cannot_be_written_is_told_from_a_file_that_cannot_be_fetched(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, or the folder is another's."""

    def write(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("torch.hub.download_url_to_file", write)
    fault = refused(f"{server.address}/{NAME}")
    assert fault.message.endswith(f"as `{cache / NAME}`: no space left on device")
    assert "TORCH_HOME" in fault.helps[0]


def test_a_cache_whose_folder_is_a_file_gives_a_fault(server: Server, tmp_path: Path) -> None:
    """And no traceback."""
    (tmp_path / "torch").write_bytes(b"")
    assert "not a directory" in refused(f"{server.address}/{NAME}").message
