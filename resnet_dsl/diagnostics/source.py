"""Named texts and places in them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """One text that a diagnostic can point into: a file, standard input, or a command-line option.

    Lines are counted on demand: a line table would be many times larger than a text consisting of line breaks.
    """

    name: str
    text: str = field(repr=False)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both counted from 1, columns in characters."""
        start = self._start_of_line(offset)
        breaks = [self.text.count(each, 0, start) for each in ("\n", "\r", "\r\n")]
        return breaks[0] + breaks[1] - breaks[2] + 1, offset - start + 1

    def line_at(self, offset: int) -> str:
        """The text of the line that contains a character, without its line break."""
        ends = [self.text.find(each, offset) for each in "\r\n"]
        end = min((end for end in ends if end >= 0), default=len(self.text))
        return self.text[self._start_of_line(offset) : end].rstrip("\r")

    def _start_of_line(self, offset: int) -> int:
        start = max(self.text.rfind(each, 0, offset) for each in "\r\n") + 1
        is_inside_crlf = start == offset and self.text[offset - 1 : offset + 1] == "\r\n"
        return self._start_of_line(offset - 1) if is_inside_crlf else start


@dataclass(frozen=True, slots=True)
class Span:
    """The characters of a source from `start` up to, but not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]
