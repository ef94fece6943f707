"""Readable text of attachments, to find a number that may not travel (15.34). Bounded; what cannot be read is skipped.

TXT as it is; DOCX, XLSX, PPTX and ODF by the text of their XML parts; PDF by its (inflated) content streams, where a
number that is drawn with a subset font of its own cannot be read.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from chalicelib.errors import Invalid
from chalicelib.gegevensset.bijlagen import documenten, open_bijlage
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.tabel import Standaard

_GROOTST = 8 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
_TUSSEN = re.compile(r"(?<=[0-9])[ .\-\u00a0](?=[0-9])")


def plekken_met_nummer(dossier: Waarden, tabel: Standaard, nummer: str) -> list[str]:
    """The places whose text or attachment holds these nine digits, also written in groups."""
    gevonden = [pad for pad, tekst in _teksten(dossier, "/dossier") if _bevat(tekst, nummer)]
    for pad, document in documenten(dossier, tabel):
        try:
            bijlage = open_bijlage(document["bestandsnaam"], document["bestandsinhoud"])
        except Invalid:
            continue  # it travels as bytes that nobody can open
        if any(_bevat(tekst, nummer) for tekst in leesbaar(bijlage.soort, bijlage.data)):
            gevonden.append(f"{pad}/bestandsinhoud")
    return gevonden


def leesbaar(soort: str, data: bytes) -> Iterator[str]:
    """The readable text of a file of this kind, piece by piece."""
    if soort == "TXT":
        yield data.decode("utf-8", "replace")
    elif soort in ("DOCX", "XLSX", "PPTX", "ODF"):
        yield from _kantoor(data)
    elif soort == "PDF":
        yield from _pdf(data)


def _kantoor(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(data)) as archief:
        for deel in archief.infolist():
            if deel.filename.endswith(".xml") and deel.file_size <= _GROOTST:
                yield _TAG.sub(b"", archief.read(deel)).decode("utf-8", "replace")


def _pdf(data: bytes) -> Iterator[str]:
    for gevonden in _STREAM.finditer(data):
        try:
            inhoud = zlib.decompressobj().decompress(gevonden[1], _GROOTST)
        except zlib.error:
            inhoud = gevonden[1]
        yield "".join(re.findall(r"\(((?:[^()\\]|\\.)*)\)", inhoud.decode("latin-1")))


def _teksten(waarde: object, pad: str) -> Iterator[tuple[str, str]]:
    if isinstance(waarde, dict):
        for naam, deel in waarde.items():
            if naam != "bestandsinhoud":
                yield from _teksten(deel, f"{pad}/{naam}")
    elif isinstance(waarde, list):
        for nummer, deel in enumerate(waarde, 1):
            yield from _teksten(deel, f"{pad}[{nummer}]")
    else:
        yield pad, str(waarde)


def _bevat(tekst: str, nummer: str) -> bool:
    return nummer in tekst or nummer in _TUSSEN.sub("", tekst)
