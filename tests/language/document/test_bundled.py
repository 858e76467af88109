"""The bundled specs: their location, names and order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_dsl.language.document import bundled
from resnet_dsl.language.document.bundled import FAMILIES, bundled_like, bundled_specs, families, suggestions


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
    """Numbers sort by value, digits before letters, a prefix before a longer name, and millions before billions."""
    first = ["anet2x9", "anet2x10", "net", "net_400mf", "net_1_6gf"]
    expected = [*first, "net01", "net9", "net18", "net18_2", "net18b", "net101"]
    write(package / "specs", *(f"{name}.yaml" for name in sorted(expected)))
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


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("resnet-50", "resnet50"),
        ("ResNet50", "resnet50"),
        ("resnet_50", "resnet50"),
        ("resent50", "resnet50"),
        ("se_resnet50", "seresnet50"),
        ("se-resnet-50", "seresnet50"),
        ("wideresnet50_2", "wide_resnet50_2"),
        ("resnext-101-64x4d", "resnext101_64x4d"),
    ],
)
def test_letters_and_separators_may_be_misspelt(name: str, suggestion: str) -> None:
    """A name with the same numbers stands for the bundled one."""
    assert suggestions(name) == (f"a bundled spec with a similar name exists: `{suggestion}`",)


@pytest.mark.parametrize("name", ["resnet51", "resnet77", "resnet5", "resnet-51", "resnext50_32x8d", "plain19"])
def test_numbers_are_not_misspelt(name: str) -> None:
    """A network of another depth or width is never suggested for one that is not there."""
    assert not any("similar" in help_ for help_ in suggestions(name))


@pytest.mark.parametrize(
    ("name", "bundled"),
    [
        ("wide_resnet50", "wide_resnet50_2"),
        ("ResNeXt50", "resnext50_32x4d"),
        ("R-101-FPN", "resnet101"),
        ("ResNet50_vd", "resnet50d"),
        ("resnetv1d101", "resnet101d"),
        ("resnet_v1_50", "resnet50_v1"),
        ("resnet50_v1b", "resnet50"),
        ("timm/resnet50.a1_in1k", "resnet50"),
        ("microsoft/resnet-50", "resnet50"),
        ("torchvision.models.resnet50", "resnet50"),
        ("cifar_resnet20", "resnet20"),
        ("resnet50.yaml", "resnet50"),
        ("WRN-28-10", "wide_resnet28_10"),
        ("wrn50", "wide_resnet50_2"),
        ("PreActResNet18", "kuangliu_preactresnet18"),
        ("BiT-M-R152x4", "resnetv2_152x4_bit"),
        ("RN50x64", "resnet50x64_clip"),
        ("RegNetY-1.6GF", "regnet_y_1_6gf"),
        ("RegNetY-16GF", "regnet_y_16gf"),
        ("facebook/regnet-y-040", "regnety_040"),
        ("resnet50v2", None),
        ("vgg16", None),
        ("resnet51", None),
        ("", None),
    ],
)
def test_the_names_of_other_libraries_are_known(name: str, bundled: str | None) -> None:
    """What they add or leave out does not matter; another network is no spelling."""
    assert bundled_like(name) == bundled


@pytest.mark.parametrize("name", bundled_specs())
def test_a_bundled_name_means_itself(name: str) -> None:
    """In any case, with any separators."""
    assert bundled_like(name.upper().replace("_", "-")) == name


def test_the_beginning_of_a_name_leads_to_those_that_begin_like_it() -> None:
    """As many libraries leave out what follows the depth."""
    help_ = "the bundled specs whose names begin like this are {}"
    assert suggestions("resnext50d") == (help_.format("`resnext50d_32x4d`"),)
    several = "`resnext101_32x4d`, `resnext101_32x8d`, `resnext101_32x16d`, `resnext101_32x32d`"
    assert suggestions("ResNeXt101_32") == (help_.format(several),)
    assert suggestions("resnext") == ()


def test_another_depth_leads_to_those_that_exist() -> None:
    """In their order, which is by number."""
    assert suggestions("plain19") == ("the bundled specs of this form are `plain18`, `plain20`, `plain34`, `plain56`",)
    assert suggestions("Plain100") == suggestions("plain19")
    assert suggestions("vgg16") == ()
    assert suggestions("") == ()
