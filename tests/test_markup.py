"""Markdown for Discord: nothing pings, nothing is lost between pages, blocks stay closed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import pages, safe, shorten

STEERING = re.compile(r"<@[!&]?\d+>|<#\d+>|<t:\d+|@everyone|@here|</\w+:\d+>|<a?:\w+:\d+>|\]\(http")


@pytest.mark.parametrize(
    "text",
    [
        "Hello @everyone and @here",
        "Ask <@1234> or <@!1234> in <#99>, role <@&7>",
        "Now <t:1700000000:R>, </practice:42>, <a:blob:1> and <:smile:2>",
        "See [the docs](https://evil.example)",
    ],
)
def test_nothing_outside_code_steers_discord(text: str) -> None:
    assert STEERING.search(text)
    assert not STEERING.search(safe(text))
    assert safe(text).replace("\u200b", "") == text


def test_code_is_kept_as_written() -> None:
    text = "Write `a[0](x)` or\n\n```py\n@everyone\nf[1](http)\n```"
    assert safe(text) == text


def test_a_table_becomes_a_list() -> None:
    table = "| | VM | `box` |\n|---|---|---|\n| Start | slow | fast |\n| Size | | small |"
    text = f"Before\n\n{table}\n\nAfter | here"
    listed = "- **Start** · VM: slow · `box`: fast\n- **Size** · `box`: small"
    assert safe(text) == f"Before\n\n{listed}\n\nAfter | here"


def test_a_table_in_code_stays() -> None:
    text = "```\n| a | b |\n|---|---|\n| 1 | 2 |\n```"
    assert safe(text) == text


def test_a_short_text_is_one_page() -> None:
    assert pages("One\n\nTwo") == ["One\n\nTwo"]


def test_an_empty_text_is_no_empty_page() -> None:
    assert pages("") == ["—"]


def test_pages_part_between_paragraphs() -> None:
    first, second = "word " * 120, "other " * 60
    assert pages(f"{first}\n\n{second}", 700) == [first, second]


def test_a_code_block_over_two_pages_is_closed_and_opened_again() -> None:
    code = "\n".join(f"line {number}" for number in range(100))
    found = pages(f"```py\n{code}\n```", 400)
    assert len(found) > 1
    assert all(page.startswith("```py\n") and page.endswith("\n```") for page in found)
    lines = [line for page in found for line in page.split("\n") if line.startswith("line")]
    assert lines == code.split("\n")


@given(st.text(alphabet="ab `*\n-<@>|", max_size=3_000), st.integers(200, 800))
def test_pages_fit_and_lose_no_word(text: str, size: int) -> None:
    found = pages(text, size)
    assert all(0 < len(page) <= size for page in found)
    kept = re.sub(r"[\s`—]", "", "".join(found))
    assert kept == re.sub(r"[\s`—]", "", text)


@given(st.text(max_size=300))
def test_shorten_keeps_to_the_size(text: str) -> None:
    assert len(shorten(text, 50)) <= 50
    assert "\n" not in shorten(text, 50)
