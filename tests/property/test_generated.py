"""Arbitrary valid dossiers of every profile and version: see `generated.py`, which makes as many as you like."""

from collections.abc import Iterator

import pytest
from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.tabel import VERSIES, Element, standaard
from tests.property.generated import KINDS, arbitrary, becomes_a_pdf, survives_the_trip

SEED = "40 of each"
NEVER = {"geboortemaand", "postcode4adres"}  # forbidden in every profile
NEVER_SINCE_2019 = NEVER | {"geboorteplaats", "nationaliteit"}


@pytest.mark.parametrize(("version", "profiel"), KINDS)
def test_forty_generated_dossiers_survive_the_trip(version: str, profiel: Profiel) -> None:
    for number in range(40):
        survives_the_trip(arbitrary(version, profiel, SEED, number), version, profiel)


@pytest.mark.parametrize(("version", "profiel"), KINDS)
def test_generated_dossiers_become_a_pdf(version: str, profiel: Profiel) -> None:
    """Three of each kind, 42 in all, to save time; `generated.py` makes a PDF of every one."""
    for number in range(3):
        becomes_a_pdf(arbitrary(version, profiel, SEED, number), version)


@pytest.mark.parametrize("version", VERSIES)
def test_the_full_ones_hold_every_element_that_some_profile_allows(version: str) -> None:
    found = {
        path
        for profiel in Profiel
        for number in (0, 5)
        for path in _paths(arbitrary(version, profiel, SEED, number), version)
    }
    never = NEVER if version == "2018.1" else NEVER_SINCE_2019
    missing = set(_all_paths(standaard(version).wortel, "")) - found
    assert {path for path in missing if path.rpartition("/")[2] not in never and "/huisarts/" not in path} == set()


def _paths(dossier: dict[str, object], version: str) -> Iterator[str]:
    for element in etree.fromstring(encode(dossier, version)).iter():
        names = [etree.QName(above).localname for above in element.iterancestors()]
        yield "/".join(["", *reversed(names), etree.QName(element).localname])


def _all_paths(element: Element, above: str) -> Iterator[str]:
    path = f"{above}/{element.naam}"
    yield path
    for child in element.kinderen:
        yield from _all_paths(child, path)


def test_the_same_seed_gives_the_same_dossier() -> None:
    first, again, other = (arbitrary("2019.1", Profiel.POVO, seed, 1) for seed in ("a", "a", "b"))
    assert first == again
    assert first != other
