"""Attachments: base64 of a ZIP with one entry, opened within limits and judged by content (15.30).

What is received may be anything at all: every way in which it is not a good attachment raises Invalid with a code
of `TEKSTEN`, and nothing else.
"""

import base64
import binascii
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from lxml import etree

from chalicelib.errors import Invalid, Melding
from chalicelib.gegevensset.bestandssoort import EXTENSIES, met_macros, soort_van
from chalicelib.gegevensset.lezen import LIMIET, MIB
from chalicelib.gegevensset.regel import Bevinding, tekst_van
from chalicelib.gegevensset.tabel import Element, Standaard
from chalicelib.gegevensset.zipkop import ZipKop

Waarden = dict[str, Any]

GROOTSTE_EIGEN: Final = 3 * MIB  # what a school adds, unpacked
GROOTSTE_ONTVANGEN: Final = LIMIET
ALLES_BIJEEN: Final = 4 * LIMIET  # unpacked, all attachments of one dossier
_VASTE_DATUM: Final = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP knows: the same file always gives the same bytes
_METHODEN: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

TEKSTEN: Final = {
    "BIJLAGE_BASE64": "De inhoud van deze bijlage is beschadigd (geen geldige base64).",
    "BIJLAGE_ZIP": "De inhoud van deze bijlage is beschadigd (geen leesbare ZIP).",
    "BIJLAGE_LEEG": "Deze bijlage bevat geen bestand.",
    "BIJLAGE_MEER": "Deze bijlage bevat meer dan één bestand.",
    "BIJLAGE_VERSLEUTELD": "Deze bijlage is met een wachtwoord beveiligd.",
    "BIJLAGE_PAD": "De bestandsnaam in deze bijlage bevat een map of een ongeldig teken.",
    "BIJLAGE_TE_GROOT": "Deze bijlage is te groot.",
    "BIJLAGE_SOORT": "Dit soort bestand is niet toegestaan als bijlage.",
    "BIJLAGE_NAAM": "De extensie van de bestandsnaam past niet bij de inhoud van deze bijlage.",
    "BIJLAGE_MACRO": "Deze bijlage bevat macro's.",
}
SOORTEN: Final = "PDF, JPG, PNG, DOC, DOCX, ODF, XLS, XLSX, TXT, PPT, PPTX"
_WAT_NU: Final = {
    "BIJLAGE_MACRO": "Sla het document op zonder macro's, bijvoorbeeld als PDF, en voeg het opnieuw toe.",
    "BIJLAGE_VERSLEUTELD": "Haal het wachtwoord van het bestand en voeg het opnieuw toe.",
    "BIJLAGE_TE_GROOT": "Maak het bestand kleiner en voeg het opnieuw toe.",
    "BIJLAGE_SOORT": "Sla het document op als PDF en voeg het opnieuw toe.",
    "BIJLAGE_PAD": 'Geef het bestand een naam zonder map en zonder / \\ : * ? " < > | en voeg het opnieuw toe.',
    "BIJLAGE_NAAM": "Geef het bestand de juiste extensie en voeg het opnieuw toe.",
}
_OPNIEUW: Final = "Vraag de school die het bestand leverde om het opnieuw te sturen, of voeg het opnieuw toe."


@dataclass(frozen=True)
class Bijlage:
    """One file: its name as the dossier says it, its kind judged by content (`SOORTEN`), and its bytes."""

    naam: str
    soort: str
    data: bytes = field(repr=False)


def wat_nu(code: str) -> str:
    """What to do about an attachment with this code."""
    return _WAT_NU.get(code, _OPNIEUW)


def open_bijlage(naam: str, inhoud_base64: str, limiet: int = GROOTSTE_ONTVANGEN) -> Bijlage:
    """Open a `bestandsinhoud`; `limiet` in bytes, of the file unpacked. Raises Invalid with a code of this module."""
    data = _pak_uit(inhoud_base64, limiet)
    return Bijlage(naam, _keur(naam, data), data)


def maak_bijlage(naam: str, data: bytes, omschrijving: str = "", limiet: int = GROOTSTE_EIGEN) -> Waarden:
    """The `document` of a file: base64 of a ZIP with one entry. The same file always gives the same text.

    Raises Invalid: BIJLAGE_PAD, BIJLAGE_TE_GROOT, BIJLAGE_SOORT, BIJLAGE_NAAM, BIJLAGE_MACRO.
    """
    if not naam or _verdacht(naam):
        raise bijlagefout("BIJLAGE_PAD")
    if len(data) > limiet:
        raise bijlagefout("BIJLAGE_TE_GROOT")
    _keur(naam, data)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archief:
        ingang = zipfile.ZipInfo(naam, _VASTE_DATUM)
        ingang.compress_type = zipfile.ZIP_DEFLATED
        ingang.create_system = 0
        archief.writestr(ingang, data)
    return {
        "bestandsnaam": naam,
        **({"omschrijving": omschrijving} if omschrijving else {}),
        "bestandsinhoud": base64.b64encode(buffer.getvalue()).decode("ascii"),
    }


def keur_bijlage(naam: str, data: bytes) -> str:
    """The kind of a file that a school wants to add, judged by content. Raises Invalid with a code of this module."""
    if len(data) > GROOTSTE_EIGEN:
        raise bijlagefout("BIJLAGE_TE_GROOT")
    return _keur(naam, data)


def documenten(dossier: Waarden, tabel: Standaard) -> Iterator[tuple[str, Waarden]]:
    """Every `document` of a dossier in the order of the standard, with its pad."""
    yield from _documenten(dossier, tabel.wortel, f"/{tabel.wortel.naam}")


def open_alle(stukken: Iterable[tuple[str, str]], totaal: int = ALLES_BIJEEN) -> Iterator[Bijlage | Invalid]:
    """Open pairs of name and `bestandsinhoud` one by one, within one budget of `totaal` unpacked bytes for all.

    Gives the Invalid where one cannot be opened; once the budget is spent that is BIJLAGE_TE_GROOT.
    """
    paren = list(stukken)
    for (naam, _), data in zip(paren, pak_alle_uit((inhoud for _, inhoud in paren), totaal), strict=True):
        try:
            yield data if isinstance(data, Invalid) else Bijlage(naam, _keur(naam, data), data)
        except Invalid as fout:
            yield fout


def pak_alle_uit(inhouden: Iterable[str], totaal: int = ALLES_BIJEEN) -> Iterator[bytes | Invalid]:
    """The file in each `bestandsinhoud`, not judged, within one budget of `totaal` unpacked bytes for all.

    Gives the Invalid where one cannot be unpacked, as `open_alle`. One that is damaged may have been unpacked to its
    last byte before that shows.
    """
    for inhoud in inhouden:
        try:
            data = _pak_uit(inhoud, max(0, min(totaal, GROOTSTE_ONTVANGEN)))
        except Invalid as fout:
            totaal -= {"BIJLAGE_TE_GROOT": GROOTSTE_ONTVANGEN, "BIJLAGE_ZIP": 4 * MIB}.get(fout.code, len(inhoud))
            yield fout
        else:
            totaal -= len(data)
            yield data


def bijlagemeldingen(dossier: Waarden, tabel: Standaard, ernst: str = "waarschuwing") -> tuple[Melding, ...]:
    """A Melding for each attachment of dossier JSON that cannot be opened or is not allowed.

    `ernst`: `waarschuwing` for what was received or put, `fout` for what we add ourselves.
    """
    plekken = [
        (pad, document.get("bestandsnaam", ""), document.get("bestandsinhoud", ""))
        for pad, document in documenten(dossier, tabel)
    ]
    return tuple(
        Melding(code, TEKSTEN[code], f"{pad}/bestandsinhoud", "", SOORTEN, wat_nu(code), ernst)
        for (pad, _, _), code in zip(plekken, _codes(stuk[1:] for stuk in plekken), strict=True)
        if code
    )


def bijlagebevindingen(wortel: etree._Element, tabel: Standaard, ernst: str = "waarschuwing") -> list[Bevinding]:
    """The same for the tree of a dossier."""
    kop = f"{{{tabel.namespace}}}"
    plekken = [
        (inhoud, document.findtext(f"{kop}bestandsnaam") or "", tekst_van(inhoud))
        for document in wortel.iter(f"{kop}document")
        for inhoud in document.iterchildren(f"{kop}bestandsinhoud")
    ]
    return [
        Bevinding(inhoud, code, TEKSTEN[code], wat_nu(code), SOORTEN, ernst=ernst)
        for (inhoud, _, _), code in zip(plekken, _codes(stuk[1:] for stuk in plekken), strict=True)
        if code
    ]


def _codes(stukken: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What is wrong with each, or ""."""
    return (geopend.code if isinstance(geopend, Invalid) else "" for geopend in open_alle(stukken))


def _documenten(waarden: Any, blok: Element, pad: str) -> Iterator[tuple[str, Waarden]]:
    for kind in blok.kinderen:
        if not kind.is_blok or kind.naam not in waarden:
            continue
        inhoud = waarden[kind.naam]
        for nummer, een in enumerate(inhoud if isinstance(inhoud, list) else [inhoud], 1):
            plek = f"{pad}/{kind.naam}[{nummer}]" if kind.herhaalt else f"{pad}/{kind.naam}"
            if kind.naam == "document":
                yield plek, een
            else:
                yield from _documenten(een, kind, plek)


def bijlagefout(code: str, pad: str = "/bestand") -> Invalid:
    """The refusal of a file, with text, what to do, and the field."""
    tekst, advies = TEKSTEN[code], wat_nu(code)
    return Invalid(code, f"{tekst} {advies}", [Melding(code, tekst, pad, "", SOORTEN, advies)])


def _verdacht(naam: str) -> bool:
    return any(teken in naam for teken in '/\\:*?"<>|') or not naam.isprintable() or naam.strip(". ") == ""


def _pak_uit(inhoud_base64: str, limiet: int) -> bytes:
    """The one file of an archive. The end record is judged before the directory of the archive is read."""
    try:
        zip_bytes = base64.b64decode("".join(inhoud_base64.split()), validate=True)
    except (binascii.Error, ValueError):
        raise bijlagefout("BIJLAGE_BASE64") from None
    kop = ZipKop.lees(zip_bytes)
    if kop is None or kop.is_zip64 or kop.grootte_index > 64 * 1024:
        raise bijlagefout("BIJLAGE_ZIP" if kop is None or kop.aantal <= 1 else "BIJLAGE_MEER")
    try:
        with zipfile.ZipFile(BytesIO(zip_bytes)) as archief:
            ingang = _enige(archief)
            with archief.open(ingang) as bestand:
                data = bestand.read(limiet + 1)
    # all that zipfile and zlib raise on damaged archives
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, struct.error):
        raise bijlagefout("BIJLAGE_ZIP") from None
    if len(data) > limiet:
        raise bijlagefout("BIJLAGE_TE_GROOT")
    return data


def _enige(archief: zipfile.ZipFile) -> zipfile.ZipInfo:
    ingangen = archief.infolist()
    if len(ingangen) != 1:
        raise bijlagefout("BIJLAGE_MEER" if ingangen else "BIJLAGE_LEEG")
    (ingang,) = ingangen
    if ingang.flag_bits & 0x1:
        raise bijlagefout("BIJLAGE_VERSLEUTELD")
    if _verdacht(ingang.filename):
        raise bijlagefout("BIJLAGE_PAD")
    if ingang.compress_type not in _METHODEN:
        raise bijlagefout("BIJLAGE_ZIP")
    return ingang


def _keur(naam: str, data: bytes) -> str:
    """The kind of the file, if it is one that may travel and its name says the same."""
    if not data:
        raise bijlagefout("BIJLAGE_LEEG")
    soort = soort_van(data)
    if not soort:
        raise bijlagefout("BIJLAGE_SOORT")
    if met_macros(soort, data):
        raise bijlagefout("BIJLAGE_MACRO")
    _, punt, extensie = naam.rpartition(".")
    if punt and EXTENSIES.get(extensie.lower()) != soort:
        raise bijlagefout("BIJLAGE_NAAM")
    return soort
