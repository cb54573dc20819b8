"""What the tests of `bot` share: a small bank, and a grader that counts words."""

import re
from collections.abc import Sequence

from grader.models import Grade, PointGrade, Span, Verdict
from questions.models import Bank, KeyPoint, Level, Question, Section


class WordGrader:
    """Covers a key point where the answer holds all its long words, partly where it holds half of them.

    "not" before the first of them contradicts it. An honest little grader: marks follow the words alone.
    """

    model = "words-1"

    def __init__(self) -> None:
        self.prepared: list[str] = []

    def prepare(self, question: Question) -> None:
        self.prepared.append(question.id)

    def grade(self, question: Question, answer: str) -> Grade:
        points = tuple(self._point(point, answer) for point in question.key_points)
        credit = {Verdict.COVERED: 1.0, Verdict.PARTIAL: 0.5}
        earned = sum(
            point.weight * credit.get(found.verdict, 0.0)
            for point, found in zip(question.key_points, points, strict=True)
        )
        return Grade(
            question_id=question.id,
            score=round(100 * earned / question.total_weight),
            sure=all(point.sure for point in points),
            points=points,
            model=self.model,
            gate=None if answer.strip() else "empty",
        )

    def grade_many(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        return [self.grade(asked, answer) for asked, answer in pairs]

    def _point(self, point: KeyPoint, answer: str) -> PointGrade:
        words = [word for word in re.findall(r"\w+", point.text.lower()) if len(word) > 4]
        found = [match for word in words if (match := re.search(rf"(not )?\b{word}\b", answer.lower()))]
        found.sort(key=re.Match.start)
        share = len(found) / len(words)
        if any(match[1] for match in found):
            verdict = Verdict.CONTRADICTED
        elif share == 1:
            verdict = Verdict.COVERED
        else:
            verdict = Verdict.PARTIAL if share >= 0.5 else Verdict.MISSING
        evidence = (Span(found[0].start(), found[-1].end()),) if found and share >= 0.5 else ()
        chances = {each: 1.0 if each is verdict else 0.0 for each in Verdict}
        return PointGrade(point.id, verdict, chances, evidence, sure=verdict is not Verdict.PARTIAL)


def question(name: str, *, topic: str = "Fruit", level: Level = Level.FUNDAMENTAL) -> Question:
    """Make a question with two points, of weight 3 and 1, that the words of `name` tell apart."""
    return Question(
        id=name,
        topic=topic,
        level=level,
        prompt=f"What do you know about {name}?",
        reference=f"The {name} grows *slowly*.\n\n```sh\ngrow --{name}\n```",
        key_points=(
            KeyPoint(id="grows", text=f"The {name} ripens slowly", weight=3, section="growing"),
            KeyPoint(id="eaten", text=f"Birds love {name}", weight=1),
        ),
        tags=("garden",),
        hint=f"Think of the {name} in spring.",
        follow_up=f"And the {name} in autumn?",
    )


def small_bank() -> Bank:
    """Three questions on fruit and one, advanced, on trees."""
    found = [question("apple"), question("banana"), question("cherry", level=Level.ADVANCED)]
    found.append(question("maple", topic="Trees", level=Level.ADVANCED))
    growing = Section(id="growing", title="How plants grow", text="Slowly.", path="garden.md", line=3)
    return Bank({each.id: each for each in found}, {"growing": growing})
