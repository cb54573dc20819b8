"""Which language a text is in, as far as it matters here: English, in which answers are graded, or not."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from questions.words import vocabulary

_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`|<[^<>\n]{0,200}>|https?://\S+", re.DOTALL)
_GREEK_OR_LATIN = re.compile("[\u0370-\u03ff\u1e00-\u1eff]")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_FOREIGN_LETTERS = 0.25  # share of letters that are neither Latin nor, as in formulas, Greek
_LEAST_WORDS = 6  # function words of another language, before its text counts as such
_SAMPLE = 4_000  # characters that are looked at

_ENGLISH = vocabulary(
    "the of and to is in that it for as with are on by an be this which or from can when used you what how "
    "why not does do between a if will use has have at we its they their was but there these than into"
)
# Function words that are no English words, by language.
_OTHERS = {
    "Spanish": vocabulary(
        "el los las una que es en del por para con como se más su qué cuál entre puede sobre pero"
    ),
    "Portuguese": vocabulary(
        "os uma que é em do da dos das por para com como não mais seu qual entre pode você são"
    ),
    "French": vocabulary(
        "le les des une est en du que qui dans pour par avec sur pas plus ce sont quelle entre être au"
    ),
    "German": vocabulary(
        "der die das und ist ein eine zu den von mit für auf nicht wie was wird im sich zwischen"
    ),
    "Italian": vocabulary(
        "il gli una che è di del della per con come non più si sono cosa quale tra può nel"
    ),
    "Turkish": vocabulary("ve bir bu için ile olarak olan da de ne nasıl nedir gibi daha arasındaki her"),
    "Indonesian": vocabulary(
        "yang dan di untuk dengan adalah ini itu dari pada apa tidak akan dapat atau ke dalam"
    ),
    "Vietnamese": vocabulary("và là của các một được trong có cho không để với này khi những gì như"),
    "Polish": vocabulary("jest nie się na do że co jak czy dla oraz może być od przez który"),
    "Dutch": vocabulary("het een van en zijn niet dat voor met wat hoe kan worden bij tussen"),
}
# Names of languages in paths: README-zh_CN.md, fr-FR/README.md, README.fa.md, ja/index.md.
_IN_NAME = re.compile(
    r"(?:^|[._\- ])(?:ar|bg|bn|bs|ca|cn|cs|da|de|el|es|et|fa|fi|fr|he|hi|hr|hu|id|it|ja|jp|ka|km|ko|kr|lt|lv|"
    r"mn|ms|ne|nl|no|pl|pt|ro|ru|si|sk|sq|sr|sv|ta|te|th|tr|tw|ua|uk|ur|uz|vi|vn|zh)"
    r"(?:[-_](?:[a-z]{2,4}))?$",
    re.IGNORECASE,
)


def foreign(text: str) -> str | None:
    """Return the language of Markdown prose that is not English ("another script" where only that is plain).

    None for English, and for texts of too few words to tell.
    """
    prose = _CODE.sub(" ", text[:_SAMPLE])
    if not prose.isascii():
        letters = [c for c in prose if c.isalpha()]
        outside = sum(1 for c in letters if c > "\u024f" and not _GREEK_OR_LATIN.match(c))
        # A syllable of these scripts says as much as several letters of this one.
        if letters and outside >= _LEAST_FOREIGN_LETTERS * len(letters):
            return _script(letters)
    found = _WORD.findall(prose.casefold())
    english = sum(1 for word in found if word in _ENGLISH)
    name, count = max(
        ((name, sum(1 for word in found if word in own)) for name, own in _OTHERS.items()),
        key=lambda pair: pair[1],
    )
    return name if count >= _LEAST_WORDS and count > 2 * english else None


def is_english(text: str) -> bool:
    """Say whether a text has more English function words than any language allows by chance."""
    return (
        sum(1 for word in _WORD.findall(_CODE.sub(" ", text[:_SAMPLE]).casefold()) if word in _ENGLISH) >= 3
    )


def _script(letters: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for letter in letters:
        for name, first, last in (
            ("Russian or another language in Cyrillic script", "\u0400", "\u04ff"),
            ("Arabic or Persian", "\u0600", "\u06ff"),
            ("Japanese", "\u3040", "\u30ff"),
            ("Korean", "\uac00", "\ud7af"),
            ("Chinese", "\u4e00", "\u9fff"),
        ):
            if first <= letter <= last:
                counts[name] = counts.get(name, 0) + 1
    if counts.get("Japanese", 0) > 0.1 * counts.get("Chinese", 0) and counts.get("Japanese"):
        return "Japanese"
    return max(counts, key=lambda name: counts[name], default="another script")


def named_in(path: PurePath) -> bool:
    """Say whether a file's name, or its folder's, names a language other than English."""
    folder = path.parent.name
    in_folder = re.fullmatch(r"[a-z]{2}[-_][A-Za-z]{2,4}", folder) is not None
    return _IN_NAME.search(path.stem) is not None or (in_folder and not folder.startswith("en"))
