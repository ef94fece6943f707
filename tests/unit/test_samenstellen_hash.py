"""Two hashes: what the parents saw, and what leaves; a change of R31 touches the second alone (15.40)."""

import base64
import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.dossier import Versie
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Toestemming
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.keuze import standaardkeuze
from chalicelib.gegevensset.samenstellen import (
    Aandacht,
    Samenstelling,
    inhoud_hash,
    met_pdf,
    verwerk,
    zonder_pdf,
)
from tests.pupil import NOW, NUMBERS, SCHOOL, Waarden, record, taken_on
from tests.unit.made import PDF, TABLE, TODAY, filled, made, pupil

BLOCKS = tuple(sorted(standaardkeuze(TABLE, Profiel.POPO, record())))
VERSION = Versie(1, Profiel.POPO, "2019.1", "map", "i", "v", NOW, "r", BLOCKS)
R31_CHANGES = [
    {"inzage": Inzage(Inzagewaarde.JA, TODAY)},
    {"inzage": Inzage(Inzagewaarde.NIET_AKKOORD, TODAY, "Proef")},
    {"contact_nodig": True},
    {"voorlopig_dossier": True},
    {"contact_nodig": True, "inzage": Inzage(Inzagewaarde.JA, TODAY), "toestemming": Toestemming.JA},
]


def as_sent(dossier: Waarden) -> Waarden:
    return met_pdf(dossier, PDF, "OSO-14SS-proef.pdf")


@pytest.mark.parametrize("fields", R31_CHANGES, ids=lambda fields: "+".join(fields))
def test_a_change_of_r31_keeps_the_hash_and_changes_the_bytes(fields: dict[str, Any]) -> None:
    before = made().dossier
    after = verwerk(as_sent(before), replace(filled(**fields), versie=VERSION), SCHOOL)
    assert inhoud_hash(after, TABLE) == inhoud_hash(before, TABLE)
    assert encode(as_sent(after), "2019.1") != encode(as_sent(before), "2019.1")


def test_the_same_card_processed_again_gives_the_same_bytes() -> None:
    first = as_sent(made().dossier)
    again = as_sent(verwerk(first, replace(filled(), versie=VERSION), SCHOOL))
    assert encode(again, "2019.1") == encode(first, "2019.1")


def test_changing_back_gives_the_bytes_of_before() -> None:
    first = as_sent(made().dossier)
    now = first
    for contact in (True, False):
        kaart = replace(filled(contact_nodig=contact), versie=VERSION)
        now = as_sent(verwerk(now, kaart, SCHOOL))
    assert encode(now, "2019.1") == encode(first, "2019.1")


def test_aandachtspunten_are_content() -> None:
    before = made().dossier
    kaart = replace(filled(aandachtspunten="Let op."), versie=VERSION)
    after = verwerk(as_sent(before), kaart, SCHOOL, Aandacht(TODAY))
    assert pupil(Samenstelling(after, (), ()))["overstapadvies"]["aandachtspunten"] == "Let op."
    assert inhoud_hash(after, TABLE) != inhoud_hash(before, TABLE)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every text in nested values."""
    if isinstance(value, dict):
        return [one for name, part in value.items() for one in leaves(part, (*path, name))]
    if isinstance(value, list):
        return [one for number, part in enumerate(value) for one in leaves(part, (*path, number))]
    return [path]


def changed(dossier: Waarden, path: tuple[Any, ...]) -> Waarden:
    """A copy with another text at a path."""
    made_ = copy.deepcopy(dossier)
    place: Any = made_
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] += "x"
    return made_


def test_any_other_change_gives_another_hash() -> None:
    document = {"bestandsnaam": "proef.txt", "omschrijving": "Een bijlage", "bestandsinhoud": "UEs="}
    put = record(
        NUMBERS[0],
        toetslijst={"toets": [taken_on(date(2026, 1, 1))]},
        overigdocumentlijst={"document": [document]},
    )
    dossier = made(put, kaart=filled(contact_nodig=True)).dossier
    whole = inhoud_hash(dossier, TABLE)
    silent = {path for path in leaves(dossier) if inhoud_hash(changed(dossier, path), TABLE) == whole}
    advice = ("huidigeschool", "leerling", "overstapadvies")
    contact = {(*advice, name) for name in ("contactnodig", "contactpersoon", "contacttelefoon", "contactemail")}
    assert silent == {path for path in leaves(dossier) if path[0] == "inzage"} | contact


def test_only_the_last_bijlage_is_our_own_pdf_and_only_where_bijlages_was_on() -> None:
    received = as_sent(made().dossier)  # the record may hold the PDF of an earlier exchange
    dossier = as_sent(received)
    assert zonder_pdf(dossier, VERSION.blokken) == received
    assert zonder_pdf(received, ()) == received
    assert "overigdocumentlijst" not in pupil(Samenstelling(zonder_pdf(received, VERSION.blokken), (), ()))


def test_our_own_pdf_travels_as_the_last_bijlage_in_a_zip() -> None:
    (document,) = as_sent(made().dossier)["huidigeschool"]["leerling"]["overigdocumentlijst"]["document"]
    assert base64.b64decode(document["bestandsinhoud"]).startswith(b"PK")
    assert document["bestandsnaam"] == "OSO-14SS-proef.pdf"
