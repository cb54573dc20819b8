"""Which section of the guide text explains a key point: by the words they share, the rarer the better."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from questions.models import KeyPoint, Section
from questions.words import stems

_LEAST_SHARE = 0.5  # of a point's weighted words that a section must hold; below, reading it would not help
_LEAST_WORDS = 2  # of a point's that it must hold; one in its title counts for three
_TITLE = 3.0  # a word in a section's title counts this much
_CONTEXT = 0.8  # a word of the question counts this much
_UNKNOWN = 0.5  # a word that no section holds counts this much: people have other words for the same
_MOST_HOLDERS = 50  # sections that hold a word, for it to tell them apart; bounds the work a word makes
_GENERAL = 0.3  # a section that sums up holds every word and explains none
_GENERAL_TITLES = frozenset(
    stems("summary introduction overview conclusion pitfalls checklist recap questions")
)


class Guide:
    """The sections of one file's guide text, indexed by their words."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._holders: dict[str, dict[int, float]] = defaultdict(dict)
        self._scale: list[float] = []
        for index, section in enumerate(sections):
            counts = Counter(stems(section.text))
            title = stems(section.title)
            for word in counts:
                self._holders[word][index] = 1.0
            for word in title:
                self._holders[word][index] = _TITLE
            # A long section holds many words by chance.
            general = _GENERAL if not _GENERAL_TITLES.isdisjoint(title) else 1.0
            self._scale.append(general / math.log(20 + counts.total()))

    def link(self, prompt: str, points: Sequence[KeyPoint]) -> tuple[KeyPoint, ...]:
        """Return the points, each with the id of the section that explains it, where there is one."""
        if not self._sections:
            return tuple(points)
        context = set(stems(prompt))
        return tuple(point.model_copy(update={"section": self._best(point, context)}) for point in points)

    def _best(self, point: KeyPoint, context: set[str]) -> str | None:
        own = set(stems(point.text))
        scores: dict[int, float] = defaultdict(float)
        held: dict[int, float] = defaultdict(float)
        count: dict[int, float] = defaultdict(float)
        total = 0.0
        # Sorted: the order in which numbers are added up changes their last bits.
        for word in sorted(own | context):
            if len(self._holders.get(word, ())) > _MOST_HOLDERS:
                continue
            weight = self._weight(word)
            total += weight if word in own else 0.0
            for index, factor in self._holders.get(word, {}).items():
                # The question's words help to choose a section, but it must hold the point's own.
                scores[index] += factor * (weight if word in own else _CONTEXT * weight)
                if word in own:
                    held[index] += weight
                    count[index] += factor
        least = min(_LEAST_WORDS, len(own))
        fitting = [index for index in held if held[index] >= _LEAST_SHARE * total and count[index] >= least]
        if not fitting:
            return None
        best = max(fitting, key=lambda index: (scores[index] * self._scale[index], -index))
        return self._sections[best].id

    def _weight(self, word: str) -> float:
        holders = len(self._holders.get(word, {}))
        rarity = math.log(1 + len(self._sections) / (1 + holders))
        return rarity if holders else _UNKNOWN * rarity
