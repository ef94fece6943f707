"""The command for schools and suppliers: `python -m chalicelib.gegevensset controleer|naar-json|naar-xml|pdf`.

Exit codes: 0 all is well, 1 something is not valid, 2 something is no dossier at all (or cannot be read).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chalicelib.errors import Invalid, Melding
from chalicelib.gegevensset.codec import Gegevens, decode, encode, lees_json
from chalicelib.gegevensset.controle import Verslag, controleer, controleer_waarden
from chalicelib.gegevensset.lezen import LIMIET
from chalicelib.gegevensset.tabel import standaard
from chalicelib.gegevensset.waarde import dag

_GEEN_DOSSIER = (
    "XML_ONLEESBAAR",
    "XML_DTD",
    "TE_GROOT",
    "NAAMRUIMTE_ONBEKEND",
    "WORTEL_ONBEKEND",
    "BESTAND_ONLEESBAAR",
)
_VOORTGANG_VANAF = 10
_STANDAARDINVOER = "-"


def main(argumenten: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    keuze = _parser().parse_args(argumenten)
    try:
        return int(keuze.doe(keuze))
    except Invalid as fout:
        _zeg_fout(fout)
        return 2 if fout.code in _GEEN_DOSSIER or fout.code.startswith("JSON_") else 1
    except BrokenPipeError:  # the reader of our output stopped reading: `| head`
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chalicelib.gegevensset", description="OSO-dossiers controleren.")
    opdrachten = parser.add_subparsers(required=True, metavar="OPDRACHT")
    controle = opdrachten.add_parser("controleer", help="controleer bestanden: een regel JSON per bestand")
    controle.add_argument("--regels", choices=("official", "intended"), default="official")
    controle.add_argument("bestanden", nargs="+", metavar="FILE", help="bestand, map, of - voor standaardinvoer")
    controle.set_defaults(doe=_controleer)
    for naam, doe, hulp in (
        ("naar-json", _naar_json, "zet een dossier om naar JSON"),
        ("naar-xml", _naar_xml, "zet dossier-JSON om naar XML"),
        ("pdf", _pdf, "maak een leesbare PDF van een dossier"),
    ):
        opdracht = opdrachten.add_parser(naam, help=hulp)
        opdracht.add_argument("bestand", metavar="FILE", help="bestand, of - voor standaardinvoer")
        opdracht.set_defaults(doe=doe)
        if naam == "pdf":
            opdracht.add_argument("-o", "--uit", required=True, metavar="OUT")
    return parser


def _controleer(keuze: argparse.Namespace) -> int:
    slechtste = 0
    bestanden = list(_alle_bestanden(keuze.bestanden))
    toon = sys.stderr.isatty() and len(bestanden) >= _VOORTGANG_VANAF
    for nummer, bestand in enumerate(bestanden, 1):
        if toon:
            sys.stderr.write(f"\r{nummer} van {len(bestanden)}")
            sys.stderr.flush()
        verslag = _verslag(bestand, keuze.regels)
        _schrijf(json.dumps(_regel(bestand, verslag), ensure_ascii=False))
        slechtste = max(slechtste, 0 if verslag.geldig else 1 if verslag.is_dossier else 2)
    if toon:
        sys.stderr.write("\n")
    return slechtste


def _alle_bestanden(namen: Sequence[str]) -> Iterator[str]:
    """The files that were named, and the `.xml` files of the folders; a folder without one stands for itself."""
    for naam in namen:
        pad = Path(naam)
        if naam == _STANDAARDINVOER or not pad.is_dir():
            yield naam
            continue
        gevonden = sorted(str(kind) for kind in pad.rglob("*") if kind.suffix.lower() == ".xml" and kind.is_file())
        yield from gevonden or [naam]


def _verslag(bestand: str, regels: Any) -> Verslag:
    try:
        data = _lees(bestand)
    except Invalid as fout:
        return Verslag("", "", (Melding(fout.code, fout.detail, wat_nu="Controleer de naam en de rechten."),))
    return controleer(data, regels, bijlagen="waarschuwing" if regels == "intended" else "")


def _regel(bestand: str, verslag: Verslag) -> dict[str, Any]:
    return {
        "bestand": bestand,
        "versie": verslag.versie or None,
        "profiel": verslag.profiel or None,
        "geldig": verslag.geldig,
        "meldingen": [_melding(melding) for melding in verslag.meldingen],
    }


def _melding(melding: Melding) -> dict[str, str]:
    return {
        "code": melding.code,
        "pad": melding.pad,
        "waarde": melding.waarde,
        "toegestaan": melding.toegestaan,
        "tekst": melding.tekst,
        "watNu": melding.wat_nu,
        "ernst": melding.ernst,
    }


def _naar_json(keuze: argparse.Namespace) -> int:
    gegevens = decode(_lees(keuze.bestand))
    _schrijf(json.dumps({"dossier": gegevens.dossier}, ensure_ascii=False, indent=2))
    return 0


def _naar_xml(keuze: argparse.Namespace) -> int:
    gegevens = _van_json(_lees(keuze.bestand))
    _schrijf(encode(gegevens.dossier, gegevens.versie).decode())
    return 0


def _pdf(keuze: argparse.Namespace) -> int:
    from chalicelib.pdf import render  # slow to import, and only needed here

    data = _lees(keuze.bestand)
    gegevens = _van_json(data) if data.lstrip()[:1] == b"{" else decode(data)
    gemaakt_op = dag(gegevens.dossier["metadata"]["datum"])
    pdf = render(gegevens.dossier, standaard(gegevens.versie), gemaakt_op=gemaakt_op)
    try:
        Path(keuze.uit).write_bytes(pdf)
    except OSError:
        raise Invalid("BESTAND_ONSCHRIJFBAAR", f"{keuze.uit} kan niet worden geschreven") from None
    return 0


def _van_json(data: bytes) -> Gegevens:
    """Dossier JSON, bare or under `dossier`, of the version that its metadata name."""
    inhoud = lees_json(data)
    dossier = inhoud.get("dossier", inhoud)
    metadata = dossier.get("metadata") if isinstance(dossier, dict) else None
    if not isinstance(metadata, dict):
        raise Invalid("JSON_ONLEESBAAR", "de JSON bevat geen dossier met metadata")
    versie = str(metadata.get("standaardversie", ""))
    meldingen = controleer_waarden(dossier, versie)
    if meldingen:
        raise Invalid("DOSSIER_ONGELDIG", "de gegevens passen niet in een dossier", meldingen)
    return Gegevens(versie, dossier)


def _lees(bestand: str) -> bytes:
    """At most one byte more than the limit: enough to see that it is too large."""
    try:
        if bestand == _STANDAARDINVOER:
            return sys.stdin.buffer.read(LIMIET + 1)
        with Path(bestand).open("rb") as invoer:
            return invoer.read(LIMIET + 1)
    except (OSError, ValueError):
        raise Invalid("BESTAND_ONLEESBAAR", "Dit bestand is er niet, of kan niet worden gelezen.") from None


def _schrijf(tekst: str) -> None:
    """One text to standard output, in UTF-8 whatever the terminal says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(tekst.encode(errors="backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _zeg_fout(fout: Invalid) -> None:
    sys.stderr.write(f"{fout.code}: {fout.detail}\n")
    for melding in fout.meldingen:
        sys.stderr.write(f"  {melding.pad}: {melding.tekst} {melding.wat_nu}\n")


if __name__ == "__main__":
    sys.exit(main())
