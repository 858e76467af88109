"""What has to be opened to add something: each patch in `tests/extensions` adds one thing to a copy of the package.

The number of files of a patch is the figure that `docs/architecture.md` states.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from .test_docs import ROOT, prose

EXTENSIONS = Path(__file__).parent / "extensions"
SPEC = '"name": "a", "input": {"size": 32}, "stages": {"depths": [1, 1], "widths": 8}'


class Extension(NamedTuple):
    """A patch, how many files it touches, and a program that uses what it adds."""

    files: int
    program: str
    output: str


ALL = {
    "key": Extension(
        4,
        f"""
        spec = resnet_dsl.load({{{SPEC}, "block": {{"type": "basic"}}, "head": {{"map_dropout": 0.5}}}})
        print(resnet_dsl.lower(spec)["map_dropout"].shape, resnet_dsl.build(spec).map_dropout)
        print(resnet_dsl.check({{"name": "a", "extends": "resnet18", "head": {{"map_dropout": 1}}}})[0].message)
        """,
        "(8, 4, 4) Dropout(p=0.5, inplace=False)\n`head.map_dropout` must be less than 1, found the number `1`\n",
    ),
    "operation": Extension(
        6,
        """
        from dataclasses import replace
        from resnet_dsl.backends.pytorch.build import build_module
        from resnet_dsl.graph.builder import Builder, Place
        from resnet_dsl.graph.ops import Softmax2d
        graph = resnet_dsl.lower("resnet20")
        builder = Builder()
        softmax = builder.add("softmax", Softmax2d(), graph.stem[-1], place=Place("the stem", None, lambda _: ()))
        graph = replace(graph, nodes=(graph.nodes[0], *graph.stem, softmax), blocks=(), outputs=("softmax",))
        print(build_module(graph).softmax, "softmax" in resnet_dsl.draw(graph, detail="layer").dot)
        """,
        "Softmax2d() True\n",
    ),
    "block": Extension(
        3,
        f"""
        spec = resnet_dsl.load({{{SPEC}, "block": {{"type": "plain"}}}})
        graph = resnet_dsl.lower(spec)
        print(graph.depth, [(block.kind, block.shortcut.kind) for block in graph.blocks])
        print(type(resnet_dsl.build(spec).layer1[0]).__name__, "1×1 conv" in resnet_dsl.draw(graph, detail="block").dot)
        print(resnet_dsl.check({{{SPEC}, "block": {{"type": "plain", "groups": 2}}}})[0].labels[0].text)
        """,
        "4 [('PlainBlock', 'projection'), ('PlainBlock', 'projection')]\nPlainBlock True\n"
        "a plain block has no grouped convolution\n",
    ),
    "attention": Extension(
        3,
        f"""
        spec = resnet_dsl.load({{{SPEC}, "block": {{"type": "basic"}}, "attention": "dense"}})
        graph = resnet_dsl.lower(spec)
        print(graph.blocks[0].attention, type(resnet_dsl.build(spec).layer1[0].se).__name__)
        from resnet_dsl.decompiler import decompile
        print("attention: dense" in decompile(graph.state, "w.pt"))
        """,
        "dense attention DenseAttention\nTrue\n",
    ),
    "conv3x3": Extension(
        3,
        f"""
        block = {{"type": ["basic", "bottleneck"], "conv3x3": "separable"}}
        spec = resnet_dsl.load({{{SPEC}, "block": block, "antialias": "blur"}})
        graph, module = resnet_dsl.lower(spec), resnet_dsl.build(spec)
        print(graph.blocks[1].conv3x3, type(module.layer1[0].conv1).__name__, type(module.layer2[0].conv2).__name__)
        print("separable" in resnet_dsl.draw(graph, detail="block").dot)
        block = {{"type": "bottleneck", "conv3x3": "separable", "groups": 2}}
        print(resnet_dsl.check({{{SPEC}, "block": block}})[0].labels[0].text)
        """,
        "separable SeparableConv2d SeparableConv2d\nTrue\nevery channel is a group\n",
    ),
    "dialect": Extension(
        1,
        """
        from resnet_dsl.checkpoints.dialects import DIALECTS, ranked
        state = resnet_dsl.lower("resnet18").state
        (tensorpack,) = (each for each in DIALECTS if each.name == "tensorpack")
        names = tensorpack.write(state)
        print(names["layer4.0.downsample.1.running_mean"], ranked(names.values())[0].name)
        print(tensorpack.to_theirs("fc.weight", (1000, 512)).shape)
        """,
        "group3/block0/convshortcut/bn/mean/EMA tensorpack\n(512, 1000)\n",
    ),
    "exporter": Extension(
        2,
        """
        print(resnet_dsl.summary("resnet20", "markdown").splitlines()[2])
        from resnet_dsl.cli import cli
        cli(["summary", "resnet20", "--format", "markdown"], standalone_mode=False)
        """,
        "| conv1 | Conv2d | 16×32×32 | 432 | 442,368 |\n| path | kind | output shape | parameters | MACs |\n…",
    ),
}


def touched(name: str) -> list[str]:
    """The files of the package that a patch changes or makes."""
    return re.findall(r"^\+\+\+ b/resnet_dsl/(.+)$", (EXTENSIONS / f"{name}.patch").read_text("utf-8"), re.MULTILINE)


def test_every_patch_is_tried() -> None:
    """And nothing is tried that has no patch."""
    assert sorted(ALL) == sorted(path.stem for path in EXTENSIONS.glob("*.patch"))


@pytest.mark.parametrize("name", ALL)
def test_the_number_of_files_is_the_one_that_the_page_states(name: str) -> None:
    """`docs/architecture.md` has a table of them."""
    table = prose(ROOT / "docs" / "architecture.md")
    stated = re.search(rf"^\| \[?[^|]*\| `tests/extensions/{name}.patch` \| (\d) \|", table, re.MULTILINE)
    assert stated is not None
    assert len(touched(name)) == ALL[name].files == int(stated[1])


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the patches")
@pytest.mark.parametrize("name", ALL)
def test_what_a_patch_adds_works(name: str, tmp_path: Path) -> None:
    """In a copy of the package, with nothing else changed."""
    for folder in ("resnet_dsl", "specs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "apply", str(EXTENSIONS / f"{name}.patch")], cwd=tmp_path, check=True)
    lines = [line.removeprefix(" " * 8) for line in ALL[name].program.strip("\n").splitlines()]
    result = subprocess.run(
        [sys.executable, "-c", "\n".join(["import resnet_dsl", *lines])],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    expected, more, _ = ALL[name].output.partition("…")
    assert result.stdout.startswith(expected) if more else result.stdout == expected
