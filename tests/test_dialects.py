import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import dialects, markdown, reading
from questions.dialects import Draft, html
from questions.models import Level, Reading
from tests.hostile import CORPORA
from tests.samples import ROWS, TRAPS


def _drafts(text: str) -> list[Draft]:
    return dialects.read(markdown.parse(text))[1]


def _only(text: str) -> Draft:
    (draft,) = _drafts(text)
    return draft


FULL = """\
### Advanced Questions

#### Q7: Why `COPY` before `RUN`?

**Answer:** Because of the cache.

- **Order**: what changes rarely comes first

```dockerfile
# Q8: not a question
COPY . .
```

**Key points:**
- (3) What changes rarely comes first, such as `package.json`
- The cache is lost after the first change
- (2) Avoid: copying everything first

**Hint:** Think of the cache.
**Follow-up:** And in CI?
**Tags:** Build Cache, images,, build  cache

---

#### Q8: Next?

**Answer:**
Yes.
"""


def test_a_full_question() -> None:
    first, second = _drafts(FULL)
    assert first.prompt == "Why `COPY` before `RUN`?"
    assert first.line == 3
    assert first.level is Level.ADVANCED
    assert first.answer.startswith("Because of the cache.\n")
    assert first.answer.endswith("COPY . .\n```")
    assert [(p.weight, p.text, p.avoid) for p in first.points] == [
        (3, "What changes rarely comes first, such as `package.json`", False),
        (1, "The cache is lost after the first change", False),
        (2, "copying everything first", True),
    ]
    assert first.points[0].line == 15
    assert first.hint == "Think of the cache."
    assert first.follow_up == "And in CI?"
    assert first.tags == ("build cache", "images")
    assert second.tags == ()
    assert (second.prompt, second.answer) == ("Next?", "Yes.")


def test_labels_may_have_the_colon_outside_and_text_on_the_same_line() -> None:
    draft = _only("#### Q1: Why?\n\n**Answer**: Because\nit is so.\n\nAnd more.\n\n__Hint__: none\n")
    assert draft.answer == "Because\nit is so.\n\nAnd more."
    assert draft.hint == "none"


def test_a_question_needs_no_number_when_an_answer_follows() -> None:
    assert _only("## Guide\n\ntext\n\n### What is it?\n\n**Answer:**\nThat.\n").prompt == "What is it?"


def test_headings_below_a_question_belong_to_its_answer() -> None:
    draft = _only(
        "### Q1: Why?\n\n**Answer:**\n\nSo.\n\n#### In detail\n\nVery.\n\n## Summary\n\nNot this.\n"
    )
    assert "In detail" in draft.answer
    assert "Not this" not in draft.answer


def test_code_between_question_and_answer_belongs_to_the_question() -> None:
    draft = _only("#### Q1: What does this print?\n\n```py\nprint(1)\n```\n\n**Answer:**\nIt prints one.\n")
    assert draft.prompt == "What does this print?\n\n```py\nprint(1)\n```"
    assert draft.answer == "It prints one."


def test_a_question_without_a_label_takes_its_body_as_the_answer() -> None:
    assert _only("#### Q1: Why?\n\nBecause it is so.\n").answer == "Because it is so."


def test_empty_and_placeholder_answers_are_no_answers() -> None:
    for answer in ("", "TODO", "To be completed.", "*Answer here*", "[link](https://a.example)", "---"):
        draft = _only(f"#### Q1: Why?\n\n**Answer:**\n\n{answer}\n")
        assert draft.answer == "", answer


def test_a_bad_weight_and_an_empty_point_are_faults_with_their_lines() -> None:
    draft = _only("#### Q1: Why?\n\n**Answer:** So.\n\n**Key points:**\n- (7) Too heavy a point\n- (2)\n-\n")
    assert [(line, problem) for line, problem, _ in draft.faults] == [
        (6, "key points: weight 7"),
        (8, "key points: an empty point"),
    ]
    draft = _only("#### Q1: Why?\n\n**Answer:** So.\n\n**Key points:** none\n")
    assert [problem for _, problem, _ in draft.faults] == ["key points: no list after the label"]


def test_key_points_are_bounded_in_number_and_length() -> None:
    start = "#### Q1: Why?\n\n**Answer:** So.\n\n**Key points:**\n"
    many = _only(start + "".join(f"- Point {number} is so\n" for number in range(25)))
    assert many.faults == (
        (5, "key points: 25 of them", "keep the most telling ones; a question may have 24"),
    )
    long = _only(f"{start}- It is so\n- It is {'very ' * 100}so\n")
    assert [(line, problem) for line, problem, _ in long.faults] == [
        (7, "key points: a point of 508 characters")
    ]


def test_a_second_answer_label_is_part_of_the_answer() -> None:
    assert (
        _only("#### Q1: Why?\n\n**Answer:** One.\n\n**Answer:** Two.\n").answer == "One.\n\n**Answer:** Two."
    )


def test_the_closing_remark_of_a_file_is_no_part_of_the_last_answer() -> None:
    draft = _only("#### Q1: Why?\n\n**Answer:**\nSo.\n\nThis comprehensive guide covers all topics.\n")
    assert draft.answer == "So."


def test_levels_come_from_the_innermost_group() -> None:
    text = (
        "## Advanced Questions\n\n### Basic Questions\n\n#### Q1: A?\n\n**Answer:** B is so.\n\n### More\n\n"
    )
    drafts = _drafts(text + "#### Q2: C?\n\n**Answer:** D is so.\n")
    assert [draft.level for draft in drafts] == [Level.FUNDAMENTAL, Level.ADVANCED]


def test_a_text_without_questions_has_no_dialect() -> None:
    assert dialects.read(markdown.parse("# Guide\n\nWords.\n")) == ("none", [])


def _reading(text: str, name: str = "corpus/interview.md") -> Reading:
    return reading.read(text.encode(), Path(name), Path("corpus"))


@pytest.mark.parametrize("letter", ROWS)
def test_each_dialect_is_read_and_named(letter: str) -> None:
    name, text, expected = ROWS[letter]
    found = _reading(text)
    assert found.dialect == name
    assert [(q.prompt.split("\n")[0], q.reference[:40].split("\n")[0]) for q in found.questions] == expected
    assert not any(problem.fatal for problem in found.problems)


@pytest.mark.parametrize("trap", TRAPS)
def test_traps_of_real_files(trap: str) -> None:
    text, count = TRAPS[trap]
    found = _reading(text)
    assert len(found.questions) == count, [q.prompt for q in found.questions]
    assert (found.reason is None) == (count > 0)


def test_levels_tags_and_what_else_a_file_says_of_a_question() -> None:
    by_prompt = {
        question.prompt.split("\n")[0]: question
        for _, text, _ in ROWS.values()
        for question in _reading(text).questions
    }
    event_loop = by_prompt["What is the event loop?"]
    assert (event_loop.level, event_loop.follow_up) == (Level.ADVANCED, "What are microtasks?")
    assert "Companies" not in event_loop.prompt + event_loop.reference
    assert by_prompt["What is eviction?"].level is Level.ADVANCED
    assert "systems" in by_prompt["How does a cache help?"].tags
    assert by_prompt["How does a cache help?"].follow_up == "When is it stale? Who evicts?"
    levels = [by_prompt[p].level for p in ("What are its assumptions?", "Explain ridge", "What is AWS?")]
    assert levels == [Level.INTERMEDIATE, Level.ADVANCED, Level.FUNDAMENTAL]
    aria = by_prompt["What is ARIA and when should you use it?"]
    assert [point.text for point in aria.key_points] == [
        "Benefits screen reader users",
        "Provides role, name and state",
    ]
    assert not aria.derived
    assert aria.tags == ("html", "accessibility")
    assert by_prompt["What is the difference between val and var?"].level is Level.FUNDAMENTAL
    flashcard = by_prompt["What is a pod?"]
    assert flashcard.key_points[0].text == "A pod is the smallest unit of scheduling"


def test_a_multiple_choice_question_keeps_its_code_and_options_and_names_the_right_one() -> None:
    first, second = _reading(ROWS["Q"][1]).questions
    assert "console.log(name)" in first.prompt
    assert "- C: `ReferenceError`" in first.prompt
    assert first.reference == "Answer B: `undefined`\n\nThe variable is hoisted, so it holds `undefined`."
    assert second.reference.startswith("Answer B: false\n")
    ticked = _reading(TRAPS["linkedin"][0]).questions[0]
    assert ticked.reference == "git stash"
    assert "[x]" not in ticked.prompt


def test_an_answer_holds_nothing_of_what_follows_it() -> None:
    for _, text, _ in ROWS.values():
        for question in _reading(text).questions:
            said = question.reference.casefold()
            assert not any(mark in said for mark in ("back to top", "source:", "<br", "<p>", "<!--", "⬆"))


def test_html_around_answers_becomes_markdown() -> None:
    text = (
        "## 1. What is <code>git</code>?\n\nIt is <b>fast</b>.<br>\n"
        '<p align="center">And <a href="https://a.example">small</a>.</p>\n\n'
        "`<b>` stays.\n\n```html\n<b>this too</b>\n```\n\n## 2. What is it not?\n\nSlow, it seems.\n"
    )
    first = _reading(text).questions[0]
    assert first.prompt == "What is `git`?"
    assert first.reference == (
        "It is **fast**.\n\nAnd [small](https://a.example).\n\n`<b>` stays.\n\n```html\n<b>this too</b>\n```"
    )


@pytest.mark.parametrize(
    "answer",
    [
        "TODO",
        "To be completed",
        "*Your answer here*",
        "Read the answer on 👉 <a href='https://a.example'>A.Example</a>",
        "See [this](https://a.example).",
        "https://a.example/x",
        "![diagram](a.png)",
        "<img src='a.png'>",
        "```mermaid\ngraph TB\n```",
        "---",
        "",
    ],
)
def test_a_question_without_an_answer_is_left_out_and_listed(answer: str) -> None:
    found = _reading(f"## 1. What is it?\n\n{answer}\n\n## 2. What is that?\n\nThat is another thing.\n")
    assert [question.prompt for question in found.questions] == ["What is that?"]
    ((line, question, fatal),) = [(p.line, p.question, p.fatal) for p in found.problems]
    assert (line, question, fatal) == (1, "What is it?", False)
    assert found.left_out == 1


_ENGLISH = (
    "## 1. What is a heap?\n\nA heap is a tree in which each parent is no larger than its children.\n\n"
)
_RUSSIAN = "## 2. Что такое куча?\n\nКуча это дерево, в котором родитель не больше детей.\n\n"
_GERMAN = (
    "## 3. Was ist ein Haufen und was ist ein Baum?\n\nEin Haufen ist ein Baum, in dem die Eltern nicht "
    "größer sind als die Kinder und der mit den kleinsten beginnt.\n\n"
)


def test_questions_in_other_languages_are_counted_not_graded() -> None:
    found = _reading(_ENGLISH + _RUSSIAN + _GERMAN)
    assert [question.prompt for question in found.questions] == ["What is a heap?"]
    assert [problem.problem for problem in found.problems] == [
        "in another language (Russian or another language in Cyrillic script)",
        "in another language (German)",
    ]
    assert found.left_out == 2
    whole = _reading(_RUSSIAN)
    assert not whole.questions
    assert whole.reason == "1 question in another language (Russian or another language in Cyrillic script)"


def test_an_authors_own_file_may_be_in_any_language() -> None:
    text = "#### Q1: Что такое куча?\n\n**Answer:** Куча это дерево, в котором родитель не больше детей.\n"
    assert len(_reading(text).questions) == 1
    assert not _reading(text, "corpus/README-ru_RU.md").questions


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("# Guide\n\nWords about it.\n", "guide.md", "a guide without questions"),
        ("# Links\n\n- [a](https://a.example)\n- [b](https://b.example)\n", "awesome.md", "only links"),
        ("# A\n\n## B\n", "a.md", "only headings"),
        ("<!-- nothing -->\n", "a.md", "only headings"),
        ("```sh\nls\n```\n", "a.md", "only code"),
        (ROWS["J"][1], "CONTRIBUTING.md", "a file about the repository, not a corpus"),
        (ROWS["J"][1], "SECURITY.md", "a file about the repository, not a corpus"),
        (
            "# Questions\n\n```sh\nls\n\n## 1. What is it?\n\nIt is so.\n",
            "a.md",
            "a code fence is never closed, so that most of the file is code",
        ),
        (
            "## 1. What is it?\n\nTODO\n\n## 2. Why?\n",
            "a.md",
            "2 questions, none with an answer that can be graded",
        ),
    ],
)
def test_a_file_without_questions_says_why(text: str, name: str, reason: str) -> None:
    found = _reading(text, f"corpus/{name}")
    assert not found.questions
    assert found.reason == reason


def test_a_promised_number_is_told_and_not_trusted() -> None:
    assert _reading(ROWS["J"][1]).claimed == 50
    assert _reading("# Top 1,001+ Java Interview Questions and Answers\n").claimed == 1001
    assert _reading("# 3 ways to ask questions\n").claimed is None


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("corpus/react-interview-questions/README.md", "react"),
        ("corpus/java-basics.md", "java"),
        ("corpus/questions/README.md", "questions"),
    ],
)
def test_topics_of_repositories_leave_out_the_words_that_all_have(name: str, topic: str) -> None:
    assert _reading(ROWS["J"][1], name).questions[0].topic == topic


def test_one_question_a_file_takes_its_topic_from_the_folder_or_the_tags() -> None:
    text = ROWS["L"][1]
    assert _reading(text, "corpus/css/aria.md").questions[0].topic == "css"
    assert _reading(text, "corpus/questions/aria.md").questions[0].topic == "html"


# Any bank, written in any dialect, reads back the same.

_WORD = st.sampled_from("cache index queue thread socket branch layer proxy token shard broker mutex".split())
_ENDING = st.sampled_from(
    "is kept small|waits for its turn|moves between the nodes|ends when it is full".split("|")
)
_SENTENCE = st.builds(lambda word, other, end: f"The {word} of a {other} {end}.", _WORD, _WORD, _ENDING)
_BLOCK = st.one_of(
    _SENTENCE,
    st.lists(_SENTENCE, min_size=2, max_size=4).map(lambda texts: "\n".join(f"- {text}" for text in texts)),
    _SENTENCE.map(lambda text: f"```sh\n# {text}\n## Is this a heading?\nls -l\n```"),
)
_ANSWER = st.lists(_BLOCK, min_size=1, max_size=3).flatmap(
    lambda blocks: _SENTENCE.map(lambda first: "\n\n".join([first, *blocks]))
)
_BANKS = st.lists(st.tuples(_WORD, _WORD, _ANSWER), min_size=2, max_size=6, unique_by=lambda entry: entry[:2])


def _indented(text: str, width: int) -> str:
    return "\n".join(f"{' ' * width}{line}" if line else "" for line in text.split("\n"))


_RENDERERS: dict[str, Callable[[int, str, str], str]] = {
    "A": lambda n, q, a: f"#### Q{n}: {q}\n\n**Answer:**\n\n{a}\n",
    "B": lambda n, q, a: f"### Question {n}: {q}\n\n**Difficulty**: Hard\n\n**Answer:** {a}\n\n---\n",
    "C": lambda n, q, a: (
        f"### Q{n}: {q}\n**Difficulty:** Senior | **Companies:** A\n\n#### Quick Answer (30 seconds)\n{a}\n"
    ),
    "D": lambda n, q, a: f"### {n}. {q}\n\n**Expected Answer**:\n\n{a}\n",
    "E": lambda n, q, a: f"### {n}. Topic\n\n**Question:** {q}\n\n**Answer:** {a}\n",
    "F": lambda n, q, a: f"**Question {n}: {q}**\n\n**Answer:** {a}\n",
    "G": lambda _, q, a: f"<details>\n<summary>{q}</summary><br><b>\n\n{a}\n</b></details>\n",
    "H": lambda n, q, a: f"{n}. ### {q}\n\n{_indented(a, 4)}\n\n   **[⬆ Back to Top](#toc)**\n",
    "I": lambda _, q, a: (
        f'## Q. {q}\n\n{a}\n\n<div align="right">\n    <b><a href="#">↥ back to top</a></b>\n</div>\n'
    ),
    "J": lambda n, q, a: f"## {n}. {q}\n\n{a}\n<br>\n",
    "K": lambda _, q, a: f"**{q} 👶**\n\n{a}\n\n<br/>\n",
    "N": lambda _, q, a: f"Q: {q}\n\nAns: {a}\n",
    "O": lambda n, q, a: f"#### Q{n}: {q} ⭐⭐\n**Answer:**\n{a}\n\n**Source:** _a.example_\n",
    "P": lambda n, q, a: f"### Card {n}\n\n**Question**: {q}\n\n**Answer**: {a}\n\n---\n",
    "Q": lambda n, q, a: (
        f"###### {n}. {q}\n\n<details><summary><b>Answer</b></summary>\n<p>\n\n{a}\n\n"
        "</p>\n</details>\n\n---\n"
    ),
}


@pytest.mark.parametrize("letter", _RENDERERS)
@given(bank=_BANKS)
@settings(max_examples=8)
def test_a_bank_in_any_dialect_reads_back_the_same(letter: str, bank: list[tuple[str, str, str]]) -> None:
    asked = [(f"How does a {one} help the {other}?", answer) for one, other, answer in bank]
    toc = "\n".join(f"{n}. [{question}](#q{n})" for n, (question, _) in enumerate(asked, 1))
    parts = [_RENDERERS[letter](n, *entry) for n, entry in enumerate(asked, 1)]
    document = markdown.parse(
        "\n".join([f"# Interview Questions\n\n## Contents\n\n{toc}\n\n## Core\n", *parts])
    )
    _, drafts = dialects.read(document)
    assert [(draft.prompt, draft.answer) for draft in drafts] == asked


_ONE_A_FILE: dict[str, Callable[[str, str], str]] = {
    "L": lambda q, a: (
        f"### {q}\n\n#### Answer\n\n{a}\n\n#### Good to hear\n\n* One thing is so\n* Another is not\n\n"
        "<!-- tags: (a,b) -->\n\n<!-- expertise: (2) -->\n"
    ),
    "M": lambda q, a: (
        f"# Вопрос (RU)\n> Зачем это?\n\n# Question (EN)\n> {q}\n\n---\n\n## Ответ (RU)\n\nТак надо.\n\n"
        f"## Answer (EN)\n\n{a}\n\n---\n\n## Follow-ups\n\n- And then?\n"
    ),
}


@pytest.mark.parametrize("letter", _ONE_A_FILE)
@given(word=_WORD, answer=_ANSWER)
@settings(max_examples=8)
def test_one_question_a_file_reads_back_the_same(letter: str, word: str, answer: str) -> None:
    asked = f"How does a {word} help?"
    _, (draft,) = dialects.read(markdown.parse(_ONE_A_FILE[letter](asked, answer)))
    assert (draft.prompt, draft.answer) == (asked, answer)


_MARKUP = [
    *(
        "# ",
        "## 1. What is it?\n",
        "### Q1: ",
        "Q: what\n",
        "**Answer:** ",
        "Ans: ",
        "**What is it?**\n",
        "1. ### ",
    ),
    *(
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
        "<b>",
        "<!-- tags: (a) -->",
        "- **Q:** ",
        "> ",
        "    ",
    ),
    *(
        "```\n",
        "\n",
        "\n\n",
        "| a | b |\n|---|---|\n",
        "⭐",
        "👶",
        "#### Good to hear\n",
        "(EN)",
        "- [x] a\n",
        "- A: b\n",
    ),
    *(
        "---\n",
        "\r\n",
        "\ufeff",
        "שלום",
        "`",
        "*",
        "[a](b)",
        "It is so. ",
        "**Difficulty:** x | **Level:** y\n",
    ),
]


@given(st.lists(st.one_of(st.sampled_from(_MARKUP), st.text(max_size=6)), max_size=60).map("".join))
def test_any_text_is_read(text: str) -> None:
    _check_that_it_is_read(text)


def _check_that_it_is_read(text: str) -> None:
    found = reading.read(text.encode("utf-8", "replace"), Path("corpus/interview.md"), Path("corpus"))
    assert found.questions or found.reason or any(problem.fatal for problem in found.problems)
    for question in found.questions:
        assert question.prompt
        assert question.reference
        assert question.key_points
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in found.problems)


@pytest.mark.parametrize("name", CORPORA)
@pytest.mark.timeout(60)
def test_hostile_files_are_read_in_time(name: str) -> None:
    _reading(CORPORA[name](10_000))


@pytest.mark.slow
@pytest.mark.parametrize("name", CORPORA)
@pytest.mark.timeout(60)
def test_large_hostile_files_are_read_in_time(name: str) -> None:
    _reading(CORPORA[name](300_000))


@pytest.mark.slow
@given(st.lists(st.one_of(st.sampled_from(_MARKUP), st.text(max_size=6)), max_size=300).map("".join))
@settings(max_examples=3_000)
def test_any_long_text_is_read(text: str) -> None:
    _check_that_it_is_read(text)


_PIECE = st.sampled_from("` `` ``` a \\ < <b> </b> <a href=x> </a> <!-- --> \n * **".split(" "))


@given(st.lists(_PIECE, max_size=30).map("".join))
def test_code_is_what_commonmark_takes_for_code(text: str) -> None:
    text = text.replace("\\", "").replace("<", "")
    found = [text[start:end] for start, end in html.code_spans(text)]
    tokens = markdown._parser().parseInline(text)[0].children or []
    assert [token.markup for token in tokens if token.type == "code_inline"] == [
        span[: len(span) - len(span.lstrip("`"))] for span in found
    ]


@given(st.lists(_PIECE, max_size=30).map("".join))
def test_any_html_becomes_text_without_tags(text: str) -> None:
    said = html.block(text)
    assert not re.search("</?b>|<a href=x>", said)


def test_html_marks_links_and_bold_text_that_ends() -> None:
    said = html.inline('See <a class="x" href="a.example">the <b>docs</b></a>, <b>not `<b>` <tt>this</tt>')
    assert said == "See [the **docs**](a.example), not `<b>` `this`"
    assert html.inline("<a href=x>open, </b>closed") == "open, closed"


def test_details_within_details_that_are_no_question_are_read() -> None:
    inner = "<details><summary>What is it?</summary>\n\nIt is a cache of pages.\n\n</details>\n"
    text = f"<details><summary>Click to expand</summary>\n\n{inner}\n</details>\n"
    (draft,) = dialects.read(markdown.parse(text))[1]
    assert (draft.prompt, draft.answer) == ("What is it?", "It is a cache of pages.")
