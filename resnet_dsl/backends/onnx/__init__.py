"""Graph -> an ONNX model, made from the graph itself and not by tracing a network; torch takes no part in it."""

from ...diagnostics.packages import require

require("onnx", "numpy", purpose="exporting to ONNX")
