from questions import dialects, markdown
from questions.dialects import Draft
from questions.models import Level


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
