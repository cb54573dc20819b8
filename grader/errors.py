"""The grader's branch of the error tree."""

from questions.errors import InterviewError


class GraderError(InterviewError):
    """An answer or a model can't be graded or loaded. The text names what and what to do."""
