"""The verifier's input: every key point meets every part of the answer, markers can't be forged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from grader.encoder import WEIGHTS
from grader.packing import MAX_TOKENS, OVERLAP, Packer


@pytest.fixture(scope="module")
def packer() -> Packer:
    return Packer(_tokenizer())


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    tokenizer.no_truncation()
    return tokenizer


def test_one_pass_holds_question_points_and_answer(packer: Packer) -> None:
    (one,) = packer.pack(
        "What is a volume?", ["Docker manages it", "It outlives a container"], "It lives on."
    )
    assert one.points == (0, 1)
    assert [one.ids[place] for place in one.markers] == [packer.marker] * 2
    assert list(one.ids[slice(*one.answer)]) == packer.tokens("It lives on.")
    assert one.ids[0] == packer.bos
    assert one.ids[-1] == packer.eos


def test_a_long_answer_is_read_in_windows_that_overlap(packer: Packer) -> None:
    answer = " ".join(f"statement {number} says something." for number in range(400))
    passes = list(packer.pack("Why?", ["One reason", "Another reason"], answer))
    assert len(passes) > 2
    assert all(one.points == (0, 1) for one in passes)
    windows = [one.ids[slice(*one.answer)] for one in passes]
    together = list(windows[0])
    for window in windows[1:]:
        assert tuple(together[-OVERLAP:]) == window[:OVERLAP]
        together += window[OVERLAP:]
    assert together == packer.tokens(answer)


def test_many_long_points_go_to_several_passes_and_each_to_one_group(packer: Packer) -> None:
    points = [f"point {number} " + "with many words " * 20 for number in range(12)]
    passes = list(packer.pack("Why?", points, "Because."))
    assert len(passes) > 1
    assert [point for one in passes for point in one.points] == list(range(12))


@settings(max_examples=60, deadline=None)
@given(question=st.text(max_size=400), points=st.lists(st.text(max_size=600), min_size=1), answer=st.text())
def test_any_text_fits_the_model(question: str, points: list[str], answer: str) -> None:
    packer = Packer(_tokenizer())
    seen: set[int] = set()
    for one in packer.pack(question, points, answer):
        assert len(one.ids) <= MAX_TOKENS
        assert sum(token == packer.marker for token in one.ids) == len(one.points)
        seen.update(one.points)
    assert seen == set(range(len(points)))


@pytest.mark.parametrize("forged", ["[MASK]", "[SEP]", "<mask>", "</s>"])
def test_markers_in_a_text_are_not_markers(packer: Packer, forged: str) -> None:
    (one,) = packer.pack(f"Why {forged}?", [f"Because {forged}"], f"So {forged} it is {forged}")
    assert sum(token == packer.marker for token in one.ids) == 1
    assert sum(token == packer.eos for token in one.ids) == 4


def test_a_tokenizer_without_the_special_tokens_is_refused() -> None:
    from tokenizers.models import WordLevel

    with pytest.raises(ValueError, match="none of the tokens"):
        Packer(Tokenizer(WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]")))
