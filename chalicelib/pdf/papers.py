"""What a school prints besides a single dossier: the inzagepakket of a group, and a note (R47a)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.gegevensset.tabel import Standaard
from chalicelib.pdf.dossier import leerling_van, running, sheets, titel
from chalicelib.pdf.draw import draw
from chalicelib.pdf.layout import (
    DETAIL,
    LABEL,
    LABEL_WIDTH,
    LEFT,
    NAME,
    RIGHT,
    STRONG,
    SUBHEADING,
    TITLE,
    TOP,
    VALUE,
    WIDTH,
    Cell,
    Mark,
    Running,
    Sheets,
)
from chalicelib.pdf.values import Waarden, is_true, person

_UITLEG = (
    "U heeft het dossier kunnen lezen dat hieronder is genoemd. Geef op dit formulier aan of u akkoord bent met de "
    "inhoud, onderteken het en lever het in bij de school. Uw antwoord gaat over de inhoud van het dossier en niet "
    "over de overstap zelf. Bent u niet akkoord, dan gaat uw reden met het dossier mee."
)
_KEUZES = ("Ik ben akkoord met de inhoud van het dossier.", "Ik ben niet akkoord met de inhoud van het dossier.")
_REGELS = 6  # lines to write a reason on
_BOX = 3.6
_LEERLING_OOK, _LEERLING_ZELF = 16, 18  # from these ages the pupil signs too, and signs instead (15.9)


class Papier(NamedTuple):
    """One dossier of a group: its content without its own PDF, and the hash and day of the version that counts."""

    dossier: Waarden
    standaard: Standaard
    inhoud_hash: str
    gemaakt_op: date


def inzagepakket(items: Sequence[Papier], gevraagd_op: date) -> bytes:
    """One PDF to print for a group, asked for on that day: each dossier, then a form for each who may inspect it.

    Every dossier and form starts on an odd page, so that a double-sided print can be taken apart. A form holds a name
    and no address; secret addresses are in no dossier either (15.32). Raises ValueError for an empty group.
    """
    if not items:
        raise ValueError("an inzagepakket needs at least one dossier")
    papers = [paper for item in items for paper in _papers(item, gevraagd_op)]
    return draw(papers, "Inzagepakket", gevraagd_op)


def notitie(titel: str, tekst: str, gemaakt_op: date) -> bytes:
    """A note as PDF (R47a): its title, its date and its text, of any length."""
    paper = Sheets(Running(titel, "", f"gemaakt op {gemaakt_op:%d-%m-%Y}"))
    paper.text(titel, NAME)
    paper.text(f"{gemaakt_op:%d-%m-%Y}", LABEL)
    paper.space(4)
    for alinea in tekst.split("\n\n"):
        paper.text(alinea, VALUE)
        paper.space(1.5)
    return draw([paper], "Notitie", gemaakt_op)


def _papers(item: Papier, gevraagd_op: date) -> Iterator[Sheets]:
    paper = sheets(*item, level=1)
    paper.pages[0].marks.insert(0, Mark(person(leerling_van(item.dossier)), 0, TOP))
    yield paper
    for naam, rol in ondertekenaars(item.dossier, item.standaard, gevraagd_op):
        yield _formulier(item, naam, rol)


def ondertekenaars(dossier: Waarden, standaard: Standaard, op: date) -> list[tuple[str, str]]:
    """Name and role of each who gets a form: the living verzorgers; from 16 the pupil too, from 18 instead (15.9)."""
    leerling = leerling_van(dossier)
    leeftijd = _leeftijd(str(leerling.get("geboortedatum", "")), op)
    zelf = [(person(leerling), "leerling")]
    if leeftijd >= _LEERLING_ZELF:
        return zelf
    rollen = standaard.codelijsten[41].codes
    verzorgers = [
        (person(verzorger), rollen.get(verzorger.get("relatietotkind", "")) or "ouder/verzorger")
        for verzorger in leerling.get("verzorger", ())
        if not is_true(verzorger.get("overleden"))
    ]
    verzorgers = verzorgers or [("", "ouder/verzorger")]
    return verzorgers + zelf if leeftijd >= _LEERLING_OOK else verzorgers


def _leeftijd(geboren: str, op: date) -> int:
    """Age in whole years; 0 for a birth date that is unknown or unreadable."""
    try:
        dag = date.fromisoformat(geboren[:10])
    except ValueError:
        return 0
    return op.year - dag.year - ((op.month, op.day) < (dag.month, dag.day))


def _formulier(item: Papier, naam: str, rol: str) -> Sheets:
    """One page for one person: akkoord or not, the reason, date and signature."""
    dossier, _, inhoud_hash, gemaakt_op = item
    paper = Sheets(running(dossier, inhoud_hash, gemaakt_op))
    paper.page.marks.append(Mark(f"Inzageformulier {naam}".strip(), 1, TOP))
    paper.text("Inzageformulier", TITLE)
    paper.space(1.5)
    paper.text(naam or " ", NAME)
    paper.text(rol, LABEL)
    paper.space(4)
    paper.text(_UITLEG, VALUE)
    paper.space(3)
    paper.row("Dossier", f"{titel(dossier)} van {person(leerling_van(dossier))}")
    paper.row("School", str(dossier.get("huidigeschool", {}).get("naam", "")))
    paper.row("Dossier gemaakt op", f"{gemaakt_op:%d-%m-%Y}")
    if inhoud_hash:
        paper.cells(
            [
                Cell(LEFT, LABEL_WIDTH, "Kenmerk van de inhoud", LABEL),
                Cell(LEFT + LABEL_WIDTH + 4, 110, inhoud_hash, DETAIL),
            ]
        )
    _keuzes(paper)
    _ondertekening(paper, naam)
    return paper


def _keuzes(paper: Sheets) -> None:
    """The two boxes to tick, and room for the reason."""
    paper.space(8)
    for keuze in _KEUZES:
        paper.page.boxes.append((LEFT, paper.y + 0.9, _BOX))
        paper.cells([Cell(LEFT + 7, WIDTH - 7, keuze, STRONG)], rule=False)
        paper.space(2)
    paper.space(3)
    paper.text("Als u niet akkoord bent: wat is daarvan de reden?", LABEL)
    for _ in range(_REGELS):
        _schrijfregel(paper, LEFT, WIDTH)


def _ondertekening(paper: Sheets, naam: str) -> None:
    paper.space(8)
    paper.text(f"Ondertekening {naam}".strip(), SUBHEADING)
    half = (RIGHT - LEFT - 10) / 2
    top = paper.y
    for label, x in (("Datum", LEFT), ("Handtekening", LEFT + half + 10)):
        paper.y = top
        paper.text(label, LABEL, x, half)
        _schrijfregel(paper, x, half, 20)


def _schrijfregel(paper: Sheets, x: float, width: float, height: float = 8.5) -> None:
    """A line to write on."""
    paper.space(height)
    paper.page.rules.append((x, paper.y, width, False))
