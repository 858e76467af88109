"""The specs bundled with the tool, by name."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ...diagnostics.similar import did_you_mean

ENDINGS = (".yaml", ".yml", ".resnet.yaml", ".resnet.yml")
"""Endings of the names of specs."""
_PACKAGE = Path(__file__).parents[2]

FAMILIES: Mapping[str, str] = {
    ".": "torchvision and the papers of ResNet, ResNeXt and wide ResNet",
    "cifar": "For CIFAR: wide ResNet, and the networks of repositories that many copy from",
    "resnet": "ResNet with other depths, stems, shortcuts and norms",
    "resnetv2": "ResNetV2, with norm and activation before each convolution",
    "bit": "BiT, ResNetV2 with group norm and standardized convolutions",
    "resnext": "ResNeXt with other widths, stems and shortcuts",
    "seresnet": "ResNet with squeeze and excitation",
    "seresnext": "ResNeXt with squeeze and excitation",
    "legacy_senet": "The first SENets, as they came from Caffe",
    "ecaresnet": "ResNet and ResNeXt with efficient channel attention",
    "tiered": "ResNet and ResNeXt with a tiered stem, and attention after the 3×3 convolution",
    "antialiased": "Anti-aliased ResNet and ResNeXt, with a low-pass filter wherever they downsample",
    "clip": "The image towers of CLIP, with attention pooling or average pooling",
    "res2net": "Res2Net, with a hierarchy of 3×3 convolutions",
    "sknet": "SKNet, which selects among kernels",
    "resnest": "ResNeSt, with split attention",
    "resnetrs": "ResNet-RS",
    "gernet": "GENet, for fast inference on GPUs",
    "regnet": "RegNet, whose widths follow a rule",
    "regnet_torchvision": "RegNet in torchvision",
}
"""Folder of bundled specs -> description of its contents, in display order."""


@cache
def bundled_specs() -> dict[str, Path]:
    """Name -> file of every bundled spec, sorted by name; names are unique across folders.

    The files are inside the installed package, or in `specs/` next to it when running from a source checkout.
    """
    paths = _directory().rglob("*.yaml")
    return {path.stem: path for path in sorted(paths, key=lambda path: _natural(path.stem))}


def bundled_like(text: str) -> str | None:
    """The bundled spec that a name of another library or another spelling means: `ResNet-50`, `timm/resnet50.a1_in1k`.

    Sources: the names of torchvision, timm, detectron2 (`R-50`), PaddleClas (`ResNet50_vd`), GluonCV (`resnet50_v1d`),
    mmpretrain (`resnetv1d50`), TensorFlow (`resnet_v1_50`), Big Transfer (`BiT-M-R50x1`), CLIP (`RN50`) and kuangliu
    (`PreActResNet18`), and of the papers (`WRN-28-10`).
    """
    name = _ENDING.sub("", re.split(r"[/\\]|(?<=models)\.", text.strip())[-1])
    by_numbers = {_numbered(each): each for each in bundled_specs()}
    if (numbered := _numbered(name)) in by_numbers:  # `RegNetY-1.6GF` is not `RegNetY-16GF`
        return by_numbers[numbered]
    letters = re.sub(r"[^a-z0-9]", "", name.casefold())
    by_letters = {re.sub("[^a-z0-9]", "", each): each for each in bundled_specs()}
    if letters in by_letters:
        return by_letters[letters]
    for pattern, replacement in _SPELLINGS:
        letters = re.sub(pattern, replacement, letters)
    return by_letters.get(letters)


def _numbered(name: str) -> str:
    """The name without separators, but for those between numbers."""
    return re.sub(r"[^a-z0-9~]", "", re.sub(r"(?<=[0-9])[^a-z0-9]+(?=[0-9])", "~", name.casefold()))


_ENDING = re.compile(r"(?:\.resnet)?\.ya?ml$|\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*$|-(?:FPN|C4|C5|DC5)$", re.IGNORECASE)
"""Of a file, of timm's weights (`.a1_in1k`), or of detectron2's trunks."""
_SPELLINGS = (
    (r"^cifar|cifar(?:10|100)?$|(?:ssl|swsl|imagenet|in1k|tv)$", ""),
    (r"^r(?=[0-9])", "resnet"),
    (r"^resnetv1([bcd])([0-9]+)$", r"resnet\2v1\1"),
    (r"^resnetv1([0-9]+)$", r"resnet\1v1"),
    (r"(?<=[0-9])v1?([bcd])$", lambda match: match[1].strip("b")),
    (r"(?<=[0-9])v15$", ""),
    (r"^wrn(?=[0-9])", "wideresnet"),
    (r"^wideresnet(50|101)(?:2)?$", r"wideresnet\g<1>2"),
    (r"^preactresnet(?=[0-9])", "kuangliupreactresnet"),
    (r"^bit[ms]?r?([0-9]+x[0-9])$", r"resnetv2\g<1>bit"),
    (r"^rn([0-9]+(?:x[0-9]+)?)$", r"resnet\g<1>clip"),
    (r"^(se)?resnext50$", r"\1resnext5032x4d"),
    (r"^resnext101$", "resnext10132x8d"),
    (r"^seresnext101$", "seresnext10132x4d"),
)
"""What is replaced in a name without separators, in this order."""


def is_bundled(path: Path) -> bool:
    """Whether this is the file of a bundled spec, rather than a file of the same name elsewhere."""
    return bundled_specs().get(path.stem) == path


def families() -> dict[str, tuple[str, ...]]:
    """Folder -> the sorted names of the bundled specs in it."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(FAMILIES, ())
    for name, path in bundled_specs().items():
        folder = path.parent.relative_to(_directory()).as_posix()
        found[folder] = (*found.get(folder, ()), name)
    return found


def suggestions(name: str) -> tuple[str, ...]:
    """A help for whoever wrote a name that no bundled spec has, or no help."""
    if (other := bundled_like(name)) is not None and other != name:
        return (f"a bundled spec with a similar name exists: `{other}`",)
    longer = [each for each in bundled_specs() if _continues(each, name)]
    if helps := did_you_mean(name, longer or bundled_specs(), "bundled spec"):
        return helps
    if longer:
        return (f"the bundled specs whose names begin like this are {_listed(longer)}",)
    alike = [each for each in bundled_specs() if _form(each) == _form(name)]
    return (f"the bundled specs of this form are {_listed(alike)}",) if alike else ()


def _continues(longer: str, name: str) -> bool:
    """Whether the longer name begins with this one; `resnet50` does not begin with `resnet5`."""
    return bool(name) and longer.startswith(name.casefold()) and not longer[len(name) :][:1].isdigit()


def _form(name: str) -> str:
    """The name with a blank for each number."""
    return re.sub(r"[0-9]+", " ", name).casefold()


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _directory() -> Path:
    installed, sources = _PACKAGE / "specs", _PACKAGE.parent / "specs"
    return installed if installed.is_dir() else sources


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts resnet18 before resnet101, and RegNet's 800mf before 1_6gf."""
    name = re.sub(r"([0-9]+)mf", r"0_\g<1>gf", name)
    parts: list[tuple[int, str]] = []
    digits = ""
    for character in f"{name}\0":
        if character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, character))
    return tuple(parts)
