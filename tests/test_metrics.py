"""Every metric has its help text, no label can hold a person, and what is read is Prometheus's format."""

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import OUTCOMES, Metrics
from tests.practising import WordGrader, question
from tests.watching import value

LABELS = {"part", "outcome", "kind", "command", "result", "state", "shard", "how", "phase", "le"}


def ours(metrics: Metrics) -> dict[str, str]:
    """Map the names of our metrics to their help texts, as Prometheus reads them."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {family.name: family.documentation for family in families if family.name.startswith("interview_")}


def test_every_metric_says_what_it_is() -> None:
    found = ours(Metrics())
    assert len(found) == len([each for each in vars(Metrics()) if each != "registry"])
    assert all(len(text) > 10 and text.endswith(".") for text in found.values())


def test_labels_are_few_and_name_no_person() -> None:
    metrics = Metrics()
    used = {label for metric in vars(metrics).values() for label in getattr(metric, "_labelnames", ())}
    assert used <= LABELS


def test_the_process_is_measured_too() -> None:
    text = Metrics().text().decode()
    assert "process_start_time_seconds" in text
    assert "python_info" in text
    assert "_created" not in text


@pytest.mark.parametrize(
    ("score", "outcome"),
    [(0, "0-19"), (19, "0-19"), (20, "20-39"), (79, "60-79"), (80, "80-100"), (100, "80-100")],
)
def test_marks_are_counted_in_bands(score: int, outcome: str) -> None:
    metrics = Metrics()
    grade = WordGrader().grade(question("apple"), "x")
    metrics.graded(replace(grade, score=score, gate=None))
    counted = {each: value(metrics, "interview_answers_graded_total", outcome=each) for each in OUTCOMES}
    assert counted == {each: float(each == outcome) for each in OUTCOMES}


def test_what_is_no_answer_and_what_is_unsure_is_counted() -> None:
    metrics = Metrics()
    grade = WordGrader().grade(question("apple"), "")
    metrics.graded(grade)
    metrics.graded(replace(grade, gate=None, sure=False))
    assert value(metrics, "interview_answers_graded_total", outcome="gated") == 1
    assert value(metrics, "interview_answers_unsure_total") == 1
