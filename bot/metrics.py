"""What an operator can count and time: every metric with its help text, fed where things happen."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from bot.threads import BATCH
from grader.models import Grade

OUTCOMES = ("0-19", "20-39", "40-59", "60-79", "80-100", "gated", "failed")


class Metrics:
    """The metrics of one process. No label holds a person, a server or anything that was typed."""

    def __init__(self) -> None:
        # When a series began, nobody asks; it would double what is read every 15 s.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.build = Info(
            "interview_build", "Version of the program and name of what grades.", registry=self.registry
        )
        self.ready = Gauge(
            "interview_ready",
            "1 where the part (gateway, database, grader) is ready or off by choice, else 0.",
            ["part"],
            registry=self.registry,
        )
        self.answers = Counter(
            "interview_answers_graded",
            "Answers graded: mark in five bands, gated (empty, gibberish, ...) or failed.",
            ["outcome"],
            registry=self.registry,
        )
        self.unsure = Counter(
            "interview_answers_unsure",
            "Answers with a mark that the grader is not sure of.",
            registry=self.registry,
        )
        self.grade_seconds = Histogram(
            "interview_grade_seconds",
            "From handing an answer to the grader to its mark, waiting included.",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
            registry=self.registry,
        )
        self.grade_queue = Gauge(
            "interview_grade_queue", "Answers that wait for the grader.", registry=self.registry
        )
        self.batch_size = Histogram(
            "interview_grade_batch_size",
            "Answers graded at a time.",
            buckets=range(1, BATCH + 1),
            registry=self.registry,
        )
        self.interactions = Counter(
            "interview_interactions",
            "Commands, components (buttons and selects) and forms, by name and by how they ended.",
            ["kind", "command", "result"],
            registry=self.registry,
        )
        self.acknowledgement_seconds = Histogram(
            "interview_acknowledgement_seconds",
            "From an interaction's coming to Discord's taking its acknowledgement; Discord allows 3 s.",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5),
            registry=self.registry,
        )
        self.errors = Counter(
            "interview_errors", "Errors that were logged, in the background too.", registry=self.registry
        )
        self.sessions = Gauge(
            "interview_sessions_open",
            "What is not over: practice, interview, contest, daily. Who leaves practice leaves it open.",
            ["kind"],
            registry=self.registry,
        )
        self.appeals = Gauge(
            "interview_appeals", "Appeals stored: open, upheld, declined.", ["state"], registry=self.registry
        )
        self.gateway_latency = Gauge(
            "interview_gateway_latency_seconds",
            "From the last heartbeat to its answer.",
            ["shard"],
            registry=self.registry,
        )
        self.reconnects = Counter(
            "interview_gateway_reconnects",
            "Connections to the gateway after a shard's first: resumed, or new where that failed.",
            ["how"],
            registry=self.registry,
        )
        self.database_seconds = Histogram(
            "interview_database_seconds",
            "Work on the database: waiting for its thread, then working there.",
            ["phase"],
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=self.registry,
        )
        self.backup = Gauge(
            "interview_backup_timestamp_seconds",
            "When the last good backup was made, 0 without one, NaN where none is made by itself.",
            registry=self.registry,
        )
        # A series that begins at 0 shows its first increase.
        for outcome in OUTCOMES:
            self.answers.labels(outcome)
        for how in ("resumed", "new"):
            self.reconnects.labels(how)

    def graded(self, grade: Grade) -> None:
        """Count a graded answer."""
        self.answers.labels("gated" if grade.gate else OUTCOMES[min(grade.score // 20, 4)]).inc()
        if not grade.sure:
            self.unsure.inc()

    def text(self) -> bytes:
        """Return all metrics in the text format that Prometheus reads."""
        return generate_latest(self.registry)
