"""What a person reads, as Markdown: the same words in a terminal and in Discord.

Whatever a person or a corpus wrote goes through `escape` (one line of plain text) or `visible`
(Markdown as written), so that it can't format, ping or steer the screen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.models import Progress, Summary, TopicProgress, Weakness
from grader.models import Grade, PointGrade, Span, Verdict
from questions.models import KeyPoint, Question, Section

if TYPE_CHECKING:
    from bot.duplicates import Pair
    from questions.doctor import Report
    from questions.importing import Import

SYMBOLS: Mapping[Verdict, str] = {
    Verdict.COVERED: "✔",
    Verdict.PARTIAL: "◐",
    Verdict.MISSING: "○",
    Verdict.CONTRADICTED: "✘",
}
WORDS: Mapping[Verdict, str] = {
    Verdict.COVERED: "covered",
    Verdict.PARTIAL: "partly",
    Verdict.MISSING: "missing",
    Verdict.CONTRADICTED: "contradicted",
}
GATES: Mapping[str, str] = {
    "empty": "The answer is empty.",
    "gibberish": "This doesn't read as an answer.",
    "question repeated": "This repeats the question without answering it.",
    "keyword list": "These are keywords; say what they mean and how they hang together.",
    "instructions to the grader": "This talks to the grader instead of answering the question.",
}
QUOTE = 160  # characters of an answer quoted as evidence for one point

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@^=&])")
# Marks that would turn the direction of the text around them, and the byte order mark.
_UNSEEN = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF], None)
_CONTROL = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
}


@dataclass(frozen=True, slots=True)
class PointText:
    """One key point of a graded card. `label` is plain text, `body` Markdown paragraphs."""

    verdict: Verdict
    label: str
    body: str


def visible(text: str) -> str:
    """Show control characters as pictures (ESC as ␛) and drop marks that change the writing direction."""
    return text.replace("\r\n", "\n").translate(_CONTROL).translate(_UNSEEN)


def line(text: str) -> str:
    """Turn any text into one line of plain text."""
    return " ".join(visible(text).split())


def escape(text: str) -> str:
    """Turn any text into one line that Markdown renders exactly as written."""
    return _MARKDOWN.sub(r"\\\1", line(text))


def facts(question: Question) -> str:
    """Say topic, level and number of points, in plain text."""
    return f"{line(question.topic)} · {question.level} · {_counted(len(question.key_points), 'point')}"


def prompt(question: Question) -> str:
    """Give the question's own Markdown."""
    return visible(question.prompt)


def hint(question: Question) -> str:
    """Give the author's hint, or what can be said without giving the answer away."""
    if question.hint:
        return visible(question.hint)
    heaviest = max(point.weight for point in question.key_points)
    count = len(question.key_points)
    weights = f", the weightiest counts {heaviest}" if heaviest > 1 else ""
    return f"No hint was written for this question. It looks for {count} points{weights}."


def verdict_on(grade: Grade) -> str:
    """Say in one or two plain sentences what the mark means, and whether the grader is sure."""
    if grade.gate:
        return GATES.get(grade.gate, line(grade.gate))
    counts = {verdict: sum(point.verdict is verdict for point in grade.points) for verdict in Verdict}
    said = [f"{count} {WORDS[verdict]}" for verdict, count in counts.items() if count]
    words = f"Of {len(grade.points)} points: {', '.join(said)}."
    if not grade.sure:
        words += " I am not sure about this mark; judge for yourself by the model answer."
    return words


def points(
    question: Question, answer: str, grade: Grade, sections: Mapping[str, Section] | None = None
) -> tuple[PointText, ...]:
    """Explain the mark point by point: verdict, weight, the words that decided it, and what is right."""
    by_id = {point.id: point for point in question.key_points}
    return tuple(
        PointText(
            result.verdict,
            _label(result, by_id[result.point_id]),
            _body(result, by_id[result.point_id], answer, sections or {}),
        )
        for result in grade.points
    )


def card(question: Question, answer: str, grade: Grade, sections: Mapping[str, Section] | None = None) -> str:
    """Put the whole graded answer into Markdown, without the model answer."""
    lines = [f"**{grade.score} / 100** {verdict_on(grade)}", ""]
    for point in points(question, answer, grade, sections):
        first, *rest = point.body.split("\n\n")
        lines.append(f"- {SYMBOLS[point.verdict]} **{point.label}** {first}")
        lines += [f"  {paragraph}" for paragraph in rest]
    return "\n".join(lines)


def model_answer(question: Question) -> str:
    """Give the reference answer's own Markdown."""
    return visible(question.reference)


def follow_up(question: Question) -> str | None:
    """Give the question that an interviewer would ask next, where its author wrote one."""
    return visible(question.follow_up) if question.follow_up else None


def summary(found: Summary, show: str | None) -> str:
    """Sum up a session: the mean, each mark, the weakest points and what to read.

    `show` is the command that shows a section of the guide when its id is put behind it, if there is one.
    """
    if found.mean is None:
        return "No answer was graded in this session."
    answers = len(found.marks)
    lines = [f"**{found.mean:.0f} / 100** on average, {_counted(answers, 'answer')}.", ""]
    lines += [f"- {mark} / 100  {escape(question.prompt)}" for question, mark in found.marks]
    if found.weakest:
        lines += ["", "**Weakest points**", "", *(_weakness(weak) for weak in found.weakest)]
    if found.reading:
        lines += ["", "**What to read**", ""]
        for section in found.reading:
            lines.append(
                f"- {escape(section.title)}" + (f": {escape(f'{show} {section.id}')}" if show else "")
            )
    return "\n".join(lines)


def progress(found: Progress, topic: str | None = None) -> str:
    """Tell how far a person is: over all topics, or those chosen by `topic`, then topic by topic."""
    if found.mean is None and topic:
        return f"No answers on {escape(topic)} yet. `interview progress` shows all topics."
    if found.mean is None:
        return "No answers yet. Start with `interview practise`."
    lines = [
        f"**{_counted(found.attempts, 'answer')}**, mean {found.mean:.0f}{_trend(found.trend)}",
        "",
    ]
    for each in found.topics:
        lines += [*_topic(each), ""]
    return "\n".join(lines).rstrip()


def listing(found: Sequence[Question]) -> str:
    """List questions under their topics: id, level, number of points, prompt."""
    lines: list[str] = []
    topic = None
    for question in found:
        if question.topic != topic:
            topic = question.topic
            lines += ["", f"**{escape(topic)}**", ""]
        count = _counted(len(question.key_points), "point")
        lines.append(f"- `{line(question.id)}` · {question.level} · {count}  \n  {escape(question.prompt)}")
    return "\n".join(lines) if lines else "No questions."


def hits(found: Sequence[Question]) -> str:
    """List questions in their order, the best first: id, topic, level, prompt."""
    lines = []
    for question in found:
        facts = f"`{line(question.id)}` · {escape(question.topic)} · {question.level}"
        lines.append(f"- {facts}  \n  {escape(question.prompt)}")
    return "\n".join(lines)


def whole_question(question: Question) -> str:
    """Give a question with its key points, hint and model answer."""
    lines = [
        prompt(question),
        "",
        f"{escape(facts(question))} · `{line(question.id)}`",
        "",
        "**Key points**",
        "",
    ]
    lines += [f"- (weight {point.weight}) {escape(point.text)}" for point in question.key_points]
    if question.derived:
        lines += ["", "These points were derived from the answer; an author can write better ones."]
    if question.hint:
        lines += ["", f"**Hint:** {hint(question)}"]
    return "\n".join([*lines, "", "**Model answer**", "", model_answer(question)])


def section(found: Section) -> str:
    """Give a section of the guide."""
    return f"## {escape(found.title)}\n\n{visible(found.text)}"


def report(found: "Report") -> str:
    """Give the doctor's report in plain text, one line a problem as compilers write it."""
    lines = []
    problems = 0
    for file in found.files:
        claimed = "" if file.claimed is None else f" of {file.claimed} claimed"
        licence = f", licence {line(file.licence)}" if file.licence else ""
        lines.append(
            f"{line(file.path)}: {_counted(file.found, 'question')}{claimed} ({line(file.dialect)}{licence})"
        )
        for problem in file.problems:
            kind = "error" if problem.fatal else "advice"
            about = f"{line(problem.question)}: " if problem.question else ""
            text = f"{about}{line(problem.problem)}; {line(problem.advice)}"
            lines.append(f"{line(file.path)}:{problem.line}: {kind}: {text}")
        problems += len(file.problems)
    verdict = "can be practised" if found.ok else "has errors" if problems else "no question files there"
    lines.append(f"{_counted(found.found, 'question')} found, {_counted(problems, 'remark')}: {verdict}")
    lines.append(line(found.verdict))
    return "\n".join(lines)


def imported(found: "Import", name: str) -> str:
    """Tell in plain text what an import did, and what to do next."""
    counts = (
        (found.added, "added"),
        (found.updated, "updated"),
        (found.kept, "changed by you and at the source: yours kept"),
        (found.unchanged, "unchanged"),
        (found.vanished, "gone at the source: kept"),
        (found.removed, "removed by you: left out"),
    )
    lines = [f"{line(name)}: {_counted(found.files, 'file')} from {line(found.source)}"]
    lines += [f"  {len(which)} {what}" for which, what in counts if which]
    if found.left_out:
        lines.append(f"  {found.left_out} left out: no answer that can be graded, or asked twice")
    if found.silent:
        lines.append(f"  {_counted(len(found.silent), 'file')} without questions")
    if found.left_out or found.silent:
        lines.append("  ('interview bank check' on the source says why)")
    lines.append(f"licence: {', '.join(sorted(map(line, found.licences))) or 'none found'}")
    if found.unlicensed:
        lines.append(f"{_counted(found.unlicensed, 'file')} without a licence: for private use only")
    return "\n".join([*lines, f"written to {line(str(found.folder))}", f"interview --corpus {line(name)}"])


def pairs(found: "Sequence[Pair]", limit: int) -> str:
    """List questions that may ask the same, in plain text."""
    lines = []
    for pair in found[:limit]:
        lines.append(f"{pair.likeness:.2f}")
        for question in (pair.first, pair.second):
            source = question.source
            where = f"{line(source.path)}:{source.line}" if source else line(question.id)
            lines.append(f"  {where}: {line(question.prompt)}")
    if len(found) > limit:
        lines.append(f"and {len(found) - limit} more; --limit shows them")
    lines.append(f"{_counted(len(found), 'pair')} of questions may ask the same")
    return "\n".join(lines)


def _topic(topic: TopicProgress) -> list[str]:
    due = f", {topic.due} due for review" if topic.due else ""
    head = (
        f"**{escape(topic.topic)}**: {_counted(topic.attempts, 'answer')},"
        f" mean {topic.mean:.0f}{_trend(topic.trend)}, mastery {topic.mastery:.0f}{due}"
    )
    return [head, "", *(_weakness(weak) for weak in topic.weakest)]


def _weakness(weak: Weakness) -> str:
    return f"- {SYMBOLS[weak.verdict]} {WORDS[weak.verdict]}: {escape(weak.point.text)}"


def _trend(trend: float | None) -> str:
    if trend is None:
        return ""
    return f", {'rising' if trend >= 0.5 else 'falling' if trend <= -0.5 else 'steady'} ({trend:+.0f})"


def _label(result: PointGrade, point: KeyPoint) -> str:
    unsure = "" if result.sure else ", not sure"
    return f"{WORDS[result.verdict]}{unsure} (weight {point.weight})"


def _body(result: PointGrade, point: KeyPoint, answer: str, sections: Mapping[str, Section]) -> str:
    said = _quotes(answer, result.evidence)
    right = escape(point.text)
    if result.verdict is Verdict.CONTRADICTED:
        wrote = f"You wrote {said}." if said else "Your answer says otherwise."
        parts = [wrote, f"{'Better avoid' if point.avoid else 'Right is'}: {right}"]
    elif result.verdict is Verdict.PARTIAL:
        parts = [right, f"You have part of it: {said}" if said else "You have part of it."]
    else:
        parts = [right, said] if said else [right]
    section = sections.get(point.section or "")
    if section and result.verdict is not Verdict.COVERED:
        parts.append(f"Read: {escape(section.title)}")
    return "\n\n".join(parts)


def _quotes(answer: str, spans: tuple[Span, ...]) -> str:
    said = (_shorten(answer[span.start : span.end]) for span in spans)
    return " … ".join(f"“{escape(text)}”" for text in said if text)


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= QUOTE else f"{text[: QUOTE - 1].rstrip()}…"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
