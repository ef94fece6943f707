"""The letters: which characters we can print, how wide each is, and which files hold their shapes.

Noto Sans (SIL Open Font License, `noto/OFL.txt`), cut down once by `python -m infra.fonts`. A document whose
characters are all in the small cut (Latin as nearly every dossier needs it) uses that one, which is opened three times
faster; any other uses the full cut: all Latin, Greek and Cyrillic. A character in neither is printed as `�`, never
dropped and never an error.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "noto"
FAMILY = "noto"
_BREAKS = "/-@._,;"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_DATA = json.loads((FOLDER / "widths.json").read_text(encoding="ascii"))
_BASE = frozenset(_DATA["characters"][: _DATA["base"]]) - {"\xad"}
_ALL = frozenset(_DATA["characters"]) | {"\n"}
# What has no shape of its own: kept out before anything is measured.
_SPACE = str.maketrans(
    {"\t": " ", "\r": None, "\u2028": "\n", "\u2029": "\n", "\ufeff": None, "\u200b": None, "\xad": None}
)

_INDENT = re.compile(" *\n *")

# character -> advance width in thousandths of the font size, by weight (bold: True)
WIDTHS: dict[bool, dict[str, int]] = {
    bold: dict(zip(_DATA["characters"], _DATA[weight], strict=True))
    for bold, weight in ((False, "Regular"), (True, "Bold"))
}


def clean(text: str) -> str:
    """The text as we can print it: composed (NFC), lines without indent, what no font of ours has as `�`."""
    if _BASE.issuperset(text):
        return text
    text = _INDENT.sub("\n", unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_SPACE)))
    return text if _ALL.issuperset(text) else "".join(char if char in _ALL else REPLACEMENT for char in text)


def files(texts: Iterable[str]) -> dict[str, Path]:
    """The font file per style (`""`, `"B"`) that suffices for these cleaned texts."""
    cut = "base" if all(map(_BASE.issuperset, texts)) else "full"
    return {"": FOLDER / f"NotoSans-Regular-{cut}.ttf", "B": FOLDER / f"NotoSans-Bold-{cut}.ttf"}


def wrap(text: str, limit: float, bold: bool) -> list[str]:
    """Break cleaned text into lines of at most `limit` thousandths of the font size.

    Breaks between words; a word that is wider than a line is broken inside, so nothing is ever cut off.
    """
    widths = WIDTHS[bold]
    lines = []
    for paragraph in text.split("\n"):
        if sum(map(widths.__getitem__, paragraph)) <= limit:
            lines.append(paragraph)
        else:
            lines.extend(_wrap_paragraph(paragraph, limit, widths))
    return lines


def _wrap_paragraph(paragraph: str, limit: float, widths: dict[str, int]) -> list[str]:
    lines: list[str] = []
    line, used, space = "", 0, widths[" "]
    for word in paragraph.split(" "):
        width = sum(map(widths.__getitem__, word))
        if line and used + space + width <= limit:
            line, used = f"{line} {word}", used + space + width
            continue
        if line:
            lines.append(line)
        if width > limit:
            *whole, word = _break_word(word, limit, widths)
            lines.extend(whole)
            width = sum(map(widths.__getitem__, word))
        line, used = word, width
    return [*lines, line]


def _break_word(word: str, limit: float, widths: dict[str, int]) -> list[str]:
    """Pieces of a long word, each within the limit (of one character at least), cut after `/ - @ . _` if it can be."""
    pieces, piece, used = [], "", 0
    for char in word:
        while piece and used + widths[char] > limit:
            at = max(map(piece.rfind, _BREAKS)) + 1
            at = at if at > len(piece) // 3 else len(piece)
            pieces.append(piece[:at])
            piece = piece[at:]
            used = sum(map(widths.__getitem__, piece))
        piece, used = piece + char, used + widths[char]
    return [*pieces, piece]
