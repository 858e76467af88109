"""huggingface_hub's mixin: networks saved to folders, and pushed."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch

import resnet_dsl

huggingface_hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")


def network(seed: int = 0) -> Any:
    from resnet_dsl.integrations.huggingface import Network

    return Network(resnet_dsl.build("resnet20", seed=seed))


def test_a_network_comes_back_from_a_folder(tmp_path: Path) -> None:
    """With its weights and spec, in evaluation mode; the file's names are the network's own."""
    ours = network().eval()
    ours.save_pretrained(tmp_path / "net")
    names = {"README.md", "config.json", "model.safetensors", "spec.yaml"}
    assert {path.name for path in (tmp_path / "net").iterdir()} == names
    theirs = type(ours).from_pretrained(tmp_path / "net")
    x = torch.randn(2, 3, 32, 32)
    assert not theirs.training
    assert torch.equal(theirs(x), ours(x))
    assert theirs.network.spec == ours.network.spec == resnet_dsl.load(tmp_path / "net" / "spec.yaml")
    assert torch.equal(resnet_dsl.build(weights=tmp_path / "net" / "model.safetensors").eval()(x), ours(x))


def test_a_folder_lacks_nothing_that_is_looked_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The mixin warns where there is no `config.json`; ours names the spec, unless the user has another one."""
    ours = network()
    ours.save_pretrained(tmp_path)
    folder = json.loads((tmp_path / "config.json").read_text("utf-8"))
    assert (tmp_path / folder["spec"]).is_file()
    logging.getLogger("huggingface_hub").addHandler(caplog.handler)
    try:
        type(ours).from_pretrained(tmp_path)
    finally:
        logging.getLogger("huggingface_hub").removeHandler(caplog.handler)
    assert caplog.messages == []
    ours.save_pretrained(tmp_path, config={"mine": 1})
    type(ours).from_pretrained(tmp_path).save_pretrained(tmp_path / "again")
    assert json.loads((tmp_path / "again" / "config.json").read_text("utf-8")) == {"mine": 1}


def test_other_arguments_are_those_of_build(tmp_path: Path) -> None:
    """Such as another number of classes."""
    network().save_pretrained(tmp_path)
    found = type(network()).from_pretrained(tmp_path, overrides={"head.classes": 3})
    assert found.network.fc.out_features == 3


def test_a_network_is_pushed_and_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Hub gets the files of a folder, and gives one back; only what goes over the network is not done here."""
    hub = tmp_path / "hub"

    def upload_folder(_: object, *, repo_id: str, folder_path: Path, **__: object) -> str:
        Path(folder_path).rename(hub)
        return f"https://hub/{repo_id}"

    def create_repo(_: object, *, repo_id: str, **__: object) -> Any:
        return type("Repo", (), {"repo_id": repo_id})()

    def hf_hub_download(*, repo_id: str, filename: str, revision: str | None, **_: object) -> str:
        assert (repo_id, revision) == ("me/net", "v1")
        return str(hub / filename)

    monkeypatch.setattr(huggingface_hub.HfApi, "create_repo", create_repo)
    monkeypatch.setattr(huggingface_hub.HfApi, "upload_folder", upload_folder)
    monkeypatch.setattr("resnet_dsl.integrations.huggingface.hf_hub_download", hf_hub_download)
    monkeypatch.setattr("huggingface_hub.hub_mixin.hf_hub_download", hf_hub_download)
    ours = network().eval()
    assert ours.push_to_hub("me/net") == "https://hub/me/net"
    x = torch.randn(2, 3, 32, 32)
    assert torch.equal(type(ours).from_pretrained("me/net", revision="v1")(x), ours(x))
