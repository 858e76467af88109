"""References to weights: what is one, what it stands for, and what is said of one that is malformed."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.diagnostics import packages
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.hub import fetch, is_reference, names
from resnet_dsl.hub.references import Address, HubFile, parse

HASH = "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a"

REFERENCES: dict[str, HubFile | Address] = {
    "hf-hub:timm/resnet50.a1_in1k": HubFile("timm/resnet50.a1_in1k"),
    "hf-hub:a/b@v1.0": HubFile("a/b", "v1.0"),
    "hf-hub:a/b@refs/pr/1:sub/w.pth": HubFile("a/b", "refs/pr/1", "sub/w.pth"),
    "hf-hub:a/b:odd@name:of a file.bin": HubFile("a/b", "main", "odd@name:of a file.bin"),
    "torchvision:ResNet50_Weights.IMAGENET1K_V2": Address(
        "https://download.pytorch.org/models/resnet50-11ad3fa6.pth", "11ad3fa6", "resnet50-11ad3fa6.pth"
    ),
    "torchvision:ResNet50_Weights.DEFAULT": Address(
        "https://download.pytorch.org/models/resnet50-11ad3fa6.pth", "11ad3fa6", "resnet50-11ad3fa6.pth"
    ),
    "https://h.org/a_b-14fe96d1.pth?download=1": Address(
        "https://h.org/a_b-14fe96d1.pth?download=1", "14fe96d1", "a_b-14fe96d1.pth"
    ),
    "http://h.org:8080/w-0676ba61.pth.tar": Address(
        "http://h.org:8080/w-0676ba61.pth.tar", "0676ba61", "w-0676ba61.pth.tar"
    ),
    f"https://h.org/model.pth#sha256={HASH.upper()}": Address("https://h.org/model.pth", HASH, "model-0676ba61.pth"),
    f"https://h.org/w-0676ba61.pth#sha256={HASH}": Address("https://h.org/w-0676ba61.pth", HASH, "w-0676ba61.pth"),
    f"https://h.org/w-11111111.pth#sha256={HASH}": Address(
        "https://h.org/w-11111111.pth", HASH, "w-11111111-0676ba61.pth"
    ),
    f"https://h.org/download#sha256={HASH}": Address("https://h.org/download", HASH, "download-0676ba61.pth"),
}

MALFORMED = {
    "hf-hub:": "OWNER/REPO",
    "hf-hub:resnet50": "OWNER/REPO",
    "hf-hub:a/b/c": "OWNER/REPO",
    "hf-hub:a--b/c": "OWNER/REPO",
    "hf-hub:../b": "OWNER/REPO",
    "hf-hub:a/b@": "no revision",
    "hf-hub:a/b@../../x": "no revision",
    "hf-hub:a/b@x y": "no revision",
    "hf-hub:a/b:": "no file",
    "hf-hub:a/b:../c": "no file",
    "hf-hub:a/b:/etc/passwd": "no file",
    "hf-hub:a/b:c\\d": "no file",
    "torchvision:": "no weights called",
    "torchvision:alexnet": "no weights called",
    "torchvision:ResNet50_Weights": "no weights called",
    "torchvision:ResNet50_Weights.IMAGENET1K_V3": "no weights called",
    "https://": "no address of a file",
    "https://h.org": "no address of a file",
    "https://h.org/folder/": "no address of a file",
    "https://h.org:port/w-0676ba61.pth": "no address of a file",
    "https://[h.org/w-0676ba61.pth": "no address of a file",
    "https://h.org/a b-0676ba61.pth": "spaces",
    "https://h.org/größe-0676ba61.pth": "spaces",
    "https://h.org/model.pth": "without their hash",
    "https://h.org/model-123.pth": "without their hash",
    "https://h.org/model.pth#sha256=12": "without their hash",
    "https://h.org/model.pth#md5=0676ba61b6795bbe": "without their hash",
    "ftp://h.org/w-0676ba61.pth": "cannot be fetched",
    "file:///etc/passwd": "cannot be fetched",
    "s3://bucket/w-0676ba61.pth": "cannot be fetched",
}

TRANSLATIONS = {
    "hf_hub:timm/resnet18": "hf-hub:timm/resnet18",
    "hf://timm/resnet18": "hf-hub:timm/resnet18",
    "hf://timm/resnet18@v1/model.safetensors": "hf-hub:timm/resnet18@v1:model.safetensors",
    "hf:timm/resnet18:model.safetensors": "hf-hub:timm/resnet18:model.safetensors",
    "huggingface:timm/resnet18": "hf-hub:timm/resnet18",
    "timm:resnet50.a1_in1k": "hf-hub:timm/resnet50.a1_in1k",
    "torchvision:resnet18": "torchvision:ResNet18_Weights.IMAGENET1K_V1",
    "torchvision:ResNet18": "torchvision:ResNet18_Weights.IMAGENET1K_V1",
    "torchvision:ResNet18_Weights": "torchvision:ResNet18_Weights.IMAGENET1K_V1",
    "torchvision:resnet18_weights.DEFAULT": "torchvision:ResNet18_Weights.DEFAULT",
    "torchvision:resnext50_32x4d": "torchvision:ResNeXt50_32X4D_Weights.IMAGENET1K_V1",
    "torchvision:WideResNet50_2": "torchvision:Wide_ResNet50_2_Weights.IMAGENET1K_V1",
    "https://huggingface.co/timm/resnet18": "hf-hub:timm/resnet18",
    "https://huggingface.co/timm/resnet18/tree/v1": "hf-hub:timm/resnet18@v1",
    "https://huggingface.co/timm/resnet18/resolve/main/a/b.bin": "hf-hub:timm/resnet18:a/b.bin",
    "https://huggingface.co/timm/resnet18/blob/v1/a.bin?download=true": "hf-hub:timm/resnet18@v1:a.bin",
}
"""What others write -> what the help says to write."""


def malformed(reference: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Message, notes and helps of the fault."""
    with pytest.raises(EnvironmentFault) as caught:
        parse(reference)
    (fault,) = caught.value.diagnostics
    assert fault.code == "RD516"
    return fault.message, fault.notes, fault.helps


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_stands_for_a_file_of_a_repository_or_an_address(reference: str) -> None:
    """A name in the cache always has digits of the hash, as torch.hub's convention wants it."""
    assert is_reference(reference)
    assert parse(reference) == REFERENCES[reference]


@pytest.mark.parametrize("reference", MALFORMED)
def test_a_malformed_reference_is_one_and_its_fault_says_what_to_write(reference: str) -> None:
    """It is not mistaken for a path, and there is always a help."""
    message, _, helps = malformed(reference)
    assert is_reference(reference)
    assert MALFORMED[reference] in message
    assert helps


@pytest.mark.parametrize("reference", TRANSLATIONS)
def test_what_others_write_is_answered_with_what_to_write_here(reference: str) -> None:
    """The first reference of the help is right, and can be followed."""
    _, _, helps = malformed(reference)
    found = re.search("`([^`]+)`", helps[0])
    assert found is not None
    assert found[1] == TRANSLATIONS[reference]
    parse(found[1])


def test_an_address_without_a_hash_is_refused_with_the_reason_and_the_way_to_write_it() -> None:
    """The names of files alone would mix up two addresses in the cache."""
    message, notes, helps = malformed("https://h.org/model.pth")
    assert message == "weights are not fetched from `https://h.org/model.pth` without their hash: it has no hash"
    assert "any two addresses that end in `model.pth` would share their weights" in notes[0]
    assert helps[0].endswith("`https://h.org/model.pth#sha256=…`")


def test_a_wrong_name_of_torchvision_is_answered_with_those_that_exist() -> None:
    """The values of that network if it is known, and else all networks."""
    _, _, helps = malformed("torchvision:ResNet50_Weights.IMAGENET1K_V3")
    known = [f"`torchvision:ResNet50_Weights.{value}`" for value in ("IMAGENET1K_V1", "IMAGENET1K_V2", "DEFAULT")]
    assert helps == (f"write {', '.join(known)}",)
    _, notes, _ = malformed("torchvision:alexnet")
    assert notes[0].count("_Weights`") == len({name.partition(".")[0] for name in names()})


@pytest.mark.parametrize(
    "path", ["resnet50.pth", "./hf-hub", "C:\\w.pth", "C:/w.pth", "git:HEAD:w.pth", "a/b", "", "-"]
)
def test_a_path_is_no_reference(path: str) -> None:
    """Nor is a drive of Windows, or a file at a revision."""
    assert not is_reference(path)


def test_a_path_that_exists_is_a_path_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if it looks like a reference; a broken link is there as well."""
    monkeypatch.chdir(tmp_path)
    assert is_reference("torchvision:x")
    Path("torchvision:x").write_bytes(b"")
    assert not is_reference("torchvision:x")
    Path("hf-hub:x").symlink_to("nowhere")
    assert not is_reference("hf-hub:x")


def test_every_name_of_torchvision_is_a_reference_with_the_hash_in_its_address() -> None:
    """The names are those that shells offer."""
    assert len(names()) == len({*names()}) == 27
    for name in names():
        found = parse(name)
        assert isinstance(found, Address)
        assert f"-{found.digest}.pth" in found.url


@pytest.mark.parametrize(
    ("reference", "package"),
    [("hf-hub:timm/resnet18", "huggingface_hub"), ("torchvision:ResNet18_Weights.DEFAULT", "torch")],
)
def test_the_package_that_would_fetch_it_is_named_where_it_is_missing(
    reference: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that installs it."""
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentFault) as caught:
        fetch(reference)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.helps) == ("RD512", (f"run `pip install {package}`",))


_WORDS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._]?[A-Za-z0-9]){0,12}", fullmatch=True)


@given(
    repository=st.tuples(_WORDS, _WORDS).map("/".join),
    revision=st.one_of(st.just("main"), _WORDS, st.tuples(_WORDS, _WORDS).map("/".join)),
    file=st.none() | st.lists(_WORDS, min_size=1, max_size=3).map("/".join),
)
def test_a_reference_written_out_is_parsed_as_the_same(repository: str, revision: str, file: str | None) -> None:
    """Helps contain references written out."""
    if not repository.endswith(".git"):
        assert parse(str(HubFile(repository, revision, file))) == HubFile(repository, revision, file)


@given(
    st.sampled_from(["hf-hub:", "torchvision:", "https://", "http://h.org/", "hf://", "timm:", "x://", "hf:"]),
    st.text(st.characters() | st.sampled_from("/@:#.-ab01?[]%"), max_size=40),
)
def test_any_text_is_a_reference_or_gets_a_fault_with_a_help(scheme: str, rest: str) -> None:
    """And what is parsed stays in the cache: a name in it is a single one, a file of a repository is inside it."""
    try:
        found = parse(scheme + rest)
    except EnvironmentFault as error:
        (fault,) = error.diagnostics
        assert (fault.code, bool(fault.helps)) == ("RD516", True)
        return
    inside = found.name if isinstance(found, Address) else found.file or "model"
    assert Path("/cache", inside).resolve().is_relative_to("/cache")
    assert isinstance(found, HubFile) or "/" not in inside
