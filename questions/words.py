"""The words of a text: for ids, for comparing statements, and for finding what explains them."""

import re
from functools import lru_cache

_WORD = re.compile(r"[\w+#]+")


def vocabulary(text: str) -> frozenset[str]:
    """Return the set of words parted by blanks."""
    return frozenset(text.split())


_STOP = vocabulary(
    "a an and are as at be been but by can do does for from has have how if in into is it its may more "
    "most must no not of on only or so such than that the their them then there these they this to use "
    "used uses using was were what when where which while who why will with you your"
)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation; `+` and `#` stay (C++, C#)."""
    return _WORD.findall(text.casefold().replace("_", " "))


def content_words(text: str) -> list[str]:
    """Return the words of a text that carry meaning."""
    return [word for word in words(text) if word not in _STOP]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a word without its plural or verb ending: enough to match "images" with "image"."""
    for ending, least in (("ing", 3), ("ies", 3), ("ed", 4), ("es", 4), ("s", 3)):
        root = word.removesuffix(ending)
        if root == word or len(root) < least or word.endswith("ss"):
            continue
        if ending == "ies":
            return f"{root}y"
        # "scanning" is "scan", but "calling" is "call".
        if ending in ("ing", "ed") and len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
            root = root[:-1]
        return root.rstrip("e") or root
    return word.rstrip("e") or word


def stems(text: str) -> list[str]:
    """Return the stems of a text's content words."""
    return [stem(word) for word in content_words(text)]
