"""A network on the Hugging Face Hub, by huggingface_hub's mixin: its weights, which carry their spec, and the spec."""

from pathlib import Path
from typing import Any

import torch
from huggingface_hub import PyTorchModelHubMixin, hf_hub_download
from huggingface_hub.constants import SAFETENSORS_SINGLE_FILE
from torch import nn

from ..api.networks import build, save
from ..compiler import text_of

SPEC_FILE = "spec.yaml"
"""The text of the spec, for people."""


class Network(nn.Module, PyTorchModelHubMixin, library_name="resnet-dsl", tags=["image-classification"]):
    """A built network, as `network`, with `save_pretrained`, `push_to_hub` and `from_pretrained`.

    The file of weights has the network's own names, so that `resnet_dsl.build(weights=…)` and timm read it too.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) to what the network outputs."""
        output: torch.Tensor = self.network(x)
        return output

    def save_pretrained(self, save_directory: str | Path, *, config: Any = None, **options: Any) -> str | None:
        """As the mixin has it, and with a `config.json` in any case, which it looks for when it reads a folder."""
        config = config or self._hub_mixin_config or {"spec": SPEC_FILE}
        return super().save_pretrained(save_directory, config=config, **options)

    def _save_pretrained(self, save_directory: Path) -> None:
        save(self.network, save_directory / SAFETENSORS_SINGLE_FILE)
        network: Any = self.network
        (save_directory / SPEC_FILE).write_text(text_of(network.spec), "utf-8")

    @classmethod
    def _from_pretrained(
        cls, *, model_id: str, map_location: torch.device | str = "cpu", strict: bool = True, **options: Any
    ) -> "Network":
        """In evaluation mode, as the mixin has it; what is not of the Hub goes to `resnet_dsl.build`."""
        hub = {name: options.pop(name, None) for name in ("revision", "cache_dir", "token")}
        hub |= {name: options.pop(name, False) for name in ("force_download", "local_files_only")}
        folder = Path(model_id)
        path = folder / SAFETENSORS_SINGLE_FILE if folder.is_dir() else None
        file = path or hf_hub_download(repo_id=model_id, filename=SAFETENSORS_SINGLE_FILE, **hub)
        return cls(build(weights=file, device=map_location, partial=not strict, **options)).eval()
