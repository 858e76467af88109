"""Real tensors: one thread a process, so that processes side by side do not wait for each other."""

import torch

torch.set_num_threads(1)
