from questions.models import KeyPoint, Section
from questions.study import Guide


def _section(name: str, text: str) -> Section:
    return Section(id=name.lower(), title=name, text=text, path="a.md")


SECTIONS = [
    _section(
        "Namespaces", "A namespace restricts what a process sees: other processes, mounts and networks."
    ),
    _section("Volumes", "A volume outlives its container and is managed by the daemon."),
    _section(
        "Summary", "Processes, mounts, networks, volumes, containers, images, logs and health checks matter."
    ),
]


def _link(text: str) -> str | None:
    (point,) = Guide(SECTIONS).link("How do containers work?", [KeyPoint(id="a", text=text)])
    return point.section


def test_a_point_links_to_the_section_that_holds_its_words() -> None:
    assert _link("Namespaces restrict what processes see") == "namespaces"
    assert _link("A volume outlives the container") == "volumes"


def test_a_point_that_no_section_explains_links_to_none() -> None:
    assert _link("Certificates expire after ninety days") is None


def test_without_guide_text_points_stay_as_they_are() -> None:
    points = (KeyPoint(id="a", text="Namespaces restrict processes"),)
    assert Guide([]).link("Why?", points) == points
