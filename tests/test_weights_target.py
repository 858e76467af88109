"""The fuzz target of weights accepts what is right and rejects what is wrong. Needs no atheris."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from resnet_dsl.checkpoints.files import Content
from resnet_dsl.checkpoints.stored import Stored
from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault

from .evidence import weights_target
from .evidence.weights_seeds import seeds, write_dictionary


def test_the_seeds_reach_every_form(tmp_path: Path) -> None:
    """Some open with tensors, some without, and some are refused."""
    reached = set()
    for data in seeds():
        (tmp_path / "w").write_bytes(data)
        reached.add(weights_target.check(tmp_path / "w"))
    assert reached == {*weights_target.REACHED}


def test_the_target_rejects_wrong_behaviour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few elements, an action that no file may cause, a fault of another code, and any other exception."""
    short = Stored("float32", (2,), (1,), 0, lambda: bytearray(4))

    def act(_: Path) -> Content:
        os.system("true")
        return Content({})

    def refuse(_: Path) -> NoReturn:
        raise EnvironmentFault(Diagnostic(code="RD505", message="another fault"))

    for read in (lambda _: Content({"a": short}), act, refuse):
        monkeypatch.setattr(weights_target, "read_content", read)
        with pytest.raises(AssertionError):
            weights_target.check(tmp_path)

    def fail(_: Path) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(weights_target, "read_content", fail)
    with pytest.raises(ZeroDivisionError):
        weights_target.check(tmp_path)


def test_the_dictionary_contains_the_operations_of_pickles(tmp_path: Path) -> None:
    """One per line, with libFuzzer's escapes."""
    write_dictionary(tmp_path / "dictionary")
    assert {r'"\x52"', r'"\x93"', r'"\x50\x4B\x03\x04"'} <= {*(tmp_path / "dictionary").read_text("ascii").splitlines()}
