from bot.room import alike, room_map
from tests.practising import WordGrader, question
from tests.together import full, light

APPLE = question("apple")
LONG = "Containers share the kernel of their host, while machines boot a kernel of their own each time"


def test_the_map_counts_what_was_said_and_what_nobody_mentioned() -> None:
    answers = [full("apple"), light("apple"), "it not ripens slowly", ""]
    found = room_map(APPLE, [WordGrader().grade(APPLE, answer) for answer in answers])
    assert found.people == 4
    assert [(count.point.id, count.said) for count in found.said] == [("eaten", 2), ("grows", 1)]
    assert [(count.point.id, count.said, count.contradicted) for count in found.opposite] == [("grows", 1, 1)]
    assert found.nobody == ()
    silent = room_map(APPLE, [WordGrader().grade(APPLE, light("apple"))])
    assert [point.id for point in silent.nobody] == ["grows"]


def test_an_empty_room() -> None:
    found = room_map(APPLE, [])
    assert (found.people, found.said, found.opposite) == (0, (), ())


def test_what_is_better_avoided_is_not_missed_by_anyone() -> None:
    avoid = APPLE.model_copy(
        update={
            "key_points": (
                *APPLE.key_points,
                APPLE.key_points[0].model_copy(update={"id": "a", "avoid": True}),
            )
        }
    )
    assert [point.id for point in room_map(avoid, []).nobody] == ["grows", "eaten"]


def test_nearly_identical_answers_are_found_whatever_their_dress() -> None:
    found = alike({"b": LONG, "a": LONG.upper().replace("each", "every"), "c": "Containers share one kernel"})
    assert found == (("a", "b"),)


def test_short_right_answers_are_alike_by_nature() -> None:
    assert alike({"a": "It listens on port 5432", "b": "It listens on port 5432"}) == ()


def test_different_answers_are_not_alike() -> None:
    other = "A machine needs minutes to boot since it starts a whole guest system, and a container does not"
    assert alike({"a": LONG, "b": other}) == ()
