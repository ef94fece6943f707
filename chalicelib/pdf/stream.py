"""The texts of a page as one piece of page content.

`FPDF.text()` measures, checks and encodes each text by itself, half of all the time of a dossier; here a character is
encoded once per document. What this needs of fpdf2 without being in its documentation, and is guarded by
`test_pdf_stream.py`: `TTFFont.i`, `TTFFont.subset.pick` (the code of a character in the embedded font, which also makes
it part of that font) and `PDFPage.contents`. Everything else in this room is documented API.
"""

from collections.abc import Iterable

from fpdf import FPDF
from fpdf.fonts import TTFFont

from chalicelib.pdf.fonts import FAMILY
from chalicelib.pdf.layout import MM_PER_POINT, Style, Text

_HEIGHT = 297.0  # of the page


class _Codes(dict[str, bytes]):
    """Character -> its code in the embedded font, in hexadecimal."""

    def __init__(self, font: TTFFont) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, char: str) -> bytes:
        found = self[char] = b"%04X" % (self.font.subset.pick(ord(char)) or 0)
        return found


class TextWriter:
    """Writes texts on the current page of a document whose two fonts were added."""

    def __init__(self, pdf: FPDF) -> None:
        self.pdf = pdf
        self._codes: dict[bool, _Codes] = {}
        for bold in (False, True):
            font = pdf.fonts[FAMILY + "B" * bold]
            assert isinstance(font, TTFFont)
            self._codes[bold] = _Codes(font)
        self._looks: dict[Style, bytes] = {}

    def write(self, texts: Iterable[Text]) -> None:
        """Append the texts to the content of the current page, in this order."""
        for weight in ("", "B"):  # an empty text makes a font one of the resources of the page
            self.pdf.set_font(FAMILY, weight, 8)
            self.pdf.text(0, 0, "")
        parts = [b"q BT"]
        now: Style | None = None
        for x, y, text, style in texts:
            if style is not now:
                parts.append(self._looks.get(style) or self._look(style))
                now = style
            code = b"".join(map(self._codes[style.bold].__getitem__, text))
            parts.append(b"1 0 0 1 %.2f %.2f Tm <%b> Tj" % (x / MM_PER_POINT, (_HEIGHT - y) / MM_PER_POINT, code))
        parts.append(b"ET Q\n")
        contents = self.pdf.pages[self.pdf.page_no()].contents
        assert isinstance(contents, bytearray)
        contents.extend(b"\n".join(parts))

    def _look(self, style: Style) -> bytes:
        """The operators that choose font, size and colour."""
        red, green, blue = (part / 255 for part in style.colour)
        font = self._codes[style.bold].font
        found = self._looks[style] = b"/F%d %.2f Tf %.4f %.4f %.4f rg" % (font.i, style.size, red, green, blue)
        return found
