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

CONTAINERS = Question(
    id="containers",
    topic="docker",
    level=Level.FUNDAMENTAL,
    prompt="How does a container differ from a virtual machine?",
    reference=(
        "Containers share the kernel of their host and are isolated by namespaces and cgroups. A virtual "
        "machine boots a guest operating system of its own on a hypervisor. So a container starts in well "
        "under a second, a virtual machine takes longer, and a virtual machine is isolated more strongly."
    ),
    key_points=(
        KeyPoint(id="c1", text="Containers share the kernel of the host", weight=3),
        KeyPoint(
            id="c2",
            text="A virtual machine runs a guest operating system of its own on a hypervisor",
            weight=2,
        ),
        KeyPoint(id="c3", text="Containers start faster than virtual machines", weight=2),
        KeyPoint(id="c4", text="Virtual machines are isolated more strongly than containers"),
    ),
)
