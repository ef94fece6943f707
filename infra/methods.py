"""Compile the methods of all our dataclasses for a package, so that `chalicelib.methods` finds them at a cold start.

`python -m infra.methods LAYOUT` imports every module of this tree and notes what `dataclasses` would compile. It is run
as a process of its own: in any other one the classes are made already.
"""

import dataclasses
import importlib
import marshal
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def write(layout: Path) -> None:
    """Put a file beside every module of the layout that makes dataclasses. Raises CalledProcessError."""
    env = {"PATH": os.environ.get("PATH", ""), "AWS_DEFAULT_REGION": "eu-west-1"}
    subprocess.run([sys.executable, "-B", "-m", "infra.methods", str(layout)], cwd=ROOT, env=env, check=True)


def main(layout: Path) -> None:
    """Import everything, then write what was noted; the same sources give the same bytes."""
    from chalicelib import methods

    noted: defaultdict[str, dict[bytes, CodeType]] = defaultdict(dict)

    def note(text: str, spaces: dict[str, Any], found: dict[str, Any]) -> None:
        code = compile(text, "<string>", "exec")
        noted[spaces.get("__file__") or ""][methods.digest(text)] = code
        exec(code, spaces, found)  # noqa: S102  # what dataclasses does, word for word

    vars(dataclasses)["exec"] = note
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        if path.name != "__main__.py":
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            importlib.import_module(name.removesuffix(".__init__"))
    for module, codes in noted.items():
        if module.startswith(str(ROOT / "chalicelib")):
            target = layout / Path(module).relative_to(ROOT).with_suffix(methods.SUFFIX)
            # version 2 holds no references to what was met before, which differ from run to run
            target.write_bytes(marshal.dumps(dict(sorted(codes.items())), 2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
