"""The corpora that a person has imported: folders in one place, practised by their names."""

import re
from pathlib import Path

from questions.errors import CorpusError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def place(name: str, folder: Path) -> Path:
    """Return where the corpus of that name lives. Raises CorpusError for what can't be a name."""
    if not _NAME.fullmatch(name):
        raise CorpusError(
            f"{name!r} can't be a corpus's name; use up to 64 letters, digits, dots, hyphens and underscores"
        )
    return folder / name


def find(named: Path, folder: Path) -> Path:
    """Return the corpus that a path, or else the name of an imported corpus, means.

    A path that exists goes before a name. Raises CorpusError where there is neither.
    """
    if named.exists():
        return named
    if _NAME.fullmatch(str(named)) and (folder / named).is_dir():
        return folder / named
    known = names(folder)
    hint = f"imported are {', '.join(known)}" if known else "'interview bank import' makes one"
    raise CorpusError(f"{named}: no such file or folder, and no imported corpus of that name; {hint}")


def names(folder: Path) -> list[str]:
    """List the imported corpora."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))
