"""Tests of undoing tricks with characters."""

from hypothesis import given
from hypothesis import strategies as st

from grader.models import Span
from grader.normalise import normalise


def test_plain_text_is_left_alone() -> None:
    assert normalise("wait() -> 0\n").text == "wait() -> 0\n"


def test_invisible_and_control_characters_go() -> None:
    assert normalise("zom\u200bbie\x00 \x1b[31mred\ufeff\u202e").text == "zombie [31mred"


def test_line_ends() -> None:
    assert normalise("a\r\nb\rc\u2028d").text == "a\nb\nc\nd"


def test_look_alikes_are_replaced_inside_latin_words_only() -> None:
    assert normalise("cоntаiner и контейнер").text == "container и контейнер"


def test_dressed_up_letters() -> None:
    assert normalise("ｄｆ 𝐤𝐢𝐥𝐥 ﬁle").text == "df kill file"


def test_meaning_of_superscripts_stays() -> None:
    assert normalise("10⁶ is not 106, O(n²) → fine").text == "10⁶ is not 106, O(n²) → fine"


def test_offsets_lead_back_to_the_original() -> None:
    answer = "A zom\u200bbie ﬁle."
    found = normalise(answer)
    start = found.text.index("zombie")
    span = found.original(Span(start, start + len("zombie")))
    assert answer[span.start : span.end] == "zom\u200bbie"


def test_cutting_spans_keeps_offsets() -> None:
    found = normalise("keep this. drop that. keep more.").without([Span(11, 22)])
    assert found.text == "keep this. keep more."
    start = found.text.index("more")
    assert found.original(Span(start, start + 4)) == Span(27, 31)


@given(st.text(max_size=200))
def test_one_offset_a_character_and_never_backwards(answer: str) -> None:
    found = normalise(answer)
    assert len(found.offsets) == len(found.text)
    assert list(found.offsets) == sorted(found.offsets)
    assert normalise(found.text).text == found.text


def test_words_of_nothing_but_look_alikes_are_latin_among_latin_ones() -> None:
    assert normalise("А cat, со called, αβ и").text == "A cat, co called, αβ и"
    assert normalise("это а не со, x").text == "это а не со, x"
