"""Run a module of a fresh clone: make its virtual environment and install into it where need be.

Standard library only, and no syntax newer than Python 3.7: it must run before anything is installed,
and must tell an old Python what is wrong instead of failing to parse.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
RETRY = "INTERVIEW_BOOTSTRAPPED"


def ensure(root: Path, module: str, arguments: list[str], extra: str | None = None) -> None:
    """Return when all that `module` needs can be imported; else install it and run `module` anew.

    `root` is the folder of the clone; without a pyproject.toml there (an installed copy) nothing is done.
    `extra` is an optional dependency group that is needed as well. Ends the program with one line
    on standard error where Python is too old or the installation fails.
    """
    if sys.version_info[:2] < OLDEST:
        _stop(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed and {sys.executable} is"
            f" {sys.version.split()[0]}; run it with a newer one, as in: python3.11 -m {module}"
        )
    project = root / "pyproject.toml"
    if not project.exists():
        return
    lacking = missing(project, extra)
    if not lacking:
        return
    if os.environ.get(RETRY) == module:
        _stop(f"still missing after the installation: {', '.join(lacking)}; remove .venv and try again")
    python = _python_of(root / ".venv")
    if not _complete(python, project, extra):
        _make_environment(root / ".venv", python)
        _install(root, python, extra)
    _run(python, module, arguments)


def missing(project: Path, extra: str | None = None) -> list[str]:
    """List the requirements of a pyproject.toml that aren't installed here, or only in an older version."""
    import tomllib
    from importlib import metadata

    table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    lacking = []
    for requirement in table["dependencies"] + (table["optional-dependencies"][extra] if extra else []):
        name, least = re.findall(r"^([\w.-]+)(?:[>=]=([\d.]+))?", requirement)[0]
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            lacking.append(requirement)
        else:
            if _numbers(installed) < _numbers(least):
                lacking.append(requirement)
    return lacking


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version.split("+")[0])]


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _complete(python: Path, project: Path, extra: str | None) -> bool:
    """Say whether an environment, if it is there at all, has what the project needs."""
    code = (
        "import sys, pathlib, bot.bootstrap as b;"
        "sys.exit(bool(b.missing(pathlib.Path(sys.argv[1]), *sys.argv[2:])))"
    )
    arguments = [str(project), *([extra] if extra else [])]
    return python.exists() and not subprocess.call(
        [str(python), "-c", code, *arguments], cwd=project.parent, stderr=subprocess.DEVNULL
    )


def _make_environment(folder: Path, python: Path) -> None:
    """Make a virtual environment unless a whole one is there."""
    whole = [str(python), "-m", "pip", "--version"]
    if python.exists() and not subprocess.call(whole, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        return
    _say(f"Setting up, once: making a virtual environment in {folder} …")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)], stdout=subprocess.DEVNULL):
        _stop(
            f"no virtual environment could be made in {folder}; check that you may write there,"
            " and on Debian or Ubuntu install the package python3-venv"
        )


def _install(root: Path, python: Path, extra: str | None) -> None:
    _say("Setting up, once: installing packages into it, about 100 MB to download …")
    target = f"{root}[{extra}]" if extra else str(root)
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
        "--editable",
        target,
    ]
    if subprocess.call(command):
        _stop("the packages could not be installed, see above; then run the same command again")


def _run(python: Path, module: str, arguments: list[str]) -> NoReturn:
    environment = {**os.environ, RETRY: module}
    command = [str(python), "-m", module, *arguments]
    if os.name == "posix":
        os.execve(command[0], command, environment)
    sys.exit(subprocess.call(command, env=environment))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stop(text: str) -> NoReturn:
    _say(f"error: {text}")
    sys.exit(1)
