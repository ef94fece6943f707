"""The blocks of a dossier on paper: rows of label and value, headings for groups, tables where a list asks for one.

Walks the table of the standard, so a new element or version needs nothing here. Left out of print are only the
content of attachments (base64) and what must stay secret (15.32).
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.gegevensset.leesbaar import leaf
from chalicelib.gegevensset.tabel import Element, Standaard
from chalicelib.pdf.layout import Sheets
from chalicelib.pdf.tables import rows, table_of
from chalicelib.pdf.values import ONE_LINE, Waarden, mark, parts, person, visible

Fields = Sequence[tuple[Element, Any]]


def fields(sheets: Sheets, standaard: Standaard, found: Fields) -> None:
    """Print fields: what is one line first, then the groups, so that no line seems to belong to the group above it."""
    for element, value in found:
        if _is_line(element):
            _lines(sheets, standaard, element, value)
    groups = [(element, value) for element, value in found if not _is_line(element)]
    for number, (element, value) in enumerate(groups):
        if number and table_of(element):
            sheets.subsection(element.label)  # else the table would seem to belong to the group above it
        _group(sheets, standaard, element, parts(value))


def _is_line(element: Element) -> bool:
    """Whether a field is printed as one or more rows without a heading."""
    if element.is_blok and _is_wrapper(element):
        return element.kinderen[0].naam in ONE_LINE
    return not element.is_blok or element.naam in ONE_LINE


def _is_wrapper(element: Element) -> bool:
    """A block that only holds another block: it needs no heading of its own."""
    return len(element.kinderen) == 1 and element.kinderen[0].is_blok


def _lines(sheets: Sheets, standaard: Standaard, element: Element, value: Any, label: str = "") -> None:
    if not element.is_blok:
        sheets.row(element.label, leaf(standaard, element, value))
        return
    if element.naam == "score":  # several marks for one thing are one row: the label says it once
        sheets.row(label or element.label, "\n".join(mark(standaard, element, part)[1] for part in parts(value)))
        return
    for part in parts(value):
        if element.naam in ONE_LINE:
            own, text = ONE_LINE[element.naam](standaard, element, part)
            sheets.row(label or own, text)
        else:
            only = element.kinderen[0]  # a wrapper of one thing gives that thing its label
            _lines(sheets, standaard, only, part.get(only.naam, []), "" if only.herhaalt else element.label)


def _group(sheets: Sheets, standaard: Standaard, element: Element, values: Sequence[Waarden]) -> None:
    """Print the repetitions of a block: as a table, or each under a heading (numbered if there are more)."""
    table = table_of(element)
    if table:
        sheets.table(
            [(column.title, column.share) for column in table.columns],
            (row for value in values for row in rows(standaard, element, value, table)),
        )
        return
    for number, value in enumerate(values, start=1):
        if not _is_wrapper(element):
            sheets.subsection(_title(element, value, number if len(values) > 1 else 0))
        fields(sheets, standaard, list(visible(element, value)))


def _title(element: Element, value: Waarden, number: int) -> str:
    """`Ouder/verzorger 2: Anna de Vries`; a list of marks is called by its own name, `Rapport 1`."""
    title = element.label
    if number:
        title = f"{title} ({number})" if title[-1].isdigit() else f"{title} {number}"
    name: str = person(value) or value.get("naam", "")
    if name and element.heeft_groep:
        return name
    return f"{title}: {name}" if name else title
