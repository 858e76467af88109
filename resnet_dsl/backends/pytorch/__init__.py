"""Graph -> `torch.nn.Module`: the actual network, and files of its weights."""

from ...diagnostics.packages import require

require("torch", "safetensors", purpose="building a network or reading weights")
