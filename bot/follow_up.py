"""What an interviewer asks next about a point that an answer missed, without giving the point away."""

import re
from collections.abc import Sequence

from grader.models import Grade, PointGrade, Verdict
from questions.models import KeyPoint, Question
from questions.words import content_words, stem, stems

QUOTE = 120  # characters of the answer that a follow-up repeats
_REASON = re.compile(
    r"\b(because|so that|since|therefore|which is why|otherwise|prevents?|avoids?)\b", re.IGNORECASE
)
_WORD = re.compile(r"[\w+#]+")
_NUMBER = re.compile(r"\b\d")
_ORDER = (Verdict.CONTRADICTED, Verdict.MISSING, Verdict.PARTIAL)


def missed(question: Question, grade: Grade) -> list[tuple[KeyPoint, PointGrade]]:
    """List the points an answer missed: contradicted first, then the weightiest, partly covered ones last."""
    by_id = {point.id: point for point in question.key_points}
    found = [
        (by_id[result.point_id], result)
        for result in grade.points
        if result.verdict is not Verdict.COVERED
        and not (by_id[result.point_id].avoid and result.verdict is not Verdict.CONTRADICTED)
    ]
    return sorted(found, key=lambda item: (_ORDER.index(item[1].verdict), -item[0].weight))


def follow_up(question: Question, answer: str, grade: Grade) -> str | None:
    """Return what to ask after an answer, None where nothing was missed or nothing was said.

    What the question's author wrote comes first. Else it is made from the weightiest missed point, out of
    words that the question or the answer already used.
    """
    points = missed(question, grade)
    if grade.gate or not points:
        return None
    if question.follow_up:
        return question.follow_up
    point, result = points[0]
    quote = _quote(answer, result)
    if result.verdict is Verdict.CONTRADICTED and quote:
        return f"You said: “{quote}”. Are you sure? Think it through once more, and say what follows from it."
    if result.verdict is Verdict.PARTIAL and quote:
        return f"You said: “{quote}”. Go one step further: {_aspect(point)}"
    about = _shared_words(point, question.prompt)
    lead = f"Stay with {_joined(about)} for a moment." if about else "There is more to it than you said."
    return f"{lead} {_aspect(point).capitalize()}"


def _aspect(point: KeyPoint) -> str:
    """Ask for the kind of thing that the point says."""
    if point.avoid:
        return "what would you rather not do here, and why?"
    if point.terms:
        return "how would you do that in practice: which command, setting or name exactly?"
    if _NUMBER.search(point.text):
        return "which figures or limits matter here?"
    if _REASON.search(point.text):
        return "what is the reason behind it, and what goes wrong otherwise?"
    return "what else would you tell a colleague who has to rely on it?"


def _shared_words(point: KeyPoint, prompt: str) -> Sequence[str]:
    """Return the prompt's first two words, as written, that the point uses too."""
    own = set(stems(point.text))
    found: dict[str, str] = {}
    for word in _WORD.findall(prompt):
        for content in content_words(word):
            if len(content) > 3 and stem(content) in own:
                found.setdefault(stem(content), word)
    return list(found.values())[:2]


def _joined(words: Sequence[str]) -> str:
    return " and ".join(f"“{word}”" for word in words)


def _quote(answer: str, result: PointGrade) -> str:
    if not result.evidence:
        return ""
    span = result.evidence[0]
    said = " ".join(answer[span.start : span.end].split())
    return said if len(said) <= QUOTE else f"{said[: QUOTE - 1].rstrip()}…"
