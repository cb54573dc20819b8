import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import markdown
from questions.markdown import Block


def _walk(blocks: tuple[Block, ...]) -> list[Block]:
    return [found for block in blocks for found in (block, *_walk(block.children))]


def test_parse_gives_blocks_with_their_lines() -> None:
    document = markdown.parse("# A\n\ntext\nmore\n\n- one\n- two\n\n```sh\n# no heading\n```\n")
    assert [(b.kind, b.start, b.end) for b in document.blocks] == [
        ("heading", 0, 1),
        ("paragraph", 2, 4),
        ("bullet_list", 5, 8),
        ("fence", 8, 11),
    ]
    assert [item.kind for item in document.blocks[2].children] == ["list_item", "list_item"]
    assert document.blocks[3].text == "# no heading\n"
    assert document.blocks[3].info == "sh"
    assert document.source(2, 4) == "text\nmore"


def test_a_heading_split_over_two_lines_is_one_heading() -> None:
    blocks = markdown.parse("text\n##\n Interview Questions\n\nmore").blocks
    assert [(b.kind, b.level, b.text) for b in blocks[1:2]] == [("heading", 2, "Interview Questions")]
    assert (blocks[1].start, blocks[1].end) == (1, 3)


def test_an_empty_heading_with_a_paragraph_further_down_stays_empty() -> None:
    blocks = markdown.parse("##\n\nJust text").blocks
    assert [(b.kind, b.text) for b in blocks] == [("heading", ""), ("paragraph", "Just text")]


def test_a_stray_fence_inside_a_list_item_closes_with_the_item() -> None:
    blocks = markdown.parse("- item\n  ```\n\n#### Q2: Still a heading?\n").blocks
    assert blocks[-1].kind == "heading"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**Bold** and *thin* `code --flag`", "Bold and thin code --flag"),
        ("[words](https://a.example) ![alt text](x.png)", "words alt text"),
        ("one\ntwo", "one two"),
        ("a <b>c</b> d<br>e", "a c d e"),
        ("5 < 6 & 7", "5 < 6 & 7"),
        ("&lt;div&gt;", "<div>"),
        ("a_b_c", "a_b_c"),
    ],
)
def test_plain(source: str, expected: str) -> None:
    assert markdown.plain(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**Why** `COPY` [first](https://a.example)?", "Why `COPY` first?"),
        ("What does `` `date` `` print?", "What does `` `date` `` print?"),
        ("No code at all", "No code at all"),
    ],
)
def test_plain_text_with_its_code(source: str, expected: str) -> None:
    assert markdown.plain(source, code=True) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("**Answer:** text", ("Answer", "text")),
        ("**Answer**: text", ("Answer", "text")),
        ("__Answer:__", ("Answer", "")),
        ("**Image** – a template", ("Image", "a template")),
        ("**Image** - a template", ("Image", "a template")),
        ("**Pros**", ("Pros", "")),
        ("**Containers** share the kernel", None),
        ("Answer: text", None),
        ("**", None),
        ("****", None),
    ],
)
def test_bold_label(line: str, expected: tuple[str, str] | None) -> None:
    assert markdown.bold_label(line) == expected


def test_code_words_are_those_in_inline_code() -> None:
    assert markdown.code_words("Use `docker stats` or `top`, not `docker stats`") == ("docker stats", "top")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[only](a) [links](b)", False),
        ("https://a.example/x", False),
        ("![picture](a.png)", False),
        ("see [this](a)", True),
        ("words", True),
        ("---", False),
    ],
)
def test_has_own_words(source: str, expected: bool) -> None:
    assert markdown.has_own_words(source) is expected


@given(st.text(alphabet=st.sampled_from("#*_`-> \n1.[]()<a|~:\\"), max_size=200))
def test_every_block_lies_within_the_text(text: str) -> None:
    document = markdown.parse(text)
    for block in _walk(document.blocks):
        assert 0 <= block.start <= block.end <= len(document.lines) + 1


@given(st.text(alphabet=st.sampled_from("*`ab :.1é\n"), max_size=14).map(str.strip))
def test_the_short_way_to_plain_text_gives_what_the_parser_gives(text: str) -> None:
    simple = markdown._plain_if_simple(text)
    if simple is not None:
        parsed = markdown._words(markdown._parser().parseInline(text)[0].children or [], code=False)
        assert simple.split() == "".join(parsed).split()


def test_a_huge_line_is_read_without_inline_parsing() -> None:
    assert markdown.plain("[" * 100_000) == "[" * 100_000
