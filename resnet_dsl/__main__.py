"""The command `resnet-dsl`, and `python -m resnet_dsl`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl-C ends it in silence, even while it is still being imported."""
    try:
        from .cli import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
