from pathlib import Path

import pytest

from questions import licences


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MIT License\n\nCopyright (c) 2020", "MIT"),
        ("Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
        ("Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
        (
            "GNU GENERAL PUBLIC LICENSE\n Version 3 … the GNU Lesser General Public License, version 3",
            "GPL-3.0",
        ),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "CC-BY-SA-4.0"),
        ("Attribution 4.0 International", "CC-BY-4.0"),
        ("Attribution-NonCommercial-NoDerivatives 4.0 International", "CC-BY-NC-ND-4.0"),
        ("CC0 1.0 Universal", "CC0-1.0"),
        ("You may read this on Sundays.", "see LICENSE"),
        ("", None),
    ],
)
def test_a_licence_is_known_by_its_text(tmp_path: Path, text: str, name: str | None) -> None:
    (tmp_path / "LICENSE").write_text(text, encoding="utf-8")
    assert licences.find(tmp_path) == name


def test_where_a_licence_is_looked_for(tmp_path: Path) -> None:
    corpus = tmp_path / "clone" / "docs"
    corpus.mkdir(parents=True)
    file = corpus / "a.md"
    file.write_text("# A\n")
    assert licences.find(tmp_path / "missing") is None
    assert licences.find(corpus) is None
    (tmp_path / "clone" / "COPYING").write_text("MIT License")
    assert licences.find(corpus) is None
    (tmp_path / "clone" / ".git").mkdir()
    assert licences.find(corpus) == "MIT"
    assert licences.find(file) == "MIT"
    (corpus / "License.txt").write_text(
        "ISC: permission to use, copy, modify, and/or distribute this software for any purpose"
    )
    assert licences.find(file) == "ISC"
