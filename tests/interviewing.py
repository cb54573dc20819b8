"""What the tests of mock interviews share: an interview of Ann's, begun, answered, played."""

from collections.abc import Callable

from bot.interview import Step
from bot.models import Interview, InterviewChoice, Submission, Turn
from tests.together import ANN, CHANNEL, SERVER, Together


def start(us: Together, **choice: object) -> Interview:
    made = InterviewChoice(**{"questions": 3, "minutes": 30, **choice})  # type: ignore[arg-type]
    return us.services.interviews.start(us.request(), ANN, SERVER, CHANNEL, made)


def turn(us: Together, interview: Interview) -> Turn:
    found = us.services.interviews.current(interview.id)
    assert found is not None
    return found


def say(us: Together, interview: Interview, text: str) -> Step:
    """Answer the open turn and mark it."""
    found = us.services.interviews.answer(us.request(), turn(us, interview).id, ANN, text)
    assert isinstance(found, Submission)
    return us.services.interviews.mark(found, us.grade(found))


def play(us: Together, interview: Interview, *say_what: Callable[[str], str]) -> Step:
    """Give each question one of `full`, `weighty`, `light`; skip the follow-ups."""
    step = None
    for text in say_what:
        step = say(us, interview, text(turn(us, interview).question.id))
        if step.next and step.next.follow_up:
            step = us.services.interviews.skip(step.next.id, ANN)
    assert step is not None
    return step
