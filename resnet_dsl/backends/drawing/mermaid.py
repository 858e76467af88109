"""Networks -> Mermaid's flowcharts, for pages that render them."""

import re
from collections.abc import Iterator, Sequence

from ...diagnostics.render import printable
from . import style
from .legend import entries
from .parts import Item, Network, Part, Way

_HEAVY = "stroke-width:3px"
_FRAME = f"fill:{style.FRAME_FILL},stroke:{style.FRAME_STROKE},color:{style.TEXT}"


def to_mermaid(networks: Sequence[Network], *, is_row: bool = False, has_legend: bool = False) -> str:
    """The networks as a flowchart, with the texts of the drawing; equal networks give equal text."""
    chart = _Chart()
    for index, network in enumerate(networks):
        chart.add(network, f"n{index}")
    if has_legend:
        chart.lines.append(f'    legend["{"<br/>".join(_legend(networks))}"]:::text')
    return "\n".join([f"flowchart {'LR' if is_row else 'TD'}", *_classes(networks), *chart.finished(), ""])


class _Chart:
    """A flowchart under construction."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._links: list[str] = []
        self._heavy: list[str] = []

    def finished(self) -> list[str]:
        """All lines, links after nodes."""
        heavy = [f"    linkStyle {','.join(self._heavy)} {_HEAVY}"] if self._heavy else []
        return [*self.lines, *self._links, *heavy]

    def add(self, network: Network, name: str) -> None:
        header = network.header
        shared = f"<b>{_escaped(header.shared)}</b>" if header.is_marked else _escaped(header.shared)
        title = f"<b>{_escaped(header.title)}</b><br/>{_escaped(header.size)}<br/>{shared}"
        self.lines.append(f'    {name}["{title}"]:::text')
        above = name
        for index, part in enumerate(network.parts):
            above = self._add_part(part, f"{name}p{index}", above, "~~~" if above == name else "-->")

    def _add_part(self, part: Part, name: str, above: str, link: str) -> str:
        """Add a part below an item; returns its last item."""
        names = [f"{name}i{index}" for index in range(len(part.items))]
        if part.is_framed:
            times = f"×{part.times}" if part.times > 1 else ""
            self.lines.append(f'    subgraph {name}["{_escaped(" ".join(filter(None, (part.title, times))))}"]')
        if part.is_framed and any(way.start < 0 for way in part.ways):
            self.lines.append(f'    {name}s((" ")):::point')
            self._link(above, link, f"{name}s")
            above, link = f"{name}s", "-->"
        for item, each in zip(part.items, names, strict=True):
            self._add_item(item, each, _class(part, item))
        starts = {-1: above} | dict(enumerate(names))
        for index, (item, each) in enumerate(zip(part.items, names, strict=True)):
            if item.is_fed:
                self._link(starts[index - 1], link if index == 0 else "-->", each)
        for index, way in enumerate(part.ways):
            self._add_way(way, f"{name}w{index}", starts[way.start], names[way.end])
        if part.is_framed:
            heavy = f",{_HEAVY}" if part.is_marked else ""
            self.lines += ["    end", f"    style {name} {_FRAME}{heavy}"]
        return names[-1]

    def _add_item(self, item: Item, name: str, class_: str) -> None:
        lines = [_escaped(line) for line in item.lines]
        quiet = ", ".join(filter(None, (item.name, *(note.text for note in item.notes))))
        marked = any(note.is_marked for note in item.notes)
        if quiet:
            lines.append(f"<b><i>{_escaped(quiet)}</i></b>" if marked else f"<i>{_escaped(quiet)}</i>")
        opening, closing = ('(("', '"))') if item.is_circle else ('["', '"]')
        self.lines.append(f"    {name}{opening}{'<br/>'.join(lines)}{closing}:::{class_}")
        if item.is_marked:
            self.lines.append(f"    style {name} {_HEAVY}")

    def _add_way(self, way: Way, name: str, start: str, end: str) -> None:
        arrow = "-.->" if way.is_dashed else "-->"
        for index, item in enumerate(way.items):
            self._add_item(item, f"{name}i{index}", "plain")
            self._link(start, arrow, f"{name}i{index}", is_heavy=way.is_marked)
            start = f"{name}i{index}"
        self._link(start, arrow, end, is_heavy=way.is_marked)

    def _link(self, start: str, arrow: str, end: str, *, is_heavy: bool = False) -> None:
        if is_heavy:
            self._heavy.append(str(len(self._links)))
        self._links.append(f"    {start} {arrow} {end}")


def _class(part: Part, item: Item) -> str:
    if not part.is_boxed:
        return "text"
    return "plain" if item.is_detail or item.is_circle else f"stage{part.stage}"


def _classes(networks: Sequence[Network]) -> Iterator[str]:
    stages = {part.stage for network in networks for part in network.parts}
    fills = {f"stage{stage}": style.stage_color(stage) for stage in sorted(stages)} | {"plain": style.DETAIL}
    for name, fill in fills.items():
        yield f"    classDef {name} fill:{fill},stroke:{style.STROKE},color:{style.TEXT}"
    yield f"    classDef text fill:none,stroke:none,color:{style.TEXT}"
    yield f"    classDef point fill:{style.STROKE},stroke:{style.STROKE}"


def _legend(networks: Sequence[Network]) -> Iterator[str]:
    signs = {"line": "solid line", "dashed": "dashed line", "box": "heavy outline"}
    for entry in entries(networks):
        yield f"{_escaped(entry.sign or signs[entry.kind])}: {_escaped(entry.meaning)}"


def _escaped(text: str) -> str:
    """The text with everything that Mermaid or HTML might interpret as an entity of Mermaid."""
    return re.sub(r"[^\w\s×–+,.:/%-]", lambda match: f"#{ord(match[0])};", printable(text)) or " "
