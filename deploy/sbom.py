"""`python deploy/sbom.py FILE`: write the image's bill of materials as CycloneDX JSON.

It names each package that the lock installs on this platform, with its licence, and the model weights that we
ship, with licence and SHA-256. Needs cyclonedx-bom (in the extra `dev`) and a package index.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def main(target: Path) -> None:
    """Install what is locked into a folder of its own, list it, add the weights, write the file."""
    with TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = str(Path(folder) / "bin" / "python")
        lock = str(ROOT / "deploy" / "requirements.txt")
        wheels = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--quiet"]
        run("pip", "--python", python, "install", *wheels, "--requirement", lock)
        listed = run(
            *("cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")),
            *("--mc-type", "application", "--output-reproducible", python),
        )
    bill = json.loads(listed)
    bill["components"] += weights()
    target.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def weights() -> list[dict[str, Any]]:
    """Describe each model that is in the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    left_out = project["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]
    return [
        {
            "type": "machine-learning-model",
            "bom-ref": f"weights-{model.parent.name}",
            "name": model.parent.name,
            "version": project["project"]["version"],
            "description": (model.parent / "README.md")
            .read_text(encoding="utf-8")
            .partition("\n")[0]
            .lstrip("# "),
            "licenses": [{"license": {"id": project["project"]["license"]}}],
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(model.read_bytes()).hexdigest()}],
        }
        for model in sorted((ROOT / "grader" / "weights").glob("*/model.onnx"))
        if str(model.parent.relative_to(ROOT)) not in left_out
    ]


def title(page: Path) -> str:
    """Return a Markdown file's first heading."""
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def run(module: str, *arguments: str) -> str:
    """Run a module of this environment and return what it prints."""
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy/sbom.py FILE")
    main(Path(sys.argv[1]))
