"""A small dossier of an obviously fictional pupil, and what stands in a PDF."""

import copy
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from chalicelib.gegevensset.leesbaar import leaf
from chalicelib.gegevensset.tabel import Element, Standaard, standaard
from chalicelib.pdf import render

DAG = date(2026, 11, 24)
HASH = "0123456789abcdef" * 4
NAAM = "Şükrü Žižek-Đorđević"
TABEL = standaard("2019.1")
# the four rows of R123, content of attachments, and what `(noodnummer)` and `(geheim)` behind a number say
_NOT_AS_TEXT = ("categorie_uitlevering", "bestandsinhoud", "noodnummer", "geheim")
_SECRET = ("adreslijst", "adresbuitenland", "postcode4adres")

_STATUSSEN = {
    **dict.fromkeys(
        ("metadata", "ouderinzage", "school", "leerling", "oudersverzorgers", "schoolloopbaan"), "VERPLICHT"
    ),
    **dict.fromkeys(("overstapadvies",), "VERPLICHT"),
    **dict.fromkeys(("onderwijsondersteuning", "verzuim", "toetsresultaten", "bijlagedocs"), "OPTIONEEL"),
    **dict.fromkeys(("vve", "eindtoetsbo", "handelingsplannen", "cijferlijsten"), "OPT-UIT"),
    "vombo": "VERBODEN",
}
_ADRES = {"soortadres": "bezoek", "straat": "Proefstraat", "nummer": "12", "postcode": "1234AB", "plaats": "Testdam"}
_DOSSIER: dict[str, Any] = {
    "metadata": {
        "deeldossier": "LAS",
        "pakketnaam": "Proefpakket",
        "pakketversie": "7",
        "datum": "2026-11-20",
        "standaardversie": "2019.1",
        "validatieversie": "2019.1.1",
        "categorie_uitlevering": {f"cat_{blok.naam}": _STATUSSEN[blok.naam] for blok in TABEL.blokken},
        "overstap": "POPO",
    },
    "overdrachtsoort": "overstapdossier",
    "inzage": {"voorlopigdossier": "false", "inzage": "true", "inzagedatum": "2026-11-21", "akkoord": "Ja"},
    "huidigeschool": {
        "naam": "De Verzonnen School",
        "adreslijst": {"adres": [dict(_ADRES, straat="Schoolplein")]},
        "brincode": "99ZZ",
        "vestigingscode": "01",
        "aanleverpunt": "0",
        "soort": "BO",
        "naamdirecteur": "D. Recteur",
        "leerling": {
            "voornaam": ["Şükrü"],
            "achternaam": "Žižek-Đorđević",
            "geboortedatum": "2015-03-07",
            "geslacht": "2",
            "adresgeheim": "false",
            "adreslijst": {"adres": [_ADRES]},
            "bsn": "662460613",
            "schoolloopbaanlijst": {
                "schoolloopbaan": [
                    {
                        "schooljaar": "2025-2026",
                        "groepscode": "6a",
                        "jaargroep": "6",
                        "begindatum": "2025-08-01",
                        "brincode": "99ZZ",
                        "vestigingscode": "01",
                    }
                ]
            },
            "overstapadvies": {"contactnodig": "true", "contactpersoon": "J. de Tester"},
            "onderwijsondersteuning": {
                "medicijngebruik": "false",
                "diagnose": [{"code": ["HB"], "naam": "Een verzonnen diagnose"}],
            },
            "toetslijst": {
                "toets": [
                    {
                        "toetsidentificatie": {"eldtoetscode": "PROEF1", "toetsnaam": f"Proeftoets nummer {n}"},
                        "afname": {"afnamedatum": f"2026-05-{n % 28 + 1:02}", "jaargroep": "6"},
                        "resultaat": {
                            "referentiescore": [
                                {"codereferentiescore": "DLE", "codevergelijkingsgroep": "Landelijk", "waarde": str(n)}
                            ]
                        },
                    }
                    for n in range(60)
                ]
            },
            "overigdocumentlijst": {
                "document": [
                    {"bestandsnaam": "plan.pdf", "omschrijving": "Het groepsplan", "bestandsinhoud": "UEsDBAoAAAAA"}
                ]
            },
            "verzorger": [
                {
                    "voorletters-1": "A.",
                    "achternaam": "Žižek",
                    "adresgeheim": "false",
                    "adreslijst": {"adres": [_ADRES]},
                    "relatietotkind": "1",
                    "wettigevertegenwoordiger": "true",
                },
                {
                    "voorletters-1": "B.",
                    "achternaam": "Đorđević",
                    "adresgeheim": "true",
                    "adreslijst": {"adres": [dict(_ADRES, straat="Schuilplaats")]},
                    "communicatielijst": {
                        "communicatie": [{"soort": "telefoon", "nummer": "0612345678", "geheim": "true"}]
                    },
                    "relatietotkind": "2",
                    "wettigevertegenwoordiger": "true",
                },
            ],
        },
    },
}  # fmt: skip


def dossier() -> dict[str, Any]:
    """A fresh copy of the dossier."""
    return copy.deepcopy(_DOSSIER)


def leerling(waarden: dict[str, Any]) -> dict[str, Any]:
    """The pupil inside."""
    found: dict[str, Any] = waarden["huidigeschool"]["leerling"]
    return found


def pdf(waarden: dict[str, Any] | None = None, inhoud_hash: str = HASH) -> bytes:
    """Render a dossier, or the example."""
    return render(dossier() if waarden is None else waarden, TABEL, inhoud_hash=inhoud_hash, gemaakt_op=DAG)


@cache
def pages(data: bytes) -> tuple[str, ...]:
    """The text of each page."""
    return tuple(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def text(data: bytes) -> str:
    """The text of all pages."""
    return "\n".join(pages(data))


def solid(found: str) -> str:
    """Without white space and capitals: where a line breaks does not matter."""
    return re.sub(r"\s", "", found).casefold()


def bookmarks(data: bytes) -> list[str]:
    """Every bookmark, in order, whatever its level."""
    found: list[str] = []
    left: list[Any] = list(PdfReader(BytesIO(data)).outline)
    while left:
        item = left.pop(0)
        if isinstance(item, list):
            left = [*item, *left]
        else:
            found.append(str(item.title))
    return found


def printed(element: Element, value: Any, tabel: Standaard) -> Iterator[tuple[str, str]]:
    """Every leaf that must be readable, as (element, text): found by walking the values, not the printer."""
    secret = _SECRET if value.get("adresgeheim") == "true" else ()
    for kind in element.kinderen:
        found = None if kind.naam in secret else value.get(kind.naam)
        for part in found if isinstance(found, list) else [found]:
            if part is None or kind.naam in _NOT_AS_TEXT:
                continue
            if kind.is_blok:
                yield from printed(kind, part, tabel)
            else:
                yield kind.naam, leaf(tabel, kind, part)
