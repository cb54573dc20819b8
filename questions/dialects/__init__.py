"""How questions and answers are marked up in Markdown: the native format, and those found in the wild.

`read` turns a parsed file into drafts and names its dialect, chosen by evidence: a file whose questions are
all marked up in the native way is read strictly, any other one leniently, by its own dominant forms.
"""

from collections import Counter

from questions import markdown
from questions.dialects import bilingual, cutting, forms, native, outline
from questions.dialects.drafts import Draft, DraftPoint, group_level, says_nothing, unnumbered
from questions.dialects.titles import EASY, EXPERT
from questions.markdown import Document

__all__ = [
    "MOST_QUESTIONS",
    "NATIVE",
    "NONE",
    "Draft",
    "DraftPoint",
    "TooManyError",
    "group_level",
    "read",
    "says_nothing",
    "unnumbered",
]

NATIVE, NONE = "native", "none"
MOST_QUESTIONS = 10_000  # of a file: ten megabytes of honest ones
_LABELLED = 0.6  # share of a file's questions that have an answer's label, for all its answers to have one
_LIST_WORDS = ("question", "q&a", "q & a", "quiz", "faq", "flashcard", "flash card")


class TooManyError(ValueError):
    """A file has more questions than one may have. The text says how many."""


def read(document: Document, title: str = "", *, written: bool = False) -> tuple[str, list[Draft]]:
    """Return the name of a file's dialect and its drafts; ("none", []) when nothing is asked.

    `title` is what else the file is called: its front matter's title, its name. `written` says that this
    package wrote it: then it is native, whatever its answers look like. Raises TooManyError.
    """
    if written and (drafts := native.read(document)):
        return NATIVE, drafts
    if bilingual.fits(document):
        return "bilingual", bilingual.read(document)
    if native.fits(document):
        return NATIVE, native.read(document)
    rows = outline.rows(document)
    said = _title(document, title)
    lists = any(word in said for word in _LIST_WORDS)
    titled = lists or "interview" in said
    found = forms.openers(rows, titled=titled, tasks=lists, lines=len(document.lines))
    if len(found) > MOST_QUESTIONS:
        raise TooManyError(f"{len(found):,} questions")
    three_steps = any(EASY in opener.row.text or EXPERT in opener.row.text for opener in found)
    labelled = sum(opener.answered for opener in found) >= _LABELLED * len(found)
    drafts = [cutting.draft(document, o, labelled=labelled, three_steps=three_steps) for o in found]
    # A table of contents names each question once more, without an answer.
    answered = {draft.prompt for draft in drafts if draft.answer}
    drafts = [draft for draft in drafts if draft.answer or draft.prompt not in answered]
    if not drafts:
        return NONE, []
    ((name, _),) = Counter(draft.form for draft in drafts).most_common(1)
    return name, drafts


def _title(document: Document, title: str) -> str:
    """Return what a file calls itself, in lower case: `title` and its first headings."""
    headings = [block.text for block in document.blocks if block.kind == "heading" and block.level <= 2]
    return " ".join([title, *(markdown.plain(text) for text in headings[:3])]).casefold()
