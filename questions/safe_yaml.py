"""YAML from strangers: data only, and no nesting that could exhaust the stack."""

from typing import Any

_MOST_BRACKETS = 100
_DEEPEST_INDENT = 100  # columns


def load_all(source: str) -> list[Any]:
    """Return the data of all YAML documents in a text. Raises yaml.YAMLError for anything else."""
    import yaml

    # The C loader is ten times faster, but text nested deeply enough crashes it; the other one says so.
    c_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = yaml.SafeLoader if _may_be_deep(source) else c_loader
    try:
        return list(yaml.load_all(source, Loader=loader))
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error
    except ValueError as error:
        raise yaml.YAMLError("a value that can't be read") from error


def _may_be_deep(source: str) -> bool:
    """Say whether a text may nest deeply; a level takes a bracket, or a column of blanks and dashes."""
    if source.count("[") + source.count("{") > _MOST_BRACKETS:
        return True
    return any(len(line) - len(line.lstrip(" -?:\t")) > _DEEPEST_INDENT for line in source.split("\n"))
