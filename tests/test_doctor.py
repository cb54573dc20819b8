import os
from pathlib import Path

import pytest

from questions import markdown
from questions.doctor import Report, check
from questions.errors import CorpusError
from questions.load import bundled_path, load_bank
from tests.samples import ROWS

GOOD = (
    "---\nlicence: MIT\nquestionCount: 1\n---\n\n#### Q1: What is a pod?\n\n**Answer:**\n"
    "A pod holds containers that share one network address and can share volumes.\n"
)


def _check(folder: Path, text: str | bytes) -> Report:
    file = folder / "a.md"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(file)


def _problems(report: Report) -> list[str]:
    return [problem.problem for file in report.files for problem in file.problems]


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    report = _check(tmp_path, GOOD)
    assert report.ok
    assert (report.found, report.claimed) == (1, 1)
    verdict = "1 question (native): 1 fair to grade"
    assert report.to_json() == {
        "found": 1,
        "claimed": 1,
        "verdict": "1 question in 1 file",
        "files": [
            {
                "path": str(tmp_path / "a.md"),
                "dialect": "native",
                "found": 1,
                "claimed": 1,
                "licence": "MIT",
                "left_out": 0,
                "reason": None,
                "verdict": verdict,
                "problems": [],
                "questions": [
                    {
                        "id": report.files[0].questions[0].id,
                        "line": 6,
                        "question": "What is a pod?",
                        "points": 1,
                        "gradability": "fair",
                        "faults": (),
                    }
                ],
            }
        ],
    }


def test_bundled_files_have_no_problems() -> None:
    report = check(bundled_path())
    faults = [
        f"{file.path}:{p.line}: {p.problem} ({p.question})" for file in report.files for p in file.problems
    ]
    assert faults == []
    assert report.ok
    assert report.found == report.claimed


def test_the_example_in_the_authors_guide_has_no_problems(tmp_path: Path) -> None:
    guide = markdown.parse((bundled_path().parent / "README.md").read_text(encoding="utf-8"))
    (example,) = [block.text for block in guide.blocks if block.kind == "fence" and block.info == "markdown"]
    report = _check(tmp_path, example)
    assert _problems(report) == []
    assert report.found == 1


def test_a_wrong_claim_and_a_missing_licence_are_advice(tmp_path: Path) -> None:
    report = _check(
        tmp_path, GOOD.replace("questionCount: 1", "questionCount: 25").replace("licence: MIT\n", "")
    )
    assert _problems(report) == ["questionCount says 25, the file holds 1", "no licence"]
    assert report.ok
    assert (report.found, report.claimed) == (1, 25)


def test_an_empty_answer_is_an_error_with_its_line(tmp_path: Path) -> None:
    report = _check(tmp_path, GOOD + "\n#### Q2: Why?\n\n**Answer:**\n")
    assert not report.ok
    assert report.found == 1
    (problem,) = [p for p in report.to_json()["files"][0]["problems"] if p["problem"] == "no answer"]
    assert (problem["line"], problem["question"]) == (11, "Why?")
    assert set(problem) == {"line", "question", "problem", "advice"}


def test_the_same_question_twice_counts_once(tmp_path: Path) -> None:
    report = _check(tmp_path, GOOD + GOOD.split("---\n")[2].replace("Q1", "Q7"))
    assert report.found == 1
    assert any(problem.startswith("the same question as") for problem in _problems(report))
    assert not report.ok


def test_an_answer_of_code_alone(tmp_path: Path) -> None:
    code = "```bash\n# Look at the limits\ndocker inspect app\n# Look at the usage\ndocker stats\n```\n"
    report = _check(tmp_path, f"---\nlicence: MIT\n---\n#### Q1: How?\n\n**Answer:**\nSteps:\n\n{code}")
    assert _problems(report) == ["the answer is almost only code"]
    authored = f"{code}\n**Key points:**\n- The limits are shown by docker inspect\n"
    report = _check(tmp_path, f"---\nlicence: MIT\n---\n#### Q1: How?\n\n**Answer:**\nSteps:\n\n{authored}")
    assert _problems(report) == []


@pytest.mark.parametrize(
    ("length", "said"), [(2_500, "message (2,000) holds"), (5_000, "or embed (4,096) holds")]
)
def test_an_answer_too_long_for_a_chat_message(tmp_path: Path, length: int, said: str) -> None:
    report = _check(tmp_path, f"{GOOD}\n{'Pods are small. ' * (length // 16)}")
    assert [problem for problem in _problems(report) if said in problem]


def test_points_that_repeat_each_other_or_say_nothing(tmp_path: Path) -> None:
    points = (
        "\n**Key points:**\n- A pod holds containers\n- Pods hold a container\n- What a pod is\n- Kubelet\n"
    )
    assert _problems(_check(tmp_path, GOOD + points)) == [
        'key points "A pod holds containers" and "Pods hold a container" repeat each other',
        'key point "What a pod is" says nothing that the question does not',
        'key point "Kubelet" says too little',
    ]


def test_too_many_points(tmp_path: Path) -> None:
    points = "".join(f"- Number {n} is {'abcdefghij'[n] * 4} indeed {n}\n" for n in range(9))
    assert "9 key points" in _problems(_check(tmp_path, f"{GOOD}\n**Key points:**\n{points}"))


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "binary.md").write_bytes(b"\0\1")
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "guide.md").write_text("# Guide\n\nWords.\n")
    (tmp_path / "links.md").write_text("- [a](b)\n")
    (tmp_path / "yaml.md").write_text("---\na: [\n---\n")
    with (tmp_path / "big.md").open("wb") as handle:
        handle.truncate(50_000_000)
    report = _check(tmp_path, GOOD)
    report = check(tmp_path)
    found = {Path(file.path).name: (file.found, [p.problem for p in file.problems]) for file in report.files}
    assert found["a.md"] == (1, [])
    assert found["binary.md"] == (0, ["a NUL byte: this is no text file"])
    assert found["empty.md"] == (0, ["the file is empty"])
    assert found["guide.md"] == (0, ["a guide without questions"])
    assert found["links.md"] == (0, ["only links"])
    assert found["yaml.md"][1][0].startswith("front matter: ")
    assert found["big.md"] == (0, ["50 MB"])
    assert report.found == 1
    assert not report.ok


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such file or folder"):
        check(tmp_path / "missing")


def _repository(folder: Path) -> Path:
    """Make what a cloned repository looks like."""
    for letter in "GHJKL":
        name = "README.md" if letter == "J" else f"{letter.casefold()}.md"
        (folder / name).write_text(ROWS[letter][1], encoding="utf-8")
    (folder / "LICENSE").write_text(
        "MIT License\n\nPermission is hereby granted, free of charge, to any person"
    )
    (folder / "CONTRIBUTING.md").write_text(ROWS["J"][1])
    (folder / "empty.md").write_bytes(b"")
    (folder / "README-de.md").write_text(
        "## 1. Was ist ein Haufen?\n\nEin Haufen ist ein Baum, in dem die Eltern nicht größer sind als die "
        "Kinder und der mit dem kleinsten beginnt.\n\n## 2. Was ist er nicht?\n\nEr ist nicht sortiert.\n",
        encoding="utf-8",
    )
    (folder / "copy").mkdir()
    (folder / "copy" / "j.md").write_text(ROWS["J"][1])
    return folder


def test_a_cloned_repository_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    report = check(_repository(tmp_path))
    files = {Path(file.path).relative_to(tmp_path).as_posix(): file for file in report.files}
    assert report.ok
    assert report.found == sum(len(ROWS[letter][2]) for letter in "GHJKL")
    assert {name: file.dialect for name, file in files.items() if file.found} == {
        "README.md": "numbered-headings",
        "g.md": "details",
        "h.md": "listed-headings",
        "k.md": "bold-paragraphs",
        "l.md": "good-to-hear",
    }
    assert all(file.licence == "MIT" for file in files.values() if file.found)
    reasons = {name: file.verdict for name, file in files.items() if not file.found}
    assert reasons == {
        "CONTRIBUTING.md": "no questions: a file about the repository, not a corpus",
        "README-de.md": "no questions: 2 questions in another language (German)",
        "copy/j.md": "no questions: all its questions are asked in other files too",
        "empty.md": "no questions: the file is empty",
    }
    assert report.verdict.startswith(f"{report.found} questions in 5 files; ")
    assert "4 files without questions" in report.verdict
    assert len(load_bank(tmp_path)) == report.found


def test_what_a_file_promises_is_compared_with_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(ROWS["J"][1])
    report = check(tmp_path)
    assert (report.found, report.claimed) == (3, 50)
    assert "50 questions are promised, the file holds 3" in _problems(report)
    assert "for private use (no licence)" in report.verdict


def test_questions_are_marked_by_how_well_they_can_be_graded(tmp_path: Path) -> None:
    points = (
        "\n**Key points:**\n- A pod holds containers\n- Its containers share one address\n"
        "- Volumes can be shared between them\n"
    )
    (good,) = _check(tmp_path, GOOD + points).files[0].questions
    assert (good.gradability, good.points, good.faults) == ("good", 3, ())
    poor_points = (
        "\n**Key points:**\n- What a pod is\n- Kubelet\n- 80:80 --rm x=1 443\n- Volumes are shared\n"
    )
    report = _check(tmp_path, GOOD + poor_points)
    (poor,) = report.files[0].questions
    assert poor.gradability == "poor"
    assert [fault.rpartition('" ')[2] for fault in poor.faults] == [
        "says nothing that the question does not",
        "says too little",
        "is no sentence that a person would say",
    ]
    long = " ".join(f"word{'abcdefghij'[n % 10] * (n // 10 + 1)}" for n in range(50))
    (question,) = _check(tmp_path, f"{GOOD}\n**Key points:**\n- It is {long}\n").files[0].questions
    assert "says so much" in question.faults[0]


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "locked").mkdir()
    scan = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = check(tmp_path)
    assert report.found == 1
    assert not report.ok
    (locked,) = [file for file in report.files if not file.found]
    assert locked.verdict == "no questions: can't be read: Permission denied"
