"""Imports go one way, and what is heavy or foreign to the core stays out until it is needed."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DISCORD_SIDE = ("client", "components", "discord_api", "health", "messages", "options", "running", "cogs")
MAY_IMPORT = {
    "questions": {"questions"},
    "grader": {"questions", "grader"},
    "bot": {"questions", "grader", "bot"},
}


def loaded_by(statement: str) -> set[str]:
    """List the top-level modules in memory after `statement`, in an interpreter of its own."""
    show = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def modules(package: str) -> list[Path]:
    """List a package's own modules, those for training left out."""
    return [path for path in sorted((ROOT / package).rglob("*.py")) if "training" not in path.parts]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package: str) -> None:
    for path in modules(package):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            else:
                continue
            ours = {name.partition(".")[0] for name in names} & {*MAY_IMPORT, "tests"}
            assert ours <= MAY_IMPORT[package], f"{path}:{node.lineno}: imports {ours - MAY_IMPORT[package]}"


def test_the_core_knows_neither_discord_nor_torch() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in MAY_IMPORT
        for path in modules(package)
        if path.name not in ("__init__.py", "__main__.py")
        and not set(path.relative_to(ROOT / package).with_suffix("").parts) & set(DISCORD_SIDE)
    ]
    loaded = loaded_by("; ".join(f"import {name}" for name in names))
    assert not loaded & {"discord", "torch", "sentence_transformers", "transformers"}


def test_the_command_line_starts_light() -> None:
    loaded = loaded_by("import bot.cli")
    assert not loaded & {
        "onnxruntime",
        "tokenizers",
        "numpy",
        "fsrs",
        "sqlite_utils",
        "rapidfuzz",
        "pydantic_settings",
        "prometheus_client",
        "asyncio",
    }


def test_asking_a_question_loads_no_model() -> None:
    loaded = loaded_by("import bot.practice, bot.store, bot.terminal, bot.wording, bot.background")
    # numpy comes along with sqlite-utils where it is installed.
    assert not loaded & {"onnxruntime", "tokenizers", "rapidfuzz", "fsrs", "prometheus_client", "aiohttp"}


def test_settings_are_not_read_at_import() -> None:
    loaded_by("import os; os.environ['INTERVIEW_THREADS'] = 'wrong'; import bot.cli, bot.settings")


def test_grading_tells_nobody(tmp_path: Path) -> None:
    # What onnxruntime would send, it first collects in a folder of its own below the home folder.
    quiet = ("CI", "ORT_", "XDG_", "GITHUB_", "TF_BUILD")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(quiet)}
    subprocess.run(
        [sys.executable, "-c", "from grader.grade import load_grader; load_grader()"],
        env={**environment, "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)},
        check=True,
        cwd=ROOT,
    )
    assert list(tmp_path.rglob("*onnxruntime*")) == []
