import threading

import pytest

from bot.background import BackgroundGrader, Grades
from grader.errors import GraderError
from grader.models import Grade
from questions.models import Question
from tests.practising import WordGrader, question

APPLE = question("apple")


def test_loading_begins_with_the_first_question_and_happens_once() -> None:
    loads = []
    inner = WordGrader()

    def load() -> Grades:
        loads.append(threading.current_thread())
        return inner

    grader = BackgroundGrader(load)
    assert loads == []
    grader.prepare(APPLE)
    assert grader.grade(APPLE, "birds love apple") == inner.grade(APPLE, "birds love apple")
    assert inner.prepared == ["apple"]
    assert len(loads) == 1
    assert loads[0] is not threading.current_thread()
    grader.close()


def test_asking_does_not_wait_for_the_loading() -> None:
    go_on = threading.Event()

    def load() -> Grades:
        go_on.wait()
        return WordGrader()

    grader = BackgroundGrader(load)
    grader.prepare(APPLE)
    go_on.set()
    assert grader.grade(APPLE, "").gate == "empty"
    grader.close()


def test_a_grader_that_cannot_load_says_so_with_each_answer() -> None:
    def load() -> Grades:
        raise GraderError("weights: missing")

    grader = BackgroundGrader(load)
    grader.prepare(APPLE)
    for _ in range(2):
        with pytest.raises(GraderError, match="weights: missing"):
            grader.grade(APPLE, "birds")
    grader.close()


def test_all_grading_happens_in_one_thread() -> None:
    threads = set()

    class Watching(WordGrader):
        def grade(self, question: Question, answer: str) -> Grade:
            threads.add(threading.current_thread())
            return super().grade(question, answer)

    grader = BackgroundGrader(Watching)
    callers = [threading.Thread(target=grader.grade, args=(APPLE, "birds")) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(threads) == 1
    grader.close()
