"""Readable text of attachments, to find a number that may not travel (15.34). Bounded; what cannot be read is skipped.

TXT in its encoding; DOCX, XLSX, PPTX and ODF by the text of their XML parts; PDF by `pdftekst`; and the bytes of any
file as they are, for the texts of DOC, XLS and PPT and what photos say about themselves.
"""

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from chalicelib.errors import Invalid
from chalicelib.gegevensset.bijlagen import documenten, open_bijlage
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.pdftekst import teksten_van_pdf
from chalicelib.gegevensset.tabel import Standaard

_GROOTST = 8 * 1024 * 1024
_ALLES = 32 * 1024 * 1024
_TAG = re.compile(rb"<[^>]*>")
_TUSSEN = re.compile(r"(?<=[0-9])[ .\-\u00a0](?=[0-9])")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def plekken_met_nummer(dossier: Waarden, tabel: Standaard, nummer: str) -> list[str]:
    """The places whose text, file name or attachment holds these nine digits, also written in groups."""
    gevonden = [pad for pad, tekst in _teksten(dossier, "/dossier") if bevat_nummer(tekst, nummer)]
    return gevonden + bijlagen_met_nummer(dossier, tabel, nummer)


def bijlagen_met_nummer(dossier: Waarden, tabel: Standaard, nummer: str) -> list[str]:
    """The places of the attachments whose readable text holds these nine digits."""
    gevonden = []
    for pad, document in documenten(dossier, tabel):
        try:
            bijlage = open_bijlage(document["bestandsnaam"], document["bestandsinhoud"])
        except Invalid:
            continue  # it travels as bytes that nobody can open
        if _in_bytes(bijlage.data, nummer) or any(
            bevat_nummer(tekst, nummer) for tekst in leesbaar(bijlage.soort, bijlage.data)
        ):
            gevonden.append(f"{pad}/bestandsinhoud")
    return gevonden


def bevat_nummer(tekst: str, nummer: str) -> bool:
    """Whether a text holds these nine digits, also in groups, and also without the zero in front."""
    heel = _TUSSEN.sub("", tekst)
    if nummer in tekst or nummer in heel:
        return True
    kort = nummer.lstrip("0")
    return kort != nummer and re.search(rf"(?<![0-9]){kort}(?![0-9])", heel) is not None


def leesbaar(soort: str, data: bytes) -> Iterator[str]:
    """The readable text of a file of this kind, piece by piece."""
    if soort == "TXT":
        yield data.decode("utf-16" if data.startswith(_UTF16) else "utf-8", "replace")
    elif soort in ("DOCX", "XLSX", "PPTX", "ODF"):
        yield from _kantoor(data)
    elif soort == "PDF":
        yield from teksten_van_pdf(data)


def _kantoor(data: bytes) -> Iterator[str]:
    over = _ALLES
    with zipfile.ZipFile(BytesIO(data)) as archief:
        for deel in archief.infolist():
            if not deel.filename.endswith((".xml", ".rels")) or deel.file_size > min(_GROOTST, over):
                continue
            over -= deel.file_size
            try:
                inhoud = archief.read(deel)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
                continue  # damaged or locked: nobody can read it
            yield html.unescape(_TAG.sub(b"", inhoud).decode("utf-8", "replace"))


def _in_bytes(data: bytes, nummer: str) -> bool:
    """The digits as they are, one or two octets each."""
    return any(nummer.encode(codering) in data for codering in ("ascii", "utf-16-le", "utf-16-be"))


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
