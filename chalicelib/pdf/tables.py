"""The lists of the standard that are printed as a table, and how one repetition becomes a row.

What has no column comes in a detail line below the row, so nothing is ever left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.gegevensset.leesbaar import leaf
from chalicelib.gegevensset.tabel import Element, Standaard
from chalicelib.pdf.layout import Row
from chalicelib.pdf.values import ONE_LINE, Waarden, parts, scores, visible


class Column(NamedTuple):
    """A column: title, share of the width, the leaves it shows; `labelled` puts their label before them."""

    title: str
    share: float
    paths: tuple[str, ...]
    labelled: bool = False


class Table(NamedTuple):
    """How a repeating block is printed; `part` leads to the blocks inside it that get rows of their own."""

    columns: tuple[Column, ...]
    part: tuple[str, ...] = ()


_SCHOOLLOOPBAAN = Table(
    (
        Column("Schooljaar", 18, ("schooljaar",)),
        Column("Groep", 26, ("groepscode", "groepsnaam")),
        Column("Jaargroep", 25, ("jaargroep",)),
        Column("Begin", 18, ("begindatum",)),
        Column("Einde", 18, ("einddatum",)),
        Column("BRIN", 10, ("brincode",)),
        Column("Vest.", 9, ("vestigingscode",)),
        Column("Soort en type", 34, ("schoolsoort", "schooltype")),
    )
)
_TOETS = Table(
    (
        Column("Datum", 18, ("afname/afnamedatum",)),
        Column("Groep", 20, ("afname/jaargroep",)),
        Column(
            "Toets",
            53,
            (*(f"toetsidentificatie/{naam}" for naam in ("leergebied", "toetsnaam", "toetsversie")), "onderdeelnaam"),
        ),
        Column("Score", 38, ("resultaat/toetsscore",), labelled=True),
        Column("Afgeleide score", 36, ("resultaat/referentiescore",)),
    ),
    part=("toetsonderdeel",),
)
_EINDTOETS = Table(
    (
        Column("Onderdeel", 35, ("onderdeelcode", "domeincode")),
        Column("Omschrijving", 65, ("onderdeelomschrijving", "domeinomschrijving")),
        Column("Referentieniveau", 35, ("ond_referentieniveau", "dom_referentieniveau")),
    ),
    part=("domeinen", "domein"),
)
_CIJFERS = Table(
    (
        Column("Vak", 50, ("naam",)),
        Column("Cijfer", 45, ("score",)),
        Column("Datum", 20, ("afnamedatum",)),
        Column("Jaargroep", 28, ("jaargroep",)),
        Column("Periode", 22, ("periode",)),
    )
)
_VAKKEN = Table(
    (
        Column("Vak", 46, ("vakcode", "vakleergebied")),
        Column("Afgerond", 15, ("afgerond",)),
        Column("Datum", 20, ("datumafgerond",)),
        Column("Examenvak", 17, ("examenvak",)),
        Column(
            "Beoordeling",
            65,
            ("beoordeling", "exameneind", "cijfer", "eindcijfer", "rapport", "werkstuk"),
            labelled=True,
        ),
    )
)
_PLANNEN = Table(
    (
        Column("Startdatum", 20, ("startdatum",)),
        Column("Einddatum", 20, ("einddatum",)),
        Column("Gericht op", 55, ("isgerichtop",)),
        Column("Document", 60, ("document",)),
    )
)
# By element name; two elements are called `onderdeel`, told apart by the first column.
TABLES: Mapping[str, tuple[Table, ...]] = {
    "schoolloopbaan": (_SCHOOLLOOPBAAN,),
    "toets": (_TOETS,),
    "onderdeel": (_EINDTOETS, _CIJFERS),
    "resultaatvakkenvo": (_VAKKEN,),
    "handelingsplan": (_PLANNEN,),
}


def table_of(element: Element) -> Table | None:
    """The table that a repeating block is printed as, or None."""
    for table in TABLES.get(element.naam, ()):
        if table.columns[0].paths[0].split("/")[0] in element.bij_naam:
            return table
    return None


def rows(standaard: Standaard, element: Element, value: Waarden, table: Table) -> Iterator[Row]:
    """The row of one repetition, then one for each of its parts; a rule only below the last."""
    own, inside, kind = _take_parts(element, value, table.part)
    laid = [_row(list(flat(standaard, element, own)), table.columns)]
    laid += [_dashed(_row(list(flat(standaard, kind, part)), table.columns)) for part in inside]
    yield from laid[:-1]
    yield laid[-1]._replace(rule=True)


def _dashed(row: Row) -> Row:
    """The row of a part: a dash before its first text shows that it belongs to the row above."""
    first = next((at for at, text in enumerate(row.cells) if text), 0)
    return row._replace(cells=[f"– {text}" if at == first else text for at, text in enumerate(row.cells)])


def _take_parts(element: Element, value: Waarden, path: tuple[str, ...]) -> tuple[Waarden, list[Waarden], Element]:
    """The block without its parts, the parts, and their element."""
    if not path:
        return value, [], element
    own = {naam: found for naam, found in value.items() if naam != path[0]}
    found, kind = value, element
    for naam in path:
        found, kind = found.get(naam, {}) if isinstance(found, dict) else {}, kind.bij_naam[naam]
    return own, parts(found) if found else [], kind


def _row(leaves: Sequence[tuple[str, str, str]], columns: Sequence[Column]) -> Row:
    """Divide (path, label, text) leaves over the columns; the rest becomes the detail line."""
    cells: list[list[str]] = [[] for _ in columns]
    rest = []
    for path, label, text in leaves:
        at = next((i for i, column in enumerate(columns) if path.startswith(column.paths)), None)
        if at is None:
            rest.append(f"{label}: {text}")
        else:
            cells[at].append(f"{label}: {text}" if columns[at].labelled else text)
    glued = (("\n" if column.share > 34 else ", ").join(cell) for cell, column in zip(cells, columns, strict=True))
    return Row(list(glued), " · ".join(rest))


def flat(standaard: Standaard, element: Element, value: Waarden, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every printable leaf below a block as (path, label, text); a block of one line counts as a leaf."""
    for kind, found in visible(element, value):
        here = f"{path}{kind.naam}"
        if kind.naam == "referentiescore":
            yield here, kind.label, scores(standaard, kind, parts(found))
        elif kind.naam in ONE_LINE:
            for part in parts(found):
                yield (here, *ONE_LINE[kind.naam](standaard, kind, part))
        elif kind.is_blok:
            for part in parts(found):
                yield from flat(standaard, kind, part, f"{here}/")
        else:
            yield here, kind.label, leaf(standaard, kind, found)
