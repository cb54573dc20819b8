"""Which rows of an outline open a question: by what a file says of itself, then by its dominant form.

Explicit forms come first (`Q1:`, `**Question:**`, a heading right above an answer's label, a `<summary>` that
asks). Headings and bold lines that merely read as questions count where they are the file's main form.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from questions import markdown
from questions.dialects import labels, outline
from questions.dialects.outline import Row
from questions.dialects.titles import Title, title

_LEAST_SHARE = 0.5  # of the headings of one form that must read as questions
_LEAST_SHARE_TITLED = 0.3  # the same in a file that calls itself a list of interview questions
_LEAST_PLAIN = 3  # so many plain headings, or bold lines, make a form
_ANCHOR = re.compile(r"\W*\[[^\]]*\]\(#")  # an entry of a table of contents
_FEWEST_TASKS = 4  # numbered headings or bold lines that ask nothing, to be questions all the same
_DEEPEST = 7  # below the six levels of headings
_FOOTER = re.compile(
    r"\W*(?:contribut|licen[cs]e|authors?\b|support|references?\b|acknowledg|credits|about|contact|resources|"
    r"further|more\b|star\b|conclusion|summary|(?:table of )?contents|interview|questions?\b)",
    re.IGNORECASE,
)
_CONTAINER = re.compile(
    r"(?:click|show|expand|view|see|toggle|reveal|open|read)\b.*\b(?:answers?|solutions?|more|here|me|details|code|"
    r"output|hints?|expand|reveal|view|see|open|explanation)\b|"
    r"(?:hints?|solutions?|details|more|code|examples?|output|(?:table of )?contents|toc|index|menu|expand|"
    r"spoiler|explanation|references?|sources?|resources?|notes?)\W*(?:\d+\W*)?$",
    re.IGNORECASE,
)


class Opener(NamedTuple):
    """A question's first row, its title, and the line (exclusive) where the question ends."""

    row: Row
    title: Title
    end: int
    form: str
    group: tuple[tuple[int, str], ...]
    answered: bool


class _Candidate(NamedTuple):
    title: Title
    form: str
    key: tuple[str, int]
    strong: bool
    answered: bool


def openers(rows: Sequence[Row], *, titled: bool, tasks: bool, lines: int) -> list[Opener]:
    """Choose the rows that open questions.

    `titled`: the file is about interviews or questions. `tasks`: it calls itself a list of questions, so that
    what it numbers is one, whatever it says.
    """
    found = _candidates(rows)
    accepted = _accepted(rows, found, titled=titled, tasks=tasks)
    return _walk(rows, found, accepted, lines)


def answer_summary(row: Row) -> bool:
    """Say whether a `<summary>` hides an answer rather than asks."""
    label = labels.of_heading(row.text)
    return label is not None and label.role in (labels.ANSWER, labels.EXPLANATION)


def _candidates(rows: Sequence[Row]) -> dict[int, _Candidate]:
    answered = _answered(rows)
    found: dict[int, _Candidate] = {}
    for index, row in enumerate(rows):
        candidate = _candidate(row, answered=answered[index + 1] > row.level)
        if candidate:
            found[index] = candidate
    return found


def _candidate(row: Row, *, answered: bool) -> _Candidate | None:
    kind = row.kind
    if kind == outline.TEXT or (kind in (outline.HEADING, outline.BOLD) and row.nested):
        return None
    if row.label is not None:
        if row.label.role != labels.QUESTION:
            return None
        said = title(row.rest)
        return _Candidate(said, "label", (kind, 0), strong=True, answered=answered)
    said = title(row.text)
    if kind == outline.HEADING:
        if row.number or row.indent:
            return _Candidate(said, "listed", ("listed", row.level), strong=said.explicit, answered=answered)
        form = "explicit" if said.explicit else "number" if said.number else "plain"
        return _Candidate(said, form, (form, row.level), strong=said.explicit, answered=answered)
    if kind == outline.BOLD:
        explicit = said.explicit or row.number == "Q"
        marked = said.asks or said.number or said.level or said.starred
        if not (explicit or marked) or _ANCHOR.match(row.text):
            return None
        form = "bold-explicit" if explicit else "bold"
        key = form if explicit or not said.number else "bold-number"
        strong = explicit or (said.asks and answered)
        return _Candidate(said, form, (key, 0), strong=strong, answered=answered)
    if kind == outline.SUMMARY:
        if answer_summary(row) or _CONTAINER.match(said.text):
            return None
        return _Candidate(said, "summary", ("summary", 0), strong=False, answered=answered)
    listed = row.number.isdigit()
    form = "listed-line" if listed else "line"
    return _Candidate(said, form, (form, 0), strong=not listed or answered, answered=answered)


def _answered(rows: Sequence[Row]) -> list[int]:
    """Return for each row how deep the label of an answer is that comes at or after it; 0 where none does.

    None does where something else may open before. A heading's label is as deep as its level, any other one
    deeper than all headings: an answer's label stands below its question.
    """
    found = [0] * (len(rows) + 1)
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        if row.label is not None:
            role = row.label.role
            if role == labels.ANSWER and row.label.name not in labels.WEAK_ANSWERS - labels.SOLUTIONS:
                found[index] = row.level or _DEEPEST
            else:
                found[index] = found[index + 1] if role != labels.QUESTION else 0
        elif row.kind == outline.SUMMARY:
            found[index] = _DEEPEST if answer_summary(row) else 0
        elif row.kind == outline.HEADING:
            found[index] = found[index + 1] if row.nested else 0
        elif (row.kind == outline.LINE and not row.number.isdigit()) or (
            row.kind == outline.BOLD and _opens_bold(row)
        ):
            found[index] = 0
        else:
            found[index] = found[index + 1]
    return found


def _opens_bold(row: Row) -> bool:
    return row.number == "Q" or row.text.rstrip().endswith("?")


def _accepted(
    rows: Sequence[Row], found: dict[int, _Candidate], *, titled: bool, tasks: bool
) -> set[tuple[str, int]]:
    """Return the keys of the forms whose candidates open questions; strong ones do so by themselves."""
    total: Counter[tuple[str, int]] = Counter()
    asking: Counter[tuple[str, int]] = Counter()
    strong = 0
    for index, candidate in found.items():
        total[candidate.key] += 1
        asking[candidate.key] += candidate.title.asks
        heading = rows[index].kind == outline.HEADING
        strong += candidate.strong or (heading and candidate.answered)
    accepted: set[tuple[str, int]] = set()
    share = _LEAST_SHARE_TITLED if titled else _LEAST_SHARE
    for key, count in total.items():
        listed = key[0] == "listed" and (count >= _LEAST_PLAIN or asking[key])
        if listed or (key[0] == "summary" and asking[key] >= share * count):
            accepted.add(key)
    strong += sum(total[key] for key in accepted)
    weak: dict[str, int] = {}
    keys: dict[str, set[tuple[str, int]]] = {}
    numbered = {key for key in total if key[0] == "number" and asking[key] >= share * total[key]}
    if sum(total[key] for key in numbered) >= (1 if titled else 2):
        # A file mixes heading levels: its numbers count on through them.
        keys["heading"] = numbered
    for key in total:
        if key[0] == "plain" and asking[key] >= _least_plain(rows, total, asking, key[1], titled=titled):
            keys.setdefault("heading", set()).add(key)
    bold = {key for key in total if key[0] in ("bold", "bold-number")}
    if sum(asking[key] for key in bold) >= (2 if titled else _LEAST_PLAIN):
        number = ("bold-number", 0)
        keys["bold"] = {("bold", 0)} | ({number} if asking[number] >= share * total[number] else set())
    listed_line = ("listed-line", 0)
    bodied = sum(
        1
        for index, candidate in found.items()
        if candidate.key == listed_line and index + 1 < len(rows) and rows[index + 1].kind == outline.TEXT
    )
    if total[listed_line] >= _LEAST_PLAIN and 2 * bodied >= total[listed_line]:
        keys["listed-line"] = {listed_line}
    for name, own in keys.items():
        weak[name] = sum(total[key] if key[0] == "number" else asking[key] for key in own)
    best = max(weak, key=lambda name: weak[name], default=None)
    if best is not None and weak[best] > strong:
        accepted |= keys[best]
    elif best is None and not strong and tasks:
        # "1) Print the numbers from 1 to 100"
        counts = {key: total[key] for key in total if key[0] in ("number", "bold-number")}
        accepted |= {key for key, count in counts.items() if count >= _FEWEST_TASKS}
    return accepted


def _least_plain(
    rows: Sequence[Row],
    total: Counter[tuple[str, int]],
    asking: Counter[tuple[str, int]],
    level: int,
    *,
    titled: bool,
) -> float:
    """Return how many plain headings of a level must ask, for their form to be that of questions."""
    key = ("plain", level)
    headings = [row.level for row in rows if row.kind == outline.HEADING and row.label is None]
    alone = asking[key] == 1 and (len(headings) == 1 or (titled and sorted(headings) == [1, level]))
    if alone:
        return 1
    return max(2 if titled else _LEAST_PLAIN, (_LEAST_SHARE_TITLED if titled else _LEAST_SHARE) * total[key])


class _Open(NamedTuple):
    place: int
    candidate: _Candidate
    level: int
    group: tuple[tuple[int, str], ...]


def _walk(
    rows: Sequence[Row], found: dict[int, _Candidate], accepted: set[tuple[str, int]], lines: int
) -> list[Opener]:
    """Go through the rows, opening and closing questions."""
    result: list[Opener] = []
    groups: list[tuple[int, str]] = []
    current: _Open | None = None
    answered = False
    texts = 0
    numbers = {candidate.title.number for candidate in found.values()}
    level_before = 0  # of the last heading that opened a question without calling itself one
    counted_within = False  # a list of numbered headings has begun inside the answer
    forms = Counter(candidate.form for candidate in found.values() if candidate.strong)
    inner_ask = forms["label"] + forms["line"] + forms["bold-explicit"] >= forms["explicit"]
    skip_to = 0

    def close(line: int) -> None:
        nonlocal current
        if current is not None:
            row = rows[current.place]
            candidate = current.candidate
            result.append(
                Opener(row, candidate.title, max(line, row.end), candidate.form, current.group, answered)
            )
            current = None

    for index, row in enumerate(rows):
        if row.start < skip_to:
            continue
        candidate = found.get(index)
        opens = candidate is not None and _opens(row, candidate, accepted)
        heading = row.kind == outline.HEADING and not row.nested
        if heading and candidate is not None and candidate.title.asks and not opens:
            # Its siblings are questions, with a number or in a list.
            opens = row.level == level_before or (
                current is not None and row.level == current.level and rows[current.place].kind == row.kind
            )
        if current is not None and opens and candidate is not None:
            opens = _opens_within(
                rows[current.place],
                current,
                row,
                candidate,
                answered=answered,
                texts=texts,
                inner_ask=inner_ask,
                counted=counted_within,
            )
        if opens and candidate is not None:
            topic = current is not None and not answered and _is_topic(current, candidate, texts)
            if topic:
                current = None
            close(row.start)
            level = row.level if heading else (groups[-1][0] if groups else 0)
            while heading and groups and groups[-1][0] >= row.level:
                groups.pop()
            current = _Open(index, candidate, level, tuple(groups))
            answered, texts, counted_within = False, 0, False
            if heading and candidate.form in ("listed", "number", "plain"):
                level_before = row.level
            if row.kind == outline.SUMMARY:
                close(row.end)
                skip_to = row.end
        elif heading and row.label is None:
            counted_within |= candidate is not None and candidate.title.number != ""
            texts_below = index + 1 < len(rows) and rows[index + 1].kind == outline.TEXT
            if current is not None and _closes(current, row, numbers, texts_below=texts_below):
                close(row.start)
            if current is None:
                while groups and groups[-1][0] >= row.level:
                    groups.pop()
                groups.append((row.level, markdown.plain(row.text)))
            texts += 1
        else:
            is_answer = (row.label is not None and row.label.role == labels.ANSWER) or (
                row.kind == outline.SUMMARY and answer_summary(row)
            )
            answered |= is_answer
            texts += row.kind == outline.TEXT
            if row.kind == outline.SUMMARY and is_answer:
                skip_to = row.end
    close(lines)
    return result


def _opens(row: Row, candidate: _Candidate, accepted: set[tuple[str, int]]) -> bool:
    if candidate.strong:
        return True
    if row.kind == outline.HEADING and candidate.answered:
        return True
    if candidate.key not in accepted:
        return False
    said = candidate.title
    by_form = candidate.key[0] in ("listed", "number", "summary", "bold-number", "listed-line")
    # A heading with a mark of its level may well be that of a group.
    marked = said.starred > 0 or (said.level is not None and row.kind == outline.BOLD)
    return by_form or said.asks or marked


def _opens_within(
    opener: Row,
    current: _Open,
    row: Row,
    candidate: _Candidate,
    *,
    answered: bool,
    texts: int,
    inner_ask: bool,
    counted: bool,
) -> bool:
    """Say whether a row opens a question of its own while another is open."""
    if opener.kind == outline.HEADING and row.kind == outline.HEADING:
        if (
            row.level <= current.level
            or candidate.strong
            or candidate.form == current.candidate.form == "listed"
        ):
            return True
        # Deeper headings belong to the answer, unless they go on with the numbering (mixed heading levels).
        follows = _follows(current.candidate.title, candidate.title) and not counted
        return follows or (candidate.answered and candidate.title.asks and (answered or texts == 0))
    if opener.kind == outline.HEADING:
        if candidate.form == "bold" and (not candidate.answered or current.candidate.form == "explicit"):
            return False
        return inner_ask or not answered
    if row.kind == outline.HEADING:
        return candidate.strong or candidate.answered or row.level <= current.level
    # "Q: …" below a bold question may be a talk that its answer tells; with a number it is the next one.
    return opener.kind != outline.BOLD or candidate.form != "line" or candidate.title.number != ""


def _follows(first: Title, second: Title) -> bool:
    return first.number.isdigit() and second.number.isdigit() and int(second.number) == int(first.number) + 1


def _is_topic(current: _Open, candidate: _Candidate, texts: int) -> bool:
    """Say whether the open heading was only the topic of the question that opens below it."""
    if not current.candidate.title.text and not texts:
        return True
    return (
        current.candidate.form in ("explicit", "number", "plain", "listed")
        and candidate.form in ("label", "line", "bold-explicit", "bold")
        and (texts <= 1 or candidate.form == "label")
    )


def _closes(current: _Open, row: Row, numbers: set[str], *, texts_below: bool) -> bool:
    """Say whether a heading that opens nothing ends the open question.

    One of the question's own level with a text below is still part of the answer where the numbers go on.
    """
    candidate = current.candidate
    if candidate.form not in ("explicit", "number", "plain", "listed"):
        return row.level <= current.level or current.level == 0
    number = candidate.title.number
    goes_on = number.isdigit() and str(int(number) + 1) in numbers and texts_below
    if goes_on and row.level == current.level > 2 and not _FOOTER.match(markdown.plain(row.text)):
        return False
    return row.level <= current.level
