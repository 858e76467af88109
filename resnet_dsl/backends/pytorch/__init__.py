"""Graph -> `torch.nn.Module`: the real network, and its weights in files."""

from ...diagnostics.packages import require

require("torch", "safetensors", purpose="building a network or reading weights")
