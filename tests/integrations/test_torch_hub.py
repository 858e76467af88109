"""`hubconf.py`: torch.hub loads networks from a checkout."""

from pathlib import Path
from typing import Any

import pytest

import resnet_dsl
from resnet_dsl.language.document.bundled import bundled_specs

CHECKOUT = str(Path(__file__).parents[2])


def test_torch_hub_loads_bundled_networks_and_specs(tmp_path: Path) -> None:
    """By name, or by `resnet_dsl` with any spec; other arguments are those of `build`."""
    path = tmp_path / "mine.yaml"
    path.write_text("{name: mine, extends: resnet20, head: {classes: 7}}")
    torch: Any = pytest.importorskip("torch")  # whose hub has no types
    named = torch.hub.load(CHECKOUT, "resnet20", source="local", overrides={"head.classes": 3}, seed=5)
    given = torch.hub.load(CHECKOUT, "resnet_dsl", source="local", spec=str(path), seed=5)
    expected = resnet_dsl.build(path, seed=5).state_dict()
    assert named.fc.out_features == 3
    assert all(torch.equal(value, expected[key]) for key, value in given.state_dict().items())


def test_every_bundled_network_has_an_entry_point() -> None:
    """And so torch.hub lists it."""
    from torch.hub import _import_module  # what torch.hub.list calls once it has fetched a repository

    entries = vars(_import_module("hubconf", str(Path(CHECKOUT, "hubconf.py"))))  # type: ignore[no-untyped-call]
    assert {name for name in entries if callable(entries[name]) and not name.startswith("_")} == {
        "resnet_dsl",
        *bundled_specs(),
    }
