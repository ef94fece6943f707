"""Cut the fonts of the PDFs down to the characters of Dutch schools: `python -m infra.fonts [FOLDER]`.

Run once by a developer, never at run time; its results are committed in `chalicelib/pdf/noto`. FOLDER holds
`NotoSans-Regular.ttf` and `NotoSans-Bold.ttf` (Debian: package `fonts-noto-core`). Per weight it writes two cuts,
because opening a font costs time in proportion to its glyphs: `base` (Latin as nearly every dossier needs it) and
`full` (all Latin, Greek and Cyrillic). `widths.json` has the width of every character, so that a layout needs no font.
"""

import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "chalicelib" / "pdf" / "noto"
DEBIAN = Path("/usr/share/fonts/truetype/noto")
WEIGHTS = ("Regular", "Bold")

BASE = (
    (0x20, 0x7E),  # Basic Latin
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x218, 0x21B),  # Romanian comma below
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033),
    (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2212, 0x2212), (0xFFFD, 0xFFFD),
)  # fmt: skip
FULL = (
    *BASE,
    (0x180, 0x24F),  # Latin Extended-B
    (0x2B0, 0x2DD), (0x300, 0x36F),  # modifier letters, combining marks
    (0x370, 0x3FF), (0x400, 0x45F), (0x490, 0x4B9),  # Greek, Cyrillic
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x2000, 0x200A), (0x2016, 0x205E), (0x2070, 0x2094), (0x20A0, 0x20BF), (0x2150, 0x215E),
    (0x2248, 0x2265), (0xFB01, 0xFB02),  # spaces, signs, figures, currencies, fractions, comparisons, ligatures
)  # fmt: skip


def characters(ranges: tuple[tuple[int, int], ...]) -> set[int]:
    """The code points of inclusive ranges."""
    return {point for first, last in ranges for point in range(first, last + 1)}


def cut(source: Path, target: Path, points: set[int]) -> None:
    """Write `source` to `target` with only these code points, without hinting and layout tables: no PDF uses them."""
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, glyph_names=False, legacy_cmap=False
    )
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "MATH", "gasp", "kern", "meta"]
    options.recalc_timestamp = False
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def advances(path: Path) -> dict[int, int]:
    """Code point -> advance width in thousandths of the font size, of every character of the font."""
    font = TTFont(path)
    scale = 1000 / font["head"].unitsPerEm
    return {point: round(scale * font["hmtx"][glyph][0] + 0.001) for point, glyph in font.getBestCmap().items()}


def main(folder: Path = DEBIAN) -> None:
    """Write the four fonts and `widths.json`: the characters, those of `base` first, and their widths per weight."""
    widths: dict[str, dict[int, int]] = {}
    for weight in WEIGHTS:
        for name, ranges in (("base", BASE), ("full", FULL)):
            target = TARGET / f"NotoSans-{weight}-{name}.ttf"
            cut(folder / f"NotoSans-{weight}.ttf", target, characters(ranges))
            widths[f"{weight}-{name}"] = advances(target)
            print(f"{target.name}: {target.stat().st_size} bytes, {len(widths[f'{weight}-{name}'])} characters")
    base, full = widths["Regular-base"], widths["Regular-full"]
    points = [*base, *(point for point in full if point not in base)]
    data = {
        "characters": "".join(map(chr, points)),
        "base": len(base),
        **{weight: [widths[f"{weight}-full"][point] for point in points] for weight in WEIGHTS},
    }
    (TARGET / "widths.json").write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="ascii")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
