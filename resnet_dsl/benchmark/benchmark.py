"""What `resnet_dsl.bench` returns: measurements that print, and can be plotted."""

from dataclasses import dataclass
from os import PathLike

from .results import Results


@dataclass(frozen=True, repr=False)
class Benchmark(Results):
    """Networks side by side: `print` shows what the command `bench` does."""

    def __repr__(self) -> str:
        return f"<Benchmark of {len(self.measurements)} on {self.machine.device}>"

    def __str__(self) -> str:
        from .report import as_text

        return as_text(self)

    def json(self) -> str:
        """The measurements for programs, every single time among them."""
        from .report import as_json

        return as_json(self)

    def save(self, output: str | PathLike[str]) -> None:
        """Write a plot of multiply–accumulates against milliseconds to an `.svg`, `.png` or `.pdf` file.

        Raises:
            EnvironmentFault: the extension is another one, the file cannot be written, or matplotlib is not installed.
        """
        from .plot import save

        save(self, output)
