"""`python -m infra.venv FOLDER REQUIREMENTS`: a virtual environment with exactly the pinned, hashed packages.

Only the standard library: this is what runs before anything is installed. A stamp in the folder holds the hash of the
requirements and of the interpreter, so that a second call costs a few milliseconds and a changed pin is installed.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path


def ensure(folder: Path, requirements: Path) -> Path:
    """Make or complete the environment in `folder`; return its Python.

    Raises CalledProcessError if pip refuses, such as for a hash that does not match. Two callers at once: one waits.
    """
    folder = folder.absolute()
    python = folder / "bin" / "python"
    stamp = folder / ".stamp"
    wanted = _fingerprint(requirements)
    if _read(stamp) == wanted:
        return python
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _read(stamp) != wanted:
            _install(folder, python, requirements)
            stamp.write_text(wanted)
    return python


def _install(folder: Path, python: Path, requirements: Path) -> None:
    print(f"installing {requirements.name} into {folder.name} ...", file=sys.stderr, flush=True)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    # stdout belongs to the command that asked for us: `make token` must print a token and nothing else.
    subprocess.run([*command, "-r", str(requirements)], check=True, env=clean, stdout=sys.stderr)


def _fingerprint(requirements: Path) -> str:
    """Hash the pins, those of an included file too."""
    text = requirements.read_text()
    for line in text.splitlines():
        if line.startswith("-r "):
            text += (requirements.parent / line[3:].strip()).read_text()
    return hashlib.sha256(f"{sys.version_info[:2]}\n{text}".encode()).hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


if __name__ == "__main__":
    ensure(Path(sys.argv[1]), Path(sys.argv[2]))
