"""Questions that the grader's tests share."""

from questions.models import KeyPoint, Level, Question

ZOMBIES = Question(
    id="zombies",
    topic="linux",
    level=Level.INTERMEDIATE,
    prompt="What is a zombie process on Linux, and how does it differ from an orphan process?",
    reference=(
        "A **zombie** has exited, but its parent has not read its exit status with `wait()`. It uses no "
        "memory, only an entry in the process table.\n\n- An orphan is still running after its parent died.\n"
        "- The kernel gives orphans to PID 1, which reaps them.\n\nA zombie cannot be killed, not even with "
        "`kill -9`."
    ),
    key_points=(
        KeyPoint(
            id="z1",
            text="A zombie has exited, but its parent has not read its exit status with wait()",
            weight=3,
        ),
        KeyPoint(id="z2", text="A zombie uses no memory, only an entry in the process table"),
        KeyPoint(id="z3", text="An orphan is still running after its parent died", weight=3),
        KeyPoint(id="z4", text="The kernel gives orphans to PID 1, which reaps them", weight=2),
        KeyPoint(id="z5", text="A zombie cannot be killed, not even with kill -9", terms=("kill -9",)),
    ),
)
