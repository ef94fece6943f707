"""`python -m tests.property.zorgvraag N=200 SEED=7`: what becomes of a zorgvraag for any record (15.34, PaO.LL12).

For both profiles and versions N records, as a school may put them, go through the flow of the product; in a third of
them the pupil's number was put where it may not be. What is stored must pass `intended`, and a search of the XML, the
text of the PDF (by pypdf, not by the product), names and text of attachments and all keys finds no number; what
cannot be made valid must be refused, with meldingen. Counts of both are printed, with the seed.
"""

import io
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.nummers import Aanleverpunt
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import Werk, zorgvragen
from chalicelib.flows.leerlingen import RECORD, Record
from chalicelib.flows.zorgvraag import PDF, XML
from chalicelib.gegevensset.bijlagen import maak_bijlage, open_bijlage
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from chalicelib.gegevensset.samenstellen import nummer_van
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.messages.berichten import Doel, OverzichtAanleverpunt
from chalicelib.pdf import render
from chalicelib.store import Stores
from chalicelib.store.rijen import zorgvraag_rij
from chalicelib.traffic_center import TrafficCenter
from tests.property.memory import Memory
from tests.property.samengesteld import CHUNK, named
from tests.property.samengesteld import _settings as read_settings
from tests.property.tree_maker import Waarden
from tests.property.trial_maker import Trial, trial

KINDS = tuple(product(VERSIES, (Profiel.POSWV, Profiel.VOSWV)))
MANDATORY = "/dossier/metadata/categorie_uitlevering/"


@dataclass
class ZorgvraagMemory(Memory):
    """Stores in memory that also take a zorgvraag; what was written and nudged is kept, to be searched."""

    written: list[Zorgvraag] = field(default_factory=list)
    nudged: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    @property
    def geheim(self) -> Any:
        return SimpleNamespace(vingerafdruk=lambda *parts: "hmac")

    @property
    def nudges(self) -> Any:
        return SimpleNamespace(send=lambda nudge: self.nudged.append(nudge.body()))

    def find_sleutel(self, *_: object) -> None:
        """Nobody used this key."""

    def zorgvragen(self, *_: object) -> list[Zorgvraag]:
        return self.written

    def leg_sleutel_vast(self, *_: object) -> Any:
        """A write that nobody performs."""

    def bewaar_zorgvraag(self, old: object, new: Zorgvraag) -> Any:
        self.written.append(new)

    def commit(self, act: Any, old: object, new: Any, *_: object, **__: object) -> Any:
        self.logged.append(repr((act.actie, act.onderwerp, dict(act.details))))
        return new


class _Center:
    """A Traffic Center that knows one SWV for the own BRIN."""

    def overzicht(self, brin: Any, doel: Doel) -> tuple[OverzichtAanleverpunt, ...]:
        return (OverzichtAanleverpunt(brin, Aanleverpunt("10"), "SWV Proef", doel),)


def order(one: Trial, rng: Random) -> zorgvragen.Opdracht:
    """Any choice that the page allows."""
    tabel = standaard(one.versie)
    eisen = {blok.naam: blok.eisen[one.profiel] for blok in tabel.blokken}
    chosen = [n for n, eis in eisen.items() if eis is Eis.VERPLICHT or (eis is Eis.OPTIONEEL and rng.random() < 0.7)]
    selection = one.kaart.selectie(one.profiel)
    return zorgvragen.Opdracht(
        omschrijving="Hulp bij rekenen",
        aanleverpunt="10",
        aandachtspunten=rng.choice((None, "Let op: <bril> & geduld")),
        profiel=one.profiel,
        blokken=rng.choice((None, tuple(chosen))),
        toelichting=selection.toelichting,
        toelichting_vervangen=True,
        bijlagen=selection.bijlagen,
        inzage=rng.choice((Inzage(), Inzage(Inzagewaarde.JA), Inzage(Inzagewaarde.NIET_AKKOORD, None, "Liever niet"))),
    )


def plant(one: Trial, number: str, rng: Random) -> str:
    """Put the number where it may not be; gives the kind of place."""
    grouped = f"{number[:4]} {number[4:7]}.{number[7:]}"
    pupil = one.record["huidigeschool"]["leerling"]
    where = rng.choice(("text", "name", "txt", "docx", "pdf"))
    if where == "text":
        pupil["achternaam"] = f"Proef {rng.choice((number, grouped))}"
        return where
    content = {
        "name": b"niets",
        "txt": f"Leerling {grouped}, groep 8".encode(rng.choice(("utf-8", "utf-16"))),
        "docx": _docx(number),
        "pdf": render(one.record, standaard(one.versie), gemaakt_op=one.nu.date()),
    }[where]
    name = f"verslag {number}.txt" if where == "name" else f"verslag.{where}"
    documents = pupil.setdefault("overigdocumentlijst", {"document": []})["document"]
    documents.append(maak_bijlage(name, content))
    return where


def _docx(number: str) -> bytes:
    """A letter in which Word cut the number into runs."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        runs = "".join(f"<w:r><w:t>{digits}</w:t></w:r>" for digits in (number[:2], number[2:3], number[3:]))
        archive.writestr("word/document.xml", f'<w:document xmlns:w="urn:w"><w:p>{runs}</w:p></w:document>')
    return made.getvalue()


def outcome(one: Trial, rng: Random) -> str:
    """What became of a trial; AssertionError when something invalid was stored, or the number was found anywhere."""
    if fouten := [m for m in controleer_waarden(one.record, one.versie) if m.is_fout]:
        return f"geweigerd bij aanleveren: {fouten[0].code}"
    found = nummer_van(one.record)
    planted = plant(one, found[1], rng) if found and rng.random() < 0.33 else ""
    memory = ZorgvraagMemory(one.kaart, one.school, one.documents)
    memory.inhoud.put("record", RECORD, Record(one.versie, one.record).bytes())
    for document in one.documents.values():
        memory.inhoud.put(document.map, document.object, b"een bijlage\n")
    werk = Werk(cast(Stores, memory), Door(str(one.school.vestiging), "s", "Proef"), one.nu)
    before = set(memory.inhoud.objects)
    try:
        center = cast(TrafficCenter, _Center())
        zorgvraag, _ = zorgvragen.verstuur(werk, center, "l-1", order(one, rng), "sleutel", "0" * 32)
    except (Refused, Invalid) as refusal:
        assert set(memory.inhoud.objects) == before, "a refusal leaves nothing behind"
        assert not memory.written
        assert not memory.nudged
        return _refusal(refusal, planted)
    data, pdf = (memory.inhoud.get(zorgvraag.map, name) for name in (XML, PDF))
    verslag = controleer(data, "intended")
    assert not [m for m in verslag.meldingen if m.is_fout], verslag.meldingen
    assert verslag.profiel == one.profiel
    if found:
        keys = [*map(repr, memory.inhoud.objects), *memory.nudged, *memory.logged, json.dumps(_row(zorgvraag))]
        for place, text in (*_texts(data), ("pdf", text_of(pdf)), *(("key", key) for key in keys)):
            assert found[1] not in _ungrouped(text), f"the number stands in {place}"
    return f"gelukt{f', {planted} bleef achter' if planted else ''}"


def _refusal(refusal: Refused | Invalid, planted: str) -> str:
    codes = sorted({m.code for m in refusal.meldingen if m.is_fout})
    assert codes, f"{refusal.code} without a melding"
    assert all(m.pad and m.tekst and m.wat_nu for m in refusal.meldingen), refusal.meldingen
    if refusal.code == "NUMMER_IN_INHOUD":
        return f"geweigerd: het nummer stond in {planted or 'het record'}"
    return f"geweigerd: {codes[0] if refusal.code == 'DOSSIER_ONGELDIG' else refusal.code}"


def _row(zorgvraag: Zorgvraag) -> Waarden:
    return {name: str(value) for name, value in zorgvraag_rij(zorgvraag).items()}


def _ungrouped(text: str) -> str:
    return text.replace(" ", "").replace(".", "").replace("\n", "")


def text_of(pdf: bytes) -> str:
    """By another program than ours."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def _texts(data: bytes) -> Iterator[tuple[str, str]]:
    """All that a reader of the dossier can see: values, names of attachments, and their texts."""
    yield "values", data.decode()
    for document in _documents(decode(data).dossier):
        yield "name", document["bestandsnaam"]
        try:
            bijlage = open_bijlage(document["bestandsnaam"], document["bestandsinhoud"])
        except Invalid:
            continue
        yield "attachment", bijlage.data.decode("utf-16" if bijlage.data[:2] == b"\xff\xfe" else "latin-1", "replace")
        if bijlage.soort == "PDF":
            try:
                yield "attachment", text_of(bijlage.data)
            except PyPdfError:
                continue  # a made-up PDF that nobody can open


def _documents(tree: Any) -> Iterator[Waarden]:
    if isinstance(tree, list):
        for part in tree:
            yield from _documents(part)
    elif isinstance(tree, dict):
        if "bestandsinhoud" in tree:
            yield tree
        for part in tree.values():
            yield from _documents(part)


def _chunk(job: tuple[str, Profiel, str, range]) -> Counter[str]:
    versie, profiel, seed, numbers = job
    counts: Counter[str] = Counter()
    for number in numbers:
        with named(f"zorgvraag {versie} {profiel} number {number} of SEED={seed}"):
            rng = Random(f"zorgvraag {seed} {versie} {profiel} {number}")
            counts[outcome(trial(versie, profiel, seed, number), rng)] += 1
    return counts


def main(arguments: list[str]) -> int:
    """Print counts per kind, then of each outcome; a trial that fails ends it, with its seed and number."""
    count, seed = read_settings(arguments)
    whole = range(int(count))
    chunks = [whole[start : start + CHUNK] for start in whole[::CHUNK]]
    jobs = [(versie, profiel, seed, numbers) for versie, profiel in KINDS for numbers in chunks]
    totals: dict[tuple[str, Profiel], Counter[str]] = {kind: Counter() for kind in KINDS}
    with ProcessPoolExecutor() as pool:
        for job, counts in zip(jobs, pool.map(_chunk, jobs), strict=True):
            totals[job[0], job[1]] += counts
    for (versie, profiel), counts in totals.items():
        sent = sum(number for reason, number in counts.items() if reason.startswith("gelukt"))
        print(f"{versie} {profiel:6} {sent:5} sent, {counts.total() - sent:5} refused")
    everything = sum(totals.values(), Counter[str]())
    for reason, number in sorted(everything.items(), key=lambda pair: -pair[1]):
        print(f"{number:7} {reason}")
    print(f"{everything.total()} zorgvragen, no number of the pupil found in any that was sent, SEED={seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
