import re

import pytest

from bot.follow_up import follow_up, missed
from grader.models import Grade, PointGrade, Verdict
from questions.load import bundled_path, load_bank
from questions.models import KeyPoint, Question
from questions.words import content_words, stem, stems
from tests.practising import WordGrader, question
from tests.together import full, light

APPLE = question("apple").model_copy(update={"follow_up": None})


def ask(asked: Question, answer: str) -> str | None:
    return follow_up(asked, answer, WordGrader().grade(asked, answer))


def with_point(text: str, **fields: object) -> Question:
    point = KeyPoint(id="grows", text=text, weight=3, **fields)  # type: ignore[arg-type]
    return APPLE.model_copy(update={"key_points": (point, APPLE.key_points[1])})


def test_the_weightiest_missed_point_is_asked_about() -> None:
    both = missed(APPLE, WordGrader().grade(APPLE, "something"))
    assert [point.id for point, _ in both] == ["grows", "eaten"]
    assert ask(APPLE, "something") == (
        "Stay with “apple” for a moment. What else would you tell a colleague who has to rely on it?"
    )


def test_contradicted_points_come_first_and_are_quoted() -> None:
    asked = ask(APPLE, "I think: not apple ripens slowly")
    assert asked is not None
    assert asked.startswith("You said: “not apple ripens slowly”. Are you sure?")


def test_half_said_points_are_taken_further() -> None:
    asked = ask(APPLE, f"{full('apple')}".replace("slowly", "fast"))
    assert asked is not None
    assert asked.startswith("You said: “apple ripens”. Go one step further:")


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        ("The apple needs `prune`", {"terms": ("prune",)}, "which command, setting or name"),
        ("An apple needs 200 frosts", {}, "Which figures or limits"),
        ("Frost helps since blossoms rest", {}, "the reason behind it"),
    ],
)
def test_it_asks_for_the_kind_of_thing_that_is_missing(
    text: str, fields: dict[str, object], said: str
) -> None:
    asked = ask(with_point(text, **fields), light("apple"))
    assert asked is not None
    assert said.casefold() in asked.casefold()


def test_nothing_is_asked_where_nothing_was_missed_or_said() -> None:
    assert ask(APPLE, full("apple")) is None
    assert ask(APPLE, "") is None


def test_what_should_be_avoided_is_asked_about_only_if_it_was_recommended() -> None:
    asked = with_point("Pruning apples in spring", avoid=True)
    assert [point.id for point, _ in missed(asked, WordGrader().grade(asked, light("apple")))] == []


def test_long_quotes_are_cut() -> None:
    answer = f"not apple ripens {'very ' * 100}slowly"
    asked = ask(APPLE, answer)
    assert asked is not None
    assert len(asked) < 250


def test_no_follow_up_gives_a_bundled_point_away() -> None:
    """Made follow-ups use no word of a point that neither the question nor the answer holds."""
    common = set(stems(" ".join(re.findall(r"\"(.*?)\"", _source()))))
    for asked in load_bank(bundled_path()).values():
        bare = asked.model_copy(update={"follow_up": None})
        nothing = {each: float(each is Verdict.MISSING) for each in Verdict}
        points = tuple(PointGrade(point.id, Verdict.MISSING, nothing) for point in bare.key_points)
        grade = Grade(bare.id, 0, sure=True, points=points, model="none")
        made = follow_up(bare, "I have never used it", grade)
        assert made is not None
        said = set(stems(made))
        for point, _ in missed(bare, grade):
            told = {stem(word) for word in content_words(point.text)} & said
            assert told <= set(stems(asked.prompt)) | common, (asked.id, point.text, made)


def _source() -> str:
    from pathlib import Path

    from bot import follow_up as module

    return Path(module.__file__).read_text(encoding="utf-8")
