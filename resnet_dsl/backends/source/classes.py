"""A class -> its text."""

import re
from collections.abc import Iterator

from . import layout
from .constructors import Constructor, Made, Path, written
from .definition import STEP, Definition
from .forward import forward
from .hierarchy import hierarchy
from .parameters import Term

_LOCAL = "out_channels"
_USES = 3
"""Uses of a product that make it worth a name."""


def class_text(definition: Definition, docstring: str) -> list[str]:
    """The lines of a class; an empty docstring is left out."""
    return [
        f"class {definition.name}(nn.Module):",
        *([f'    """{docstring}"""', ""] if docstring else []),
        *layout.lines(_signature(definition), 4, before="def ", after=" -> None:"),
        "        super().__init__()",
        *_locals(definition),
        *(line for _, lines in attributes(definition) for line in lines),
        "",
        "    def forward(self, x: Tensor) -> Tensor:",
        *_forward(definition),
    ]


def _forward(definition: Definition) -> list[str]:
    loop = hierarchy(definition)
    return [f"        {line}" for line in loop] if loop else forward(definition)


def _signature(definition: Definition) -> layout.Call:
    return layout.call("__init__", "self", *(each.declaration for each in definition.parameters))


def _locals(definition: Definition) -> Iterator[str]:
    """A name for the channels that leave the module, and what the forward pass needs."""
    if product := _product(definition):
        yield f"        {_LOCAL} = {product}"
    for name in _stored(definition):
        yield f"        self.{name} = {name}"


def attributes(definition: Definition) -> Iterator[tuple[str, list[str]]]:
    """Name and statements of each child."""
    product = _product(definition)
    texts = {path: _short(text, product) for path, text in _texts(definition).items()}
    conditions = {path: _short(text, product) for path, text in definition.conditions.items()}
    for name, child in definition.merged.children.items():
        expression = written(child, (name,), texts.__getitem__, conditions)
        yield name, _attribute(name, child, expression, conditions.get((name,), ""))


def _product(definition: Definition) -> str:
    """The channels that leave the module, if they are used so often that they deserve a name."""
    product = definition.out_channels.text() if definition.out_channels else ""
    is_free = all(each.name != _LOCAL for each in definition.parameters)
    uses = [*_texts(definition).values(), *definition.conditions.values()]
    return product if " " in product and is_free and sum(product in each for each in uses) >= _USES else ""


def _short(text: str, product: str) -> str:
    """The expression with the name in place of the product."""
    if not product:
        return text
    return re.sub(rf"(?<!\w){re.escape(product)}(?!\w)", _LOCAL, text)


def _attribute(name: str, child: Constructor, expression: layout.Expression, condition: str) -> list[str]:
    if not condition:
        return layout.lines(expression, 8, before=f"self.{name} = ")
    choice = f"        self.{name} = {expression} if {condition} else None"
    if isinstance(child, Made) and len(choice) <= layout.WIDTH:
        return [choice]
    kind = child.constructor if isinstance(child, Made) else f"nn.{child.kind}"
    return [
        f"        self.{name}: {kind} | None = None",
        f"        if {condition}:",
        *layout.lines(expression, 12, before=f"self.{name} = "),
    ]


def _texts(definition: Definition) -> dict[Path, str]:
    values = {path: each for path, each in definition.values.items() if path[0] != STEP}
    return {path: each.text() if isinstance(each, Term) else each for path, each in values.items()}


def _stored(definition: Definition) -> list[str]:
    """The parameters that the forward pass needs."""
    text = "\n".join(_forward(definition))
    names = [each.name for each in definition.parameters if each.name not in definition.merged.children]
    return [name for name in names if re.search(rf"\bself\.{name}\b", text)]
