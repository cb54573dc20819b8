import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.code import code_statements


def _texts(code: str, info: str = "") -> list[str]:
    return [said.text for said in code_statements(code, info)]


def test_a_comment_is_said_with_the_commands_below_it() -> None:
    code = (
        "# Check limits\ndocker inspect app | grep -i memory\n\n# Inside\ndocker logs app\ndocker stats app\n"
    )
    said = code_statements(code, "bash")
    assert [s.text for s in said] == [
        "Check limits (docker inspect)",
        "Inside (docker logs, docker stats)",
    ]
    assert said[1].terms == ("docker logs", "docker stats")
    assert all(s.commented for s in said)


def test_flags_are_kept_and_continued_lines_joined() -> None:
    (said,) = code_statements(
        "docker run \\\n  --read-only \\\n  --cap-drop=ALL \\\n  app --own-flag\n", "sh"
    )
    assert said.text == "docker run --read-only --cap-drop=ALL"
    assert not said.commented


def test_a_comment_at_the_end_of_a_line() -> None:
    assert _texts("df -h      # which filesystem is full\ndf -i   # inodes\n", "bash") == [
        "which filesystem is full (df -h)",
        "inodes (df -i)",
    ]


def test_a_list_in_comments_keeps_its_label() -> None:
    assert _texts("# Optimize application\n# - Fix memory leaks\n# - Use a profiler\n", "bash") == [
        "Optimize application: Fix memory leaks",
        "Optimize application: Use a profiler",
    ]


@pytest.mark.parametrize(
    "comment", ["... build", "❌ Bad", "✅ Good", "Example:", "!/bin/sh", "TODO rest", "-----"]
)
def test_comments_that_say_nothing(comment: str) -> None:
    assert _texts(f"# {comment}\n", "dockerfile") == []


def test_comments_of_other_languages() -> None:
    assert _texts("// Closes the channel once\nclose(c)\n/* Then waits */\n", "go") == [
        "Closes the channel once",
        "Then waits",
    ]
    assert _texts("-- Locks the row\nSELECT 1 FOR UPDATE;\n", "sql") == ["Locks the row"]
    assert _texts("#include <stdio.h>\nint main;\n", "c") == []


def test_a_compose_file_names_its_services_and_settings() -> None:
    code = (
        "# Monitoring stack\nservices:\n  app:\n    image: app\n    # rotate\n    logging:\n      driver: x\n"
        "    depends_on:\n      db:\n        condition: service_healthy\n\n  db:\n    image: postgres\n"
    )
    assert _texts(code, "yaml") == [
        "Monitoring stack: services app, db",
        "app with driver x, depends_on db (service_healthy)",
    ]


def test_a_kubernetes_object_names_its_settings() -> None:
    code = "kind: HorizontalPodAutoscaler\nspec:\n  minReplicas: 3\n  maxReplicas: 10\n"
    assert _texts(code, "yaml") == ["HorizontalPodAutoscaler with minReplicas 3, maxReplicas 10"]


def test_diagrams_and_broken_yaml_say_nothing() -> None:
    assert _texts("graph TB\n A --> B\n", "mermaid") == []
    assert _texts("a: b: c\n", "yaml") == []


@given(st.text(max_size=300), st.sampled_from(["", "bash", "yaml", "dockerfile", "js", "sql", "{.python}"]))
def test_any_code_can_be_read(code: str, info: str) -> None:
    for said in code_statements(code, info):
        assert said.text.strip()
