"""Rendering drawings: which program, in which format, and the message if there is none."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.backends.drawing import rendering as module
from resnet_dsl.backends.drawing.drawing import draw
from resnet_dsl.backends.drawing.formats import Format
from resnet_dsl.backends.drawing.rendering import check_size, find_program, render
from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault
from tests.helpers import TINY, graph_of

DRAWING = draw(graph_of(TINY))


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `dot` on the path, whatever is installed on this machine."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def nothing(no_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `graphviz-pure` either."""
    monkeypatch.setattr(module, "_folders", list)


def program(folder: Path, name: str, code: str) -> Path:
    """An executable Python script with this name."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return path


def fault(dot: str, format: Any) -> Diagnostic:  # noqa: A002
    with pytest.raises(EnvironmentFault) as caught:
        render(dot, format)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD506"
    return diagnostic


def test_images_have_their_format(no_dot: None) -> None:
    """Without Graphviz: SVG as text, PNG as bytes, DOT and Mermaid unchanged."""
    assert DRAWING.svg().startswith("<?xml")
    assert DRAWING.png().startswith(b"\x89PNG\r\n\x1a\n")
    assert DRAWING.render("svg") == DRAWING.svg().encode()
    assert DRAWING.render("png") == DRAWING.png()
    assert DRAWING.render("dot") == DRAWING.dot.encode()
    assert DRAWING.render("mermaid") == DRAWING.mermaid().encode()


@pytest.mark.parametrize("name", ["a.svg", "a.SVG", "a.png", "a.dot", "a.gv", "a.mmd", "a.mermaid"])
def test_a_drawing_is_saved_in_the_format_of_the_extension(name: str, no_dot: None, tmp_path: Path) -> None:
    """With the content that the format's method gives."""
    formats: dict[str, Format] = {"gv": "dot", "mmd": "mermaid"}
    ending = name.removeprefix("a.").lower()
    DRAWING.save(tmp_path / name)
    assert DRAWING.render(formats.get(ending, ending)) == (tmp_path / name).read_bytes()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("a.bmp", "RD513", "drawings can be saved as `.svg`, `.png`, `.pdf`, `.dot` or `.mmd`, not as `.bmp`"),
        ("a", "RD513", "`.pdf`, `.dot` or `.mmd`, not without an extension"),
        ("no/a.dot", "RD507", "there is no directory"),
    ],
)
def test_a_drawing_that_cannot_be_saved_is_a_fault(name: str, code: str, message: str, tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(EnvironmentFault) as caught:
        DRAWING.save(tmp_path / name)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code
    assert message in diagnostic.message
    assert list(tmp_path.iterdir()) == []


def test_an_image_that_no_format_can_hold_is_refused() -> None:
    """A side of 65,500 pixels, at 192 in an inch, is the longest."""
    check_size(100, 65_500 * 72 / 192)
    with pytest.raises(EnvironmentFault) as caught:
        check_size(100, 65_501 * 72 / 192)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("RD506", "a PNG of this drawing would have 267 × 65,501 pixels")
    assert diagnostic.notes == ("that is more than 65,500 pixels per side",)
    assert "`wrap`" in diagnostic.helps[0]


def test_an_image_that_needs_too_much_memory_is_refused() -> None:
    """A thousand million bytes, at four in a pixel, is the most."""
    check_size(72, 72 * 10**9 / 4 / 192**2 / 100 * 2)
    with pytest.raises(EnvironmentFault) as caught:
        check_size(6000, 6000)
    assert caught.value.diagnostics[0].notes == ("that is more than 1 GB of memory",)


def test_a_drawing_beyond_the_limits_is_refused_before_a_program_runs(nothing: None) -> None:
    """Though there is none to run: all layers of a network of 500 blocks, one below the other."""
    spec = "name: deep\nblock: {type: basic}\nstages: {depths: [500]}\ninput: {size: 32}\n"
    with pytest.raises(EnvironmentFault, match="pixels"):
        draw(graph_of(spec), detail="layer").png()


def test_pdf_without_graphviz_says_what_to_install(no_dot: None) -> None:
    """`graphviz-pure` cannot write PDF."""
    with pytest.raises(EnvironmentFault) as caught:
        DRAWING.pdf()
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("RD506", "`graphviz-pure` cannot write PDF")
    (help_,) = diagnostic.helps
    assert help_ == "install Graphviz, for instance with `apt install graphviz` or `brew install graphviz`"


def test_without_any_program_a_fault_says_what_to_install(nothing: None) -> None:
    """For every format."""
    for format_ in ("svg", "png", "pdf"):
        diagnostic = fault("digraph {}", format_)
        assert diagnostic.message == "no drawing program was found"
        assert diagnostic.helps == ("run `pip install graphviz-pure`",)


@pytest.mark.skipif(os.name == "nt", reason="the programs here are scripts with a #! line")
class TestPrograms:
    """Programs that stand in for `dot`."""

    def test_dot_goes_before_graphviz_pure(self, no_dot: None, tmp_path: Path) -> None:
        """Where there is a `dot` on the path."""
        assert Path(find_program()).stem == "graphviz-pure"
        path = program(tmp_path, "dot", "")
        assert str(path) == find_program()

    def test_graphviz_pure_may_be_on_the_path_only(self, nothing: None, tmp_path: Path) -> None:
        """As `uv tool install` puts it."""
        path = program(tmp_path, "graphviz-pure", "")
        assert str(path) == find_program()

    def test_dot_is_given_the_text_and_the_format(self, no_dot: None, tmp_path: Path) -> None:
        """On standard input, and as an option."""
        program(tmp_path, "dot", "import sys; print(sys.argv[1:], sys.stdin.read())")
        assert render("digraph {}", "pdf") == b"['-Tpdf'] digraph {}\n"

    def test_a_program_that_fails_is_quoted(self, no_dot: None, tmp_path: Path) -> None:
        """The first line that is no warning."""
        text = "Warning: fonts\\n\\nError: syntax error in line 1\\nmore\\n"
        path = program(tmp_path, "dot", f"import sys; sys.stderr.write('{text}'); sys.exit(1)")
        diagnostic = fault("digraph {", "svg")
        assert (f"`{path}` failed to draw", ("Error: syntax error in line 1",)) == (
            diagnostic.message,
            diagnostic.notes,
        )

    def test_a_program_that_writes_nothing_has_failed(self, no_dot: None, tmp_path: Path) -> None:
        """Whatever its exit status."""
        program(tmp_path, "dot", "")
        assert fault("digraph {}", "svg").notes == ("exit status 0",)

    def test_a_program_that_cannot_run_is_named(self, no_dot: None, tmp_path: Path) -> None:
        """Its interpreter is missing."""
        path = tmp_path / "dot"
        path.write_text("#!/nonexistent/interpreter\n")
        path.chmod(0o755)
        assert f"cannot run `{path}`" == fault("digraph {}", "svg").message

    def test_a_program_that_does_not_end_is_stopped(
        self, no_dot: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After a time."""
        monkeypatch.setattr(module, "_TIMEOUT", 0.2)
        program(tmp_path, "dot", "import time; time.sleep(60)")
        assert fault("digraph {}", "svg").helps == ("draw with less detail",)


def test_a_notebook_shows_the_svg(no_dot: None) -> None:
    """And only the formats it asks for."""
    assert {"text/plain": repr(DRAWING), "image/svg+xml": DRAWING.svg()} == DRAWING._repr_mimebundle_()
    assert [*DRAWING._repr_mimebundle_(include={"image/svg+xml"})] == ["image/svg+xml"]
    assert [*DRAWING._repr_mimebundle_(exclude={"image/svg+xml"})] == ["text/plain"]


def test_a_notebook_says_what_to_install(nothing: None) -> None:
    """If nothing can render the drawing, the reason is shown instead."""
    bundle = DRAWING._repr_mimebundle_()
    assert [*bundle] == ["text/plain"]
    assert "pip install graphviz-pure" in bundle["text/plain"]
