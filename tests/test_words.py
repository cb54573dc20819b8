from questions.words import content_words, stem, words


def test_words_are_lower_case_without_punctuation() -> None:
    assert words("What's C++, C# & max_size?") == ["what", "s", "c++", "c#", "max", "size"]


def test_content_words_leave_out_what_carries_no_meaning() -> None:
    assert content_words("The kernel is shared with the host") == ["kernel", "shared", "host"]


def test_forms_of_a_word_share_their_stem() -> None:
    assert stem("images") == stem("image")
    assert stem("caching") == stem("cached") == stem("cache")
    assert stem("process") != stem("process"[:-2])
