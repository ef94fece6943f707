"""`python -m tests.property.samengesteld N=500 SEED=7`: what becomes of any record, selection and card.

For every overstap profile and version N records, as a school may put them (`record_maker.py`), go through the flows of
the product: put, choose, fill in, collect, record the inzage, set ready. What is stored must pass `intended`: when it is
collected apart from what the parents still have to say, after the inzage wholly. What cannot be made valid must be
refused, with meldingen that name what only the school can mend. Counts of both are printed, with the seed.
"""

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from random import Random, SystemRandom
from zoneinfo import ZoneInfo

from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier, Inzage, Inzagewaarde, Invulling, Toestemming, Uitschrijving, Vervolgschool
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Eis, Profiel
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Invalid, OsoError, Refused
from chalicelib.flows import Werk, klaarzetten, verzamelen
from chalicelib.flows.leerlingen import RECORD, Record
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from chalicelib.gegevensset.keuze import plannen_van, toetsen_van
from chalicelib.gegevensset.samenstellen import naam_van, overzicht_van
from chalicelib.gegevensset.tabel import VERSIES, Standaard, standaard
from tests.property.memory import Memory
from tests.property.record_maker import SECRET_MAIL, SECRET_NUMBER, SECRET_STREET, make_record
from tests.property.tree_maker import Waarden
from tests.property.values import NAMES
from tests.pupil import SCHOOL

KINDS = tuple(product(VERSIES, OVERSTAPPEN))
CHUNK = 10
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ADVICES = ("10", "20", "30", "40", "50", "60")

# What the parents still have to say is asked at klaarzetten (R63), not at collecting.
AFTER_COLLECTING = frozenset({"OVa.IZ01", "OVa.IZ02", "OVa.IZ03", "OVa.IZ04"})

# What is missing or wrong in the record or the settings, and only the school can mend. Any other code in a refusal is
# a fault of ours: the rule could have been obeyed by leaving something out or filling something in.
ONLY_THE_SCHOOL = frozenset(
    """
    OVa.LL01 OVa.LL02 OVa.LL04 OVa.LL05 OVa.LL12 OVa.LL14 OVa.LL15 OVa.AI01 OVa.OV01 OVa.SL01 OVa.SL02 OVa.OA02
    OVa.OA04 OVa.OA05 OG.01 OG.03 OG.04 OVa.ZB01 OVa.EB02 OVa.EB03 OVa.EB04 OVa.TR05 OVa.TR06 OVa.CL01
    """.split()
)
MANDATORY_BUT_EMPTY = "/dossier/metadata/categorie_uitlevering/"


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
    return {one.id: replace(one, map=one.id, object="bestand", omschrijving=rng.choice((None, "toets"))) for one in made}


def outcome(one: Trial) -> str:
    """What became of a trial: `gelukt`, or why it was refused. AssertionError when something invalid was stored.

    A refusal that the product could have prevented is an AssertionError too.
    """
    if fouten := [m for m in controleer_waarden(one.record, one.versie) if m.is_fout]:
        return f"geweigerd bij aanleveren: {fouten[0].code}"
    memory = Memory(one.kaart, one.school, one.documents)
    memory.inhoud.put("record", RECORD, Record(one.versie, one.record).bytes())
    for document in one.documents.values():
        memory.inhoud.put(document.map, document.object, b"een bijlage\n")
    werk = Werk(memory.as_stores(), Door(str(one.school.vestiging), "s", "Proef"), one.nu)
    try:
        _collect(werk, memory, one)
        _after_inzage(werk, memory, one)
    except Refused as refusal:
        return _refusal(refusal, memory)
    except Invalid as refusal:
        return _refusal(refusal, memory)
    return "gelukt"


def _collect(werk: Werk, memory: Memory, one: Trial) -> None:
    klaar = verzamelen.verzamel(werk, "l-1", one.profiel)
    versie = klaar.dossier.versie
    assert versie is not None
    data = memory.inhoud.get(versie.map, verzamelen.XML)
    _obeys(data, one.profiel, frozenset() if one.profiel.binnen_brin else AFTER_COLLECTING)
    assert hashlib.sha256(data).hexdigest() == versie.verzend_hash
    assert memory.inhoud.get(versie.map, verzamelen.PDF).startswith(b"%PDF-")
    for secret in (SECRET_STREET, SECRET_NUMBER, SECRET_MAIL):
        assert secret.encode() not in data, secret


def _after_inzage(werk: Werk, memory: Memory, one: Trial) -> None:
    """The parents looked, the card is saved once more, and it is set ready: what is stored passes every rule."""
    if one.note_later:
        verzamelen.vul_in(werk, "l-1", lambda old: replace(old, aandachtspunten="Later bedacht."), "*")
    before = memory.kaart.versie
    assert before is not None
    contact = not memory.kaart.invulling.contact_nodig

    def change(old: Invulling) -> Invulling:
        inzage = Inzage() if one.profiel.binnen_brin else Inzage(Inzagewaarde.JA)
        possible = one.school.naam_directeur and one.school.telefoon_directeur
        return replace(old, inzage=inzage, contact_nodig=contact and bool(possible))

    nieuw, _ = verzamelen.vul_in(werk, "l-1", change, "*")
    assert nieuw.versie is not None
    assert nieuw.versie.inhoud_hash == before.inhoud_hash, "what the parents saw is what will be sent (15.40)"
    _obeys(memory.inhoud.get(nieuw.versie.map, verzamelen.XML), one.profiel, frozenset())
    klaarzetten.zet_klaar(werk, "l-1")


def _obeys(data: bytes, profiel: Profiel, later: frozenset[str]) -> None:
    verslag = controleer(data, "intended")
    wrong = [m for m in verslag.meldingen if m.is_fout and m.code not in later]
    assert not wrong, wrong
    assert verslag.profiel == profiel, (verslag.profiel, profiel)


def _refusal(refusal: OsoError, memory: Memory) -> str:
    """How a refusal is counted, after checking that it was one that only the school can lift."""
    codes = {m.code for m in refusal.meldingen if m.is_fout}
    assert codes, f"{refusal.code} without a melding"
    assert all(m.pad and m.tekst and m.wat_nu for m in refusal.meldingen), refusal.meldingen
    if refusal.code == "DOSSIER_ONGELDIG":
        ours = [m for m in refusal.meldingen if m.code not in ONLY_THE_SCHOOL]
        ours = [m for m in ours if not m.pad.startswith(MANDATORY_BUT_EMPTY)]
        assert not ours, f"we could have mended {ours}"
        return f"geweigerd: {min(codes)}"
    return f"geweigerd: {refusal.code}"


def _chunk(job: tuple[str, Profiel, str, range]) -> Counter[str]:
    versie, profiel, seed, numbers = job
    counts: Counter[str] = Counter()
    for number in numbers:
        with named(f"{versie} {profiel} number {number} of SEED={seed}"):
            counts[outcome(trial(versie, profiel, seed, number))] += 1
    return counts


@contextmanager
def named(what: str) -> Iterator[None]:
    """Say which trial it was, if anything goes wrong."""
    failed = True
    try:
        yield
        failed = False
    finally:
        if failed:
            print(f"FAILED: {what}", flush=True)


def _settings(arguments: list[str]) -> Iterator[str]:
    given = dict(argument.split("=", 1) for argument in arguments)
    for name, default in (("N", "40"), ("SEED", str(SystemRandom().randrange(10**6)))):
        yield given.get(name) or os.environ.get(name) or default


def main(arguments: list[str]) -> int:
    """Print counts per kind, then the reasons of the refusals; a trial that fails ends it, with its seed and number."""
    count, seed = _settings(arguments)
    print(f"N={count} of each of {len(KINDS)} kinds, SEED={seed}", flush=True)
    whole = range(int(count))
    chunks = [whole[start : start + CHUNK] for start in whole[::CHUNK]]
    jobs = [(versie, profiel, seed, numbers) for versie, profiel in KINDS for numbers in chunks]
    totals: dict[tuple[str, Profiel], Counter[str]] = {kind: Counter() for kind in KINDS}
    with ProcessPoolExecutor() as pool:
        for job, counts in zip(jobs, pool.map(_chunk, jobs), strict=True):
            totals[job[0], job[1]] += counts
    for (versie, profiel), counts in totals.items():
        print(f"{versie} {profiel:8} {counts['gelukt']:5} valid, {counts.total() - counts['gelukt']:5} refused")
    everything = sum(totals.values(), Counter[str]())
    for reason, number in sorted(everything.items(), key=lambda pair: -pair[1]):
        print(f"{number:7} {reason}")
    print(f"{everything.total()} records, none stored that is not valid, SEED={seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
