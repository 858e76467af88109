"""The bundled specs agree with the papers and libraries that they cite."""

import json
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.document.bundled import FAMILIES, bundled_specs, families
from resnet_dsl.language.spec import Expect, Spec

from .helpers import load, loads, lower

NAMES = tuple(bundled_specs())
PAPERS = families()["."]
"""The networks of the papers and of torchvision, at the top of `specs`."""

TIMM = tuple(name for name in NAMES if name not in PAPERS)
"""timm's variants of them, in one folder per family."""

TEXTS = {name: path.read_text(encoding="utf-8") for name, path in bundled_specs().items()}
PARENTS = {name: found[1] for name, text in TEXTS.items() if (found := re.search(r"^extends: (\S+)$", text, re.M))}

RECORDED = json.loads((Path(__file__).parent / "data" / "peers.json").read_text(encoding="utf-8"))
TORCHVISION = {
    key.removeprefix("torchvision:"): facts["parameters"]
    for key, facts in RECORDED.items()
    if key.startswith("torchvision:") and "?" not in key
}
"""Parameter counts of torchvision's networks."""

TORCHVISION_GFLOPS = {
    "resnet18": 1.814,
    "resnet34": 3.664,
    "resnet50": 4.089,
    "resnet101": 7.801,
    "resnet152": 11.514,
    "resnext50_32x4d": 4.23,
    "resnext101_32x8d": 16.414,
    "resnext101_64x4d": 15.46,
    "wide_resnet50_2": 11.398,
    "wide_resnet101_2": 22.753,
}
"""What torchvision publishes with its weights, in 10⁹ multiply-accumulates."""

CIFAR = {"resnet20": 0.27, "resnet32": 0.46, "resnet44": 0.66, "resnet56": 0.85, "resnet110": 1.7, "resnet1202": 19.4}
"""Millions of parameters in Table 6 of He et al. (2015)."""

CHANGES = {
    "resnet34": ("resnet18", "stages.depths=[3, 4, 6, 3]"),
    "resnet101": ("resnet50", "stages.depths=[3, 4, 23, 3]"),
    "resnet152": ("resnet50", "stages.depths=[3, 8, 36, 3]"),
    "resnet50_v1": ("resnet50", "block.stride_in=1x1"),
    "resnet101_v1": ("resnet101", "block.stride_in=1x1"),
    "resnet152_v1": ("resnet152", "block.stride_in=1x1"),
    "resnext50_32x4d": ("resnet50", "block.groups=32", "block.width_per_group=4"),
    "resnext101_32x8d": ("resnet101", "block.groups=32", "block.width_per_group=8"),
    "resnext101_64x4d": ("resnet101", "block.groups=64", "block.width_per_group=4"),
    "wide_resnet50_2": ("resnet50", "block.width_per_group=128"),
    "wide_resnet101_2": ("resnet101", "block.width_per_group=128"),
    "resnet32": ("resnet20", "stages.depths=[5, 5, 5]"),
    "resnet44": ("resnet20", "stages.depths=[7, 7, 7]"),
    "resnet56": ("resnet20", "stages.depths=[9, 9, 9]"),
    "resnet110": ("resnet20", "stages.depths=[18, 18, 18]"),
    "resnet1202": ("resnet20", "stages.depths=[200, 200, 200]"),
    "plain18": ("resnet18", "shortcut.type=none"),
    "plain34": ("resnet34", "shortcut.type=none"),
    "plain20": ("resnet20", "shortcut.type=none"),
    "plain56": ("resnet56", "shortcut.type=none"),
    "resnet50d": ("resnet50c", "shortcut.pool=avg"),
    "seresnext101d_32x8d": (
        "resnext50d_32x4d",
        "stages.depths=[3, 4, 23, 3]",
        "block.width_per_group=8",
        "attention=se",
    ),
    "seresnetaa50d": ("resnet50d", "attention=se", "antialias=avg"),
    "ecaresnet269d": ("seresnet269d", "attention=eca"),
    "resnetrs50": ("resnet50d", "stem.pool=conv", "attention={type: se, ratio: 0.25}", "input.size=160"),
}
"""Network -> another network, and every difference between the two."""

OPTION_A = "shortcut.type=padding"
"""The shortcuts in the paper's first comparison: subsampling, with zeros for the new channels."""


@cache
def graph(name: str, *overrides: str) -> Graph:
    return lower(load(name, overrides=overrides))


def network(spec: Spec) -> Spec:
    """The spec without its name, prose and expectations."""
    return replace(spec, name="network", description=None, reference=None, expect=Expect())


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_spec_meets_its_expectations(name: str) -> None:
    """It loads, lowers, and states all four expectations, which match the network."""
    expect = load(name).expect
    found = graph(name)
    assert (expect.params, expect.macs, expect.depth, expect.output) == (
        found.parameters,
        found.macs,
        found.depth,
        found.output_shape,
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_spec_describes_itself(name: str) -> None:
    """It is named after its file, has a one-line description, and cites a paper by arXiv number."""
    spec = load(name)
    assert spec.name == name
    assert spec.description is not None
    assert "\n" not in spec.description
    assert re.search(r"\b20\d\d\. arXiv:\d{4}\.\d{5}\b", spec.reference or "")


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_spec_is_short_and_names_the_schema_on_its_first_line(name: str) -> None:
    """It has fewer than 31 lines, and its relative path to the schema is right in the source tree."""
    first, *others = TEXTS[name].splitlines()
    sources = Path(__file__).parent.parent
    folder = next((sources / "specs").rglob(f"{name}.yaml")).parent
    assert first.startswith("# yaml-language-server: $schema=")
    schema = (folder / first.partition("$schema=")[2]).resolve()
    assert schema == (sources / "resnet_dsl" / "language" / "spec.schema.json").resolve()
    assert schema.is_file()
    assert len(others) < 30


def test_bundled_names_are_unique() -> None:
    """No two folders have a spec of the same name, because `extends` and commands use the bare name."""
    files = list((Path(__file__).parent.parent / "specs").rglob("*.yaml"))
    assert len(files) == len(NAMES) == len({path.stem.casefold() for path in files})


def test_every_family_has_a_title_and_specs() -> None:
    """Every folder has a title, none is empty, and every spec is in one of them."""
    assert list(families()) == list(FAMILIES)
    assert all(families().values())
    assert sorted(name for names in families().values() for name in names) == sorted(NAMES)


@pytest.mark.parametrize("name", TIMM)
def test_a_timm_variant_cites_timm_and_extends_a_network(name: str) -> None:
    """It states only how it differs from its parent, and cites timm's function of the same name."""
    assert (load(name).reference or "").endswith(f" timm.models.{name}")
    assert name in PARENTS


@pytest.mark.parametrize("name", PAPERS)
def test_the_depth_is_the_number_in_the_name(name: str) -> None:
    """ResNet-50 is 50 layers deep: the first number in the name counts stem, block convolutions and classifier.

    timm's names count a stem of three convolutions as one, so its resnet50d is 52 layers deep.
    """
    number = re.search(r"\d+", name)
    assert number is not None
    assert int(number[0]) == graph(name).depth


@pytest.mark.parametrize("name", sorted(PARENTS))
def test_a_child_needs_its_parent(name: str) -> None:
    """Without its parent, a spec is invalid or a different network: it does not repeat what it inherits."""
    orphan = re.sub(r"^extends: .*$", "", TEXTS[name], count=1, flags=re.M)
    assert PARENTS[name] in NAMES
    try:
        alone = loads(orphan)
    except SpecError:
        return
    assert network(alone) != network(load(name))


@pytest.mark.parametrize("name", CHANGES)
def test_a_variant_is_another_network_with_the_stated_changes(name: str) -> None:
    """Overriding the other network with the same changes gives the variant."""
    other, *changes = CHANGES[name]
    assert name in PARENTS
    assert network(load(other, overrides=changes)) == network(load(name))


@pytest.mark.parametrize(
    ("name", "block", "depths"), [("resnet18", "basic", [2, 2, 2, 2]), ("resnet50", "bottleneck", [3, 4, 6, 3])]
)
def test_the_imagenet_roots_spell_out_the_defaults(name: str, block: str, depths: list[int]) -> None:
    """resnet18 and resnet50 spell out the defaults, so the shortest specs give the same networks."""
    shortest = load({"name": name, "block": {"type": block}, "stages": {"depths": depths}})
    assert name not in PARENTS
    assert network(shortest) == network(load(name))


@pytest.mark.parametrize("name", TORCHVISION)
def test_parameters_match_torchvision(name: str) -> None:
    """Each of torchvision's networks is bundled under its name, cites it, and has as many parameters."""
    assert (load(name).reference or "").endswith(f"torchvision.models.{name}")
    assert TORCHVISION[name] == graph(name).parameters


@pytest.mark.parametrize("name", TORCHVISION)
def test_multiply_accumulates_match_torchvision(name: str) -> None:
    """The counts agree in every digit that torchvision publishes."""
    assert TORCHVISION_GFLOPS[name] == round(graph(name).macs / 1e9, 3)


@pytest.mark.parametrize("name", CIFAR)
def test_parameters_of_the_cifar_networks_match_the_paper(name: str) -> None:
    """They round to Table 6 of He et al. (2015), which has two decimals below a million, and one above."""
    millions = CIFAR[name]
    assert millions == round(graph(name).parameters / 1e6, 2 if millions < 1 else 1)


@pytest.mark.parametrize(("name", "billions"), [("resnet50", 4.1), ("resnext50_32x4d", 4.2)])
def test_multiply_adds_match_the_resnext_paper(name: str, billions: float) -> None:
    """They round to Table 1 of Xie et al. (2016), whose ResNet-50 also strides in its 3×3 convolutions."""
    assert billions == round(graph(name).macs / 1e9, 1)


@pytest.mark.parametrize(
    ("name", "millions"), [("resnet50", 25.6), ("resnet101", 44.5), ("resnet152", 60.2), ("wide_resnet50_2", 68.9)]
)
def test_parameters_match_the_wide_resnet_paper(name: str, millions: float) -> None:
    """They round to Table 8 of Zagoruyko & Komodakis (2016)."""
    assert millions == round(graph(name).parameters / 1e6, 1)


@pytest.mark.parametrize(
    ("billions", "name", "overrides"),
    [
        (1.8, "plain18", ()),
        (1.8, "resnet18", ()),
        (1.8, "resnet18", (OPTION_A,)),
        (3.6, "plain34", ()),
        (3.6, "resnet34", (OPTION_A,)),
        (7.6, "resnet101_v1", ()),
        (11.3, "resnet152_v1", ()),
    ],
)
def test_multiply_adds_match_the_resnet_paper(billions: float, name: str, overrides: tuple[str, ...]) -> None:
    """They round to Table 1 of He et al. (2015), for the networks that the authors trained."""
    assert billions == round(graph(name, *overrides).macs / 1e9, 1)


@pytest.mark.parametrize(
    ("billions", "name", "macs"), [(3.6, "resnet34", 3_663_761_408), (3.8, "resnet50_v1", 3_857_973_248)]
)
def test_two_counts_round_to_more_than_table_1_prints(billions: float, name: str, macs: int) -> None:
    """The paper counts ResNet-34 with option A shortcuts, and truncates ResNet-50's count instead of rounding it."""
    assert macs == graph(name).macs
    assert billions == math.floor(macs / 1e8) / 10
    assert billions != round(macs / 1e9, 1)


@pytest.mark.parametrize(
    ("plain", "residual", "overrides"),
    [
        ("plain18", "resnet18", (OPTION_A,)),
        ("plain34", "resnet34", (OPTION_A,)),
        ("plain20", "resnet20", ()),
        ("plain56", "resnet56", ()),
    ],
)
def test_shortcuts_of_option_a_are_free(plain: str, residual: str, overrides: tuple[str, ...]) -> None:
    """They add no parameters or multiply-accumulates to the plain network (He et al. 2015, Sec. 3.2 and 4.2)."""
    expected, found = graph(plain), graph(residual, *overrides)
    assert (expected.parameters, expected.macs) == (found.parameters, found.macs)
