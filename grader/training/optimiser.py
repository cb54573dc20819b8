"""AdamW over weights that are passed in bfloat16 and kept in float32."""

import torch
from torch import Tensor, nn

from grader.training.model import OnePassVerifier

WARM_UP = 60
"""Steps in which the rate rises to its top."""
HEAD_FACTOR = 5
"""How much faster the new heads learn than the layer below them."""


class MasterWeights:
    """The float32 copies of a bfloat16 model's weights, and the optimiser that moves them.

    Each layer downwards learns `decay` times as fast as the one above it.
    """

    def __init__(self, model: OnePassVerifier, *, rate: float, decay: float) -> None:
        self._model = model
        depth = len(model.base.encoder.layer)
        groups: dict[float, list[tuple[nn.Parameter, Tensor]]] = {}
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parts = name.split(".")
                layer = int(parts[parts.index("layer") + 1]) if "layer" in parts else depth - 1
                head = HEAD_FACTOR if name.startswith(("verdict", "mark")) else 1
                top = rate * decay ** (depth - 1 - layer) * head
                groups.setdefault(top, []).append((parameter, parameter.detach().float().clone()))
        self._pairs = [pair for pairs in groups.values() for pair in pairs]
        self._optimiser = torch.optim.AdamW(
            [{"params": [m for _, m in pairs], "lr": top, "top": top} for top, pairs in groups.items()],
            weight_decay=0.01,
        )

    def step(self, scale: float) -> None:
        """Move the weights along their gradients, at `scale` (0 to 1) of the top rate; drop the gradients."""
        for parameter, master in self._pairs:
            master.grad = parameter.grad.float() if parameter.grad is not None else None
            parameter.grad = None
        torch.nn.utils.clip_grad_norm_([master for _, master in self._pairs], 1.0)
        for group in self._optimiser.param_groups:
            group["lr"] = group["top"] * scale
        self._optimiser.step()
        with torch.no_grad():
            for parameter, master in self._pairs:
                parameter.copy_(master)

    def state_dict(self) -> dict[str, Tensor]:
        """Return the model's weights in float32."""
        weights = {key: value.float() for key, value in self._model.state_dict().items()}
        exact = {id(parameter): master for parameter, master in self._pairs}
        weights.update({key: exact.get(id(p), p).float() for key, p in self._model.named_parameters()})
        return weights
