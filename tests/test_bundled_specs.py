"""The bundled specs agree with the papers and libraries that they cite."""

import json
import math
import re
from functools import cache
from pathlib import Path

import pytest

from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import Conv2d
from resnet_dsl.language.document.bundled import FAMILIES, bundled_specs, families

from .helpers import load, lower
from .test_bundled_families import PARENTS, TEXTS

NAMES = tuple(bundled_specs())
PAPERS = families()["."]
"""The networks of the papers and of torchvision, at the top of `specs`."""

REPOSITORIES = families()["cifar"]
"""Networks for CIFAR whose authors published a repository and no library."""

LIBRARY = tuple(name for name in NAMES if name not in PAPERS + REPOSITORIES)
"""The networks of timm and torchvision that are no ResNet, ResNeXt or wide ResNet of a paper, one folder per family."""

ROOTS = ("gernet_l", "regnetx_002")
"""Those of them that change no other network."""

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

REGNETS = {
    "regnet_y_400mf": (4_344_144, 0.402),
    "regnet_y_800mf": (6_432_512, 0.834),
    "regnet_y_1_6gf": (11_202_430, 1.612),
    "regnet_y_3_2gf": (19_436_338, 3.176),
    "regnet_y_8gf": (39_381_472, 8.473),
    "regnet_y_16gf": (83_590_140, 15.912),
    "regnet_y_32gf": (145_046_770, 32.28),
    "regnet_y_128gf": (644_812_894, 127.518),
    "regnet_x_400mf": (5_495_976, 0.414),
    "regnet_x_800mf": (7_259_656, 0.8),
    "regnet_x_1_6gf": (9_190_136, 1.603),
    "regnet_x_3_2gf": (15_296_552, 3.177),
    "regnet_x_8gf": (39_572_648, 7.995),
    "regnet_x_16gf": (54_278_536, 15.941),
    "regnet_x_32gf": (107_811_560, 31.736),
}
"""Parameters and 10⁹ multiply-accumulates that torchvision publishes with its weights of RegNets."""

PYCLS = {
    "regnetx_002": (2.7, 0.2),
    "regnetx_004": (5.2, 0.4),
    "regnetx_006": (6.2, 0.6),
    "regnetx_008": (7.3, 0.8),
    "regnetx_016": (9.2, 1.6),
    "regnetx_032": (15.3, 3.2),
    "regnetx_040": (22.1, 4.0),
    "regnetx_064": (26.2, 6.5),
    "regnetx_080": (39.6, 8.0),
    "regnetx_120": (46.1, 12.1),
    "regnetx_160": (54.3, 15.9),
    "regnetx_320": (107.8, 31.7),
    "regnety_002": (3.2, 0.2),
    "regnety_004": (4.3, 0.4),
    "regnety_006": (6.1, 0.6),
    "regnety_008": (6.3, 0.8),
    "regnety_016": (11.2, 1.6),
    "regnety_032": (19.4, 3.2),
    "regnety_040": (20.6, 4.0),
    "regnety_064": (30.6, 6.4),
    "regnety_080": (39.2, 8.0),
    "regnety_120": (51.8, 12.1),
    "regnety_160": (83.6, 15.9),
    "regnety_320": (145.0, 32.3),
}
"""10⁶ parameters and 10⁹ multiply-adds in the model zoo of pycls, the code of Radosavovic et al. (2020)."""

RES2NETS = {
    "res2net50_48w_2s": (25.29, 4.2),
    "res2net50_14w_8s": (25.06, 4.2),
    "res2net50_26w_6s": (37.05, 6.3),
    "res2net50_26w_8s": (48.40, 8.3),
    "res2net101_26w_4s": (45.21, 8.1),
    "res2next50": (24.67, 4.2),
}
"""The same in the README of Res2Net-PretrainedModels, but for res2net50_26w_4s, whose 4.26 it gives as 4.2."""

MILLIONS = {
    "wide_resnet40_2": 2.2,
    "wide_resnet28_10": 36.5,
    "wide_resnet16_8": 11.0,
    "skresnext50_32x4d": 27.5,
    "resnest50d": 27.5,
    "resnest101e": 48.3,
    "resnest50d_4s2x40d": 30.4,
    "resnest50d_1s4x24d": 25.7,
}
"""10⁶ parameters in Table 4 of Zagoruyko & Komodakis (2016), Table 2 of Li et al. (2019), and Table 3 and the ablation
study of Zhang et al. (2020)."""

CIFAR = {"resnet20": 0.27, "resnet32": 0.46, "resnet44": 0.66, "resnet56": 0.85, "resnet110": 1.7, "resnet1202": 19.4}
"""Millions of parameters in Table 6 of He et al. (2015)."""

WIDE = tuple(name for name in REPOSITORIES if name.startswith("wide_resnet"))
"""The networks of Zagoruyko & Komodakis (2016) for CIFAR."""

OPTION_A = "shortcut.type=padding"
"""The shortcuts in the paper's first comparison: subsampling, with zeros for the new channels."""


@cache
def graph(name: str, *overrides: str) -> Graph:
    return lower(load(name, overrides=overrides))


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


@pytest.mark.parametrize("name", LIBRARY)
def test_a_librarys_variant_cites_the_library_and_extends_a_network(name: str) -> None:
    """It states only how it differs from its parent, and cites the library's function of the same name."""
    library = "torchvision" if name in families()["regnet_torchvision"] else "timm"
    assert (load(name).reference or "").endswith(f" {library}.models.{name}")
    assert (name in PARENTS) is (name not in ROOTS)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_network_of_a_repository_cites_it_and_extends_a_network(name: str) -> None:
    """It states only how it differs, and begins with the name of the repository's owner, but for those of a paper."""
    assert re.search(r"\d\. https://github\.com/[\w-]+/[\w-]+$", load(name).reference or "")
    assert f"/{name.partition('_')[0]}/" in (load(name).reference or "") or name.startswith("wide_resnet")
    assert name in PARENTS


@pytest.mark.parametrize("name", [name for name in PAPERS + REPOSITORIES if name not in WIDE])
def test_the_depth_is_the_number_in_the_name(name: str) -> None:
    """ResNet-50 is 50 layers deep: the first number in the name counts stem, block convolutions and classifier.

    timm's names count a stem of three convolutions as one, so its resnet50d is 52 layers deep.
    """
    number = re.search(r"\d+", name)
    assert number is not None
    assert int(number[0]) == graph(name).depth


@pytest.mark.parametrize("name", WIDE)
def test_a_wide_resnet_for_cifar_counts_all_convolutions_in_its_name(name: str) -> None:
    """WRN-28-10 has 28 convolutions with its three projections; its depth counts the classifier instead of these."""
    number = re.search(r"\d+", name)
    assert number is not None
    assert int(number[0]) == sum(isinstance(node.op, Conv2d) for node in graph(name).nodes)
    assert int(number[0]) == graph(name).depth + 3 - 1


@pytest.mark.parametrize("name", TORCHVISION)
def test_parameters_match_torchvision(name: str) -> None:
    """Each of torchvision's networks is bundled under its name, cites it, and has as many parameters."""
    assert (load(name).reference or "").endswith(f"torchvision.models.{name}")
    assert TORCHVISION[name] == graph(name).parameters


@pytest.mark.parametrize("name", TORCHVISION)
def test_multiply_accumulates_match_torchvision(name: str) -> None:
    """The counts agree in every digit that torchvision publishes."""
    assert TORCHVISION_GFLOPS[name] == round(graph(name).macs / 1e9, 3)


@pytest.mark.parametrize(("name", "parameters", "billions"), [(name, *figures) for name, figures in REGNETS.items()])
def test_regnets_have_torchvisions_figures(name: str, parameters: int, billions: float) -> None:
    """As many parameters as torchvision publishes, and multiply-accumulates in every digit."""
    assert parameters == graph(name).parameters
    assert billions == round(graph(name).macs / 1e9, 3)


@pytest.mark.parametrize(
    ("name", "millions", "billions"), [(name, *figures) for name, figures in (PYCLS | RES2NETS).items()]
)
def test_figures_match_the_authors_tables(name: str, millions: float, billions: float) -> None:
    """Parameters and multiply-accumulates round to what the papers' authors publish with their weights."""
    digits = 1 if name in PYCLS else 2
    assert millions == round(graph(name).parameters / 1e6, digits)
    assert billions == round(graph(name).macs / 1e9, 1)


@pytest.mark.parametrize("name", MILLIONS)
def test_parameters_match_the_papers(name: str) -> None:
    """They round to the papers' tables."""
    assert MILLIONS[name] == round(graph(name).parameters / 1e6, 1)


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
