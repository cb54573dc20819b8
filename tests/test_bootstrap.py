import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __main__ as program
from bot import bootstrap

ROOT = Path(__file__).parents[1]


def project(folder: Path, *requirements: str) -> Path:
    lines = ",".join(f'"{requirement}"' for requirement in requirements)
    path = folder / "pyproject.toml"
    path.write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        f'[project]\nname = "bot"\nversion = "1"\ndependencies = [{lines}]\n'
        'optional-dependencies = {dev = ["pytest>=8.3"]}\n'
    )
    return path


def test_this_project_has_all_it_needs() -> None:
    assert bootstrap.missing(ROOT / "pyproject.toml", "dev") == []


def test_what_is_missing_or_too_old_is_listed(tmp_path: Path) -> None:
    path = project(tmp_path, "rich>=13.9", "no-such-package>=1", "typer>=99.1", "rich[jupyter]>=13", "rich")
    assert bootstrap.missing(path) == ["no-such-package>=1", "typer>=99.1"]
    assert bootstrap.missing(path, "dev") == ["no-such-package>=1", "typer>=99.1"]


def test_nothing_happens_where_all_is_there_or_no_clone_is(tmp_path: Path) -> None:
    bootstrap.ensure(ROOT, "bot", [])
    bootstrap.ensure(tmp_path, "bot", [])


def test_it_says_so_where_the_installation_did_not_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, "no-such-package>=1")
    monkeypatch.setenv(bootstrap.RETRY, "bot")
    with pytest.raises(SystemExit) as stopped:
        bootstrap.ensure(tmp_path, "bot", [])
    assert stopped.value.code == 1
    assert "still missing after the installation: no-such-package>=1" in capsys.readouterr().err


def test_an_old_python_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit):
        bootstrap.ensure(tmp_path, "bot", [])
    assert capsys.readouterr().err.startswith("error: Python 3.11 or newer is needed and ")


@pytest.mark.parametrize(
    "name", ["bot/__init__.py", "bot/__main__.py", "bot/bootstrap.py", "tests/__main__.py"]
)
def test_an_old_python_can_read_what_tells_it(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_it_needs_the_standard_library_only() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r}); import bot.bootstrap",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="names the folders of a POSIX environment")
def test_a_fresh_clone_sets_itself_up(tmp_path: Path) -> None:
    clone = tmp_path / "a clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    run = [str(bare / "bin" / "python"), "-m", "bot", "bank", "list", "--json"]
    first = subprocess.run(run, cwd=clone, capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    assert "Setting up, once" in first.stderr
    assert '"points"' in first.stdout
    second = subprocess.run(run, cwd=clone, capture_output=True, text=True)
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, "")
    # A setup that was interrupted is taken up again.
    shutil.rmtree(next((clone / ".venv").glob("[lL]ib/**/site-packages/pip")))
    third = subprocess.run(run, cwd=clone, capture_output=True, text=True)
    assert third.returncode == 0, third.stderr


@pytest.mark.skipif(os.name != "posix", reason="names the folders of a POSIX environment")
def test_nothing_is_installed_again(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "bot" / name, tmp_path / "bot" / name)
    (tmp_path / "bot" / "cli.py").write_text("import greeting\ndef main(): print(greeting.WORDS)\n")
    project(tmp_path, "greeting>=1")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / ".venv")], check=True)
    installed = next((tmp_path / ".venv").glob("lib/python*/site-packages"))
    (installed / "greeting.py").write_text("WORDS = 'at your service'\n")
    (installed / "greeting-1.0.dist-info").mkdir()
    (installed / "greeting-1.0.dist-info" / "METADATA").write_text("Name: greeting\nVersion: 1.0\n")
    done = subprocess.run([sys.executable, "-m", "bot"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "at your service\n", "")


def test_an_interruption_while_loading_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "bot" / name, tmp_path / "bot" / name)
    (tmp_path / "bot" / "cli.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run([sys.executable, "-m", "bot"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.slow
def test_a_failed_installation_ends_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "bot" / name, tmp_path / "bot" / name)
    project(tmp_path, "no-such-package-anywhere>=1")
    done = subprocess.run([sys.executable, "-m", "bot"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: the packages could not be installed")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["run", "--check"], "discord"),
        (["--debug", "run"], "discord"),
        (["bank", "search", "run"], None),
        (["--topic", "go"], None),
    ],
)
def test_only_the_discord_bot_needs_its_extra(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], extra: str | None
) -> None:
    needed = []
    monkeypatch.setattr(sys, "argv", ["bot", *arguments])
    monkeypatch.setattr(program, "ensure", lambda *given: needed.append(given[3]))
    monkeypatch.setattr(program, "start", lambda: None)
    program.run()
    assert needed == [extra]


def test_the_discord_extra_is_part_of_the_development_tools() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras["discord"]) <= set(extras["dev"])
