"""YAML from strangers: data only, bounded in size, in nesting and in what its references stand for."""

from functools import cache
from typing import Any

MOST_CHARACTERS = 50_000
_MOST_BRACKETS = 100
_DEEPEST_INDENT = 100  # columns
_MOST_MERGED = 1_000  # fields that `<<` may bring in; a merge of merges of merges stands for billions
_LONGEST_NUMBER = 100  # characters; to read `1:1:1:…`, a number of base 60, takes the square of its length


def load_all(source: str) -> list[Any]:
    """Return the data of all YAML documents in a text of at most 50,000 characters.

    Raises yaml.YAMLError for anything else. A node that is referred to many times is one object: whoever
    walks through the data must bound the walk.
    """
    import yaml

    if len(source) > MOST_CHARACTERS:
        raise yaml.YAMLError(f"over {MOST_CHARACTERS:,} characters")
    # The C loader is ten times faster, but text nested deeply enough crashes it; the other one says so.
    fast, slow = _loaders()
    try:
        return list(yaml.load_all(source, Loader=slow if _may_be_deep(source) else fast))
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error
    # What pyyaml raises for `!!int ""`, `!!bool a`, `!!timestamp a`, a date or a number that can't be.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise yaml.YAMLError("a value that can't be read") from error


@cache
def _loaders() -> tuple[type[Any], type[Any]]:
    import yaml

    class Bounded:
        """Stops at numbers and merges that take more time than any honest file."""

        merged = 0

        def construct_scalar(self, node: Any) -> Any:
            if node.tag.endswith((":int", ":float")) and len(node.value) > _LONGEST_NUMBER:
                raise yaml.constructor.ConstructorError(None, None, "a number too long", node.start_mark)
            return super().construct_scalar(node)  # type: ignore[misc]

        def flatten_mapping(self, node: Any) -> None:
            fields = 0
            for key, value in node.value:
                if key.tag == "tag:yaml.org,2002:merge":
                    given = value.value if isinstance(value, yaml.SequenceNode) else [value]
                    fields += sum(self._flatten(each) for each in given)
                else:
                    fields += 1
            super().flatten_mapping(node)  # type: ignore[misc]
            if not hasattr(node, "stands_for"):
                # Counted here, because from 6.0.4 on pyyaml keeps of equal fields only one.
                node.stands_for = fields

        def _flatten(self, node: Any) -> int:
            if node.id != "mapping":
                return 0
            self.flatten_mapping(node)
            self.merged += 1 + node.stands_for
            if self.merged > _MOST_MERGED:
                raise yaml.constructor.ConstructorError(None, None, "too much is merged", node.start_mark)
            return int(node.stands_for)

    slow = type("SlowLoader", (Bounded, yaml.SafeLoader), {})
    fast = type("FastLoader", (Bounded, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), {})
    return fast, slow


def _may_be_deep(source: str) -> bool:
    """Say whether a text may nest deeply; a level takes a bracket, or a column of blanks and dashes."""
    if source.count("[") + source.count("{") > _MOST_BRACKETS:
        return True
    return any(len(line) - len(line.lstrip(" -?:\t")) > _DEEPEST_INDENT for line in source.split("\n"))
