"""`python -m tests.property.generated N=500 SEED=7`: arbitrary valid dossiers, and what becomes of them.

N dossiers of every profile and version, built from the tables: each must have nothing to remark in mode `intended`,
come back from XML and from the values unchanged, and become a PDF. N, SEED and SECONDS (the longest it may take,
default 540) are read from the arguments, else from the environment; without SEED one is drawn, and printed.
"""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from itertools import product
from random import Random, SystemRandom

from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.pdf import render
from tests.property.dossier_maker import make_dossier
from tests.property.tree_maker import Waarden

KINDS = tuple(product(VERSIES, Profiel))
CHUNK = 20
FULLNESS = (1.0, 0.4, 0.15, 0.0, 0.7)


def arbitrary(version: str, profiel: Profiel, seed: str, number: int) -> Waarden:
    """Dossier `number` of a kind: the first is full, others are anything between that and nearly empty."""
    rng = Random(f"{seed} {version} {profiel} {number}")
    return make_dossier(standaard(version), profiel, rng, FULLNESS[number % len(FULLNESS)])


def survives_the_trip(dossier: Waarden, version: str, profiel: Profiel) -> None:
    """Valid in `intended`, the same values back, and C14N-equal XML from them."""
    data = encode(dossier, version)
    report = controleer(data, "intended", bijlagen="fout")
    assert report.meldingen == (), [(m.code, m.pad) for m in report.meldingen]
    assert report.profiel in (profiel, "")
    read = decode(data)
    assert (read.versie, read.dossier) == (version, dossier)
    assert c14n(encode(read.dossier, read.versie)) == c14n(data)


def c14n(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n")


def becomes_a_pdf(dossier: Waarden, version: str) -> None:
    pdf = render(dossier, standaard(version), gemaakt_op=date(2026, 1, 1))
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def _chunk(job: tuple[str, Profiel, str, range, float]) -> int:
    """How many of these numbers were made and survived before the time was up."""
    version, profiel, seed, numbers, end = job
    done = 0
    for number in numbers:
        if time.time() > end:
            break
        with named(f"{version} {profiel} number {number} of SEED={seed}"):
            dossier = arbitrary(version, profiel, seed, number)
            survives_the_trip(dossier, version, profiel)
            becomes_a_pdf(dossier, version)
        done += 1
    return done


@contextmanager
def named(what: str) -> Iterator[None]:
    """Say which dossier it was, if anything goes wrong."""
    failed = True
    try:
        yield
        failed = False
    finally:
        if failed:
            print(f"FAILED: {what}", flush=True)


def _settings(arguments: list[str]) -> Iterator[str]:
    given = dict(argument.split("=", 1) for argument in arguments)
    for name, default in (("N", "40"), ("SEED", str(SystemRandom().randrange(10**6))), ("SECONDS", "540")):
        yield given.get(name) or os.environ.get(name) or default


def main(arguments: list[str]) -> int:
    """Print counts per kind; a dossier that does not survive ends it, with its seed and number."""
    count, seed, seconds = _settings(arguments)
    print(f"N={count} of each of {len(KINDS)} kinds, SEED={seed}", flush=True)
    end, whole = time.time() + float(seconds), range(int(count))
    chunks = [whole[start : start + CHUNK] for start in whole[::CHUNK]]
    jobs = [(version, profiel, seed, numbers, end) for numbers in chunks for version, profiel in KINDS]
    done = dict.fromkeys(KINDS, 0)
    with ProcessPoolExecutor() as pool:
        for job, survived in zip(jobs, pool.map(_chunk, jobs), strict=True):
            done[job[0], job[1]] += survived
    for (version, profiel), dossiers in done.items():
        print(f"{version} {profiel:8} {dossiers} valid in intended, unchanged after the round trip, PDF made")
    total = sum(done.values())
    print(
        f"{total} dossiers, SEED={seed}" + ("" if total == len(KINDS) * len(whole) else f"; stopped after {seconds} s")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
