"""The rules against the register: every id that the official sheets hold is here, live where live, dead where dead."""

import re

import pytest

from chalicelib.gegevensset import regels_aanvullend
from chalicelib.gegevensset.regel import Regel
from chalicelib.gegevensset.regels import alle_regels
from chalicelib.gegevensset.regels_codelijsten import toetsen
from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests.unit.rule_ids import LISTS, NOT_CODED, ids


def _codes(version: str, *, live: bool) -> set[str]:
    return {
        code
        for regel in alle_regels(standaard(version))
        if regel.levend is live and not regel.eigen
        for code in (regel.code, *regel.ook)
    }


@pytest.mark.parametrize("version", VERSIES)
def test_every_live_id_is_implemented_and_nothing_else_is_called_official(version: str) -> None:
    assert _codes(version, live=True) == ids(version, "live")


@pytest.mark.parametrize("version", VERSIES)
def test_every_dead_id_is_implemented_and_stays_out_of_official_mode(version: str) -> None:
    half_dead = {"OS.cat09"}  # dead for toelichting_onderwijsbehoeften only
    assert _codes(version, live=False) - half_dead == ids(version, "dead")


@pytest.mark.parametrize("version", VERSIES)
def test_every_code_list_is_tested_on_every_field_that_has_it(version: str) -> None:
    lists = {lijst.nummer for toets in toetsen(standaard(version)).values() for _, lijst in toets.per_ouder.values()}
    assert lists == LISTS[version]


def test_ids_that_were_never_coded_stay_out() -> None:
    for version in VERSIES:
        assert not NOT_CODED & (_codes(version, live=True) | _codes(version, live=False))


def _every_rule() -> list[Regel]:
    return [regel for version in VERSIES for regel in alle_regels(standaard(version))]


def test_the_key_of_a_rule_is_unique_within_a_version() -> None:
    for version in VERSIES:
        keys = [regel.sleutel for regel in alle_regels(standaard(version))]
        assert len(keys) == len(set(keys))


def test_every_rule_tells_in_dutch_what_is_wrong_and_what_to_do() -> None:
    for regel in _every_rule():
        for text in (regel.tekst, regel.wat_nu):
            assert re.fullmatch(r"[A-ZÉ].{15,}[.?]", text), regel.sleutel
        assert regel.oordeel.__doc__ or regel.code.startswith(("OS.", "OSO.")), regel.sleutel


def test_every_id_of_our_own_is_documented() -> None:
    documented = set(re.findall(r"`(OSO\.[A-Z]+)`", str(regels_aanvullend.__doc__)))
    assert {regel.code for regel in _every_rule() if regel.eigen} == documented
