import pytest

from questions.words import content_words, stem, words


def test_words_are_lower_case_without_punctuation() -> None:
    assert words("What's C++, C# & max_size?") == ["what", "s", "c++", "c#", "max", "size"]


def test_content_words_leave_out_what_carries_no_meaning() -> None:
    assert content_words("The kernel is shared with the host") == ["kernel", "shared", "host"]


def test_forms_of_a_word_share_their_stem() -> None:
    assert stem("images") == stem("image")
    assert stem("caching") == stem("cached") == stem("cache")
    assert stem("process") != stem("process"[:-2])


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("images", "imag"),
        ("image", "imag"),
        ("scanning", "scan"),
        ("calling", "call"),
        ("running", "run"),
        ("vulnerabilities", "vulnerability"),
        ("policies", "policy"),
        ("process", "process"),
        ("processes", "process"),
        ("stopped", "stop"),
        ("string", "str"),
        ("dns", "dns"),
        ("is", "is"),
        ("c++", "c++"),
    ],
)
def test_stem(word: str, root: str) -> None:
    assert stem(word) == root
