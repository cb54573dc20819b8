"""The trained verifier: calibration, evidence, and how it reads the model's logits."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import grader.evaluate
from grader.cross_encoder import FEATURES, CrossEncoder, TrainedVerifier, statement
from grader.errors import GraderError
from grader.evaluate import Evaluation, read_answers, read_questions
from grader.grade import load_grader
from grader.models import Verdict
from grader.similarity import Calibration, SimilarityVerifier, load_calibration
from questions.models import KeyPoint, Level, Question
from tests.fakes import WordVectorEncoder

QUESTION = Question(
    id="q",
    topic="fruit",
    level=Level.FUNDAMENTAL,
    prompt="How does an apple ripen?",
    reference="An apple ripens slowly on the tree.",
    key_points=(
        KeyPoint(id="1", text="An apple ripens slowly"),
        KeyPoint(id="2", text="It hangs on the tree"),
        KeyPoint(id="3", text="picking it early", avoid=True),
    ),
)


class SharedWords(CrossEncoder):
    """A model whose logit for "covered" is the number of words that point and text share."""

    def __init__(self) -> None:
        self.name = "shared-words"

    def read(self, question: Question, text: str) -> tuple[NDArray[np.float64], float]:
        said = set(text.lower().split())
        shared = [len(said & set(statement(p).lower().split())) for p in question.key_points]
        logits = np.array([[count, 0.0, 2.0, 0.0] for count in shared], dtype=np.float64)
        return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True), float(sum(shared))


def verifier(*, threads: int = 1) -> TrainedVerifier:
    """What the model says, as it says it: the blend passes the log probabilities on."""
    weights = np.zeros((len(FEATURES) + 1, len(Verdict)))
    weights[: len(Verdict)] = np.eye(len(Verdict))
    blend = Calibration(np.zeros(len(FEATURES)), np.ones(len(FEATURES)), weights)
    return TrainedVerifier(SharedWords(), SimilarityVerifier(WordVectorEncoder()), blend, threads=threads)


def test_probabilities_follow_the_model_and_evidence_the_words() -> None:
    text = "An apple ripens slowly here. Rain falls on Sunday."
    ((first, second, third),) = verifier().verify([(QUESTION, text)])
    assert max(first.probabilities, key=first.probabilities.__getitem__) is Verdict.COVERED
    assert max(second.probabilities, key=second.probabilities.__getitem__) is Verdict.MISSING
    assert sum(first.probabilities.values()) == pytest.approx(1)
    assert text[first.evidence[0].start : first.evidence[0].end] == "An apple ripens slowly here."
    assert sum(third.probabilities.values()) == pytest.approx(1)


def test_threads_and_neighbours_change_nothing() -> None:
    items = [
        (QUESTION, text) for text in ("An apple ripens", "It hangs on the tree.", "No idea.", "An apple")
    ]
    alone = [verifier().verify([item])[0] for item in items]
    assert verifier(threads=3).verify(items) == verifier().verify(items) == alone
    assert verifier(threads=3).verify([]) == []


def test_features_are_log_probabilities_similarity_and_what_is_said_of_the_whole_answer() -> None:
    rows, spans = verifier().features(QUESTION, "An apple ripens slowly")
    assert rows.shape == (3, len(FEATURES))
    shares = np.exp(rows[:, : len(Verdict)])
    assert shares.sum(axis=1) == pytest.approx(1)
    assert rows[:, -5:-1] == pytest.approx(np.tile(shares.mean(axis=0), (3, 1)))
    assert rows[:, -1] == pytest.approx(4)  # words shared, over all points
    assert len(spans) == 3


def test_what_is_to_be_avoided_is_read_as_advice() -> None:
    assert statement(QUESTION.key_points[2]) == "Avoid this: picking it early"
    assert statement(QUESTION.key_points[0]) == "An apple ripens slowly"


@pytest.mark.slow
def test_the_shipped_verifier_stays_at_its_figures() -> None:
    # A third of dev's questions; all of dev gives Pearson 0.89 and 88 against 14 (grader/README.md).
    dev = Path(grader.evaluate.__file__).parent / "data" / "dev"
    marked = [
        one
        for one in read_answers(dev / "answers.jsonl", read_questions(dev / "questions.jsonl"))
        if int(one.question.id[1:]) % 3 == 0
    ]
    trained = load_grader()
    grades = trained.grade_many([(one.question, one.answer) for one in marked])
    found = Evaluation(tuple(marked), tuple(grades))
    assert found.figures()["score: Pearson"] >= 0.82
    assert found.figures()["contradicted or not: recall"] >= 0.5
    styles = found.styles()
    assert styles["full_paraphrase"]["score"] - styles["wrong_confident"]["score"] >= 50
    assert styles["verbatim_ref"]["score"] >= 90
    again = trained.grade(marked[3].question, marked[3].answer)
    assert again == grades[3]


def test_a_missing_or_broken_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="No trained verifier in"):
        CrossEncoder(tmp_path)
    (tmp_path / "calibration.json").write_text('{"features": ["cosine"]}')
    with pytest.raises(GraderError, match="other features"):
        load_calibration(tmp_path / "calibration.json", FEATURES)


@pytest.mark.slow
def test_a_question_of_one_point_is_judged_like_any_other() -> None:
    question = Question(
        id="ssh",
        topic="networks",
        level=Level.FUNDAMENTAL,
        prompt="Which port does SSH use?",
        reference="SSH uses port 22.",
        key_points=(KeyPoint(id="1", text="SSH uses port 22"),),
    )
    trained = load_grader()
    right, wrong, idle = trained.grade_many(
        [
            (question, "It listens on 22."),
            (question, "It listens on 443."),
            (question, "I have no idea, sorry."),
        ]
    )
    assert right.score >= 80
    assert max(wrong.score, idle.score) <= 30
    assert len(right.points) == 1
