"""P3: a PDF of about 8 pages (240 rows, 100 table rows, Unicode names) beside fpdf2's `table()` and reportlab.

The same texts for all; ours with everything a dossier has (PDF/A-2U, bookmarks, page numbers, headings), the peers with
the rows alone. reportlab is a peer for the bench only: without it its lines are left out.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date

from fpdf import FPDF

from chalicelib.pdf.draw import draw
from chalicelib.pdf.fonts import FAMILY, FOLDER
from chalicelib.pdf.layout import Row, Running, Sheets

NAMES = ("Şükrü Žižek-Đorđević", "Zoë van der Straaten", "Łukasz Ștefănescu", "Ñandú Ýrðarson", "Daan de Vries")
HEADS = ("Datum", "Groep", "Toets", "Score", "Afgeleide score")
ROWS = [
    (f"Gegeven {n % 24} van de leerling", f"{NAMES[n % 5]}, met een gewone toelichting van enkele woorden ({n})")
    for n in range(240)
]
TESTS = [
    (
        f"{n % 28 + 1:02}-03-2026",
        f"groep {n % 8 + 1}",
        f"Toets {NAMES[n % 5]} {n}",
        f"Aantal goed: {n}",
        f"DLE: {n} (landelijk)",
    )
    for n in range(100)
]
FONTS = {"": FOLDER / "NotoSans-Regular-base.ttf", "B": FOLDER / "NotoSans-Bold-base.ttf"}
GOALS = {"fpdf2 table()": 12.0, "reportlab platypus": 1.0}
MAX_BYTES = 60 * 1024


def ours() -> bytes:
    """Our layout and drawing."""
    sheets = Sheets(Running("Overstapdossier", "De Testschool", "gemaakt op 24-11-2026"))
    for at in range(0, 240, 24):
        sheets.section(f"Deel {at // 24 + 1}")
        for label, value in ROWS[at : at + 24]:
            sheets.row(label, value)
    sheets.section("Toetsresultaten")
    sheets.table([(head, 1.0) for head in HEADS], (Row(cells, rule=True) for cells in TESTS))
    return draw([sheets], "Overstapdossier", date(2026, 11, 24))


def fpdf2_table() -> bytes:
    """The same rows with fpdf2's own `table()`."""
    pdf = FPDF(format="A4", enforce_compliance="PDF/A-2U")
    for style, path in FONTS.items():
        pdf.add_font(FAMILY, style, path)
    pdf.add_page()
    pdf.set_font(FAMILY, size=8)
    for rows, first_row_as_headings in ((ROWS, False), ([HEADS, *TESTS], True)):
        with pdf.table(first_row_as_headings=first_row_as_headings) as table:
            for cells in rows:
                row = table.row()
                for text in cells:
                    row.cell(text)
    return bytes(pdf.output())


def peers() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The peers that are installed."""
    yield "fpdf2 table()", fpdf2_table
    try:
        from tests.bench import p3_reportlab
    except ImportError:
        return
    yield "reportlab platypus", p3_reportlab.platypus
    yield "reportlab canvas", p3_reportlab.canvas


def medians(runs: int = 7) -> dict[str, float]:
    """CPU milliseconds by name, interleaved in one process."""
    contestants = {"ours": ours, **dict(peers())}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, make in contestants.items():
            start = time.process_time()
            make()
            times[name].append((time.process_time() - start) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


if __name__ == "__main__":
    found = medians()
    print(f"ours {found['ours']:.1f} ms, {len(ours())} bytes (goal <= {MAX_BYTES})")
    for peer in list(found)[1:]:
        print(f"{peer} {found[peer]:.1f} ms: {found[peer] / found['ours']:.1f}x (goal {GOALS.get(peer, 1.0)}x)")
