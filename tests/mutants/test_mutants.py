"""A bounded part of `make mutants`, and whether the engine breaks what it says that it breaks."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.__main__ import PARTS, all_sites, argued
from tests.mutants.sites import sites
from tests.mutants.trial import ROOT

_SOURCE = '''
"""A module."""
LIMIT = 10


class Thing:
    """A class."""

    def judge(self, x: int | None) -> str | None:
        """What it is."""
        if x is None or not self.known(x):
            raise ValueError("this is a text for people")
        for one in [n for n in range(x) if n > 3]:
            if self.known(one):
                continue
        print(x)
        return "GOED" if x < LIMIT else None

    def __repr__(self) -> str:
        return "Thing"
'''
_WANTED = [
    "m:- 10 -> 11 #1",
    "m:Thing.judge Or -> And #1",
    "m:Thing.judge Is -> IsNot #1",
    "m:Thing.judge not dropped #1",
    "m:Thing.judge Raise dropped #1",
    "m:Thing.judge filter dropped #1",
    "m:Thing.judge Gt -> GtE #1",
    "m:Thing.judge 3 -> 4 #1",
    "m:Thing.judge If negated #1",
    "m:Thing.judge If negated #2",
    "m:Thing.judge Continue swapped #1",
    "m:Thing.judge Expr dropped #1",
    "m:Thing.judge return None #1",
    "m:Thing.judge Lt -> LtE #1",
    "m:Thing.judge 'GOED' -> 'GOEDX' #1",
]


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "chalicelib" / "m.py"
    path.parent.mkdir()
    path.write_text(_SOURCE)
    return path


def test_every_place_is_found_and_texts_for_people_and_names_of_types_are_left_alone(module: Path) -> None:
    assert sorted(site.id for site in sites(module, module.parents[1])) == sorted(_WANTED)


def test_each_mutant_differs_from_the_source_in_one_place_and_from_each_other(module: Path) -> None:
    found = sites(module, module.parents[1])
    broken = {ast.unparse(site.mutated()) for site in found}
    assert len(broken) == len(found)
    assert ast.unparse(ast.parse(_SOURCE)) not in broken
    for text in broken:
        compile(text, "m", "exec")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_its_modules_and_every_mutant_a_name_of_its_own(part: str) -> None:
    names = [site.id for site in all_sites(part)]
    assert len(names) == len(set(names)) > 500


def test_every_mutant_that_is_argued_away_exists_and_has_a_reason() -> None:
    names = {site.id for part in PARTS for site in all_sites(part)}
    assert [name for name, why in argued().items() if name not in names or len(why) < 20] == []


def test_a_sample_of_the_messages_is_killed() -> None:
    command = [sys.executable, "-m", "tests.mutants", "PART=messages", "N=8", "SEED=2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "messages: a sample of 8 of " in done.stdout


def test_a_mutant_that_no_test_reaches_survives() -> None:
    command = [sys.executable, "-m", "tests.mutants", "PART=messages", "N=0", "ONLY=messages/__init__"]
    begin = "import tests.mutants.__main__ as m; m.covers = lambda _: {}"
    program = f"{begin}; raise SystemExit(m.main({command[3:]!r}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr[-2000:]
    assert "SURVIVED messages/__init__:protocolprofiel NotIn -> In #1" in done.stdout
