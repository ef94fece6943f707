"""Every published example dossier as a PDF; skipped where the examples are not beside the project."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.tabel import standaard
from chalicelib.pdf import Papier, inzagepakket, render
from tests.unit.pdf_example import DAG, HASH, printed, solid, text

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "shared" / "oso" / "examples").glob("*.xml"))
pytestmark = pytest.mark.skipif(not EXAMPLES, reason="no ../shared/oso/examples beside the project")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_published_example_is_printed_whole_and_small(path: Path) -> None:
    gegevens = decode(path.read_bytes())
    tabel = standaard(gegevens.versie)
    data = render(gegevens.dossier, tabel, inhoud_hash=HASH, gemaakt_op=DAG)
    found = solid(text(data))
    swv = gegevens.dossier["overdrachtsoort"] == "swv-dossier"
    missing = [
        (naam, value)
        for naam, value in printed(tabel.wortel, gegevens.dossier, tabel)
        if not all(solid(word) in found for word in value.split()) and not (swv and naam in ("bsn", "onderwijsnummer"))
    ]
    assert not missing
    assert len(data) < 60 * 1024
    assert len(PdfReader(BytesIO(data)).pages) <= 12


def test_the_examples_make_one_pakket() -> None:
    items = [
        Papier(gegevens.dossier, standaard(gegevens.versie), HASH, DAG)
        for gegevens in map(decode, map(Path.read_bytes, EXAMPLES))
    ]
    data = inzagepakket(items, DAG)
    assert len(PdfReader(BytesIO(data)).pages) > len(EXAMPLES)
