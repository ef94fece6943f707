"""Readable text of attachments, to find a number that may not travel (15.34). Bounded; what cannot be read is skipped.

TXT in its encoding; DOCX, XLSX, PPTX and ODF by `kantoortekst`; PDF by `pdftekst`; and the bytes of any file as they
are, for the texts of DOC, XLS and PPT and what photos say about themselves. A file that is no good attachment (15.30)
travels too, with a warning: so it is looked into as well, for what it most likely is.
"""

import re
from collections.abc import Iterator

from chalicelib.errors import Invalid
from chalicelib.gegevensset.bestandssoort import soort_van
from chalicelib.gegevensset.bijlagen import documenten, pak_alle_uit
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.kantoortekst import UTF16, teksten_van_kantoor
from chalicelib.gegevensset.pdftekst import teksten_van_pdf
from chalicelib.gegevensset.tabel import Standaard
from chalicelib.gegevensset.tegoed import Tegoed

_ALLES = 32 * 1024 * 1024
_VOOR_PDF = 1024  # what readers of PDF skip in front of it
_TUSSEN = re.compile(r"(?<=[0-9])[ .\-\u00a0](?=[0-9])")


def plekken_met_nummer(dossier: Waarden, tabel: Standaard, nummer: str) -> list[str]:
    """The places whose text, file name or attachment holds these nine digits, also written in groups."""
    gevonden = [pad for pad, tekst in _teksten(dossier, "/dossier") if bevat_nummer(tekst, nummer)]
    return gevonden + bijlagen_met_nummer(dossier, tabel, nummer)


def bijlagen_met_nummer(dossier: Waarden, tabel: Standaard, nummer: str) -> list[str]:
    """The places of the attachments whose readable text holds these nine digits."""
    plekken, tegoed = list(documenten(dossier, tabel)), Tegoed(_ALLES)
    alle = pak_alle_uit(document["bestandsinhoud"] for _, document in plekken)
    return [
        f"{pad}/bestandsinhoud"
        for (pad, _), data in zip(plekken, alle, strict=True)
        if not isinstance(data, Invalid)  # else it travels as bytes that nobody can open
        and (_in_bytes(data, nummer) or any(bevat_nummer(tekst, nummer) for tekst in leesbaar(data, tegoed)))
    ]


def bevat_nummer(tekst: str, nummer: str) -> bool:
    """Whether a text holds these nine digits, also in groups, and also without the zero in front."""
    heel = _TUSSEN.sub("", tekst)
    if nummer in tekst or nummer in heel:
        return True
    kort = nummer.lstrip("0")
    return kort != nummer and re.search(rf"(?<![0-9]){kort}(?![0-9])", heel) is not None


def leesbaar(data: bytes, tegoed: Tegoed | None = None) -> Iterator[str]:
    """The readable text of a file, piece by piece; `tegoed` is what may be unpacked. Raises nothing."""
    tegoed, soort = tegoed or Tegoed(_ALLES), soort_van(data)
    if data.startswith(b"PK"):
        yield from teksten_van_kantoor(data, tegoed)
    elif b"%PDF-" in data[:_VOOR_PDF]:
        yield from teksten_van_pdf(data, tegoed)
    elif soort in ("TXT", ""):
        yield data.decode("utf-16" if data.startswith(UTF16) else "utf-8" if soort else "latin-1", "replace")


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
