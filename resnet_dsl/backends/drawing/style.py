"""The looks of all drawings: sizes in points, and colours."""

SIZE, SMALL, TITLE, NAME, TIMES = 10, 9, 14, 8, 12
"""Of the font: in boxes, beside them, above the network, for the names of layers, and for `×35`."""
LINE, NOTE = 12, 11
"""From one line to the next, in a box and beside one."""
PAD, INSET = 6, 7
"""Between text and the outline of its box: above and below it together, and at each side."""
GAP = 12
"""Between boxes: an arrowhead, and room for a line to leave above it."""
BEFORE = 16
"""Before the first box of a block, where its shortcut leaves."""
CIRCLE = 12
"""The diameter of an addition."""
LANE = 10
"""From boxes to the ways beside them, and from one way to the next."""
FRAME = 9
"""Between a frame and what is in it."""
RADIUS = 6
"""Of the corners of lines."""
ARROW = 5
MARGIN = 14
"""Between the drawing and the edge of its sheet."""

TEXT, QUIET, STROKE, FRAME_STROKE = "#1a1a1a", "#5a5a5a", "#404040", "#9a9a9a"
NEUTRAL, DETAIL, FRAME_FILL = "#efefef", "#ffffff", "#f8f8f8"
"""The fill of everything outside the stages, of details, and of frames."""

_STAGES = (
    *("#d0bff0", "#c8ebc8", "#f3b9aa", "#c5e4ff", "#dbc895", "#b1ecef", "#ebb7d3", "#dae6ba"),
    *("#ecbf9b", "#d4dfff", "#9bd8c2", "#ffd3d5", "#97d3eb", "#e5e3b5", "#debbe6", "#b3ede5"),
)
"""The paper's purple, green, red and blue first. All are about as strong and as light; neighbours differ in hue, and
in lightness just enough to show in shades of grey."""
COLORS = len(_STAGES)
"""How many stages have different colours."""


def stage_color(stage: int) -> str:
    """The fill of a stage's boxes; stages are numbered from 1, and 0 is everything outside."""
    return _STAGES[(stage - 1) % len(_STAGES)] if stage else NEUTRAL
