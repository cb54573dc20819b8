"""The licence of a cloned repository, from its licence file: an SPDX identifier where the text is known."""

from pathlib import Path

_NAMES = ("license", "licence", "copying", "unlicense", "license-content", "license-docs")
_SUFFIXES = ("", ".md", ".txt", ".rst", ".markdown")
_MOST = 64_000  # bytes that are read; the longest usual licence has 35,000
_MOST_PARENTS = 8
# What each text says near its start, the more telling first.
_TEXTS = (
    ("Apache-2.0", ("apache license", "version 2.0")),
    ("MPL-2.0", ("mozilla public license", "2.0")),
    ("AGPL-3.0", ("gnu affero general public license", "version 3")),
    ("LGPL-3.0", ("gnu lesser general public license", "version 3")),
    ("GPL-3.0", ("gnu general public license", "version 3")),
    ("GPL-2.0", ("gnu general public license", "version 2")),
    ("GFDL-1.3", ("gnu free documentation license", "version 1.3")),
    ("CC0-1.0", ("cc0 1.0",)),
    ("CC-BY-NC-SA-4.0", ("attribution-noncommercial-sharealike 4.0",)),
    ("CC-BY-NC-ND-4.0", ("attribution-noncommercial-noderivatives 4.0",)),
    ("CC-BY-NC-4.0", ("attribution-noncommercial 4.0",)),
    ("CC-BY-SA-4.0", ("attribution-sharealike 4.0",)),
    ("CC-BY-ND-4.0", ("attribution-noderivatives 4.0",)),
    ("CC-BY-4.0", ("attribution 4.0 international",)),
    ("CC-BY-NC-SA-3.0", ("attribution-noncommercial-sharealike 3.0",)),
    ("CC-BY-SA-3.0", ("attribution-sharealike 3.0",)),
    ("CC-BY-3.0", ("attribution 3.0",)),
    ("Unlicense", ("free and unencumbered software released into the public domain",)),
    ("WTFPL", ("do what the fuck you want to public license",)),
    ("ISC", ("permission to use, copy, modify, and/or distribute this software for any purpose",)),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "neither the name")),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",)),
    ("BSL-1.0", ("boost software license",)),
    ("MIT", ("permission is hereby granted, free of charge, to any person obtaining a copy",)),
    ("MIT", ("mit license",)),
)


def find(path: Path) -> str | None:
    """Return the licence of a corpus: from its folder or beside its file, or from the clone that it is in."""
    folder = path if path.is_dir() else path.parent if path.is_file() else None
    if folder is None:
        return None
    clone = next(
        (p for p in (folder, *folder.resolve().parents[:_MOST_PARENTS]) if (p / ".git").exists()), folder
    )
    return _in_folder(folder) or (_in_folder(clone) if clone != folder else None)


def _in_folder(folder: Path) -> str | None:
    try:
        files = sorted(file for file in folder.iterdir() if _is_licence(file))
    except OSError:
        return None
    for file in files:
        try:
            with file.open("rb") as stream:
                text = " ".join(stream.read(_MOST).decode("utf-8", "replace").casefold().split())
        except OSError:
            continue
        if text:
            return named(text) or f"see {file.name}"
    return None


def _is_licence(file: Path) -> bool:
    return (
        file.suffix.casefold() in _SUFFIXES
        and file.name.casefold().removesuffix(file.suffix.casefold()) in _NAMES
        and file.is_file()
        and not file.is_symlink()
    )


def named(text: str) -> str | None:
    """Return the identifier of a licence's text (lower case, single blanks); None for an unknown one."""
    found = [
        (text.find(signs[0]), place, name)
        for place, (name, signs) in enumerate(_TEXTS)
        if all(sign in text for sign in signs)
    ]
    # A text may name another licence (the GPL names the LGPL): its own comes first.
    return min(found)[2] if found else None
