"""Which of a repository's files holds its weights, and what an index of shards names."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.files.content import Content
from resnet_dsl.checkpoints.files.read import read_content
from resnet_dsl.checkpoints.files.shards import marked
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.hub.references import is_inside
from resnet_dsl.hub.weights_files import ENDINGS, INDEX, STANDARD, shards, weights_among
from resnet_dsl.language.document.weights import SUFFIXES, looks_like_weights

CHOSEN = {
    ("config.json", "model.safetensors", "pytorch_model.bin", "model.fp16.safetensors"): ("model.safetensors",),
    ("pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"): ("pytorch_model.bin",),
    ("pytorch_model.bin.index.json", "pytorch_model-00001-of-00001.bin"): ("pytorch_model.bin.index.json",),
    ("RN50.PTH", "optimizer.pt", "rng_state.pth", "training_args.bin", "x/mp_rank_00_states.pt"): ("RN50.PTH",),
    ("a/w.bin.index.json", "a/w-00001-of-00002.bin", "a/w-00002-of-00002.bin"): ("a/w.bin.index.json",),
    ("w-00001-of-00002.bin", "w-00002-of-00002.bin"): ("w-00001-of-00002.bin", "w-00002-of-00002.bin"),
    ("z.pth", "a.npz"): ("a.npz", "z.pth"),
    ("README.md", "config.json", "model.onnx"): (),
}


@pytest.mark.parametrize("names", CHOSEN)
def test_weights_are_chosen_as_timm_and_transformers_choose_them(names: tuple[str, ...]) -> None:
    """A standard name, else all that may be weights, without what trainers write and without parts of an index."""
    assert weights_among(names) == weights_among(reversed(names)) == CHOSEN[names]


@given(st.sets(st.sampled_from([*STANDARD, "other.pth", "deep/model.safetensors", "README.md"])))
def test_the_first_standard_name_is_chosen_whatever_else_there_is(names: set[str]) -> None:
    """Only names directly in the repository are standard ones."""
    expected = [name for name in STANDARD if name in names][:1]
    assert not expected or weights_among(names) == (expected[0],)


_NAMES = st.sampled_from(["a.safetensors", "b/c.bin", "../x", "/etc/passwd", "", ".", "a//b", "a\\b", "\n", 1, None])
_INDEXES = st.fixed_dictionaries({"weight_map": st.dictionaries(st.text(max_size=3), _NAMES, max_size=3) | _NAMES})
_ANYTHING = st.recursive(_NAMES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))


@given(st.binary() | (_INDEXES | _ANYTHING).map(lambda data: json.dumps(data).encode()))
def test_an_index_names_files_inside_the_repository_or_is_none(content: bytes) -> None:
    """Whatever a repository holds, there is no other error, and no way out of the cache."""
    with TemporaryDirectory() as folder:
        index = Path(folder, "index.json")
        index.write_bytes(content)
        found = shards(index)
    assert found is None or (found and all(map(is_inside, found)))


def test_an_index_nested_beyond_reason_is_none(tmp_path: Path) -> None:
    """It would exhaust the stack."""
    (tmp_path / "index.json").write_bytes(b"[" * 200_000)
    assert shards(tmp_path / "index.json") is None


@pytest.mark.parametrize("name", [*(f"w.pth{suffix}" for suffix in SUFFIXES), *(f"w{ending}" for ending in ENDINGS)])
def test_what_ends_like_weights_here_does_so_elsewhere(name: str) -> None:
    """Files on this machine and in repositories are known by the same endings, indexes aside."""
    assert weights_among([name]) == (name,)
    assert name.endswith(INDEX) or looks_like_weights(name, b"")


@pytest.mark.parametrize("name", ["w-00001-of-00002.safetensors", "a-b-2-of-3.bin", "w-00010-of-00010.bin"])
def test_a_shard_is_one_here_and_elsewhere(name: str) -> None:
    """It belongs to the same index, which is then preferred in a repository."""
    index = marked(Content({}), Path(name)).shard_of
    assert index is not None
    assert weights_among([name, index.name]) == (index.name,)


def test_an_index_names_the_same_shards_here_and_elsewhere(tmp_path: Path) -> None:
    """Those fetched are those that are read."""
    index = tmp_path / f"w.safetensors{INDEX}"
    index.write_text(
        json.dumps({"weight_map": {"a": "one.safetensors", "b": "two.safetensors", "c": "one.safetensors"}})
    )
    assert shards(index) == ("one.safetensors", "two.safetensors")
    with pytest.raises(EnvironmentFault, match=r"`one.safetensors` is missing and 1 more"):
        read_content(index)
