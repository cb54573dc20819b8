"""What simpler methods would mark."""

import pytest

from grader import baselines
from grader.evaluate import Evaluation, Marked
from grader.models import Grade
from questions.models import KeyPoint, Level, Question
from tests.fakes import WordVectorEncoder

QUESTION = Question(
    id="q",
    topic="fruit",
    level=Level.FUNDAMENTAL,
    prompt="How does an apple ripen?",
    reference="An apple ripens slowly on the tree.",
    key_points=(
        KeyPoint(id="1", text="An apple ripens slowly", weight=3),
        KeyPoint(id="2", text="On the tree"),
    ),
)


def marked(*answers: tuple[str, float]) -> list[Marked]:
    return [Marked(str(n), QUESTION, text, score, None, "medium") for n, (text, score) in enumerate(answers)]


def test_keyword_coverage_counts_the_words_of_the_reference() -> None:
    assert baselines.keyword_coverage(marked((QUESTION.reference, 97), ("", 0))) == [100.0, 0.0]
    (half,) = baselines.keyword_coverage(marked(("The apple is on a tree", 40)))
    assert 0 < half < 100


def test_tf_idf_is_full_for_the_reference_and_nothing_without_shared_words() -> None:
    same, none = baselines.tf_idf(marked((QUESTION.reference, 97), ("Bananas bend", 0)))
    assert same == pytest.approx(100)
    assert none == 0


def test_embedding_cosine_weighs_the_points() -> None:
    method = baselines.embedding_cosine(WordVectorEncoder())
    first, second, nothing = method(marked(("An apple ripens slowly", 75), ("On the tree", 25), ("", 0)))
    assert first > second > nothing == 0


def test_the_table_has_a_column_for_each_method_and_a_row_for_each_style() -> None:
    answers = marked((QUESTION.reference, 97), ("An apple", 20), ("Bananas bend", 0))
    grades = tuple(Grade("q", score, True, (), "fake") for score in (95, 30, 5))
    lines = baselines.compare(Evaluation(tuple(answers), grades), WordVectorEncoder()).splitlines()
    assert lines[0].split()[1:] == ["tf-idf", "keywords", "cosine", "this", "grader"]
    assert lines[-1].split()[-1] == "43.33"
    assert any(line.startswith("mean score: medium") for line in lines)
