"""Graph -> the shortcut of each block, and the reason for it."""

from ...graph.graph import Block, Graph


def explain(graph: Graph) -> str:
    """One line per block: `layer2.0: projection 256→512 stride 2: channels and size differ`."""
    return "".join(f"{_line(block)}\n" for block in graph.blocks)


def _line(block: Block) -> str:
    shortcut = block.shortcut
    kind = "no shortcut" if shortcut.kind == "none" else shortcut.kind
    change = ""
    if shortcut.kind in ("projection", "padding"):
        change = f" {block.input_shape[0]}→{block.shape[0]}"
        change += f" stride {shortcut.stride}" if shortcut.stride != 1 else ""
    return f"{block.name}: {kind}{change}: {shortcut.reason}"
