"""The kinds of files that weights come in."""

PICKLES = (".pt", ".pth", ".bin", ".ckpt")
"""Extensions of PyTorch's own format."""

SUFFIXES = (".safetensors", *PICKLES)
