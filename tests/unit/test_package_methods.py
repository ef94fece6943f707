"""The methods of dataclasses in a package: compiled once when it is made, none at a cold start."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.methods import SUFFIX
from infra import methods
from infra.local.processes import ROOT

COUNT = """
import sys
sys.path[:0] = [sys.argv[1], *sys.argv[2].split(":")]
from chalicelib import methods
made = {str: 0, methods.CodeType: 0}
def note(what, *spaces):
    made[type(what)] += spaces[0]["__name__"].startswith("chalicelib.")
    exec(what, *spaces)
methods.exec = note
import app
print(*made.values())
"""


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid_out(tmp_path_factory.mktemp("layout"))


def laid_out(folder: Path) -> Path:
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "app.py", folder / "app.py")
    methods.write(folder)
    return folder


def opened(layout: Path) -> tuple[int, int]:
    """How many methods were compiled, and how many were there already, when both doors open."""
    env = {"OSO_STAGE": "dev", "OSO_DEUREN": "portal,wire", "AWS_DEFAULT_REGION": "eu-west-1"}
    command = [sys.executable, "-I", "-B", "-c", COUNT, str(layout), ":".join(sys.path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    compiled, ready = done.stdout.split()
    return int(compiled), int(ready)


def test_a_cold_start_compiles_no_method(layout: Path) -> None:
    compiled, ready = opened(layout)
    assert compiled == 0
    assert ready > 100  # from Python 3.13 one for each class, before that one for each method


def test_a_class_that_was_changed_since_is_compiled_as_always(layout: Path, tmp_path: Path) -> None:
    shutil.copytree(layout, tmp_path / "changed")
    module = tmp_path / "changed" / "chalicelib" / "domain" / "wortel.py"
    module.write_text(module.read_text().replace("@dataclass(frozen=True)\n", "@dataclass(frozen=True, order=True)\n"))
    assert opened(tmp_path / "changed")[0] > 0


def test_the_same_sources_give_the_same_bytes(layout: Path, tmp_path: Path) -> None:
    found = [
        {path.relative_to(one).as_posix(): path.read_bytes() for path in one.rglob(f"*{SUFFIX}")}
        for one in (layout, laid_out(tmp_path))
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 30
