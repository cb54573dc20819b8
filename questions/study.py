"""Which section of the guide text explains a key point: by the words they share, the rarer the better."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from questions.models import KeyPoint, Section
from questions.words import stems

_LEAST_SHARE = 0.45  # of a point's weighted words that a section must hold; below, reading it would not help
_TITLE = 2.0  # a word in a section's title counts this much


class Guide:
    """The sections of one file's guide text, indexed by their words."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._holders: dict[str, dict[int, float]] = defaultdict(dict)
        self._lengths: list[int] = []
        for index, section in enumerate(sections):
            counts = Counter(stems(section.text))
            self._lengths.append(counts.total())
            for word in counts:
                self._holders[word][index] = 1.0
            for word in stems(section.title):
                self._holders[word][index] = _TITLE

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
        total = 0.0
        for word in own | context:
            holders = self._holders.get(word, {})
            weight = math.log(1 + len(self._sections) / (1 + len(holders)))
            # The question's words help to choose between sections, but a section must hold the point's own.
            part = weight if word in own else weight / 2
            total += weight if word in own else 0.0
            for index, factor in holders.items():
                scores[index] += part * factor
                held[index] += weight if word in own else 0.0
        fitting = [index for index in scores if total and held[index] >= _LEAST_SHARE * total]
        if not fitting:
            return None
        # A long section holds many words by chance.
        best = max(fitting, key=lambda index: (scores[index] / math.log(20 + self._lengths[index]), -index))
        return self._sections[best].id
