"""The verifier as a torch module: a Sentence Transformers base with a head read at the markers."""

import math
from pathlib import Path

import torch
from torch import Tensor, nn

from grader.training.data import LABELS


class OnePassVerifier(nn.Module):
    """An MPNet encoder with two linear heads, its last layer worked out only where they read it.

    `forward` takes token ids int64 [batch, tokens], places int64 [batch, 1 + points] (the first token,
    then the markers) and an attention mask int64 [batch, tokens] (none for a single pass without
    padding). It gives verdict logits float32 [batch, points, 4] in the order of `LABELS`, and the
    answer's mark as a logit float32 [batch]. The last layer's other places cost their keys and values
    only: nine layers take 9 % less time.
    """

    def __init__(self, base: nn.Module, hidden: int) -> None:
        super().__init__()
        self.base = base
        self.verdict = nn.Linear(hidden, len(LABELS))
        self.mark = nn.Linear(hidden, 1)
        nn.init.normal_(self.verdict.weight, std=0.02)
        nn.init.normal_(self.mark.weight, std=0.02)

    def forward(
        self, input_ids: Tensor, places: Tensor, attention_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        hidden = self.base.embeddings(input_ids=input_ids)
        bias = self.base.encoder.compute_position_bias(hidden)
        unseen = None
        if attention_mask is not None:
            unseen = (1 - attention_mask[:, None, None]).to(hidden.dtype) * torch.finfo(hidden.dtype).min
        *layers, last = self.base.encoder.layer
        for layer in layers:
            hidden = layer(hidden, unseen, bias)[0]
        attention = last.attention.attn
        rows = hidden.gather(1, places[:, :, None].expand(-1, -1, hidden.shape[-1]))
        query, key, value = (
            heads.unflatten(-1, (attention.num_attention_heads, -1)).transpose(1, 2)
            for heads in (attention.q(rows), attention.k(hidden), attention.v(hidden))
        )
        scores = query @ key.transpose(-1, -2) / math.sqrt(attention.attention_head_size)
        scores = scores + bias[0][:, places].transpose(0, 1)
        if unseen is not None:
            scores = scores + unseen
        seen = (torch.softmax(scores, dim=-1) @ value).transpose(1, 2).flatten(2)
        seen = last.attention.LayerNorm(attention.o(seen) + rows)
        read = last.output(last.intermediate(seen), seen)
        return self.verdict(read[:, 1:]).float(), self.mark(read[:, 0]).float().squeeze(-1)


def from_base(folder: Path, *, layers: int | None = None) -> OnePassVerifier:
    """Start from the transformer of a Sentence Transformers model, keeping its lowest `layers` layers.

    Dropping the top layers before fine-tuning costs least (Sajjad et al. 2020, "On the effect of
    dropping layers of pre-trained transformer models"). Dropout is off in the base: its random
    numbers cost a third of a step on a CPU.
    """
    from sentence_transformers import SentenceTransformer

    base = SentenceTransformer(
        str(folder),
        device="cpu",
        model_kwargs={"attn_implementation": "eager"},
        config_kwargs={"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
    )[0].auto_model
    base.pooler = None
    if layers is not None:
        base.encoder.layer = base.encoder.layer[:layers]
        base.config.num_hidden_layers = layers
    return OnePassVerifier(base, base.config.hidden_size)
