"""What the README says is so: every requirement has its row, and every test, command, role, rule and code exists."""

import ast
import json
import re
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chalicelib.config import settings
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.rechten import Recht, Rol, rechten
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.domain.teksten import TEKSTEN
from chalicelib.gegevensset.regels import alle_regels
from chalicelib.gegevensset.regels_codelijsten import toetsen
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.web import toegang
from tests.unit.rule_ids import NOT_CODED

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
ROWS = dict(re.findall(r"^\| (R\d+[ab]?) \| (.+?) \|$", README, re.MULTILINE))
SCREEN_ONLY = {"R10", "R41", "R40", "R84", "R94", "R105", "R107"}
NO_CODES = {"OSO_VAR", "OIN", "UITSTAAND"}


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file, read without importing it."""
    tree = ast.parse((ROOT / "tests" / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_requirement_has_exactly_one_row_in_order() -> None:
    found = re.findall(r"^\| (R\d+[ab]?) \|", README, re.MULTILINE)
    wanted = [f"R{number}" for number in range(1, 137)]
    wanted[47:47] = ["R47a", "R47b"]
    assert found == wanted


@pytest.mark.parametrize("requirement", ROWS)
def test_a_row_names_a_test_that_exists_or_says_why_there_is_none(requirement: str) -> None:
    said = ROWS[requirement]
    if cited := re.fullmatch(r"`(\w+/test_\w+\.py)::(test_\w+)`", said):
        path, name = cited.groups()
        assert (ROOT / "tests" / path).exists(), path
        assert name in names_in(path), f"{path} has no {name}"
    else:
        assert (requirement in SCREEN_ONLY, said) == (True, "screen only")


def test_every_path_that_is_named_exists() -> None:
    paths = {
        path
        for path in re.findall(r"`([\w./-]+/[\w./*-]*)`", README)
        if not path.startswith(("e2e", "/", "application"))
    }
    paths = {path for path in paths if path.startswith(("chalicelib", "infra", "tests"))}
    assert len(paths) >= 5
    assert [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []


def test_every_command_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|\()make (?:-s )?([a-z]+)", README, re.MULTILINE))
    assert {"demo", "test", "check", "run", "token"} <= named
    assert named <= targets


def test_every_code_is_one_that_the_service_gives() -> None:
    wire = {resultaat.wire for resultaat in RESULTATEN.values()}
    codes = set(re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b", README)) - NO_CODES
    codes = {one for one in codes if not one.startswith(("OSO_", "AWS_"))}  # names of settings
    assert codes <= TEKSTEN.keys() | RESULTATEN.keys() | set(Rol) | set(Recht) | {"BEHEER"}, codes
    assert set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", README)) <= wire


def test_every_rule_exists() -> None:
    rules = {regel.sleutel.partition(" ")[0] for version in VERSIES for regel in alle_regels(standaard(version))}
    assert set(re.findall(r"\b(?:OVa|OVb|PaO|OG|OSO)\.[A-Z]+\d*\b", README)) <= rules | NOT_CODED


@pytest.mark.parametrize("version", VERSIES)
def test_the_table_of_rules_counts_what_is_there(version: str) -> None:
    rules = [regel for regel in alle_regels(standaard(version)) if not regel.eigen]
    live = {code for regel in rules if regel.levend for code in (regel.code, *regel.ook)}
    dead = {code for regel in rules for code in (regel.code, *regel.ook)} - live
    lists = {lijst.nummer for toets in toetsen(standaard(version)).values() for _, lijst in toets.per_ouder.values()}
    total = len(live) + len(dead) + len(lists)
    row = f"| {version} | {len(live)} | {len(dead)} | {len(lists)} | {total} of {total} | {total} of {total} |"
    assert row in README, row


def test_the_table_of_rights_is_the_one_in_code() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| ([x.]) \| ([x.]) \| ([x.]) \| ([x.]) \| ([x.]) \| ([x.]) \|", README, re.MULTILINE
    )
    assert [Recht(row[0]) for row in rows] == list(Recht)
    for right, *marks in rows:
        held = [Recht(right) in rechten([rol.value], medewerker=True) for rol in Rol]
        held.append(Recht(right) in rechten([rol.value for rol in Rol], medewerker=False))
        assert [mark == "x" for mark in marks] == held, right


def test_the_token_of_the_readme_is_one_that_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"^```python\n(.+?)^```$", README, re.MULTILINE | re.DOTALL)
    key = ec.generate_private_key(ec.SECP256R1())
    names: dict[str, Any] = {"jwt": jwt, "time": time, "key": key}
    exec(block, names)  # the text of our own README
    jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": jwt.get_unverified_header(names["token"])["kid"]}
    claims = names["claims"]
    issuer = {"iss": claims["iss"], "aud": claims["aud"], "scholen": [claims["school"]], "jwks": {"keys": [jwk]}}
    monkeypatch.setenv("OSO_STAGE", "sandbox")
    monkeypatch.setenv("OSO_ISSUERS", json.dumps([issuer]))
    remembered = (settings, toegang._sleutels)
    for one in remembered:
        one.cache_clear()
    try:
        let_in = toegang.controleer_token(f"Bearer {names['token']}", datetime.now(UTC))
    finally:
        for one in remembered:
            one.cache_clear()
    assert let_in.door == Door(claims["school"], claims["sub"], claims["naam"])
    assert let_in.rechten == rechten(claims["rollen"], medewerker=True)


def test_the_paragraph_on_tokens_says_what_is_checked() -> None:
    part = README.partition("### Tokens\n")[2].partition("```")[0]
    told = (*toegang.ALGORITMES, *toegang.VERPLICHT, *toegang.VERBODEN_KOPPEN, *Rol, toegang.LANGST, toegang.SPELING)
    assert [one for one in map(str, told) if one not in part] == []
