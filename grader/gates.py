"""What is no answer: empty, gibberish, the question repeated, a keyword list, instructions to the grader."""

import re
from dataclasses import dataclass

from grader import terms
from grader.models import Span
from grader.normalise import Normalised, normalise
from grader.statements import MAX_CHARACTERS
from questions.models import Question
from questions.words import content_words, words


@dataclass(frozen=True, slots=True)
class Screened:
    """The gradable `content` of an answer, or the name of the `gate` that stops it."""

    content: Normalised
    gate: str | None


def screen(question: Question, answer: str) -> Screened:
    """Return what `answer` says, without what it says to the grader; name the gate if that is nothing.

    Only the first `MAX_CHARACTERS` characters are read.
    """
    content = normalise(answer[:MAX_CHARACTERS])
    if not _has_words(content.text):
        return Screened(content, "empty")
    spoken = instructions(content.text)
    content = content.without(spoken)
    if not _has_words(content.text):
        return Screened(content, "instructions to the grader")
    if says_nothing(question, content.text) or gibberish(question, content.text):
        return Screened(content, "gibberish")
    if repeats_question(question, content.text):
        return Screened(content, "question repeated")
    if keyword_list(content.text):
        return Screened(content, "keyword list")
    return Screened(content, None)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


# --- instructions to the grader -------------------------------------------------------------------

_READER = (
    r"(?:(?:ai|llm|automatic|automated|dear|auto)[\s-]*)?"
    r"(?:grad(?:er|ing (?:model|system|ai|bot|engine|assistant|script))|evaluator|examiner|"
    r"evaluation (?:model|system|script)|assessor|marking (?:model|system))"
)
_VERDICT = (
    r"(?:covered|correct|full(?:y)? (?:covered|correct|marks?|credit|points|score)|passed|contradicted|100)"
)
_FULL = (
    r"\b(?:full|max(?:imum)?|highest|perfect|top) (?:possible )?(?:marks?|credit|score|points|grade|rating)\b"
)
_INSTRUCTIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|rubric|guidelines)\b",
        r"^\W*(?:system|assistant|grader|evaluator|examiner)\b.{0,20}:",
        r"</?\s*(?:system|assistant|user|candidate|instructions?|candidate_answer|grader|student|eval)\w*\s*/?>",
        rf"\b(?:note|message|memo|instructions?|attention|dear|hello|hi|hey|please)\b.{{0,20}}\b{_READER}\b",
        rf"^\W*{_READER}\b\s*[,:]",
        rf"\b(?:award|give|grant|assign|deserves?|gets?|receives?|worth|return|output|respond|reply)\b.{{0,40}}{_FULL}",
        r"\b(?:award|give|grant|assign|return|output|score|deserves?|finish)\b.{0,25}"
        r"(?:\b100\s*(?:/\s*100\b|points?\b|out of\b)|\bscore\b.{0,5}\d|\ball (?:the )?(?:points|marks)\b)",
        r"\b(?:final|overall|my|the|total)?\s*(?:score|grade|mark|rating)\s*(?:is|=|:|to|of|→|->)\s*[\"']?"
        r"(?:100|9\d\b|full|max)",
        rf"\b(?:mark|set|label|treat|count|consider|rate|classify|grade)\b.{{0,60}}"
        rf"\b(?:key ?points?|labels?|criteria|criterion|answer|everything|all|it|this|rubric)\b"
        rf".{{0,40}}\bas (?:fully )?{_VERDICT}",
        rf"\b(?:all|every|each|both)\b.{{0,12}}\b(?:key ?points?|labels?|criteria|rubric items?)\b.{{0,60}}"
        rf"\b{_VERDICT}",
        r"\bset all labels\b|\bgrader_?override\b",
        r"\b(?:grading|marking|evaluation) (?:rubric|instructions?|mode|purposes)\b",
        r"\bthe (?:grader|evaluator|examiner) (?:should|must|may|can|is|has|needs)\b|\brubric update\b",
        r"\breference answer has\b|\bfor the (?:evaluation|evaluator|grader|grading)\b",
        r"\b(?:calibration|debug|test) mode\b.{0,60}\b(?:key ?points?|score|grad|mark)",
        r"[\"']\s*:\s*[\"']covered[\"']|[\"']covered[\"']\s*:|\bcount(?:s|ed)? as fully covered\b",
        r"\b(?:return|output|answer|say|respond|reply|confirm|please)\b.{0,30}\bcovered\b.{0,25}"
        r"\b(?:all|each|every|everything|both)\b",
        r"\b(?:grading|marking|evaluation) (?:has been|is|was) (?:already )?"
        r"(?:completed|done|finished|verified)\b",
        r"\b(?:verified|final|finished) grading\b|\bkey points?\b.{0,80}\bcovered\b",
        r"[\"']?\b(?:score|labels?|verdict)[\"']?\s*[:=]\s*[\"'{]?\s*(?:100\b|9\d\b|covered|full)",
        r"\b(?:candidate|student|applicant)(?:'s)?\b.{0,80}"
        r"\b(?:covered|expert|full marks|maximum score|top marks)\b",
        r"\bas (?:an ai|a language model|an llm|a grader)\b|\byou(?:'re| are) an? .{0,20}\bgrader\b",
        r"\bnew instructions?\b:|\b(?:your )?instructions have changed\b|\bcandidate answer ends\b",
        r"\b(?:do not|don't|skip|no need to) (?:evaluate|grade|mark)\b.{0,40}"
        r"\b(?:text|answer|rest|following|below|it)\b",
        r"\b(?:full marks|full credit)\b.{0,20}(?:please|thanks|thank you|!)",
        r"\b(?:give|award|grant) me\b.{0,30}"
        r"(?:\b(?:marks?|credit|full|score of)\b|\b\d+ (?:points?|marks?|%)|\b100\b)",
        r"\bplease (?:give|award|assign)\b.{0,12}\b(?:9\d|100)\b|\bsay yes to every point\b",
    )
]
MAX_STRETCH = 2000
_STRETCH = re.compile(r"[^\n.!?]*(?:[.!?](?!\s)[^\n.!?]*)*[.!?]*\s*\n?")


def instructions(text: str) -> list[Span]:
    """Return the sentences of `text` that speak to the grader (forged marks, orders, role tags), in order.

    What follows on such a sentence in the same paragraph is left to be graded on what it says.
    """
    return [
        Span(match.start(), match.end())
        for match in _STRETCH.finditer(text)
        if match[0] and any(pattern.search(match[0][:MAX_STRETCH]) for pattern in _INSTRUCTIONS)
    ]


# --- gibberish ------------------------------------------------------------------------------------


def says_nothing(question: Question, text: str) -> bool:
    """Say whether `text` has only function words and single letters, none of which the reference uses."""
    told = set(words(question.reference[:MAX_CHARACTERS]))
    return "(" not in text and not any(  # O(n) is an answer
        word in told or (word.strip("+#") and (len(word) > 1 or word.isdigit() or not word.isascii()))
        for word in content_words(text)
    )


_LETTERS = re.compile(r"[A-Za-z]{3,}")
_TOKEN = re.compile(r"\w+")
_ODD = re.compile(
    r"[bcdfghjklmnpqrstvwxz]{5,}|j[bcdfghklmnpqrstvwxz]|q[^u]|(.)\1{3,}|^[^aeiouy]{4,}$|"
    r"asdf|sdfg|dfgh|hjkl|jkl|qwer|wert|zxcv|xcvb|[vxz][bdfgjkmq]|[bdfg]k[bdfgjq]",
    re.IGNORECASE,
)


def gibberish(question: Question, text: str) -> bool:
    """Say whether most words are no words (keyboard mashing), or few words are repeated over and over."""
    tokens = [match[0].lower() for match in _TOKEN.finditer(text)]
    if len(tokens) >= 12 and len(set(tokens)) / len(tokens) < 0.12 and len(set(tokens)) < 8:
        return True
    known = set(_LETTERS.findall(f"{question.prompt} {question.reference[:MAX_CHARACTERS]}".lower()))
    letters = [word for word in _LETTERS.findall(text) if word.islower() or word.istitle()]
    odd = sum(1 for word in letters if word.lower() not in known and _ODD.search(word))
    return odd >= 1 and odd / len(letters) > 0.5


# --- the question repeated ------------------------------------------------------------------------

ECHO_WORDS = 20
_FILLER = frozenset(
    terms.stem(word)
    for word in """
    important importance question answer answers understand understanding know knowing known explain
    explained explains explanation describe difference different differ differs differently various consider
    considered considering depend depends depending topic subject relevant related matter matters
    interesting good great key mean means meaning real actual aspect aspects concept concepts attention
    pay careful certain general generally specific way ways work works working happen happens first
    second finally come comes make makes find finding exist exists able right correct best better
    situation case cases role about theorem people person many ask asked asking talk discuss discussed
    look looking kind kinds type types part parts reason reasons affect affects effect effects behave
    behaviour behavior apply applies become exactly clearly properly safely correctly well choose
    choosing choice respect respectively say says essential crucial significant carefully always
    developer developers today modern every both each
    """.split()
)


def repeats_question(question: Question, text: str) -> bool:
    """Say whether `text` adds next to nothing to the words of the question it repeats.

    A repeated question is prose: a table of facts in the question's own terms (three colons) is an answer,
    and so is a text that adds two words of the reference, or a short sentence that adds any word at all.
    """
    if text.count(":") >= 3:
        return False
    content = set(terms.words(text)) - _FILLER
    asked = set(terms.words(question.prompt)) - _FILLER
    if not content or not asked:
        return False
    new = {word for word in content if not terms.matches(word, asked)}
    if len(content) - len(new) < max(3, 0.5 * len(asked)) or len(new) > 0.34 * len(content):
        return False
    if new and len(_TOKEN.findall(text)) < ECHO_WORDS:
        return False
    points = (point.text for point in question.key_points)
    told = set(terms.words(" ".join((question.reference[:MAX_CHARACTERS], *points))))
    return sum(1 for word in new if word.isdigit() or terms.matches(word, told)) <= 1


# --- a keyword list -------------------------------------------------------------------------------

_RELATION = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|can|could|will|would|should|must|may|might|never|if|"
    r"when|because|than|then|that|which|who|it|its|they|you|we|i|until|instead|but|while|gets?|goes|makes?|"
    r"runs?|keeps?|stays?|needs?|means|every|each|more|less|else|why)\b|n't\b|=>|[-–]>|→|⇒|(?<=\s)[=≠≈≤≥]",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"\b(?:not|no|only|so|the|a|an|to|of|by|from|with|without|before|after|into|per|for|as|at|on|"
    r"in|same|all|one)\b|[<>@×;:/+(]|\s[-–—]\s|\|\||&&|=",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=\w\w)[.!?](?=\s+\w)")
LIST_ITEMS = 8
ITEM_WORDS = 5
BARE_WORDS = 15


def keyword_list(text: str) -> bool:
    """Say whether `text` lists terms without saying anything about them.

    Either a comma-separated list of at least `LIST_ITEMS` items, most of at most `ITEM_WORDS` words,
    with hardly a verb or a relation in it, or a bare run of words with nothing that links them.
    """
    size = len(_TOKEN.findall(text))
    if size < LIST_ITEMS or "{" in text or "```" in text or len(_SENTENCE_END.findall(text)) > 1:
        return False
    relations = len(_RELATION.findall(text))
    items = [len(item.split()) for item in text.split(",")]
    short = sum(1 for words in items if words <= ITEM_WORDS)
    if len(items) >= LIST_ITEMS and short >= 0.8 * len(items):
        return relations <= 0.1 * size
    return size >= BARE_WORDS and relations + len(_LINK.findall(text)) <= 0.06 * size
