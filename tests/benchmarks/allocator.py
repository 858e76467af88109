"""What a network takes of a GPU's memory, by PyTorch's allocator, against what `memory` says of its graph.

    python -m tests.benchmarks.allocator [--device cuda] [--batch 64] [NAME ...]

For each network: after the forward pass of training, at its highest in that pass, at the highest of the third training
step with momentum, and at the highest of a pass in evaluation, each with the share that it differs by. Only that of the
step contains the weights, with their gradients and momentum. Work space of kernels is in all the highest ones, and in
no prediction.
"""

import argparse

import torch
from torch import Tensor, nn

import resnet_dsl
from resnet_dsl.analysis import memory

NAMES = (
    "resnet18",
    "resnet50",
    "resnet152",
    "seresnet50",
    "resnet50_gn",
    "resnext50_32x4d",
    "regnety_032",
    "resnet110",
)


def taken(device: torch.device) -> int:
    """Bytes handed out now."""
    torch.cuda.synchronize(device)
    return torch.cuda.memory_allocated(device)


def highest(device: torch.device) -> int:
    """Bytes handed out at most since the mark was reset."""
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device)


def forward(module: nn.Module, x: Tensor) -> tuple[int, int]:
    """Bytes that a training pass holds at its end, and at most, without its output."""
    before = taken(x.device)
    torch.cuda.reset_peak_memory_stats(x.device)
    output = module(x)
    size = output.untyped_storage().nbytes()
    return taken(x.device) - before - size, highest(x.device) - before - size


def step(module: nn.Module, x: Tensor, labels: Tensor, optimizer: torch.optim.Optimizer) -> None:
    torch.autograd.backward(nn.functional.cross_entropy(module(x), labels))
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)


def measured(name: str, batch: int, device: torch.device) -> list[tuple[int, int]]:
    """Measured and predicted bytes of each column."""
    graph = resnet_dsl.lower(name)
    expected = memory(graph, batch, optimizer="momentum")
    x = torch.zeros(batch, *graph.input_shape, device=device)
    empty = taken(device) - x.nbytes
    module = resnet_dsl.build(name, device=device, seed=0)
    buffers = sum(buffer.nbytes for buffer in module.buffers())
    forward(module.train(), x)  # the first pass makes handles, which stay
    held, most = forward(module, x)
    saved = expected.saved_for_backward - x.nbytes  # which was there before
    labels = torch.zeros(batch, dtype=torch.long, device=device)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        torch.cuda.reset_peak_memory_stats(device)
        step(module, x, labels, optimizer)
    training = highest(device) - empty - buffers
    del optimizer
    for parameter in module.parameters():
        parameter.grad = None
    module.eval()
    with torch.inference_mode():
        module(x)
        before = taken(device) - x.nbytes
        torch.cuda.reset_peak_memory_stats(device)
        module(x)
    evaluation = highest(device) - before
    return [
        (held, saved),
        (most, saved),
        (training, expected.training),
        (evaluation, expected.inference_peak),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=f"default: {', '.join(NAMES)}")
    parser.add_argument("--device", type=torch.device, default=torch.device("cuda"))
    parser.add_argument("--batch", type=int, default=64)
    arguments = parser.parse_args()
    print(f"{torch.cuda.get_device_name(arguments.device)}, torch {torch.__version__}, batch of {arguments.batch}, MB")
    titles = ("held", "highest", "step", "evaluation")
    print(f"{'':<18}" + "".join(f"{title:>20}" for title in titles))
    for name in arguments.names:
        row = measured(name, arguments.batch, arguments.device)
        cells = [f"{found / 1e6:11,.1f} {found / expected - 1:+8.2%}" for found, expected in row]
        print(f"{name:<18}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
