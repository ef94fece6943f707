"""Every page of the PDFs as a picture, to look at: `python -m tests.pages [FILE.pdf …]` (`make pages`).

Without files: those of the demo (`demo-out/*.pdf`) and one of each kind made here, from full fictional dossiers. Writes
`build/pages/{name}-{page}.png`. Draws with pypdfium2, or with `pdftoppm` of poppler where that is not installed.
"""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.pdf import Papier, inzagepakket, notitie, render
from tests.property.dossier_maker import make_dossier

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "pages"
DAY = date(2026, 11, 24)
HASH = "0123456789abcdef" * 4
DPI = 90


def examples() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of a PDF of each kind."""
    for version in VERSIES:
        for profiel in (Profiel.POPO, Profiel.VOVO, Profiel.BB_POPO, Profiel.POSWV):
            dossier = make_dossier(standaard(version), profiel, Random(profiel.value), fullness=1)
            yield f"{version}-{profiel}", render(dossier, standaard(version), inhoud_hash=HASH, gemaakt_op=DAY)
    newest = standaard(VERSIES[-1])
    small = [make_dossier(newest, Profiel.POVO, Random(seed), fullness=0.1) for seed in range(2)]
    yield "klein", render(small[0], newest, inhoud_hash=HASH, gemaakt_op=DAY)
    yield "inzagepakket", inzagepakket([Papier(dossier, newest, HASH, DAY) for dossier in small], DAY)
    yield (
        "notitie",
        notitie("Notities Proefleerling", "Eerste alinea.\n\n" + "Nog een zin van deze notitie. " * 300, DAY),
    )


def write_pages(pdf: Path) -> int:
    """Write each page of a PDF as PNG; return how many."""
    for old in TARGET.glob(f"{pdf.stem}-[0-9]*.png"):
        old.unlink()
    if importlib.util.find_spec("pypdfium2"):
        _with_pdfium(pdf)
    elif shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", str(pdf), str(TARGET / pdf.stem)], check=True)
    else:
        sys.exit("make pages needs pypdfium2 (pip) or pdftoppm (the poppler-utils of your system)")
    return len(list(TARGET.glob(f"{pdf.stem}-[0-9]*.png")))


def _with_pdfium(pdf: Path) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, start=1):
        page.render(scale=DPI / 72).to_pil().save(TARGET / f"{pdf.stem}-{number:02}.png")
    document.close()


def main(files: list[Path]) -> None:
    """Write the pages of the files, or of the demo and the examples."""
    TARGET.mkdir(parents=True, exist_ok=True)
    if not files:
        for name, data in examples():
            (TARGET / f"{name}.pdf").write_bytes(data)
        files = [*sorted((ROOT / "demo-out").glob("*.pdf")), *sorted(TARGET.glob("*.pdf"))]
    for pdf in files:
        print(f"{pdf.name}: {write_pages(pdf)} pages in {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
