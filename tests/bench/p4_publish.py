"""P4: publish a dossier end to end against the embedded AWS, beside a plain design; and a whole school in bulk.

The plain design does the same with what comes to hand first: the PDF by fpdf2's own `table()`, an object per
attachment, the card and its log entry in separate writes, and the dossier read back and validated again at every step.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from itertools import count as numbers
from pathlib import Path
from typing import Any

from fpdf import FPDF

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.flows.klaarzetten import verzamel_en_zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.pdf.fonts import FAMILY, FOLDER
from chalicelib.store.items import to_attributes
from infra.local.bulk import SCHOOL, Plan
from infra.local.bulk import run as run_bulk
from infra.local.enrol import enrol
from infra.local.scholen import SCHOLEN
from infra.local.stack import stack
from infra.local.world import Options
from tests.bench.embedded import Embedded, embedded
from tests.bench.measure import Goal, medians
from tests.bench.sample import VERSION, dossier

FONTS = {"": FOLDER / "NotoSans-Regular-base.ttf", "B": FOLDER / "NotoSans-Bold-base.ttf"}
PUPILS = 200


def run() -> Iterator[Goal | str]:
    """The goals of P4."""
    sample = dossier()
    with embedded() as up:
        zet_record(up.work, "l-1", Record(VERSION, sample), None)
        ways: dict[str, Callable[[], object]] = {
            "plain": lambda: plain(up, sample),
            "ours": lambda: verzamel_en_zet_klaar(up.work, "l-1", Profiel.BB_POVO),
        }
        times = medians(ways, 7)
    yield ", ".join(f"{name} {found:.1f} ms" for name, found in times.items())
    yield Goal("P4", "publish, CPU of a plain design against ours", times["plain"] / times["ours"], 10, True)
    one, two = school(1), school(2)
    yield f"per second: 1 worker {one[0]:.1f}, 2 workers {two[0]:.1f}; per CPU-second {one[1]:.1f} and {two[1]:.1f}"
    yield Goal("P4", f"a school of {PUPILS} in bulk, dossiers per CPU-second of the worker", one[1], 20, True)
    yield Goal("P4", "dossiers per second of 2 workers against 1, beside the embedded AWS", two[0] / one[0], 1.8, True)


def school(workers: int) -> tuple[float, float]:
    """A school in bulk: dossiers per second, and per CPU-second of the workers."""
    with tempfile.TemporaryDirectory(prefix="oso-bench-") as folder, stack(Path(folder), Options(pollers=False)) as up:
        enrol(up, [one for one in SCHOLEN if one.vestiging == SCHOOL])
        outcome = run_bulk(up, Plan(PUPILS, workers), Path(folder), quiet=True)
    assert not outcome.wrong, outcome.wrong
    return PUPILS / outcome.seconds, PUPILS / outcome.cpu


_KEYS = numbers(1)


def plain(up: Embedded, values: dict[str, Any]) -> None:
    """The plain design; the reads and writes of the card are the simplest that keep the same facts."""
    state, s3, bucket = up.stores.state, up.stores.inhoud.client, up.stores.inhoud.bucket
    folder = f"plain/{next(_KEYS)}"
    state.find("SCHOOL#14SS00", "DOSSIER#l-1")
    state.find("SCHOOL#14SS00", "SCHOOL")
    pdf = plain_pdf(list(_leaves(values)))
    data = encode(values, VERSION)
    assert controleer(data, "intended")
    s3.put_object(Bucket=bucket, Key=f"{folder}/dossier.xml", Body=data)
    s3.put_object(Bucket=bucket, Key=f"{folder}/dossier.pdf", Body=pdf)
    for number, document in enumerate(_documents(values)):
        s3.put_object(Bucket=bucket, Key=f"{folder}/{number}", Body=document["bestandsinhoud"].encode())
    for step in ("VERZAMELD", "KLAAR"):
        card = {"pk": "SCHOOL#14SS00", "sk": f"PLAIN#{folder}", "status": step, "map": folder}
        state.client.put_item(TableName=state.naam, Item=to_attributes(card))
        state.client.put_item(TableName=state.naam, Item=to_attributes({**card, "sk": f"LOG#{folder}#{step}"}))
        again = s3.get_object(Bucket=bucket, Key=f"{folder}/dossier.xml")["Body"].read()
        assert controleer(again, "intended")


def plain_pdf(rows: list[tuple[str, str]]) -> bytes:
    """Every value with its name, by fpdf2's own `table()`."""
    logging.getLogger("fpdf").setLevel(logging.ERROR)  # it says of each font which glyphs it lacks
    pdf = FPDF(format="A4", enforce_compliance="PDF/A-2U")
    for style, path in FONTS.items():
        pdf.add_font(FAMILY, style, path)
    pdf.add_page()
    pdf.set_font(FAMILY, size=8)
    with pdf.table(first_row_as_headings=False) as table:
        for row in rows:
            table.row(row)
    return bytes(pdf.output())


def _leaves(tree: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, list):
        for part in tree:
            yield from _leaves(part, name)
    elif isinstance(tree, dict):
        for child, part in tree.items():
            yield from _leaves(part, child)
    elif name != "bestandsinhoud":
        yield name, str(tree)


def _documents(tree: Any) -> Iterator[dict[str, str]]:
    if isinstance(tree, list):
        for part in tree:
            yield from _documents(part)
    elif isinstance(tree, dict):
        if "bestandsinhoud" in tree:
            yield tree
        for part in tree.values():
            yield from _documents(part)
