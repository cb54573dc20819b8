"""Writing a file in one step: whoever reads it finds the old content or the new one, never half of it."""

from pathlib import Path

from questions.errors import CorpusError


def write_whole(file: Path, content: bytes) -> None:
    """Write a file and the folders it needs. Raises CorpusError, with the old content still there."""
    partial = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(content)
            partial.replace(file)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(file, error) from error


def unwritable(path: Path, error: OSError) -> CorpusError:
    """Return the error of a file or folder that can't be written."""
    return CorpusError(f"{path}: can't be written: {error.strerror}; check the path and its permissions")
