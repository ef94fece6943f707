"""What the privacy papers say of terms and roles is what the code does; what only a board knows is marked."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.domain.rechten import Rol
from chalicelib.domain.termijnen import BACKUP, Termijnen

FOLDER = Path(__file__).resolve().parents[2] / "infra" / "privacy"
PAPERS = sorted(path.name for path in FOLDER.glob("*.md") if path.name != "README.md")
_EENHEID = {"jaren": "jaar", "dagen": "dagen", "uren": "uur", "maanden": "maanden"}
_DAG = {"08-01": "1 augustus", "10-01": "1 oktober"}


def read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def test_every_term_stands_in_the_register_as_it_is() -> None:
    said = {setting: text for text, setting in re.findall(r"\| ([^|]+?) \| `(\w+)` \|", read("register.md"))}
    for field in fields(Termijnen):
        term, unit = getattr(Termijnen(), field.name), field.name.rpartition("_")[2]
        expected = f"tot {_DAG[term]}" if unit == "dag" else f"{term} {_EENHEID[unit]}"
        assert said[field.name].startswith(expected), field.name
    assert f"| {BACKUP.days} dagen |" in read("register.md")


def test_every_role_is_explained() -> None:
    text = read("privacybijsluiter.md")
    for rol in Rol:
        assert f"| {rol.value.replace('_', ' ')} |" in text


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_is_listed_and_says_who_must_still_decide(name: str) -> None:
    assert f"| `{name}` |" in read("README.md")
    assert "**[bestuur]**" in read(name) or "**[leverancier]**" in read(name)
