from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from questions.safe_yaml import load_all


def test_documents_are_read_as_data() -> None:
    assert load_all("a: 1\n---\n- b\n") == [{"a": 1}, ["b"]]
    assert load_all("") == []


@pytest.mark.parametrize(
    "source",
    [
        "[" * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "{a: " * 100_000,
        "a: 2025-99-99",
        f"a: {'9' * 5_000}",
        f"a: 0x{'f' * 5_000}",
        f"a: 1{':1' * 20_000}",
        f"a: 1{':1' * 200}.5",
        "a: !!int ''",
        "a: !!float x",
        "a: !!bool x",
        "a: !!timestamp x",
        "a: b\n" * 20_000,
        "a0: &a0 {b: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{f'*a{n - 1}, ' * 9}]}}\n" for n in range(1, 40)),
        "a: &a {<<: *a}",
        "!!python/object/apply:os.getcwd []",
        "a: [",
        "a: b: c",
    ],
)
def test_what_is_deep_or_wrong_or_no_data_is_refused(source: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_all(source)


def test_what_is_merged_is_there() -> None:
    source = "base: &base {restart: always, cpus: 1}\nweb: {<<: *base, cpus: 2}\n"
    (data,) = load_all(source)
    assert data["web"] == {"restart": "always", "cpus": 2}


_PIECES = [
    *"[]{}:-?&*!|> \na1\"'#,%@`",
    *"a: |&a |*a|<<: |- |? |!!int |!!float |!!bool |!!timestamp |!!set |!!pairs |!!omap ".split("|"),
    *"0x1f|1:1|1:1.5|.inf|.nan|2025-01-01|2025-99-99|~|yes|---\n|...\n|%YAML 1.1\n|\n  ".split("|"),
]


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_any_text_is_data_or_refused(source: str) -> None:
    with suppress(yaml.YAMLError):
        load_all(source)
