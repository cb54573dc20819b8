"""Vectors of a bank's texts, kept on disk: a text is encoded once, whatever corpus it is in."""

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.encoder import Encoder

_BLOCK = 500  # texts between two savings: an interrupted first run loses less than that
MOST = 100_000  # kept texts, 150 MB at 384 dimensions; the oldest go first

_Known = dict[bytes, NDArray[np.float32]]


def encode(
    encoder: Encoder,
    texts: Sequence[str],
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Return one unit vector per text, shape (len(texts), dimensions), from the cache where it has them.

    `progress` is told how many of how many new texts are done, before each block. A cache that can't be
    read or written only means that texts are encoded again.
    """
    file = (folder or _cache_folder()) / _file_name(encoder.name)
    known = _load(file)
    keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    for start in range(0, len(new), _BLOCK):
        if progress:
            progress(start, len(new))
        block = list(new)[start : start + _BLOCK]
        known.update(zip(block, encoder.encode([new[key] for key in block]), strict=True))
        _save(file, known)
    return np.stack([known[key] for key in keys]) if keys else encoder.encode([])


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("interview-practice-bot", appauthor=False) / "vectors"


def _file_name(name: str) -> str:
    # Different names may look alike once they are fit for a file system.
    digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)[:60]}-{digest}.npz"


def _load(file: Path) -> _Known:
    try:
        with file.open("rb") as handle, np.load(handle, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if keys.dtype != np.uint8 or keys.shape != (len(vectors), 16):
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _save(file: Path, known: _Known) -> None:
    """Write the cache in one step."""
    kept = list(known)[-MOST:]
    keys = np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(-1, 16)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            np.savez(part, keys=keys, vectors=np.stack([known[key] for key in kept]))
    except OSError:
        return
    try:
        Path(part.name).replace(file)
    except OSError:
        Path(part.name).unlink(missing_ok=True)
