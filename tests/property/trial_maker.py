"""One trial of collecting: any record, a card, settings of the school and a choice, each as people may leave them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.invulling import Invulling, Toestemming, Uitschrijving, Vervolgschool
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.gegevensset.keuze import plannen_van, toetsen_van
from chalicelib.gegevensset.samenstellen import naam_van, overzicht_van
from chalicelib.gegevensset.tabel import Standaard, standaard
from tests.property.record_maker import make_record
from tests.property.tree_maker import Waarden
from tests.property.values import NAMES
from tests.pupil import SCHOOL

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ADVICES = ("10", "20", "30", "40", "50", "60")


@dataclass(frozen=True)
class Trial:
    """One record with a card, settings and a choice, and the day on which it is collected."""

    versie: str
    profiel: Profiel
    record: Waarden
    kaart: Dossier
    school: School
    nu: datetime
    documents: dict[str, Document]
    note_later: bool


def trial(versie: str, profiel: Profiel, seed: str, number: int) -> Trial:
    """Trial `number` of a kind."""
    rng = Random(f"{seed} {versie} {profiel} {number}")
    tabel, day = standaard(versie), date.fromordinal(date(2019, 1, 1).toordinal() + rng.randrange(900))
    record = make_record(tabel, rng, day)
    invulling, school = _invulling(profiel, rng), _school(versie, rng)
    documents = _documents(rng)
    kaart = Dossier(
        school.vestiging,
        "l-1",
        naam=naam_van(record),
        overzicht=overzicht_van(record, {}),
        record_map="record",
        record_hash=str(number),
        record_versie=versie,
        invulling=invulling,
        selecties=(_selectie(tabel, profiel, record, list(documents), rng),),
    )
    nu = datetime(day.year, day.month, day.day, 9, 30, tzinfo=AMSTERDAM)
    return Trial(versie, profiel, record, kaart, school, nu, documents, note_later=rng.random() < 0.3)


def _school(versie: str, rng: Random) -> School:
    """The settings: mostly whole, sometimes without director, address or ways to reach the school."""
    bare = {"naam_directeur": None, "telefoon_directeur": None, "adres": None, "telefoon": None, "email": None}
    left_out = [name for name in bare if rng.random() < 0.1]
    return replace(
        SCHOOL,
        standaardversie=versie,
        soort=rng.choice(("BO", "BO", "SO", "VO", "")),
        **dict.fromkeys(left_out),  # type: ignore[arg-type]  # all of these may be None
    )


def _invulling(profiel: Profiel, rng: Random) -> Invulling:
    def maybe(value: str) -> str | None:
        return value if rng.random() < 0.5 else None

    return Invulling(
        contact_nodig=rng.random() < 0.5,
        binnen_brin=profiel.binnen_brin,
        aandachtspunten=maybe(f"Let op {rng.choice(NAMES)} & <bril>"),
        voorlopig_dossier=rng.random() < 0.5,
        toestemming=rng.choice(list(Toestemming)),
        uitschrijving=Uitschrijving(
            datum=None if rng.random() < 0.05 else date(2021, 7, 31),
            reden=maybe("Verhuizing"),
            advies_vo=rng.choice((None, *ADVICES)),
            herzien_advies_vo=rng.choice((None, *ADVICES)),
            motivatie_herzien_advies=maybe("De eindtoets viel hoger uit."),
            vervolgschool=Vervolgschool("99EF", "Basisschool Het Schijnpad"),
        ),
    )


def _selectie(tabel: Standaard, profiel: Profiel, record: Waarden, documents: list[str], rng: Random) -> Selectie:
    """Nobody chose, or somebody ticked any of what may be ticked."""
    if rng.random() < 0.25:
        return Selectie(profiel)
    eisen = {blok.naam: blok.eisen[profiel] for blok in tabel.blokken}
    optional = [naam for naam, eis in eisen.items() if eis is Eis.OPTIONEEL and rng.random() < 0.6]
    mandatory = [naam for naam, eis in eisen.items() if eis is Eis.VERPLICHT]

    def some(names: list[str]) -> tuple[str, ...]:
        share = rng.choice((0.0, 0.3, 1.0))
        return tuple(name for name in names if rng.random() < share)

    return Selectie(
        profiel,
        blokken=(*mandatory, *optional),
        toetsen_uit=some([merk for merk, _ in toetsen_van(record)]),
        plannen_uit=some([merk for merk, _ in plannen_van(record, tabel)]),
        bijlagen=some(documents),
        toelichting=documents[0] if tabel.versie == "2019.1" and rng.random() < 0.3 else None,
        toelichting_vervangen=rng.random() < 0.5,
    )


def _documents(rng: Random) -> dict[str, Document]:
    names = ("verslag.txt", "Notities Zoë Proef 04-06-2019 10:20.txt")
    moment = datetime(2019, 1, 1, tzinfo=AMSTERDAM)
    made = (
        Document(f"d{n}", SCHOOL.vestiging, "l-1", Documentsoort.BESTAND, Documentstatus.BESCHIKBAAR, naam, moment, "x")
        for n, naam in enumerate(names[: rng.randint(0, 2) or 1])
    )
    return {
        one.id: replace(one, map=one.id, object="bestand", omschrijving=rng.choice((None, "toets"))) for one in made
    }
