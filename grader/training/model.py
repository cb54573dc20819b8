"""The verifier as a torch module: a Sentence Transformers base with a head read at the markers."""

from pathlib import Path

from torch import Tensor, nn

from grader.training.data import LABELS


class OnePassVerifier(nn.Module):
    """Base encoder with two linear heads.

    `forward` takes token ids and attention mask, both int64 [batch, tokens], and gives verdict
    logits float32 [batch, tokens, 4] (meaningful at the markers, in the order of `LABELS`) and the
    answer's mark as a logit float32 [batch] read at the first token.
    """

    def __init__(self, base: nn.Module, hidden: int) -> None:
        super().__init__()
        self.base = base
        self.verdict = nn.Linear(hidden, len(LABELS))
        self.mark = nn.Linear(hidden, 1)
        nn.init.normal_(self.verdict.weight, std=0.02)
        nn.init.normal_(self.mark.weight, std=0.02)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.base(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.verdict(hidden).float(), self.mark(hidden[:, 0]).float().squeeze(-1)


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
