"""The text written by `new`."""

from resnet_dsl.language.starter import SCHEMA_FILE, starter

from ..helpers import loads, plain, written_out

SPEC = loads(
    """\
name: parent
description: A network.
reference: A paper.
block: {type: basic}
stages: {depths: [1, 2]}
expect: {depth: 8}
"""
)
PARENT = written_out(SPEC)


def test_a_new_child_lists_the_inherited_values_in_comments() -> None:
    """The inherited values follow as comments, without the keys that describe only the parent."""
    text = starter("child", "parents/parent.yaml", PARENT)
    assert plain(text) == {"name": "child", "extends": "parents/parent.yaml"}
    assert text.startswith(
        f"""\
# yaml-language-server: $schema={SCHEMA_FILE}
name: child
extends: parents/parent.yaml

# Write your changes below. These are the values of parent:
#
# version: 1
"""
    )
    comments = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")][2:]
    inherited = plain("\n".join(comments))
    assert isinstance(inherited, dict)
    assert inherited["stages"] == {"depths": [1, 2], "widths": [64, 128], "strides": [1, 2], "dilations": 1}
    assert not {"name", "description", "reference", "expect"} & inherited.keys()
    assert text.endswith("\n")


def test_a_new_spec_without_a_parent_has_everything_written_out() -> None:
    """If the parent cannot be referenced, the new spec is complete and describes the same network."""
    text = starter("child", None, PARENT)
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA_FILE}\nname: child\n")
    found = plain(text)
    assert isinstance(found, dict)
    assert found["description"] == "A network."
    assert "expect" not in found
    assert "extends" not in found
    assert loads(text).stages == SPEC.stages
