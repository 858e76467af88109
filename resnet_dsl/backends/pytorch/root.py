"""A whole network, with the attributes and methods that users of torchvision's and timm's networks expect."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from ...analysis.anatomy import Anatomy, chosen_features
from .container import Called, Container, Step, checkpoint_blocks
from .data_config import data_config, feature_info
from .head import changed_spec, new_head, with_head


class Root(Container):
    """A network that classifies images, or, without classes, describes each by its features."""

    spec: Any
    """What it was built from."""

    def __init__(
        self, children: Mapping[str, nn.Module], steps: Sequence[Step], calls: Sequence[Called], anatomy: Anatomy
    ) -> None:
        super().__init__(children, steps)
        self._calls = tuple(calls)
        self._anatomy = anatomy
        self.in_chans = anatomy.input_shape[0]
        self.num_classes = anatomy.classes
        self.num_features = anatomy.map_shape[0]
        """Channels of what `forward_features` returns."""
        self.head_hidden_size = anatomy.pooled_features
        """Features of what `forward_head` returns with `pre_logits`."""
        self.inplanes = anatomy.features[-1].channels
        """Channels of the last stage's feature map, as in torchvision."""
        self.feature_info = feature_info(anatomy)
        self.grad_checkpointing = False
        self.pretrained_cfg = data_config(anatomy)
        self.default_cfg = self.pretrained_cfg

    def forward_features(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to the feature map that is pooled."""
        return self._chain(x, 0, self._anatomy.neck_end)

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """What `forward_features` returns to classes; with `pre_logits` to the features that the classifier takes."""
        end = len(self._calls) - (pre_logits and self.num_classes > 0)
        return self._chain(x, self._anatomy.neck_end, end)

    def forward_intermediates(
        self,
        x: Tensor,
        indices: int | Sequence[int] | None = None,
        norm: bool = False,
        stop_early: bool = False,
        output_fmt: str = "NCHW",
        intermediates_only: bool = False,
    ) -> list[Tensor] | tuple[Tensor, list[Tensor]]:
        """What `forward_features` returns, and feature maps on the way to it, each (batch, channels, height, width).

        Args:
            x: images, (batch, channels, height, width).
            indices: which feature maps, 0 being the stem's, negative ones counted from the end; an integer n for the
                last n; all by default.
            norm: whether the last stage's feature map is the one after the norm and activation that follow
                pre-activation blocks.
            stop_early: whether to leave out all that follows the last of these feature maps, and return that instead of
                what `forward_features` returns.
            output_fmt: `NCHW`, the only order of axes.
            intermediates_only: whether to return the feature maps alone.

        Raises:
            ValueError: there is no such feature map or order of axes.
        """
        if output_fmt != "NCHW":
            raise ValueError(f"feature maps are `NCHW`, not `{output_fmt}`")
        parts = self._anatomy
        chosen, final = chosen_features(indices, len(parts.taps)), len(parts.taps) - 1
        last = max(chosen) if stop_early else final
        found, done = [], 0
        for index, tap in enumerate(parts.taps[: last + 1]):
            end = parts.norm_end if norm and index == final else tap
            x, done = self._chain(x, done, end), end
            if index in chosen:
                found.append(x.clone() if parts.overwritten[index] else x)
        if intermediates_only:
            return found
        return self._chain(x, done, parts.neck_end if last == final else max(done, parts.stem_end)), found

    def get_classifier(self) -> nn.Module:
        """The layer that outputs the classes; `nn.Identity()` if there is none."""
        return getattr(self, self._anatomy.classifier) if self.num_classes else nn.Identity()

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """Put a fresh classifier in place of the present one, and another pooling if asked for; `spec` changes too.

        Args:
            num_classes: 0 for no classifier.
            global_pool: `avg`, `max`, `avgmax` or `catavgmax`; `""` for none, after which the network outputs feature
                maps, has 1x1 convolutions for a classifier, and no spec; by default the present one.

        Raises:
            ValueError: there is no such pooling, it cannot take the place of attention pooling, or `num_classes` is
                no number of classes.
        """
        before = self._anatomy
        parts = with_head(before, num_classes, global_pool)
        modules, calls = new_head(parts, before, self._modules, like=next(self.parameters()))
        shared = len(self._steps) - (len(self._calls) - before.neck_end)
        for name in (before.pool, before.dropout, before.classifier):
            self._modules.pop(name or "", None)
        for name, module in modules.items():
            self.add_module(name, module.train(self.training))
        self._steps = (*self._steps[:shared], *(Step(call, (0,), 0) for call in calls))
        self._calls = (*self._calls[: before.neck_end], *calls)
        self._anatomy = parts
        self.num_classes, self.head_hidden_size = parts.classes, parts.pooled_features
        if hasattr(self, "spec"):
            self.spec = changed_spec(self.spec, parts)

    def set_grad_checkpointing(self, enable: bool = True) -> None:
        """Keep only the input of each block for the backward pass, which runs the blocks again."""
        self.grad_checkpointing = enable
        checkpoint_blocks(self, enable)

    def group_matcher(self, coarse: bool = False) -> dict[str, Any]:
        """Patterns of the parameters of the stem and of each block, or stage if `coarse`, from the input on.

        The neck belongs to the last of them; what is left is the head. timm's `group_parameters` takes them.
        """
        parts = self._anatomy
        block = r"^layer(\d+)" if coarse else r"^layer(\d+)\.(\d+)"
        neck = [(_below(parts.neck), (_SAME_GROUP,))] if parts.neck else []
        return {"stem": _below(parts.stem), "blocks": [(block, None), *neck] if neck else block}

    def no_weight_decay(self) -> set[str]:
        """Names of parameters that are no weights, although they are no vectors either: position embeddings."""
        embedding = f"{self._anatomy.pool}.{_EMBEDDING}"
        return {name for name, _ in self.named_parameters() if name == embedding}

    def _chain(self, x: Tensor, start: int, end: int) -> Tensor:
        for call in self._calls[start:end]:
            x = self._callable(call)(x)
        return x


_SAME_GROUP = 99999
"""What tells timm that a group of parameters belongs to the one before."""
_EMBEDDING = "positional_embedding"


def _below(names: Sequence[str]) -> str:
    """A pattern of what is in one of these modules."""
    return rf"^(?:{'|'.join(names)})\."
