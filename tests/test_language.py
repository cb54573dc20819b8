from pathlib import PurePath

import pytest

from questions.language import foreign, is_english, named_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is a heap?", None),
        ("", None),
        ("`код` and words", None),
        ("```python\n# комментарий\n```\nIt prints one.", None),
        ("σ(x) = 1 / (1 + e^-x), where θ is learned", None),
        ("Что такое куча?", "Russian or another language in Cyrillic script"),
        ("什么是闭包？ closure", "Chinese"),
        ("クロージャとは何ですか", "Japanese"),
        ("클로저란 무엇인가", "Korean"),
        ("ما هو الإغلاق؟", "Arabic or Persian"),
        ("מהו סגור?", "another script"),
        (
            "Der Prozess hat einen eigenen Speicher und die Threads teilen ihn mit den anderen, was für das "
            "Programm nicht immer gut ist.",
            "German",
        ),
        ("El proceso es una copia de los datos en la memoria que se usa para más de un programa.", "Spanish"),
    ],
)
def test_languages_are_told_by_script_and_function_words(text: str, language: str | None) -> None:
    assert foreign(text) == language


def test_english_needs_a_few_of_its_words() -> None:
    assert is_english("What is the difference between a heap and a stack?")
    assert not is_english("Heap vs. Stack")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        *((name, True) for name in ("README-zh_CN.md", "README.fa.md", "README_AR.md", "fr-FR/README.md")),
        *((name, False) for name in ("README.md", "git.md", "go.md", "js_en_US.md", "en-EN/README.md")),
    ],
)
def test_paths_that_name_a_language(path: str, named: bool) -> None:
    assert named_in(PurePath(path)) is named
