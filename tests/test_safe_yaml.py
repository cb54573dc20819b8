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
        "!!python/object/apply:os.getcwd []",
        "a: [",
        "a: b: c",
    ],
)
def test_what_is_deep_or_wrong_or_no_data_is_refused(source: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_all(source)


@given(st.text(alphabet=st.sampled_from("[]{}:-?&*!|> \na1\"'#,%@`"), max_size=60))
def test_any_text_is_data_or_refused(source: str) -> None:
    with suppress(yaml.YAMLError):
        load_all(source)
