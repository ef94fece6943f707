"""A full, valid dossier of each profile and version, damage done to it, and what the rules say then."""

import copy
from functools import cache
from random import Random
from typing import Any

from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.regel import Bevinding
from chalicelib.gegevensset.regels import Modus, alle_regels, bevindingen
from chalicelib.gegevensset.schema import schema
from chalicelib.gegevensset.tabel import standaard
from tests.property.dossier_maker import make_dossier
from tests.unit.rule_cases import ADRES, Case, Damage


@cache
def _full(version: str, profiel: Profiel) -> dict[str, Any]:
    dossier = make_dossier(standaard(version), profiel, Random(f"{version} {profiel}"), fullness=1, most=1)
    pupil = dossier["huidigeschool"]["leerling"]
    for person in (pupil, *pupil["verzorger"]):
        person |= {"adresgeheim": "false", "adreslijst": {"adres": [dict(ADRES)]}}
    return dossier


def full(version: str, profiel: Profiel) -> dict[str, Any]:
    """A copy of the one with every element that the profile allows, to do with as you like."""
    return copy.deepcopy(_full(version, profiel))


def damage(dossier: dict[str, Any], changes: Damage) -> dict[str, Any]:
    """Set every path to its value, None removes; blocks that are not there are made on the way."""
    for path, value in changes.items():
        *above, last = (f"huidigeschool/{path}" if path.startswith("leerling/") else path).split("/")
        _set(_walk(dossier, above, last), last, value)
    return dossier


def _walk(place: Any, above: list[str], last: str) -> Any:
    for step, after in zip(above, [*above, last][1:], strict=True):
        place = place[int(step)] if step.isdigit() else place.setdefault(step, [{}] if after.isdigit() else {})
    return place


def _set(place: Any, name: str, value: Any) -> None:
    if name.isdigit():
        place[int(name)] = value
    elif value is None:
        place.pop(name, None)
    else:
        place[name] = copy.deepcopy(value)


def tree(dossier: dict[str, Any], version: str) -> etree._Element:
    return etree.fromstring(encode(dossier, version))


def findings(
    case: Case, version: str, without: frozenset[str] = frozenset(), mode: Modus | None = None
) -> list[Bevinding]:
    """What the rules say of the damaged dossier, in the weakest mode that has the rule unless told otherwise."""
    root = tree(damage(full(version, case.profiel), case.damage), version)
    assert schema(version).validate(root) is case.schema_valid or not case.schema_valid, "the schema speaks first"
    return bevindingen(root, standaard(version), mode or mode_of(case, version), case.sheet, without)


def mode_of(case: Case, version: str) -> Modus:
    """`official` if the official validator reaches the rule; a code list always is."""
    regels = [regel for regel in alle_regels(standaard(version)) if regel.sleutel == case.rule]
    assert regels or case.rule.startswith("CL."), f"no such rule: {case.rule}"
    return "official" if all(regel.officieel for regel in regels) else "intended"


def speaks(case: Case, version: str, without: frozenset[str] = frozenset()) -> None:
    """Fail unless exactly the rules of the case speak, and its own rule of the element that it is about."""
    said = {
        (finding.code, finding.kind or etree.QName(finding.element).localname)
        for finding in findings(case, version, without)
    }
    assert {code for code, _ in said} == case.codes, f"{case} in {version}: {sorted(said)}, not {sorted(case.codes)}"
    code, _, where = case.rule.partition(" ")
    assert not where or (code, where.rpartition("/")[2]) in said, f"{case} in {version}: {sorted(said)}"
