"""Answer text without tricks: look-alike letters, invisible and control characters, with offsets kept."""

import re
import unicodedata
from dataclasses import dataclass

from grader.models import Span

# Cyrillic and Greek letters that look like Latin ones (Unicode TR39 confusables, the letters in common use).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏмтнкввАВЕКМНОРСТХІЈЅУοαρνικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlmthkbbABEKMHOPCTXIJSYoapviktuxABEZHIKMNOPTYX",
)
_CYRILLIC_ALIKE = {chr(letter) for letter in _LOOKALIKES if letter >= 0x400}
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_PLAIN = re.compile(r"[\x20-\x7e\n\t]*")
# Forms whose compatibility equivalent is the same character in another dress. Superscripts stay:
# NFKC would turn 10⁶ into 106.
_DRESSED = re.compile(r"[\uff01-\uff5e\ufb00-\ufb06\U0001d400-\U0001d7ff\u00a0\u2000-\u200a\u202f\u3000]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text and, for each of its characters, the offset of the original character it stands for."""

    text: str
    offsets: tuple[int, ...] | range

    def original(self, span: Span) -> Span:
        """Return the span of the original text for a non-empty `span` of this one."""
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)

    def without(self, spans: list[Span]) -> "Normalised":
        """Return this text without `spans` (in order, not overlapping)."""
        edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(self.text)]
        kept = list(zip(edges[::2], edges[1::2], strict=True))
        text = "".join(self.text[start:end] for start, end in kept)
        return Normalised(text, tuple(offset for start, end in kept for offset in self.offsets[start:end]))


def normalise(text: str) -> Normalised:
    """Return `text` with line ends as \\n and no invisible, control, dressed-up or look-alike characters.

    Look-alike letters are replaced in words that also hold Latin letters, and in texts mostly in Latin
    letters in words of nothing but Cyrillic look-alikes: real Cyrillic words and Greek symbols stay. Line
    breaks and tabs are kept.
    """
    if _PLAIN.fullmatch(text):
        return Normalised(text, range(len(text)))
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        for plain in _plain(character, text[offset + 1 : offset + 2]):
            characters.append(plain)
            offsets.append(offset)
    joined = "".join(characters)
    latin = len(_LATIN.findall(joined)) > len(_FOREIGN.findall(joined))
    return Normalised(_LETTERS.sub(lambda word: _latin(word[0], latin), joined), tuple(offsets))


def _plain(character: str, following: str) -> str:
    if character == "\r":
        return "" if following == "\n" else "\n"
    if character in "\n\t":
        return character
    if character in "\u2028\u2029":
        return "\n"
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
        return ""
    return unicodedata.normalize("NFKC", character) if _DRESSED.match(character) else character


def _latin(word: str, among_latin: bool) -> str:
    alike = _LATIN.search(word) or (among_latin and all(letter in _CYRILLIC_ALIKE for letter in word))
    return word.translate(_LOOKALIKES) if alike and _FOREIGN.search(word) else word
