"""The bundled specs: their location, names and order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_dsl.language.document import bundled
from resnet_dsl.language.document.bundled import FAMILIES, bundled_specs, families


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package in a checkout at `project`."""
    package = tmp_path / "project" / "package"
    package.mkdir(parents=True)
    monkeypatch.setattr(bundled, "_PACKAGE", package)
    bundled_specs.cache_clear()
    yield package
    bundled_specs.cache_clear()


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def test_names_are_in_natural_order(package: Path) -> None:
    """Numbers sort by value, digits before letters, and a prefix before a longer name."""
    names = ["net101", "net18", "net18b", "net9", "net", "anet2x10", "anet2x9", "net18_2", "net01"]
    write(package / "specs", *(f"{name}.yaml" for name in names))
    expected = ["anet2x9", "anet2x10", "net", "net01", "net9", "net18", "net18_2", "net18b", "net101"]
    assert [*bundled_specs()] == expected


def test_specs_are_found_in_package_or_checkout(package: Path) -> None:
    """Specs are inside an installed package or next to it in a checkout; other files are ignored."""
    write(package.parent / "specs", "a.yaml", "deep/b.yaml", "c.yml", "README.md")
    assert bundled_specs() == {
        "a": package.parent / "specs" / "a.yaml",
        "b": package.parent / "specs" / "deep" / "b.yaml",
    }
    write(package / "specs", "c.yaml")
    bundled_specs.cache_clear()
    assert bundled_specs() == {"c": package / "specs" / "c.yaml"}


def test_families_are_the_folders(package: Path) -> None:
    """Families are in display order, including empty ones, with unknown folders last."""
    write(package / "specs", "b.yaml", "resnext/c10.yaml", "resnext/c9.yaml", "strange/d.yaml", "a.yaml")
    found = families()
    assert [*found] == [*FAMILIES, "strange"]
    assert {folder: names for folder, names in found.items() if names} == {
        ".": ("a", "b"),
        "resnext": ("c9", "c10"),
        "strange": ("d",),
    }
