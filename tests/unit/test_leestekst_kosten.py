"""What reading a hostile attachment costs: never more than its size allows, whatever is repeated in it.

Tokens of each format are repeated, alone and behind an opening that is never closed. CPU time is measured, so a loaded
machine changes little; twice as much may cost twice as much, not four times.
"""

import base64
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from chalicelib.gegevensset.bijlagen import open_alle
from chalicelib.gegevensset.leestekst import bevat_nummer, bijlagen_met_nummer, leesbaar
from chalicelib.gegevensset.tabel import standaard
from chalicelib.gegevensset.tegoed import Tegoed
from tests.pupil import record

NUMBER = "123456782"
SMALL, LARGE = 256 * 1024, 8 * 1024 * 1024
Pack = Callable[[bytes], bytes]


def docx(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", content)
    return buffer.getvalue()


def stream(content: bytes) -> bytes:
    return b"%PDF-1.4\nstream\n" + zlib.compress(content, 9) + b"\nendstream\n%%EOF"


def cmap(content: bytes) -> bytes:
    return stream(b"beginbfrange" + content + b"endbf beginbfchar" + content + b"endbf")


def pdf(content: bytes) -> bytes:
    return b"%PDF-1.4\n" + content


def text(content: bytes) -> bytes:
    return content


TOKENS: dict[Pack, str] = {
    docx: "< > <> <a>1 &#52; &#0 &#x &# & 1_ <!-- ]]> PK\x03\x04",
    stream: r"\( ( () (1) (\ (\( \) <31> < <0 <_ (\061) beginbfchar beginbfrange beginbfrange<0><f><30>endbf "
    r"<0><f><30> <0><f>[ <0>_ beginbfchar<01><31>endbf beginbfrange<0000><ffff><0000>endbf "
    r"beginbfrange<0000><ffff>[<31>]endbf 1_",
    cmap: r"<0><f>[ <0> <0>_ [ <0><f><30> <0><f>[<31>] <0><f>[<31> <00 _",
    pdf: r"stream~ stream~endstream stream~z~>endstream stream~zendstream stream~xendstream ( \( < endstream",
    text: r"1_ 1. PK %PDF- <",
}
OPENINGS: dict[Pack, list[bytes]] = {
    docx: [b"", b"<", b"&#"],
    stream: [b"", b"(", b"<", b"beginbfrange<0><f>[", b"beginbfchar"],
    cmap: [b"", b"<0><f>["],
    pdf: [b"", b"(", b"stream\n"],
    text: [b""],
}
CASES = [
    (pack, opening, token.replace("_", " ").replace("~", "\n").encode("latin-1"))
    for pack, tokens in TOKENS.items()
    for opening in OPENINGS[pack]
    for token in tokens.split(" ")
]


def cost(data: bytes, budget: int = 4 * LARGE) -> float:
    begin = time.process_time()
    for piece in leesbaar(data, Tegoed(budget)):
        assert not bevat_nummer(piece, NUMBER)
    return time.process_time() - begin


@pytest.mark.parametrize(("pack", "opening", "token"), CASES)
def test_what_is_repeated_costs_no_more_than_its_size(pack: Pack, opening: bytes, token: bytes) -> None:
    """256 KiB takes a tenth of a second; looked for from every place where it could begin it takes a minute."""
    assert cost(pack(opening + token * (SMALL // len(token)))) < 1.5


@pytest.mark.parametrize(
    ("pack", "token"),
    [(docx, b"<"), (stream, b"\\("), (stream, b"beginbfchar"), (pdf, b"stream\n")],
)
def test_eight_megabytes_of_it_are_read_in_the_time_of_one_request(pack: Pack, token: bytes) -> None:
    assert cost(pack(token * (LARGE // 8 // len(token)))) < 1.5
    assert cost(pack(token * (LARGE // len(token)))) < 12


def test_a_reference_to_a_character_of_thousands_of_digits_is_none() -> None:
    assert list(leesbaar(docx(b"<a>&#" + b"9" * 5000 + b";&#9999999;x</a>")))[1] == "&#" + "9" * 5000 + ";x"


def test_a_map_of_huge_codes_is_no_map() -> None:
    huge = b"0" * 100_000
    for entry in (b"<%s><%s><30>" % (huge, huge), b"<00><ff><%s>" % huge):
        assert cost(stream(b"beginbfrange" + entry * 3 + b"endbf (abc)")) < 1.5


def test_many_small_bombs_share_one_budget() -> None:
    """Streams of 8 kB that hold 8 MiB each, whole or damaged at the end: over the budget none is unpacked."""
    whole = zlib.compress(b" " * LARGE, 9)
    for packed in (whole, whole[:-1] + b"x"):
        assert cost(b"%PDF-1.4\n" + (b"stream\n" + packed + b"\nendstream\n") * 400, SMALL) < 1.5


def test_files_that_do_not_fit_the_budget_of_a_dossier_are_not_unpacked_whatever_they_are() -> None:
    """A file of another kind, or damaged at its very end, was unpacked before that showed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.pdf", b" " * (16 * 1024 * 1024))
    damaged = bytearray(packed.getvalue())
    begin = damaged.rfind(b"PK\x01\x02")
    struct.pack_into("<L", damaged, begin + 16, 1)  # its checksum
    for data in (packed.getvalue(), bytes(damaged)):
        inside = base64.b64encode(data).decode()
        begun = time.process_time()
        assert len(list(open_alle([("a.pdf", inside)] * 300))) == 300
        many = record(overigdocumentlijst={"document": [{"bestandsnaam": "a.pdf", "bestandsinhoud": inside}] * 100})
        assert bijlagen_met_nummer(many, standaard("2019.1"), NUMBER) == []
        assert time.process_time() - begun < 7
