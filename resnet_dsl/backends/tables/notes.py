"""What stands below a table: what FLOPs are, what training and evaluation take, and what fits."""

from .rows import Request

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_FLOPS = "one multiply-accumulate (MAC) is two floating-point operations (FLOPs): a multiplication and an addition"


def notes(request: Request) -> str:
    """Sentences on what was asked for; empty if nothing was."""
    lines = [*([_FLOPS] if "flops" in request.extras else []), *(_memory(request) if request.has_memory else [])]
    return "".join(f"{line}\n" for line in lines)


def _memory(request: Request) -> list[str]:
    """What training holds, what evaluation takes, and what fits."""
    found = request.memory
    batch = f"a batch of {found.batch_size:,}"
    precision = "bfloat16 autocast" if request.autocast else "float32"
    setting = f"{precision} with {request.trained_with}"
    lines = [
        f"training in {setting}, {batch}: {found.training:,} bytes ({amount(found.training)})",
        f"  saved for backward {amount(found.saved_for_backward)}, parameters {amount(found.parameters)}, "
        f"gradients {amount(found.gradients)}, optimizer {amount(found.optimizer)}",
        f"evaluation in float32, {batch}: {amount(found.inference_peak)} at its peak, beside the parameters",
    ]
    if request.capacity is not None:
        fits = "fits" if found.training <= request.capacity else "does not fit"
        largest = (
            f"the largest batch that does is {request.largest_batch:,}" if request.largest_batch else "no batch does"
        )
        lines.append(f"training with {batch} {fits} into {amount(request.capacity)}; {largest}")
    return lines


def amount(size: int) -> str:
    """Bytes with three or more digits, in the largest unit of which there is at least one: `8.21 GB`."""
    power = max(0, (len(str(size)) - 1) // 3)
    power = min(power, len(_UNITS) - 1)
    return f"{size:,} bytes" if power == 0 else f"{size / 1000**power:,.{_decimals(size, power)}f} {_UNITS[power]}"


def _decimals(size: int, power: int) -> int:
    """Places after the point that make three digits."""
    return max(0, 2 - (len(str(size)) - 1 - 3 * power))
