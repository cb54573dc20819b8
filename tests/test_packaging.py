"""What is built around the program holds together: locks, image, Compose file, monitoring, guide."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import healthcheck
from bot.metrics import Metrics
from bot.settings import Settings
from tests.test_readme import commands

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")

BOT = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["discord"]]
LOCKS = {
    "requirements.txt": BOT,
    "requirements-sentence-transformers.txt": [
        *BOT,
        *PROJECT["project"]["optional-dependencies"]["sentence-transformers"],
    ],
    "requirements-build.txt": PROJECT["build-system"]["requires"],
}


def locked(name: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each pin of a lock with its hashes."""
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin, *hashes = line.split(" --hash=")
            yield Requirement(pin.strip()), [each.strip() for each in hashes]


# ------------------------------------------------------------------ locks


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_in_step_with_pyproject(name: str) -> None:
    pins: dict[str, list[Requirement]] = {}
    for pin, _ in locked(name):
        pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    for wanted in map(Requirement, LOCKS[name]):
        found = pins.get(canonicalize_name(wanted.name))
        assert found, f"{wanted.name} is not in deploy/{name}; run deploy/lock"
        for pin in found:
            version = str(pin.specifier).removeprefix("==")
            assert wanted.specifier.contains(version), f"{pin} is not {wanted}; run deploy/lock"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_exact_versions_hashes_and_no_address(name: str) -> None:
    for pin, hashes in locked(name):
        assert re.fullmatch(r"==[\w.+!]+", str(pin.specifier)), pin
        assert hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), pin
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_no_installer_is_locked(name: str) -> None:
    assert "pip" not in {pin.name for pin, _ in locked(name)}


def test_the_image_has_the_torch_that_the_tests_use() -> None:
    tested = re.search(r"'torch(==[\d.]+)'", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert tested
    pins = {pin.name: str(pin.specifier) for pin, _ in locked("requirements-sentence-transformers.txt")}
    assert pins["torch"] == tested[1]


# ------------------------------------------------------------------ image


def test_the_dockerfile_passes_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_is_for_old_builders_too() -> None:
    # buildah 1.28, of Debian 12, knows none of these.
    assert not re.search(r"<<[A-Z]|--link|--start-interval|^# syntax=", DOCKERFILE, re.MULTILINE)


def test_the_dockerfile_tells_the_projects_version() -> None:
    assert f"ARG VERSION={PROJECT['project']['version']}\n" in DOCKERFILE


def test_the_image_stops_nothing_and_nobody_by_surprise() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["interview"\]$', last, re.MULTILINE)
    assert re.search(r'^HEALTHCHECK .* CMD \["python", "-m", "bot\.healthcheck"\]$', last, re.MULTILINE)
    assert "\nVOLUME /data\n" in last
    assert "\nSTOPSIGNAL SIGTERM\n" in last
    assert set(re.findall(r"\bINTERVIEW_\w+", last)) <= set(Settings.variables().values())


def test_the_build_context_has_what_is_copied() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    admitted = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert ignored[1] == "*"
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            known = any(fnmatch(source, each) for each in admitted)
            assert known, f".dockerignore leaves {source} out"
            assert list(ROOT.glob(source)), source


def test_the_base_image_can_be_stood_in_for() -> None:
    # As .ci/run builds it where no image registry is to be had; another base would skip that for ever.
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.\d+-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    assert all(
        "${PYTHON_IMAGE}" in line or " AS " in line for line in re.findall(r"^FROM .+$", DOCKERFILE, re.M)
    )


# ------------------------------------------------------------------ Compose and monitoring


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The Compose file."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_compose_names_settings_and_files_that_exist(compose: dict[str, Any]) -> None:
    assert set(compose["services"]["bot"]["environment"]) <= set(Settings.variables().values())
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for secret in compose["secrets"].values():
        assert secret["file"].removeprefix("./") in ignored, "a secret could be committed"
    for service in compose["services"].values():
        for mount in service["volumes"]:
            source = mount.partition(":")[0]
            assert source in compose["volumes"] or (ROOT / source).is_file(), source


def test_every_service_is_confined(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
        assert service["logging"]["options"]["max-size"]
        assert service["mem_limit"]
        assert service["pids_limit"]
        # Nothing is published but to this machine.
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_compose_keeps_no_secret_in_the_environment(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"TOKEN|PASSWORD", name):
                assert name.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_prometheus_asks_where_the_bot_answers(compose: dict[str, Any]) -> None:
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    targets = [each for job in config["scrape_configs"] for each in job["static_configs"][0]["targets"]]
    assert targets == [f"bot:{healthcheck.PORT}"]
    mounted = {each.split(":")[0] for each in compose["services"]["prometheus"]["volumes"]}
    assert {f"./deploy/{name}" for name in (*config["rule_files"], "prometheus.yml")} <= mounted


def test_grafana_finds_its_source_and_its_dashboard(compose: dict[str, Any]) -> None:
    grafana = compose["services"]["grafana"]
    provided = yaml.safe_load((DEPLOY / "grafana" / "dashboards.yml").read_text(encoding="utf-8"))
    path = provided["providers"][0]["options"]["path"]
    assert any(mount.split(":")[1] == f"{path}/dashboard.json" for mount in grafana["volumes"])
    source = yaml.safe_load((DEPLOY / "grafana" / "datasources.yml").read_text(encoding="utf-8"))
    uid = source["datasources"][0]["uid"]
    assert {panel["datasource"]["uid"] for panel in dashboard()["panels"]} == {uid}


def dashboard() -> dict[str, Any]:
    """Read the dashboard."""
    found: dict[str, Any] = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
    return found


def alerts() -> list[dict[str, Any]]:
    """Read the alert rules."""
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[tuple[str, str]]:
    """List what the dashboard and the alerts ask Prometheus for, each with the words that show it."""
    asked = [
        (target["expr"], target["legendFormat"])
        for panel in dashboard()["panels"]
        for target in panel["targets"]
    ]
    return asked + [(rule["expr"], rule["annotations"]["summary"]) for rule in alerts()]


def series() -> dict[str, set[str]]:
    """Map each series that the bot can have to its labels."""
    suffixes = {
        "counter": ["_total"],
        "histogram": ["_bucket", "_sum", "_count"],
        "info": ["_info"],
        "gauge": [""],
    }
    found: dict[str, set[str]] = {"up": {"job"}}
    registry = Metrics().registry
    for collector in list(registry._collector_to_names):
        names = set(getattr(collector, "_labelnames", ()))
        for family in collector.collect():
            for suffix in suffixes[family.type]:
                found[family.name + suffix] = names | {"le"} if suffix == "_bucket" else names
    found["interview_build_info"] |= {"version", "grader"}
    return found


@pytest.mark.parametrize(("query", "shown"), queries())
def test_every_query_asks_for_what_there_is(query: str, shown: str) -> None:
    known = series()
    names = set(re.findall(r"\b(?:interview|process)_\w+|\bup\b", query))
    assert names
    assert names <= set(known)
    labels = set.union(*(known[name] for name in names))
    used = set(re.findall(r"(\w+)=~?\"", query))
    for group in re.findall(r"\bby \(([^)]*)\)", query):
        used |= {each.strip() for each in group.split(",")}
    used |= set(re.findall(r"\{\{(?:\$labels\.| \$labels\.)?(\w+) ?\}\}", shown))
    assert used <= labels


# ------------------------------------------------------------------ guide


def test_the_guide_says_what_to_do_about_every_alert() -> None:
    missing = [rule["alert"] for rule in alerts() if f"`{rule['alert']}`" not in OPERATING]
    assert not missing


@pytest.mark.parametrize("name", ["docs/operating.md", "SECURITY.md"])
def test_the_guides_name_settings_and_commands_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert set(re.findall(r"\bINTERVIEW_[A-Z_]+[A-Z]", text)) <= set(Settings.variables().values())
    known = dict(commands())
    found = re.findall(r"(?:`interview |-bot |--rm bot |^interview )([a-z][^`\n#]*)", text, re.MULTILINE)
    assert found
    for used in found:
        words = used.split()
        name = next(
            name
            for end in range(len(words), -1, -1)
            if (name := " ".join(["interview", *words[:end]])) in known
        )
        assert name != "interview", used
        options = {word for word in words if word.startswith("--")}
        assert options <= set(known[name]), used


@pytest.mark.slow
def test_the_bill_of_materials_names_all_that_is_shipped(tmp_path: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    target = tmp_path / "bill.json"
    subprocess.run([sys.executable, DEPLOY / "sbom.py", target], check=True)
    text = target.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = json.loads(text)["components"]
    components: dict[str, Any] = {canonicalize_name(each["name"]): each for each in listed}
    for pin, _ in locked("requirements.txt"):
        if pin.marker is None or pin.marker.evaluate():
            assert pin.specifier.contains(components[canonicalize_name(pin.name)]["version"])
    encoder = components["encoder"]
    assert encoder["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert len(encoder["hashes"][0]["content"]) == 64
