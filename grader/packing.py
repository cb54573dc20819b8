"""One-pass input of the verifier: question, all its key points, and the answer, as token ids.

    <s> question </s> <mask> key point 1 <mask> key point 2 … </s> </s> answer </s>

The verdict on a key point is read off at the `<mask>` in front of it, so one pass serves all
points and the model sees both sides of a comparison. Training and run time share this module.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

MAX_TOKENS = 512
"""Positions the base model was trained for."""
MAX_QUESTION_TOKENS = 96
MAX_POINT_TOKENS = 96
MIN_ANSWER_TOKENS = 160
"""What is kept free for the answer; key points that don't fit beside it go to a further pass."""
OVERLAP = 48
"""Tokens that two windows of a long answer share, so that no statement is cut from its context."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Token ids of one pass, with the place of each key point's marker.

    `points` are the indices of the key points in it; `markers` the positions, in the same order;
    `answer` is the half-open token range of the answer.
    """

    ids: tuple[int, ...]
    points: tuple[int, ...]
    markers: tuple[int, ...]
    answer: tuple[int, int]


class Packer:
    """Turns texts into `Pass`es with a tokenizer that knows `<s>`, `</s>` and `<mask>`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.bos, self.eos, self.marker, self.pad = (
            self._id(name)
            for name in (("<s>", "[CLS]"), ("</s>", "[SEP]"), ("<mask>", "[MASK]"), ("<pad>", "[PAD]"))
        )

    def _id(self, names: Sequence[str]) -> int:
        for name in names:
            found = self._tokenizer.token_to_id(name)
            if found is not None:
                return int(found)
        raise ValueError(f"the tokenizer has none of the tokens {', '.join(names)}")

    def knows(self, word: str) -> bool:
        """Say whether the vocabulary has `word` as one token."""
        return self._tokenizer.token_to_id(word) is not None

    def tokens(self, text: str) -> list[int]:
        """Token ids of a text, without special tokens and never with a marker (a user may write one)."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [i for i in ids if i not in (self.bos, self.eos, self.marker, self.pad)]

    def pack(self, question: str, points: Sequence[str], answer: str) -> Iterator[Pass]:
        """Yield passes that together show every key point with every part of the answer."""
        head = [self.bos, *self.tokens(question)[:MAX_QUESTION_TOKENS], self.eos]
        encoded = [self.tokens(point)[:MAX_POINT_TOKENS] for point in points]
        reply = self.tokens(answer)
        group: list[int] = []
        used = len(head) + 3
        for index, ids in enumerate(encoded):
            if group and used + len(ids) + 1 > MAX_TOKENS - MIN_ANSWER_TOKENS:
                yield from self._windows(head, encoded, group, reply)
                group, used = [], len(head) + 3
            group.append(index)
            used += len(ids) + 1
        if group:
            yield from self._windows(head, encoded, group, reply)

    def _windows(
        self, head: list[int], encoded: list[list[int]], group: list[int], reply: list[int]
    ) -> Iterator[Pass]:
        ids = list(head)
        markers = []
        for index in group:
            markers.append(len(ids))
            ids += [self.marker, *encoded[index]]
        ids += [self.eos, self.eos]
        room = MAX_TOKENS - len(ids) - 1
        start = 0
        while True:
            window = reply[start : start + room]
            full = (*ids, *window, self.eos)
            yield Pass(full, tuple(group), tuple(markers), (len(ids), len(ids) + len(window)))
            if start + room >= len(reply):
                return
            start += room - OVERLAP
