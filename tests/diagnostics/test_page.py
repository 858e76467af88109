"""Sections of the diagnostics page as a terminal shows them."""

import re

import pytest

from resnet_dsl.diagnostics.codes import CODES
from resnet_dsl.diagnostics.manual import sections
from resnet_dsl.diagnostics.page import as_page

SECTION = """\
## RD999: an example

One `key: value` of the [language](language.md#keys), as in
[YAML](https://yaml.org) and
[`JSON`](https://json.org).

Wrong:

```yaml wrong spec.yaml
name: mine   # a long line of an example, which is never broken

stages: {}
```

Right, with its parent:

```yaml right spec.yaml
extends: other.yaml
```

```yaml right other.yaml
name: `other`
```
"""

PAGE = """\
RD999: an example

One `key: value` of the
language, as in YAML
(https://yaml.org) and `JSON`
(https://json.org).

Wrong:

    # spec.yaml
    name: mine   # a long line of an example, which is never broken

    stages: {}

Right, with its parent:

    # spec.yaml
    extends: other.yaml

    # other.yaml
    name: `other`
"""


def test_a_page_has_filled_paragraphs_and_indented_examples() -> None:
    """Code and links are not broken in the middle, links lead only to the web, and files are named if there are two."""
    assert as_page(SECTION, 30) == PAGE


def test_colours_mark_the_heading_and_code() -> None:
    """Code in paragraphs is blue instead of being in backquotes; examples are as they are."""
    page = as_page(SECTION, 30, color=True)
    assert page.startswith("\x1b[1mRD999: an example\x1b[0m\n\nOne \x1b[1;34mkey: value\x1b[0m of the\n")
    assert "(https://yaml.org) and \x1b[1;34mJSON\x1b[0m\n" in page
    assert page.endswith("\n    name: `other`\n")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("width", [20, 80])
def test_the_page_of_every_code_has_all_words_and_no_markup(code: str, width: int) -> None:
    """Every line of an example is there as it is, and a paragraph is wider than allowed only where it has no blank."""
    section = sections()[code]
    heading, *lines = [line for line in as_page(section, width).splitlines() if line]
    examples = re.findall(r"^```\w* ?\w* ?([^\n]*)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    named = len({name for name, _ in examples}) > 1
    expected = [line for name, text in examples for line in [f"# {name}" * named, *text.splitlines()] if line]
    assert [line.removeprefix("    ") for line in lines if line.startswith("    ")] == expected
    paragraphs = [line for line in lines if not line.startswith("    ")]
    prose = re.sub(r"^```.*?^```$", "", section, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", prose)
    assert [*heading.split(), *" ".join(paragraphs).split()] == prose.removeprefix("## ").split()
    assert [line for line in paragraphs if len(line) > width and " " in re.sub("`[^`]*`", "", line)] == []
    assert not re.search(r"^(#|[-*|] )", "\n".join(paragraphs), re.MULTILINE)
