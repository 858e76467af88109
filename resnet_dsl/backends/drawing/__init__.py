"""Graph -> drawing, in the conventions of Figure 3 of He et al. 2015."""

from ...diagnostics.packages import require

require("graphviz", purpose="drawing")
