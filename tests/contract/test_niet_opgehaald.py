"""Set ready, and after fourteen days not fetched: found by the clock, seen by the school (15.6, werkvoorraad)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.dossier import Bewaarplicht, Dossier, Status, Versie
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.mutatielog import HANDELING, Actie, controleer_keten
from chalicelib.domain.rechten import Recht
from chalicelib.domain.school import School
from chalicelib.domain.termijnen import Termijnen
from chalicelib.flows import overzicht
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.store import Stores
from chalicelib.web.kaarten import kaart_uit, leerling_rij
from tests.conftest import Provisioned
from tests.faults.seam import stores_of
from tests.faults.town import work
from tests.pupil import NOW, NUMBERS, SCHOOL, record

HERE = SCHOOL.vestiging
_DAY = timedelta(days=1)


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    """One pupil, whose dossier was set ready at NOW."""
    found = stores_of(aws)
    werk = work(found, HERE, NOW)
    card, *_ = zet_record(werk, "l-1", Record("2019.1", record(NUMBERS[0])), None)
    map_ = found.inhoud.nieuwe_map(HERE, "l-1")
    versie = Versie(1, Profiel.POPO, "2019.1", map_, "i", "v", NOW, card.record_hash)
    new = replace(card, versie=versie, status=Status.KLAAR, klaargezet_op=NOW, laatste_nummer=1, version=2)
    found.commit(werk.mutatie(Actie.KLAARGEZET, card.onderwerp), card, new)
    return found


def clock(stores: Stores, now: datetime) -> int:
    """The nightly run; how many cards were marked."""
    return ruim_op(stores, Termijnen(), now).gedaan["niet opgehaald gemeld"]


def card(stores: Stores) -> Dossier:
    return stores.dossier(HERE, "l-1")


def seen(stores: Stores, now: datetime) -> tuple[datetime | None, datetime | None, int, int]:
    """What the school sees: on the row, on the card, in the work that waits, and behind its filter."""
    werk, shown = work(stores, HERE, now), card(stores)
    found = overzicht.zoek(werk, overzicht.Filter(werk="NIET_OPGEHAALD"))
    return (
        leerling_rij(shown).niet_opgehaald_sinds,
        kaart_uit(shown, School(HERE), [], rechten=frozenset(Recht)).niet_opgehaald_sinds,
        overzicht.werkvoorraad(werk)["NIET_OPGEHAALD"],
        len(found),
    )


def acts(stores: Stores) -> list[str]:
    regels = stores.logregels(card(stores).onderwerp)
    assert controleer_keten(card(stores).onderwerp, regels, card(stores).kop) == ()
    return [regel.actie for regel in regels]


def test_it_is_marked_on_the_fourteenth_day_once_and_shown(stores: Stores) -> None:
    before = card(stores).version
    almost, due = NOW + 14 * _DAY - timedelta(minutes=1), NOW + 14 * _DAY
    assert clock(stores, almost) == 0
    assert seen(stores, almost) == (None, None, 0, 0)
    assert clock(stores, due) == 1
    assert seen(stores, due) == (NOW, NOW, 1, 1)
    assert clock(stores, due + _DAY) == 0
    assert acts(stores).count("NIET_OPGEHAALD") == 1
    assert HANDELING[Actie.NIET_OPGEHAALD] == "Klaargezet, na 14 dagen niet opgehaald"
    assert card(stores).version == before  # an employee with the card on the screen can still save


def test_fetched_it_is_silent_and_set_ready_anew_it_is_told_anew(stores: Stores) -> None:
    clock(stores, NOW + 15 * _DAY)
    werk, old = work(stores, HERE, NOW + 16 * _DAY), card(stores)
    stores.commit(werk.mutatie(Actie.VERZONDEN, old.onderwerp), old, old.verzonden(NOW + 16 * _DAY))
    assert seen(stores, NOW + 40 * _DAY) == (None, None, 0, 0)
    assert clock(stores, NOW + 40 * _DAY) == 0
    again, old = NOW + 41 * _DAY, card(stores)
    new = replace(old, klaargezet_op=again, version=old.version + 1)
    stores.commit(werk.mutatie(Actie.KLAARGEZET, old.onderwerp), old, new)
    assert clock(stores, again + 13 * _DAY) == 0
    assert clock(stores, again + 14 * _DAY) == 1
    assert seen(stores, again + 14 * _DAY) == (again, again, 1, 1)
    assert acts(stores).count("NIET_OPGEHAALD") == 2


def test_a_legal_hold_stops_destruction_and_not_the_word_about_it(stores: Stores) -> None:
    werk, old = work(stores, HERE, NOW), card(stores)
    new = replace(old, bewaren=Bewaarplicht("Bezwaar", NOW, "Directeur Voorbeeld"), version=old.version + 1)
    stores.commit(werk.mutatie(Actie.BEWAREN_OPGELEGD, old.onderwerp), old, new)
    assert clock(stores, NOW + 14 * _DAY) == 1
