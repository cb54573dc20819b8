"""Answers and corpora meant to take much time, room or nesting; every one of any wanted size.

Shapes are named after what they aim at: a regular expression, the Markdown or YAML parser, or a loop of ours.
"""

from collections.abc import Callable, Iterator
from itertools import count, cycle

Shape = Callable[[int], str]
"""Makes a text of at most so many characters, and nearly as many."""


def of(piece: str, *, head: str = "", tail: str = "") -> Shape:
    """Make texts of a piece over and over, between a head and a tail."""

    def make(size: int) -> str:
        return head + piece * ((size - len(head) - len(tail)) // len(piece)) + tail

    return make


def joined(pieces: Iterator[str], size: int) -> str:
    """Return as many of the pieces, in turn, as fit into so many characters."""
    parts: list[str] = []
    for piece in pieces:
        size -= len(piece)
        if size < 0:
            break
        parts.append(piece)
    return "".join(parts)


def numbered(piece: str, *, head: str = "", tail: str = "") -> Shape:
    """Make texts of pieces that differ in the number put for `@`, so that none repeats another."""

    def make(size: int) -> str:
        pieces = (piece.replace("@", str(number)) for number in count(1))
        return head + joined(pieces, size - len(head) - len(tail)) + tail

    return make


def halves(first: str, second: str, *, head: str = "") -> Shape:
    """Make texts of one piece over and over, then as much of another."""

    def make(size: int) -> str:
        half = (size - len(head)) // 2
        return head + first * (half // len(first)) + second * (half // len(second))

    return make


def deeper(piece: str, step: str = "  ") -> Shape:
    """Make texts whose every line is indented by one more step."""
    return lambda size: joined((f"{step * depth}{piece}\n" for depth in count()), size)


def runs(mark: str) -> Shape:
    """Make texts of runs of a mark, each one mark longer than the last."""
    return lambda size: joined((f"{mark * length} a " for length in count(1)), size)


def words(*given: str) -> Shape:
    """Make texts of words in turn."""
    return lambda size: joined((f"{word} " for word in cycle(given)), size)


ANSWERS: dict[str, Shape] = {
    # Shapes of text.
    "one word without blanks": of("zombie"),
    "one letter": of("a"),
    "blanks": of(" ", head="A zombie", tail="has exited"),
    "line ends": of("\n", head="A zombie", tail="has exited"),
    "a word a line": numbered("w@\n"),
    "tiny sentences": numbered("It is @. "),
    "sentences of one letter": of("a. "),
    "bullets only": numbered("- a@\n"),
    "markers only": of("- ", tail="a"),
    "quotes in quotes": of("> ", tail="a"),
    "headings": numbered("# a@\n"),
    "code only": numbered("run --flag-@\n", head="```\n"),
    "fences": of("```\n"),
    "inline code": of("`wait()` "),
    "a table": numbered("| zombie | @ |\n"),
    "rules": of("---\n***\n", tail="a"),
    "numbers": numbered("@ "),
    "flags": numbered("--flag-@ "),
    "versions": of("1.2.3.4.5."),
    "commas": of("a,"),
    "negations": words("not", "no", "never", "doesn't"),
    "opposites": words("before", "after", "more", "less", "always", "never"),
    "many words, each new": numbered("process@ex "),
    "misspelt words": words("zomby", "procces", "orphn", "parrent", "exitted", "staus", "tabel", "kernl"),
    "emoji": of("🧟"),
    "families of emoji": of("👨‍👩‍👧‍👦"),
    "combining marks": of("\u0301", head="a"),
    "letters with combining marks": of("a\u0301\u0323 "),
    "no blanks in Chinese": of("僵尸进程已经退出"),
    "words in Chinese": of("僵 尸 进 程 "),
    "rare Chinese": of("\U00020000"),
    "Arabic ligatures": of("\ufdfa"),
    "Hangul": of("좀비 "),
    "look-alikes": of("zоmbiе "),
    "invisible letters": of("\u200b", head="a zombie"),
    "fullwidth letters": of("ｚｏｍｂｉｅ "),
    "mathematical letters": of("𝔷𝔬𝔪𝔟𝔦𝔢 "),
    "control characters": of("\x1b[31m"),
    "right to left": of("\u202ezombie"),
    # Emphasis, links and brackets.
    "open emphasis": of("*a **b "),
    "asterisks": of("*", tail="a"),
    "underscores": of("_a"),
    "open brackets": of("["),
    "links in links": of("[a](", tail="b)"),
    "backticks": of("`"),
    "runs of backticks": runs("`"),
    # Each looks like the start of what a regular expression of the grader's looks for.
    "dots": of(".", tail="a"),
    "ends of sentences": of('."', tail="a"),
    "brackets after ends": halves(".", ")", head="A zombie"),
    "abbreviations": of("e.g. "),
    "dashes": of(" - "),
    "commas and blanks": of(",     "),
    "connectors": of(", but "),
    "no pauses": numbered("w@ "),
    "orders begun": of("ignore "),
    "orders to mark": words("mark", "it", "all", "it", "this"),
    "orders to award": words("award", "give", "return"),
    "key points": words("all", "key", "points", "every", "criteria"),
    "key point without an end": of("key points "),
    "candidates": of("candidate "),
    "notes to nobody": words("note", "please", "dear", "hello"),
    "scores": of("score is "),
    "tags": of("<system"),
    "tags with blanks": of("<   system   "),
    "calibration mode": of("debug mode "),
    "quoted labels": of("'covered' "),
    "you are a": of("you are a "),
    "as an": of("as an ai"),
    "colons": of("system :"),
    "apostrophes": of("'"),
    "letters that are no words": of("qwrtzpsdf "),
    "one odd letter": of("bcdfg"),
    "brackets": of("("),
    "lists with commas": words("zombie,", "orphan,", "kernel,"),
}


def _merges(size: int) -> str:
    """Make texts with front matter of a few lines that stands for 3 to the 40th fields."""
    lines = ["a0: &a0 {b: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}, *a{n - 1}], k{n}: 1}}" for n in range(1, 41)]
    return of("\nIt is so.\n", head="---\n" + "\n".join(lines) + f"\n---\n{_Q}")(size)


def _bomb(leaf: str, services: str) -> Shape:
    """Make texts with YAML of a few lines that stands for 9 to the 11th of a leaf."""
    lines = [f"l0: &l0 {leaf}"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    yaml = "\n".join([*lines, f"services: {services}"])
    return of("\nIt is so.\n", head=f"{_Q}\n```yaml\n{yaml}\n```\n")


def _wide_table(size: int) -> str:
    columns = size // 8
    head = f"|{'a|' * columns}\n|{'-|' * columns}\n"
    return head + "|b\n" * ((size - len(head)) // 3)


def _details(size: int) -> str:
    opened, closed = "<details><summary>What is it?</summary>\n\nIt is so.\n\n", "</details>\n\n"
    depth = size // (len(opened) + len(closed))
    return opened * depth + closed * depth


def _guide(size: int) -> str:
    section, asked = "## Kernel @\n\nThe kernel shares memory.\n\n", "#### Q@: Why?\n\n**Answer:** {}\n\n"
    said = "The kernel shares memory."
    return numbered(section)(size // 2) + "# Questions\n\n" + numbered(asked.format(said))(size // 2 - 20)


_Q = "#### Q1: What is it?\n\n**Answer:**\n\nA zombie has exited, but its parent has not waited.\n"

CORPORA: dict[str, Shape] = {
    # Shapes of text.
    "one line": of("zombie "),
    "one line without blanks": of("zombie"),
    "short lines": of("a\n"),
    "tiny paragraphs": of("a\n\n"),
    "blank lines": of("\n", head=_Q),
    "blanks": of(" ", head=f"{_Q}\n**a", tail="b):** x\n"),
    "tabs": of("\t", head=_Q, tail="a"),
    "control characters": of("\x0b\x0c\x1c\u2028\u0085"),
    "emoji": of("👨‍👩‍👧‍👦", head=f"{_Q}\n"),
    "many words": numbered("word@ ", head=f"{_Q}\n"),
    "abbreviations": of("e.g. A ", head=f"{_Q}\n"),
    "ends of sentences": of('."', head=f"{_Q}\n", tail="a"),
    "marks before a word": of("— ", head=f"{_Q}\n- ", tail="word is so"),
    # Blocks.
    "headings": of("# a\n"),
    "headings that ask": numbered("## What is it @?\n"),
    "one huge heading of marks": of("—", head="## ", tail="x\n"),
    "one huge heading of blanks": of("a ", head="## ", tail="?\n\nIt is so.\n"),
    "empty headings": of("#\n \n"),
    "underlined headings": of("a\n=\n"),
    "rules": of("---\n", head=_Q),
    "deep bullets": deeper("- a"),
    "deep numbers": deeper("1. a", "   "),
    "bullets in bullets": of("- "),
    "numbers in numbers": of("1. "),
    "bullets": numbered("- it is @\n", head=f"{_Q}\n"),
    "deep quotes": of("> "),
    "quotes": of("> a\n"),
    "quotes and bullets": of("> - "),
    "a long table": numbered("| a | @ is so |\n", head=f"{_Q}\n| a | b |\n|---|---|\n"),
    "a wide table": _wide_table,
    "many tables": of("| a | b |\n|---|---|\n| c | d |\n\n"),
    "a table of pipes": of("|", head="a|b\n-|-\n"),
    "an unclosed fence": numbered("run --flag @\n", head=f"{_Q}\n```sh\n"),
    "fences": of("```\n", head=_Q),
    "fences in turn": of("```\n</details>\n<details>\n"),
    "indented code": of("    a\n\n", head=_Q),
    "comments in code": numbered("# It is so @\nrun --flag\n", head=f"{_Q}\n```sh\n", tail="```\n"),
    "YAML in code": numbered("k@: {a: b}\n", head=f"{_Q}\n```yaml\n", tail="```\n"),
    "definitions of links": numbered("[a@]: http://a.example\n"),
    "open definitions of links": of("[a\n"),
    "entities": of("&amp;", head=f"{_Q}\n"),
    # Inline content, in one paragraph and in paragraphs that are each just short enough to be parsed.
    **{
        f"{name}, {how}": of(piece * (5_900 // len(piece)) + "\n\n", head=f"{_Q}\n")
        if how == "in paragraphs"
        else of(piece, head=f"{_Q}\n")
        for how in ("in one line", "in paragraphs")
        for name, piece in (
            ("open brackets", "["),
            ("brackets in turn", "[]("),
            ("links in links", "[a]("),
            ("pictures", "![["),
            ("asterisks", "*"),
            ("open emphasis", "*a **b "),
            ("emphasis in turn", "**a* _b "),
            ("underscores", "_a "),
            ("backticks", "`"),
            ("unlike backticks", "`a ``b ```c "),
            ("angle brackets", "<"),
            ("open tags", "<a "),
            ("open comments", "<!-- "),
            ("ampersands", "&"),
            ("backslashes", "\\"),
            ("exclamation marks", "!"),
            ("tildes", "~~a ~"),
        )
    },
    "runs of backticks": runs("`"),
    "one run of backticks": halves("`", "a", head=f"{_Q}\n<b>"),
    # HTML.
    "tags": of("<b>", head=f"{_Q}\n"),
    "tags in turn": of("<b></b>", head=f"{_Q}\nIt is "),
    "line breaks": of("<br>", head=f"{_Q}\nIt is "),
    "links without an end": of("<a href=x>", head=f"{_Q}\nIt is "),
    "links in one tag": of("href=", head=f"{_Q}\nIt is <a "),
    "comments": of("<!-- tags: (a) -->\n"),
    "details": of("<details><summary>What?</summary>\n"),
    "details in details": _details,
    "details with many ends": of(
        "</b>", head="<details><summary>What?</summary><b>\n\nIt is so", tail="</details>"
    ),
    "details in one tag": of("<details "),
    "summaries without an end": of("<summary>", head="<div>\n"),
    "open details": of("<details>\n"),
    "anchors": of('<a name="a"></a>\n'),
    # Questions.
    "questions": numbered("#### Q@: Why is it?\n\n**Answer:** It is so in all of them.\n\n"),
    "questions without answers": numbered("#### Q@: Why?\n\n"),
    "the same question": of("#### Q1: Why?\n\n**Answer:** It is so in all of them.\n\n"),
    "one answer of many labels": of("**Hint:** a\n\n", head=_Q.replace("Q1: ", "")),
    "answers' labels": of("**Answer:** yes\n", head=_Q),
    "levels on lines": of("**Difficulty:** a | **Level:** b\n", head="### 1. What is it?\n"),
    "key points": numbered("- The parent of number @ waits\n", head=f"{_Q}\n**Key points:**\n"),
    "one huge key point": of("`wait` ", head=f"{_Q}\n**Key points:**\n- "),
    "options": of("- [x] a\n", head="## 1. What is it?\n\n"),
    "sections that all explain it": _guide,
    "bold questions": of("**What is it?**\n"),
    "questions on lines": of("Q: a b c\n\n"),
    "answers on lines": of("A: a\n"),
    "questions in bullets": of("- **Q:** what\n  - **A:** it is\n"),
    "headings in numbers": of("1. ### What?\n\n    it is\n\n"),
    "levels on one line": of("**Difficulty:** a | ", head="## 1. What is it?\n\n"),
    "table of contents": numbered("- [What is @?](#a)\n"),
    "look-alike dialects": of(
        "### Q1: a?\n\n**Question:** b?\n\nQ: c?\n\nAns: d\n\n**1. What is e?**\n\n"
        "<details><summary>f?</summary>\n\ng\n</details>\n\n1. ### h?\n\n## Answer (EN)\n\n> i\n\n"
        "#### Good to hear\n\n- [x] j\n\n"
    ),
    "labels with brackets": of("(", head=f"{_Q}\n**a", tail=")**\n"),
    "labels with blanks": of(" ", head=f"{_Q}\n**Answer", tail="(a) b)**\n"),
    # Front matter.
    "front matter without an end": of("a: b\n", head="---\n"),
    "front matter of many fields": of("a: b\n", head="---\n", tail=f"---\n{_Q}"),
    "front matter of many tags": of("a@b, ", head="---\ntags: [", tail=f"]\n---\n{_Q}"),
    "many tags, many questions": lambda size: (
        numbered("t@, ", head="---\ntags: [", tail="]\n---\n")(size // 2)
        + numbered("#### Q@: Why?\n\n**Answer:** It is so in all of them.\n\n")(size // 2)
    ),
    "a huge title": of("a ", head="---\ntitle: ", tail=f"\n---\n{_Q}"),
    "a number of sixties": of(":1", head="---\nversion: 1", tail=f"\n---\n{_Q}"),
    "a fraction of sixties": of(":1", head="---\nversion: 1", tail=f".5\n---\n{_Q}"),
    "a number of hexadecimal digits": of("f", head="---\n0x", tail=f": 1\n---\n{_Q}"),
    "a count of hexadecimal digits": of("f", head="---\nquestionCount: 0x", tail=f"\n---\n{_Q}"),
    "brackets in front matter": of("[", head="---\ntags: ", tail=f"\n---\n{_Q}"),
    "merges of merges": _merges,
    "aliases of nothing": _bomb("[]", "{a: {b: *l11}}"),
    "aliases of silence": _bomb("{name: a}", "{a: {b: *l11}}"),
    "aliases in pairs": _bomb("[a]", "{a: {b: !!pairs [c: *l11]}}"),
}
