"""Every business rule: the damage that makes exactly it speak, and what leaves it silent."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.regels import alle_regels, bevindingen
from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests.unit.full_dossier import findings, full, mode_of, speaks, tree
from tests.unit.rule_cases import Case, hand_made
from tests.unit.table_cases import code_list_cases, coded_fields, status_cases


def every_case() -> Iterator[tuple[Case, str]]:
    """Each case with each version that it holds for."""
    table_made = [
        case
        for version in VERSIES
        for case in (*code_list_cases(standaard(version)), *status_cases(standaard(version)))
    ]
    for case in (*hand_made(), *table_made):
        yield from ((case, version) for version in case.versions)


EVERY_CASE = tuple(every_case())


@pytest.mark.parametrize(("case", "version"), EVERY_CASE, ids=[f"{version} {case}" for case, version in EVERY_CASE])
def test_a_rule_speaks_of_its_damage_and_no_other_rule_does(case: Case, version: str) -> None:
    speaks(case, version)


@pytest.mark.parametrize("version", VERSIES)
def test_every_rule_of_a_version_has_a_case(version: str) -> None:
    tested = {case.rule for case, at in EVERY_CASE if at == version}
    rules = {regel.sleutel for regel in alle_regels(standaard(version))}
    lists = {f"CL.{field.codelijst}" for _, field in coded_fields(standaard(version))}
    assert (rules | lists) - tested == set()


def test_what_the_official_validator_cannot_reach_is_silent_in_official_mode() -> None:
    for case, version in EVERY_CASE:
        if mode_of(case, version) == "intended":
            official = {finding.code for finding in findings(case, version, mode="official")}
            assert official <= set(case.also), f"{case} in {version}"


@pytest.mark.parametrize("version", VERSIES)
@pytest.mark.parametrize("profiel", Profiel)
def test_a_full_dossier_gives_no_finding(version: str, profiel: Profiel) -> None:
    root = tree(full(version, profiel), version)
    assert [repr(finding) for finding in bevindingen(root, standaard(version), "intended")] == []
