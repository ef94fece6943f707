"""Laid-out pages -> PDF bytes, with fpdf2.

PDF/A-2U: fonts embedded, every character extractable. The same pages and date give the same bytes: the metadata are
ours (fpdf2's own would hold the clock), and the file id is fpdf2's digest of the content. The metadata hold nothing
personal.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from html import escape

from fpdf import FPDF, ViewerPreferences
from fpdf.fonts import TTFFont

from chalicelib.pdf.fonts import FAMILY, files
from chalicelib.pdf.layout import BLUE, INK, LEFT, RIGHT, RUNNING, WIDTH, Page, Running, Sheets, Text, fit, text_width
from chalicelib.pdf.stream import TextWriter

_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<rdf:Description rdf:about="" xmp:CreateDate="{date}" xmp:ModifyDate="{date}" xmp:MetadataDate="{date}">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>nl</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
_RULES = {True: (BLUE, 0.35), False: ((206, 212, 220), 0.12)}  # strong: colour, width in mm
_HEADER, _FOOTER = 14.0, 285.0  # baselines


def draw(documents: Sequence[Sheets], title: str, gemaakt_op: date) -> bytes:
    """One PDF of these documents, each with its own page numbers and starting on an odd page.

    `title` goes into the metadata: a kind of document, never a name.
    """
    pdf = _open(documents, title, gemaakt_op)
    writer = TextWriter(pdf)
    for sheets in documents:
        if pdf.page_no() % 2:
            pdf.add_page()
        for number, page in enumerate(sheets.pages, start=1):
            pdf.add_page()
            _rules(pdf, page)
            # header and footer last: who has the page read aloud, hears them last
            writer.write([*page.texts, *_running(sheets.running, number, len(sheets.pages))])
            _bookmarks(pdf, page)
    return bytes(pdf.output())


def _open(documents: Sequence[Sheets], title: str, gemaakt_op: date) -> FPDF:
    pdf = FPDF(format="A4", enforce_compliance="PDF/A-2U")
    pdf.render_color_fonts = False
    moment = datetime.combine(gemaakt_op, time(), UTC)
    pdf.set_creation_date(moment)
    pdf.set_xmp_metadata(_XMP.format(date=moment.isoformat(), title=escape(title)))
    pdf.set_title(title)
    pdf.set_lang("nl")
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.set_auto_page_break(False)
    texts = {text for sheets in documents for page in sheets.pages for _, _, text, _ in page.texts}
    texts.update(fit(text, WIDTH, RUNNING) for sheets in documents for text in sheets.running)
    for style, path in files(texts).items():
        pdf.add_font(FAMILY, style, path)
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.recalcBBoxes = False  # the cuts have their boxes: computing them again is a third of the work
    return pdf


def _bookmarks(pdf: FPDF, page: Page) -> None:
    for mark in page.marks:
        pdf.set_y(mark.y)
        pdf.start_section(" ".join(mark.title.split()), mark.level)


def _rules(pdf: FPDF, page: Page) -> None:
    for strong, (colour, width) in _RULES.items():
        pdf.set_draw_color(*colour)
        pdf.set_line_width(width)
        for x, y, length, is_strong in page.rules:
            if is_strong is strong:
                pdf.line(x, y, x + length, y)
    pdf.line(LEFT, _FOOTER - 4.5, LEFT + WIDTH, _FOOTER - 4.5)
    if page.boxes:
        pdf.set_draw_color(*INK)
        pdf.set_line_width(0.25)
        for x, y, size in page.boxes:
            pdf.rect(x, y, size, size)


def _running(running: Running, number: int, total: int) -> list[Text]:
    """Header (from the second page) and footer of one page."""
    left, right = fit(running.left, WIDTH * 0.6, RUNNING), fit(running.right, WIDTH * 0.37, RUNNING)
    foot = fit(running.foot, WIDTH * 0.75, RUNNING)
    place = f"pagina {number} van {total}"
    footer = [
        (LEFT, _FOOTER, foot, RUNNING),
        (RIGHT - text_width(place, RUNNING), _FOOTER, place, RUNNING),
    ]
    if number == 1:
        return footer
    return [(LEFT, _HEADER, left, RUNNING), (RIGHT - text_width(right, RUNNING), _HEADER, right, RUNNING), *footer]
