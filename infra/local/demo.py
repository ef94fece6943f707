"""`python -m infra.local.demo`, `make demo`: two schools exchange a dossier, from nothing, every step printed.

Everything goes through the API, as a portal would do it; what left and what arrived is kept in `demo-out/`. Exits 0
when all went as promised, else 1 and the step at which it did not.
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree
from urllib3.exceptions import HTTPError

from chalicelib.gegevensset.controle import controleer
from infra import arguments
from infra.local.demo_instances import twee_installaties
from infra.local.demo_zorgvraag import zorgvraag
from infra.local.enrol import enrol
from infra.local.listeners import descendants, listeners, processes_with
from infra.local.portal_client import (
    Portal,
    UnexpectedAnswerError,
    card_path,
    download,
    fill_card,
    request_dossier,
)
from infra.local.processes import LOOPBACK, ROOT, StartError, wait_until
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.story import (
    NAMEN,
    ExpectationError,
    Story,
    collect,
    fill_in,
    mutatielogs,
    number,
    put,
    receive,
    record_inzage,
    refusal,
    refuse,
    same_bytes,
    set_ready,
)
from infra.local.world import Options

DOSSIERS = ROOT / "tests" / "dossiers"
UIT = ROOT / "demo-out"
_ONBEKEND = ("BSN", "238521436")  # a published test number that none of the example pupils has


def main() -> int:
    """Tell the whole story; see the module."""
    asked = _arguments()
    began = time.monotonic()
    asked.uit.mkdir(parents=True, exist_ok=True)
    try:
        known = pupils(asked.dossiers)
        with stack(None, Options(retry=1, parties=("swv",))) as running:
            story = Story(running, Portal(running, "14SS00"), known, asked.uit)
            print(f"De sandbox draait na {time.monotonic() - began:.1f} s: {running.portal}/v1 en {running.wire}")
            if not tell(story, CHAPTERS):
                return 1
        _nothing_left(running)
    except (StartError, ExpectationError) as error:
        print(f"\nMislukt: {error}", file=sys.stderr)
        return 1
    print(f"\nKlaar in {time.monotonic() - began:.1f} s. De bestanden staan in {asked.uit}:")
    for path in sorted(asked.uit.iterdir()):
        print(f"  {path.stat().st_size:8d}  {path.name}")
    return 0


def tell(story: Story, chapters: Mapping[str, Callable[[Story], None]]) -> bool:
    """Do the chapters in their order, each under its title; False, naming the step, when one goes wrong."""
    try:
        for title, chapter in chapters.items():
            print(f"\n{title}")
            chapter(story)
    except (UnexpectedAnswerError, ExpectationError, HTTPError, KeyError) as error:
        print(f"\nMislukt bij stap '{story.step}': {error}", file=sys.stderr)
        return False
    return True


def scholen(story: Story) -> None:
    """Settings of every school, and its aanleverpunten (R4, R6)."""
    for school in SCHOLEN:
        story.begin(f"{school.vestiging} {school.gegevens['naam']}")
        for nummer, tekst in zip(school.aanleverpunten, enrol(story.stack, [school]), strict=True):
            story.check(tekst == f"Uw aanleverpunt ({nummer}) is succesvol geregistreerd.", tekst)


def klaarzetten_popo(story: Story) -> None:
    """One pupil from record to klaar, with the refusal that comes before the inzage (ch. 3)."""
    naam = put(story, "popo", "POPO")
    fill_in(story, "popo", "99EF")
    collect(story, "popo", "POPO", naam)
    story.begin("Klaarzetten zonder inzage")
    refused = story.bron.ask("POST", f"{card_path('popo')}/klaarzetten", {}, expect=409)
    story.check(refused.code == "INZAGE_ONTBREEKT", refusal(refused))
    record_inzage(story, "popo")
    set_ready(story, "popo", f"Het dossier van {naam} is klaargezet voor (99EF) {NAMEN['99EF00']}")


def opvragen(story: Story) -> None:
    """The vervolgschool asks and receives exactly the bytes that the source serves (ch. 8)."""
    doel = story.bron.to("99EF00")
    received = receive(story, doel, "POPO")
    bron_xml = download(story.bron, f"{card_path('popo')}/xml")
    story.keep("bron.xml", bron_xml)
    story.keep("bron.pdf", download(story.bron, f"{card_path('popo')}/pdf"))
    story.keep("ontvangen.xml", download(doel, f"/dossieraanvragen/{received['id']}/xml"))
    story.keep("ontvangen.pdf", download(doel, f"/dossieraanvragen/{received['id']}/pdf"))
    story.begin("cmp bron.xml ontvangen.xml")
    same = (story.uit / "bron.xml").read_bytes() == (story.uit / "ontvangen.xml").read_bytes()
    sha = hashlib.sha256(bron_xml).hexdigest()
    story.check(same and sha == received["verzendHash"], f"gelijk, {len(bron_xml)} bytes, sha256 {sha}")
    story.begin("bron.pdf en ontvangen.pdf")
    pdfs = [(story.uit / name).read_bytes() for name in ("bron.pdf", "ontvangen.pdf")]
    story.check(pdfs[0] == pdfs[1] and pdfs[0].startswith(b"%PDF-"), f"gelijk, {len(pdfs[0])} bytes")
    mutatielogs(story, doel, received["id"])


def weigeringen(story: Story) -> None:
    """What another school gets when it may not have a dossier (15.6), and who is here already (R93)."""
    doel, vo = story.bron.to("99EF00"), story.bron.to("16VO00")
    refuse(story, "Onbekend nummer", doel, _ONBEKEND, "LEERLING_NIET_BEKEND")
    naam = put(story, "povo", "POVO")
    fill_in(story, "povo", "16VO")
    left_out = collect(story, "povo", "POVO", naam)
    refuse(story, "Verzameld, nog geen inzage", vo, number(story, "POVO"), "LEERLINGINFO_NIET_OPVRAAGBAAR")
    refuse(story, "Niet de vervolgschool", vo, number(story, "POPO"), "LEERLINGINFO_NIET_OPVRAAGBAAR")
    story.begin("Een leerling opvragen die er al is")
    answer = request_dossier(story.bron, "99EF", number(story, "POPO"), expect=409)
    story.check(answer.code == "LEERLING_BESTAAT_AL", refusal(answer))
    story.begin("Toetsen van voor het venster (OVa.TR04)")
    tests = [one for one in left_out if one["code"] == "TOETS_TE_OUD"]
    story.check(len(tests) == 1, " ".join(f"{one['reden']}" for one in tests))


def povo(story: Story) -> None:
    """The pupil that was refused above, now set ready for voortgezet onderwijs and fetched there."""
    record_inzage(story, "povo")
    refuse(story, "Inzage, nog niet klaargezet", story.bron.to("16VO00"), number(story, "POVO"), _NIET_BESCHIKBAAR)
    set_ready(story, "povo", f"is klaargezet voor (16VO) {NAMEN['16VO00']}")
    same_bytes(story, "povo", story.bron.to("16VO00"), receive(story, story.bron.to("16VO00"), "POVO"))


def binnen_brin(story: Story) -> None:
    """To a nevenvestiging with the same BRIN: no inzage, no uitschrijving (ch. 5)."""
    naam = put(story, "brin", "BB-POPO")
    story.begin("Binnen brin op de kaart")
    card = fill_card(story.bron, "brin", {"binnenBrin": True}).json
    story.check(card["inzageTekst"] == "N.v.t. (binnen brin)", f"inzage {card['inzageTekst']}")
    collect(story, "brin", "BB-POPO", naam)
    set_ready(story, "brin", f"Het dossier van {naam} is klaargezet voor uitwisseling binnen de BRIN")
    noord = story.bron.to("14SS01")
    same_bytes(story, "brin", noord, receive(story, noord, "BB-POPO"))


def luisteraars(story: Story) -> None:
    """Nobody outside this machine can reach what runs here."""
    story.begin("Wie luistert")
    found = set().union(*listeners([os.getpid(), *descendants(os.getpid())]).values())
    outside = {address for address, _ in found} - {LOOPBACK}
    story.check(bool(found) and not outside, f"{len(found)} poorten, alle op {LOOPBACK}")


ONE: Mapping[str, Callable[[Story], None]] = {
    "Scholen en hun aanleverpunten": scholen,
    "Een overstapdossier klaarzetten": klaarzetten_popo,
    "De vervolgschool vraagt op": opvragen,
    "Wat niet mag": weigeringen,
    "Naar het voortgezet onderwijs": povo,
    "Binnen de BRIN": binnen_brin,
    "Een zorgvraag aan het samenwerkingsverband": zorgvraag,
}
"""The chapters in one installation."""
CHAPTERS: Mapping[str, Callable[[Story], None]] = {
    **ONE,
    "Twee installaties en een Traffic Center": twee_installaties,
    "Alleen op deze machine": luisteraars,
}
_NIET_BESCHIKBAAR = "LEERLINGINFO_NIET_BESCHIKBAAR"


def pupils(folder: Path) -> dict[str, bytes]:
    """The richest example dossier of the current version per profile. Raises ExpectationError when one is missing."""
    found: dict[str, bytes] = {}
    for data in sorted((path.read_bytes() for path in folder.glob("*.xml")), key=len):
        report = controleer(data)
        if report.versie == "2019.1":
            found[report.profiel] = data
    missing = {"POPO", "POVO", "BB-POPO"} - found.keys()
    if missing:
        raise ExpectationError(f"geen voorbeelddossier voor {', '.join(sorted(missing))} in {folder}")
    return {**found, "POVO": _with_older_tests(found["POVO"])}


def _with_older_tests(data: bytes) -> bytes:
    """The dossier with its first two tests taken eight years earlier: too old to go along to the VO on any day."""
    root = etree.fromstring(data)
    for one in list(root.iterfind(".//{*}toets/{*}afname/{*}afnamedatum"))[:2]:
        one.text = f"{int((one.text or '')[:4]) - 8}{(one.text or '')[4:]}"
    return etree.tostring(root)


def _nothing_left(ended: Stack) -> None:
    """What was started is gone again, and so are its files."""
    pids = {child.process.pid for child in ended.children}
    wait_until(lambda: not pids & set(descendants(os.getpid())), 10, "het einde van de sandbox")
    left = processes_with(str(ended.folder))
    if left or ended.folder.exists():
        raise ExpectationError(f"er draait nog iets: {left}")
    print(f"\nDe {len(pids)} processen van de sandbox zijn gestopt en de tijdelijke map is weg.")


def _arguments() -> argparse.Namespace:
    parser = arguments.parser("infra.local.demo", __doc__)
    parser.add_argument("--dossiers", type=Path, default=DOSSIERS, help="map met de voorbeelddossiers")
    parser.add_argument("--uit", type=Path, default=UIT, help="map voor de bestanden die de demo achterlaat")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
