"""`python -m tests.property.samengesteld N=500 SEED=7`: what becomes of any record, selection and card.

For every overstap profile and version N records, as a school may put them (`record_maker.py`), go through the flows of
the product: put, choose, fill in, collect, record the inzage, set ready. What is stored must pass `intended`: after
collecting apart from what the parents still have to say, after the inzage wholly. What cannot be made valid must be
refused, with meldingen that name what only the school can mend. Counts of both are printed, with the seed.
"""

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from random import SystemRandom

from chalicelib.domain.gegevensblok import OVERSTAPPEN, Profiel
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Door
from chalicelib.errors import Invalid, OsoError, Refused
from chalicelib.flows import Werk, klaarzetten, verzamelen
from chalicelib.flows.leerlingen import RECORD, Record
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from chalicelib.gegevensset.tabel import VERSIES
from tests.property.memory import Memory
from tests.property.record_maker import SECRET_MAIL, SECRET_NUMBER, SECRET_STREET
from tests.property.trial_maker import Trial, trial

KINDS = tuple(product(VERSIES, OVERSTAPPEN))
CHUNK = 10

# What the parents still have to say is asked at klaarzetten (R63), not at collecting.
AFTER_COLLECTING = frozenset({"OVa.IZ01", "OVa.IZ02", "OVa.IZ03", "OVa.IZ04"})

# What is missing or wrong in the record or the settings, and only the school can mend. Any other code in a refusal is
# a fault of ours: the rule could have been obeyed by leaving something out or filling something in.
ONLY_THE_SCHOOL = frozenset(
    f"OVa.{rule}"
    for rule in (
        *("LL01", "LL02", "LL04", "LL05", "LL12", "LL14", "LL15", "AI01", "OV01", "SL01", "SL02"),
        *("ZB01", "EB02", "EB03", "EB04", "TR05", "TR06", "CL01"),
    )
) | {"OG.01", "OG.03", "OG.04", "ADVIES_VO_ONTBREEKT", "DIRECTEUR_ONTBREEKT"}
MANDATORY_BUT_EMPTY = "/dossier/metadata/categorie_uitlevering/"


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
    except (Refused, Invalid) as refusal:
        return _refusal(refusal)
    return "gelukt"


def _collect(werk: Werk, memory: Memory, one: Trial) -> None:
    in_bulk = one.profiel.binnen_brin and one.note_later
    collect = klaarzetten.verzamel_en_zet_klaar if in_bulk else verzamelen.verzamel  # R78: in one act
    klaar = collect(werk, "l-1", one.profiel)
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


def _refusal(refusal: OsoError) -> str:
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
