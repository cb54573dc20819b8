"""Errors that every part of practising together shares."""

from questions.errors import InterviewError


class Refusal(InterviewError):  # noqa: N818 - nothing went wrong: the rules say no
    """What was asked can't be done now. The text is for the person who asked and says what to do instead."""
