"""The PDF of one dossier, as a school hands it to parents (R121-R127): sections in the order of the manual."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.gegevensset.blokken import aanwezig
from chalicelib.gegevensset.leesbaar import datum
from chalicelib.gegevensset.tabel import Blok, Element, Standaard
from chalicelib.pdf.blocks import fields
from chalicelib.pdf.draw import draw
from chalicelib.pdf.layout import DETAIL, LABEL, NAME, TITLE, Running, Sheets
from chalicelib.pdf.values import EMPTY, Waarden, hidden, person, visible

# Titles of R121-R125 that are not the label of their block.
_TITELS = {"school": "Gegevens huidige school"}
_SOORTEN = {
    "overdrachtbinnenbrin": "Overstapdossier (binnen brin)",
    "swv-dossier": "Zorgvraag",
}
# R123: the four rows, and the statuses of `categorie_uitlevering` that belong to them.
_UITLEVERING = (
    ("Verplicht (opgenomen)", "VERPLICHT"),
    ("Bewust opgenomen", "OPTIONEEL"),
    ("Bewust niet opgenomen", "OPT-UIT"),
    ("Verboden (niet opgenomen)", "VERBODEN"),
)
_NOOIT_IN_SWV = frozenset({"bsn", "onderwijsnummer"})  # PaO.LL12 (15.34)


def render(dossier: Waarden, standaard: Standaard, *, inhoud_hash: str = "", gemaakt_op: date) -> bytes:
    """The PDF of a dossier.

    `dossier` is the content of the root element; `inhoud_hash` (15.40) is printed in full once and short on each
    page, left out when ""; `gemaakt_op` is printed, and fixes the bytes: the same input gives the same PDF.
    PDF/A-2U, with bookmarks.
    """
    return draw([sheets(dossier, standaard, inhoud_hash, gemaakt_op)], titel(dossier), gemaakt_op)


def titel(dossier: Waarden) -> str:
    """What kind of dossier this is (R121)."""
    return _SOORTEN.get(str(dossier.get("overdrachtsoort", "")), "Overstapdossier")


def sheets(dossier: Waarden, standaard: Standaard, inhoud_hash: str, gemaakt_op: date, level: int = 0) -> Sheets:
    """The pages of a dossier; `level` is that of the bookmarks of its sections."""
    result = Sheets(running(dossier, inhoud_hash, gemaakt_op))
    result.bookmark_level = level
    _opening(result, dossier, inhoud_hash, gemaakt_op)
    data = aanwezig(dossier, standaard)
    for blok in standaard.blokken:
        if blok.naam in data or blok.naam == "ouderinzage":
            result.section(_TITELS.get(blok.naam, blok.label))
            _blok(result, standaard, blok, dossier)
        if blok.naam == "metadata":
            result.section("Overzicht van categorieën van gegevens in het dossier")
            _uitlevering(result, dossier, standaard, data)
    return result


def running(dossier: Waarden, inhoud_hash: str, gemaakt_op: date) -> Running:
    """What comes back on each page: the pupil, the school, the inhoudHash and the date."""
    school, leerling = _school(dossier), leerling_van(dossier)
    born = datum(str(leerling.get("geboortedatum", "")))
    foot = f"gemaakt op {gemaakt_op:%d-%m-%Y}"
    if inhoud_hash:
        foot = f"{foot} · kenmerk {short(inhoud_hash)}"
    return Running(
        " · ".join(filter(None, (titel(dossier), person(leerling), born and f"geboren {born}"))),
        str(school.get("naam", "")),
        foot,
    )


def short(inhoud_hash: str) -> str:
    """The first and last characters of a hash: enough to tell versions apart by eye."""
    return inhoud_hash if len(inhoud_hash) <= 20 else f"{inhoud_hash[:8]} … {inhoud_hash[-8:]}"


def _school(dossier: Waarden) -> Waarden:
    school: Waarden = dossier.get("huidigeschool", {})
    return school


def leerling_van(dossier: Waarden) -> Waarden:
    """The pupil of a dossier, or {}."""
    leerling: Waarden = _school(dossier).get("leerling", {})
    return leerling


def _opening(result: Sheets, dossier: Waarden, inhoud_hash: str, gemaakt_op: date) -> None:
    """The top of the first page: what this is, whose it is, and from which school."""
    school, leerling = _school(dossier), leerling_van(dossier)
    brin = f"{school.get('brincode', '')}{school.get('vestigingscode', '00')}"
    born = datum(str(leerling.get("geboortedatum", "")))
    result.text(titel(dossier), TITLE)
    result.space(1.5)
    result.text(person(leerling), NAME)
    result.text("  ·  ".join(filter(None, (born and f"geboren {born}", f"{school.get('naam', '')} ({brin})"))), LABEL)
    result.text(f"Gemaakt op {gemaakt_op:%d-%m-%Y}", LABEL)
    if inhoud_hash:
        result.text(f"Kenmerk van de inhoud: {inhoud_hash}", DETAIL)


def _uitlevering(result: Sheets, dossier: Waarden, standaard: Standaard, data: frozenset[str]) -> None:
    """R123: which blocks are in, on purpose or not. An optional block that is on but empty says so."""
    statussen: Waarden = dossier.get("metadata", {}).get("categorie_uitlevering", {})
    for label, status in _UITLEVERING:
        bloks = [blok for blok in standaard.blokken if statussen.get(f"cat_{blok.naam}") == status]
        names = [
            f"{blok.label} (geen gegevens)" if status == "OPTIONEEL" and blok.naam not in data else blok.label
            for blok in bloks
        ]
        result.row(label, ", ".join(names) or "geen")


def _blok(result: Sheets, standaard: Standaard, blok: Blok, dossier: Waarden) -> None:
    """Print the data of one block, leaves first: an address list comes after the name it belongs to."""
    found = list(_velden(standaard, blok, dossier))
    if not found:
        result.row(blok.label, _geen(blok, dossier))
    if blok.naam == "school":
        found.sort(key=lambda field: field[0].is_blok)
    if blok.naam == "metadata":
        found.sort(key=lambda field: field[0].naam != "overdrachtsoort")  # first, as in R122
    fields(result, standaard, found)


def _geen(blok: Blok, dossier: Waarden) -> str:
    """What to say of a block without a single field."""
    if blok.naam != "ouderinzage":
        return "geen gegevens ingevuld"
    binnen_brin = dossier.get("overdrachtsoort") == "overdrachtbinnenbrin"
    return "N.v.t. (binnen brin)" if binnen_brin else "niet vastgelegd in dit dossier"


def _velden(standaard: Standaard, blok: Blok, dossier: Waarden) -> Iterator[tuple[Element, Any]]:
    """The fields of a block with their value; a block of one root, such as `overstapadvies`, is opened at once."""
    swv = dossier.get("overdrachtsoort") == "swv-dossier"
    for path in blok.paden:
        element, parent = standaard.wortel, dossier
        for naam in path[:-1]:
            element, parent = element.bij_naam[naam], parent.get(naam, {})
        naam = path[-1]
        if parent.get(naam) in EMPTY or naam in hidden(parent) or (swv and naam in _NOOIT_IN_SWV):
            continue
        kind, value = element.bij_naam[naam], parent[naam]
        if kind.is_blok and not kind.herhaalt and (len(blok.paden) == 1 or naam == "metadata"):
            yield from ((k, v) for k, v in visible(kind, value) if k.naam != "categorie_uitlevering")
        else:
            yield kind, value
    if blok.naam == "school" and "vestigingscode" not in _school(dossier):
        yield standaard.wortel.bij_naam["huidigeschool"].bij_naam["vestigingscode"], "00"
