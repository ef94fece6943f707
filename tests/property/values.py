"""Arbitrary leaf values that fit the type of a field: patterns, bounds, code lists, Unicode names, attachments."""

import base64
import io
import re
import struct
import zipfile
import zlib
from datetime import date, timedelta
from random import Random

from chalicelib.gegevensset.tabel import Element, Standaard

NAMES = (
    "Zoë", "Łukasz", "Nguyễn", "Özgür", "Þóra", "Çağla", "Søren", "Ñandú", "Šárka", "Ĳsbrand", "Dvořák", "O'Brien",
    "Testleerling", "Van den Voorbeeld", "Proef", "Ægir",
)  # fmt: skip
WORDS = (
    "rekenen", "taal & spelling", "meer < minder", "a > b", 'zegt "hallo"', "één", "groep/klas", "  ingesprongen",
    "regel één\nregel twee", "tab\thier", "50 %", "€ 12,50", "naïef", "coöperatie", "x" * 60, "]]>", "'s ochtends",
)  # fmt: skip
BSN = (
    "662460613", "482782481", "613543439", "559144428", "991904862", "388483763", "118716943", "310008475", "274957462",
    "088584574", "238521436", "097902378", "334390205", "019907758",
)  # fmt: skip
ONDERWIJSNUMMER = "101211151"
_PIECE = re.compile(r"(\[0-9\]|\[A-Z\]|\\d|\\p\{Nd\}|[^\\\[{])(?:\{(\d+)\})?")


def from_pattern(pattern: str, rng: Random) -> str:
    """A text that matches one of the simple patterns of the tables: classes of digits or capitals, counts, literals."""
    text = ""
    for what, count in _PIECE.findall(pattern):
        for _ in range(int(count or 1)):
            if what == "[A-Z]":
                text += rng.choice("ABCDEFGHJKLMNPRSTVWXYZ")
            else:
                text += what if len(what) == 1 else rng.choice("0123456789")
    return text


def some_day(rng: Random, first: date, last: date) -> str:
    return (first + timedelta(days=rng.randrange((last - first).days + 1))).isoformat()


def _number(field: Element, rng: Random) -> str:
    low, high = int(field.facetten.get("minInclusive", -5)), int(field.facetten.get("maxInclusive", 400))
    number = str(rng.randint(low, high))
    return f"{number}.{rng.randrange(100):02}" if field.basis == "xs:decimal" else number


def _text(field: Element, rng: Random) -> str:
    if "naam" in field.naam or field.naam == "voorvoegsel":
        text = rng.choice(NAMES)
    else:
        text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 4)))
    return text[: int(field.facetten.get("maxLength", 500))]


def leaf(field: Element, standaard: Standaard, rng: Random, today: date) -> str:
    """A valid text for the field by its own type alone; what rules ask of it comes later."""
    if field.codelijst is not None:
        return rng.choice(list(standaard.codelijsten[field.codelijst].codes))
    if field.basis == "xs:boolean":
        return rng.choice(("true", "false", "1", "0"))
    if field.basis == "xs:date":
        text = some_day(rng, today - timedelta(days=3000), today)
        return f"{text[:4]}-07-31" if "pattern" in field.facetten else text + rng.choice(("", "", "", "Z", "+01:00"))
    if field.basis in ("xs:integer", "xs:int", "xs:decimal"):
        return _number(field, rng)
    if "pattern" in field.facetten:
        return from_pattern(field.facetten["pattern"], rng)
    return _text(field, rng)


def _pdf(_: Random) -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def _png(rng: Random) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = zlib.compress(b"\0" + rng.randbytes(3))
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def _txt(rng: Random) -> bytes:
    return (" ".join(rng.choice(NAMES) for _ in range(rng.randint(1, 40))) + "\n").encode()


_CONTENT = {"pdf": _pdf, "png": _png, "txt": _txt}


def attachment(rng: Random) -> dict[str, str]:
    """A `document`: its content is base64 of a ZIP with one entry, whose kind fits its name."""
    kind = rng.choice(list(_CONTENT))
    name = f"{rng.choice(('verslag', 'rapport', 'bijlage é'))} {rng.randrange(100)}.{kind}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr(zipfile.ZipInfo(name), _CONTENT[kind](rng))
    document = {"bestandsnaam": name, "bestandsinhoud": base64.b64encode(packed.getvalue()).decode()}
    return document if rng.random() < 0.5 else {**document, "omschrijving": rng.choice(WORDS).strip()}
