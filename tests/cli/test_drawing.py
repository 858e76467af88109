"""draw: the files that it writes, and what it refuses in advance."""

import io
import sys
from pathlib import Path
from typing import get_args

import click
import pytest

import resnet_dsl
from resnet_dsl.backends.drawing.drawing import Detail
from resnet_dsl.backends.drawing.formats import Format
from resnet_dsl.backends.drawing.page import PAGES
from resnet_dsl.backends.drawing.sheet import Layout
from resnet_dsl.cli.drawing import draw
from tests.cli.conftest import CommandLine


def files() -> list[str]:
    return sorted(path.name for path in Path().iterdir() if path.suffix != ".yaml")


def test_draw_writes_the_format_of_the_extension(resnet_dsl_command: CommandLine, small: str) -> None:
    """NAME.svg by default; SVG, PNG, DOT and Mermaid."""
    assert resnet_dsl_command("draw", small).out == "wrote small.svg\n"
    assert "<svg" in Path("small.svg").read_text()
    assert resnet_dsl_command("draw", small, "-o", "a.png", "--detail", "layer").status == 0
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert resnet_dsl_command("draw", small, "-o", "a.dot", "--detail", "block").status == 0
    assert Path("a.dot").read_text() == resnet_dsl.draw(small, detail="block").dot
    assert resnet_dsl_command("draw", small, "-o", "a.mmd").status == 0
    assert Path("a.mmd").read_text() == resnet_dsl.draw(small).mermaid()


def test_a_format_may_be_named(resnet_dsl_command: CommandLine, small: str) -> None:
    """Then the default file has its extension, and any other file takes it whatever its name."""
    assert resnet_dsl_command("draw", small, "--format", "mermaid").out == "wrote small.mmd\n"
    assert resnet_dsl_command("draw", small, "--format", "dot", "-o", "picture.txt").status == 0
    assert Path("picture.txt").read_text() == resnet_dsl.draw(small).dot


def test_draw_writes_a_page(resnet_dsl_command: CommandLine, small: str) -> None:
    """The text that Python gets, also to standard output; its file has the name of the network and the extension."""
    assert resnet_dsl_command("draw", small, "--format", "html").out == "wrote small.html\n"
    assert Path("small.html").read_text("utf-8") == resnet_dsl.page(small)
    assert resnet_dsl_command("draw", small, "-o", "a.htm", "--set", "head.classes=7").status == 0
    assert Path("a.htm").read_text("utf-8") == resnet_dsl.page(small, overrides={"head.classes": 7})


@pytest.mark.parametrize(
    "more", [("resnet18",), ("--detail", "block"), ("--layout", "row"), ("--page", "a4"), ("--legend",)]
)
def test_a_page_is_of_one_network_as_it_is(resnet_dsl_command: CommandLine, small: str, more: tuple[str, ...]) -> None:
    """Options that have no effect on it are refused."""
    result = resnet_dsl_command("draw", small, *more, "-o", "a.html")
    assert (result.status, files()) == (2, [])
    assert "a page shows one network, at all levels of detail" in result.err


def test_a_drawing_cannot_become_a_page(small: str) -> None:
    """It has no spec; the fault says what has."""
    with pytest.raises(resnet_dsl.EnvironmentFault, match=r"use `resnet_dsl\.page`"):
        resnet_dsl.draw(small).save("a.html")
    assert files() == []


@pytest.mark.parametrize("name", ["a.bmp", "a"])
def test_draw_refuses_an_unknown_extension(resnet_dsl_command: CommandLine, small: str, name: str) -> None:
    """Exit status 2, and nothing is written."""
    result = resnet_dsl_command("draw", small, "-o", name)
    assert (result.status, files()) == (2, [])
    assert "drawings can be saved as" in result.err


def test_a_changed_network_is_not_drawn_over_the_unchanged_one(resnet_dsl_command: CommandLine, small: str) -> None:
    """It has the same name, but not the same file."""
    resnet_dsl_command("draw", small)
    unchanged = Path("small.svg").read_text()
    assert resnet_dsl_command("draw", small, "--set", "head.classes=7").out == "wrote small-changed.svg\n"
    assert Path("small.svg").read_text() == unchanged
    assert "fc 7" in Path("small-changed.svg").read_text()


@pytest.mark.parametrize("form", ["svg", "png", "dot", "mermaid"])
def test_a_drawing_may_go_to_standard_output(
    resnet_dsl_command: CommandLine, small: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is, with no other word, and SVG unless another format is named."""
    expected = resnet_dsl.draw(small).render(form)  # type: ignore[arg-type]
    for arguments in [("--format", form)] + [()] * (form == "svg"):
        stream = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", io.TextIOWrapper(stream))
            result = resnet_dsl_command("draw", small, "-o", "-", *arguments)
            assert (result.status, stream.getvalue()) == (0, expected)
    assert files() == []


def test_several_networks_are_drawn_side_by_side(resnet_dsl_command: CommandLine, small: str) -> None:
    """With the names of all in the name of the file."""
    assert resnet_dsl_command("draw", small, "resnet20", "--legend").out == "wrote small-resnet20.svg\n"
    text = Path("small-resnet20.svg").read_text()
    assert all(word in text for word in (">small<", ">resnet20<", ">differs from small<"))


def test_layout_and_page_reach_the_drawing(resnet_dsl_command: CommandLine, small: str) -> None:
    """A page alone means columns that fit it."""
    resnet_dsl_command("draw", small, "--layout", "row", "-o", "row.dot")
    assert Path("row.dot").read_text() == resnet_dsl.draw(small, layout="row").dot
    resnet_dsl_command("draw", small, "--page", "a3-landscape", "-o", "page.dot")
    assert Path("page.dot").read_text() == resnet_dsl.draw(small, layout="wrap", page="a3-landscape").dot
    result = resnet_dsl_command("draw", small, "--page", "a4", "--layout", "row")
    assert (result.status, result.err.splitlines()[0]) == (
        2,
        "error[RD513]: a page has no effect on the layout `row`",
    )


def test_the_options_offer_what_there_is() -> None:
    """Every level of detail, layout, page and format; the command names them without loading what draws."""
    choices = {option.name: option.type.choices for option in draw.params if isinstance(option.type, click.Choice)}
    expected = {"detail": get_args(Detail), "layout": get_args(Layout), "page": PAGES, "format_": get_args(Format)}
    assert {name: sorted(values) for name, values in expected.items()} == {
        name: sorted(values) for name, values in choices.items()
    }


def test_an_image_beyond_all_limits_is_refused(resnet_dsl_command: CommandLine) -> None:
    """With what to do instead, before anything is drawn."""
    result = resnet_dsl_command("draw", "resnet152", "--detail", "layer", "--layout", "row", "-o", "a.png")
    assert (result.status, files()) == (2, [])
    assert "a PNG of this drawing would have" in result.err
    assert "wrap" in result.err


def test_the_extension_is_not_that_of_another_format(resnet_dsl_command: CommandLine, small: str) -> None:
    """A file is what its name says."""
    result = resnet_dsl_command("draw", small, "-o", "a.svg", "--format", "png")
    expected = "error[RD514]: `a.svg` has the extension of another format than `png`\n"
    assert (result.status, result.err, files()) == (2, expected, [])


def test_mermaid_has_no_pages(resnet_dsl_command: CommandLine, small: str) -> None:
    """Rather than to ignore what was asked for."""
    for option in (("--page", "a4"), ("--layout", "wrap")):
        result = resnet_dsl_command("draw", small, "--format", "mermaid", "-o", "-", *option)
        assert result.status == 2
        assert "pages have no columns in Mermaid" in result.err


def test_many_networks_have_a_short_default_name(resnet_dsl_command: CommandLine, small: str) -> None:
    """However many they are."""
    assert resnet_dsl_command("draw", *[small] * 30, "--format", "dot").status == 0
    assert files() == ["small-and-29-others.dot"]
