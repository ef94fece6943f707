"""Where everything comes on the page: texts, rules and boxes at exact places, before any PDF exists.

Millimetres from the top left of an A4. Laying out first and drawing later (`draw.py`) gives "pagina n van m", pages
that start on an odd side and headings that stay with their rows, and every text is measured once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.pdf.fonts import WIDTHS, clean, wrap

LEFT, RIGHT, TOP, BOTTOM = 20.0, 190.0, 25.0, 276.0
WIDTH = RIGHT - LEFT
LABEL_WIDTH = 62.0
VALUE_LEFT = LEFT + LABEL_WIDTH + 4
MM_PER_POINT = 25.4 / 72
PADDING = 1.05  # above and below the text of a row
_HEADING_BELOW = 1.6
_TABLE_ABOVE = 2.4  # between a row and the head of a table
KEEP = 70.0  # a row up to this height is never split over two pages
_LONGEST_FIT = 1000  # characters: far more than a line holds

Colour = tuple[int, int, int]
INK: Colour = (27, 32, 40)
GREY: Colour = (88, 97, 109)
BLUE: Colour = (24, 62, 104)


class Style(NamedTuple):
    """How a text looks: weight, size in points, colour."""

    bold: bool
    size: float
    colour: Colour

    @property
    def leading(self) -> float:
        """Height of a line, in mm."""
        return self.size * MM_PER_POINT * 1.34


TITLE = Style(True, 22, BLUE)
NAME = Style(True, 13, INK)
HEADING = Style(True, 12.5, BLUE)
SUBHEADING = Style(True, 9.4, INK)
LABEL = Style(False, 8.8, GREY)
VALUE = Style(False, 8.8, INK)
STRONG = Style(True, 8.8, INK)
HEAD = Style(True, 7.4, GREY)
CELL = Style(False, 7.8, INK)
DETAIL = Style(False, 7.4, GREY)
RUNNING = Style(False, 7.2, GREY)


class Cell(NamedTuple):
    """A text in a column that starts at `x`; `again` is repeated above what flows on to the next page."""

    x: float
    width: float
    text: str
    style: Style
    again: str = ""


class Row(NamedTuple):
    """A row of a table: a text per column, and a detail line below them, or ""; `rule` ends it with a line."""

    cells: Sequence[str]
    detail: str = ""
    rule: bool = False


Text = tuple[float, float, str, Style]  # x, baseline, a cleaned text of one line, style
Laid = list[tuple[Cell, list[str]]]  # cells with their text broken into lines


class Mark(NamedTuple):
    """A bookmark: title, level, height on the page."""

    title: str
    level: int
    y: float


@dataclass(slots=True)
class Page:
    """What stands on one side of paper."""

    texts: list[Text] = field(default_factory=list)
    rules: list[tuple[float, float, float, bool]] = field(default_factory=list)  # x, y, width, strong
    boxes: list[tuple[float, float, float]] = field(default_factory=list)  # x, y, size
    marks: list[Mark] = field(default_factory=list)


class Running(NamedTuple):
    """The texts that come back on each page: top left and right (not on the first page), bottom left."""

    left: str
    right: str
    foot: str


@dataclass(slots=True)
class _Heading:
    text: str
    style: Style
    above: float
    level: int | None  # of the bookmark
    strong: bool = False

    def laid(self) -> Laid:
        return _lay([Cell(LEFT, WIDTH, self.text, self.style)])

    @property
    def height(self) -> float:
        return self.above + _height(self.laid()) + _HEADING_BELOW


class Sheets:
    """The pages of one document, filled from top to bottom."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.pages = [Page()]
        self.y = TOP
        self.bookmark_level = 0  # of a section heading
        self._waiting: list[_Heading] = []  # headings that want a row below them on the same page
        self._columns: Laid = []  # the head of the table that is being filled
        self._head_waits = False  # ... and whether it still waits for its first row

    @property
    def page(self) -> Page:
        return self.pages[-1]

    def new_page(self) -> None:
        """Go on at the top of the next page, under the head of the table if one is being filled."""
        self.pages.append(Page())
        self.y = TOP
        self._table_head()

    def space(self, height: float) -> None:
        self.y += height

    def text(self, text: str, style: Style, x: float = LEFT, width: float = WIDTH) -> None:
        """Place a text of any length, without a rule."""
        self._place(_lay([Cell(x, width, text, style)]), rule=False, above=0.0)

    def section(self, title: str) -> None:
        """Start a section: a heading with a rule, and a bookmark."""
        self._waiting = [_Heading(title, HEADING, 7.5, self.bookmark_level, strong=True)]

    def subsection(self, title: str) -> None:
        """A heading inside a section; stays with the row that follows."""
        self._waiting.append(_Heading(title, SUBHEADING, 2.6, None))

    def row(self, label: str, value: str) -> None:
        """One label and its value; they are never parted."""
        self.cells(
            [
                Cell(LEFT, LABEL_WIDTH, label, LABEL, f"{label} (vervolg)"),
                Cell(VALUE_LEFT, RIGHT - VALUE_LEFT, value, VALUE),
            ]
        )

    def table(self, columns: Sequence[tuple[str, float]], rows: Iterable[Row]) -> None:
        """A table of (title, share of the width) columns.

        The head comes back on each page; a row stays whole unless it is higher than KEEP.
        """
        places = list(_places([share for _, share in columns]))
        titles = [title for title, _ in columns]
        self._columns = _lay([Cell(*place, title, HEAD) for place, title in zip(places, titles, strict=True)])
        self._head_waits = True
        for texts, detail, rule in rows:
            row = _lay([Cell(x, width, text, CELL) for (x, width), text in zip(places, texts, strict=True)])
            below = _lay([Cell(places[1][0], RIGHT - places[1][0], detail, DETAIL)]) if detail else []
            self._place(row, rule=rule and not detail, follow=_height(below) + PADDING)
            if detail:
                self._place(below, rule=rule, above=-0.2)
        self._columns, self._head_waits = [], False

    def cells(self, cells: Sequence[Cell], *, rule: bool = True) -> None:
        """Place cells side by side, each broken into lines; what does not fit flows on to the next page."""
        self._place(_lay(cells), rule=rule)

    def _place(self, laid: Laid, *, rule: bool = True, above: float = PADDING, follow: float = 0.0) -> None:
        """Place laid cells, after the headings that wait for them; `follow` mm more should fit on the same page."""
        height = _height(laid) + above + PADDING
        self._headings(height + follow)
        if self.y + height + follow > BOTTOM and (height + follow <= KEEP or self.y + KEEP / 3 > BOTTOM):
            self.new_page()
        while self.y + height > BOTTOM:
            laid = self._fill_page(laid, above)
            height = _height(laid) + above + PADDING
        self._put(laid, above)
        self.y += height
        if rule:
            self.page.rules.append((LEFT, self.y, WIDTH, False))

    def _fill_page(self, laid: Laid, above: float) -> Laid:
        """Fill this page from the top of each cell; return what is left for the next one."""
        room = BOTTOM - self.y - above - PADDING
        counts = [int(room / cell.style.leading) for cell, _ in laid]
        self._put([(cell, lines[:count]) for (cell, lines), count in zip(laid, counts, strict=True)], above)
        self.new_page()
        return [
            (cell, lines[count:] or _lines(cell._replace(text=cell.again)))
            for (cell, lines), count in zip(laid, counts, strict=True)
        ]

    def _put(self, laid: Laid, above: float) -> None:
        ascent = max(cell.style.leading for cell, _ in laid) * 0.76
        texts = self.page.texts
        for cell, lines in laid:
            baseline = self.y + above + ascent
            for line in lines:
                if line:
                    texts.append((cell.x, baseline, line, cell.style))
                baseline += cell.style.leading

    def _headings(self, height: float) -> None:
        """Place the headings that wait, on a page with room for the row (or the first part of it) below them."""
        if not (self._waiting or self._head_waits):
            return
        waiting, self._waiting = self._waiting, []
        head = _height(self._columns) + 2 * PADDING + _TABLE_ABOVE if self._head_waits else 0.0
        self._head_waits = False
        if self.y + sum(heading.height for heading in waiting) + head + min(height, KEEP / 3) > BOTTOM:
            columns, self._columns = self._columns, []
            self.new_page()
            self._columns = columns
        for heading in waiting:
            self._heading(heading)
        if self._columns and not waiting and self.y > TOP:
            self.y += _TABLE_ABOVE
        self._table_head()

    def _heading(self, heading: _Heading) -> None:
        if self.y > TOP:
            self.y += heading.above
        if heading.level is not None:
            self.page.marks.append(Mark(heading.text, heading.level, self.y))
        laid = heading.laid()
        self._put(laid, 0)
        self.y += _height(laid) + _HEADING_BELOW
        self.page.rules.append((LEFT, self.y, WIDTH, heading.strong))

    def _table_head(self) -> None:
        if self._columns:
            self._put(self._columns, PADDING)
            self.y += _height(self._columns) + 2 * PADDING
            self.page.rules.append((LEFT, self.y, WIDTH, False))


def text_width(text: str, style: Style) -> float:
    """The width of a cleaned text of one line, in mm."""
    return sum(map(WIDTHS[style.bold].__getitem__, text)) * style.size * MM_PER_POINT / 1000


def fit(text: str, width: float, style: Style) -> str:
    """Any text as one cleaned line of at most `width` mm, with `…` for what does not fit: for what is repeated only."""
    line = " ".join(clean(text[:_LONGEST_FIT]).split())
    if len(text) <= _LONGEST_FIT and text_width(line, style) <= width:
        return line
    fits = bisect_right(range(1, len(line) + 1), width, key=lambda end: text_width(f"{line[:end]}…", style))
    return f"{line[:fits]}…"


def _places(shares: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Left side and width of each column, with a gap of 3 mm between them."""
    gap = 3.0
    unit = (WIDTH - gap * (len(shares) - 1)) / sum(shares)
    x = LEFT
    for share in shares:
        yield x, share * unit
        x += share * unit + gap


def _lines(cell: Cell) -> list[str]:
    limit = cell.width * 1000 / (cell.style.size * MM_PER_POINT)
    return wrap(clean(cell.text), limit, cell.style.bold) if cell.text else []


def _lay(cells: Sequence[Cell]) -> Laid:
    return [(cell, _lines(cell)) for cell in cells]


def _height(laid: Laid) -> float:
    return max((len(lines) * cell.style.leading for cell, lines in laid), default=0.0)
