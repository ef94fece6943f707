"""P3: a PDF of about 8 pages (240 rows, 100 table rows, Unicode names) beside fpdf2's `table()` and reportlab.

The same texts for all; ours with everything a dossier has (PDF/A-2U, bookmarks, page numbers, headings), the peers with
the rows alone. reportlab is a peer for the bench only: without it its lines are left out.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from fpdf import FPDF

from chalicelib.pdf.draw import draw
from chalicelib.pdf.fonts import FAMILY, FOLDER
from chalicelib.pdf.layout import Row, Running, Sheets
from tests.bench.measure import Goal, medians

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
MAX_BYTES = 60 * 1024


def layout() -> Sheets:
    """The pages, laid out by ours."""
    sheets = Sheets(Running("Overstapdossier", "De Testschool", "gemaakt op 24-11-2026"))
    for at in range(0, 240, 30):
        sheets.section(f"Deel {at // 30 + 1}")
        for label, value in ROWS[at : at + 30]:
            sheets.row(label, value)
    sheets.section("Toetsresultaten")
    sheets.table(list(zip(HEADS, (17, 17, 50, 25, 30), strict=True)), (Row(cells, rule=True) for cells in TESTS))
    return sheets


def ours() -> bytes:
    """Our layout and drawing."""
    return draw([layout()], "Overstapdossier", date(2026, 11, 24))


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


def ways() -> Mapping[str, Callable[[], bytes]]:
    """Ours, and the peers that are installed."""
    found = {"ours": ours, "table": fpdf2_table}
    try:
        from tests.bench import p3_reportlab
    except ImportError:
        return found
    return found | {"platypus": p3_reportlab.platypus, "canvas": p3_reportlab.canvas}


def run() -> Iterator[Goal | str]:
    """Measure, and say per goal whether it is met."""
    contestants = ways()
    data = ours()
    times = medians(contestants, rounds=9)
    yield f"P3 PDF of {len(layout().pages)} pages: " + ", ".join(
        f"{name} {time:.1f} ms" for name, time in times.items()
    )
    yield Goal("P3", "ours against fpdf2's table()", times["table"] / times["ours"], 12.0, at_least=True)
    yield Goal("P3", f"size, {len(data)} bytes against 60 KiB", len(data) / MAX_BYTES, 1.0, at_least=False)
    if "platypus" not in times:
        yield "reportlab is absent: its goals are not measured"
        return
    yield Goal("P3", "ours against reportlab platypus", times["platypus"] / times["ours"], 1.0, at_least=True)
    yield f"stretch, ours against reportlab canvas: {times['canvas'] / times['ours']:.2f}x"


if __name__ == "__main__":
    for line in run():
        print(line)
