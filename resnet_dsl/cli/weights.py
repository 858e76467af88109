"""The commands that read weights: infer, convert."""

from pathlib import Path

import click

from ..diagnostics.render import printable
from . import completion, shared
from .usage import usage_fault


@click.command()
@click.argument("file", metavar="FILE", shell_complete=completion.sources)
@shared.with_place
def infer(file: str, entry: str | None, prefix: str | None) -> None:
    """Infer the spec of a network from its weights.

    FILE is a file, or hf-hub:OWNER/REPO, torchvision:NAME or an address with a hash. Comments mark the values that
    names and shapes of weights do not reveal. Weights that carry their spec along give back its text.
    """
    from ..weights.specs import spec_text

    click.echo(spec_text(shared.open_weights(file, entry, prefix)), nl=False)


@click.command()
@click.argument("file", metavar="FILE", shell_complete=completion.sources)
@shared.with_place
@click.option(
    "--names",
    required=True,
    metavar="NAME",
    shell_complete=completion.dialects,
    help="The library whose names to write, such as torchvision, huggingface or detectron2.",
)
@shared.with_quiet
@shared.with_output(
    "Write the weights to a .safetensors, .pt or .pth file, or as safetensors to standard output for -.",
    completion.saved_weights,
)
def convert(file: str, entry: str | None, prefix: str | None, names: str, output: Path | None) -> None:
    """Write the weights of a network in another library's names.

    FILE is as for infer. The tensors stay the same, apart from those that the library stores in another shape; the spec
    goes along.
    """
    if output is None:
        raise usage_fault("missing option `--output`", "add `--output FILE`")
    from ..checkpoints.dialects import dialect_called

    dialect = dialect_called(names)
    shared.check_output(output, is_binary=True)
    checkpoint = shared.open_weights(file, entry, prefix)
    shared.progress("loading torch")
    from ..backends.pytorch.conversion import converted
    from ..backends.pytorch.saving import check_format, save_weights
    from ..weights.specs import conversion_notes, converted_spec

    like = shared.SAFETENSORS if output == shared.STDOUT else output
    check_format(like)
    spec = converted_spec(checkpoint)
    tensors = converted(checkpoint, dialect)
    for note in (*checkpoint.notes, *conversion_notes(checkpoint, dialect, spec)):
        shared.say(printable(note))
    shared.write_output(output, lambda path: save_weights(tensors, path, like=like, spec=spec))
