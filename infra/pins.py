"""`python -m infra.pins`, `make pins`: write every requirements .txt again from its .in, with hashes.

Only the standard library; pip-tools comes into an environment of its own and is the one thing that is not pinned.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SOURCES = (
    "requirements.in",
    "requirements-dev.in",
    "requirements-bench.in",
    "requirements-fuzz.in",
    "requirements-scan.in",
    "infra/local/requirements-ministack.in",
)
_OPTIONS = ("--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header")
_SILENT_ABOUT = ("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options")


def main() -> None:
    """Compile each; what needs a newer version than the old pins say is updated, the rest stays."""
    folder = ROOT / ".venv-pins"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip-tools"], check=True)
    for source in _SOURCES:
        target = str(Path(source).with_suffix(".txt"))
        print(target, flush=True)
        command = [str(python), "-m", "piptools", "compile", *_OPTIONS, *_SILENT_ABOUT, *sys.argv[1:]]
        subprocess.run([*command, f"--output-file={target}", source], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
