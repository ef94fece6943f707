"""The leerlingmap: files, notes and the PDFs of what was collected (R45, R47a, R49, 15.30)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.nummers import Vestiging

_NERGENS = '/\\:*?"<>|'


class Documentsoort(StrEnum):
    """How a document came into the map."""

    BESTAND = "BESTAND"
    NOTITIE = "NOTITIE"
    DOSSIER = "DOSSIER"


class Documentstatus(StrEnum):
    """A file counts only after its content was judged (15.30)."""

    WACHT_OP_UPLOAD = "WACHT_OP_UPLOAD"
    BESCHIKBAAR = "BESCHIKBAAR"


@dataclass(frozen=True)
class Document:
    """One document of a pupil's map. `naam` is for people, in no key; `map` and `object` are where it lies."""

    id: str
    school: Vestiging
    leerling_id: str
    soort: Documentsoort
    status: Documentstatus
    naam: str
    op: datetime
    door: str
    map: str = ""
    object: str = ""
    bestandssoort: str | None = None
    grootte: int = 0
    sha256: str | None = None
    omschrijving: str | None = None
    verloopt: int | None = None

    def __post_init__(self) -> None:
        """A name of before may hold a folder, which would count where it is unpacked."""
        object.__setattr__(self, "naam", in_bestandsnaam(self.naam, behoud=":"))


def in_bestandsnaam(tekst: str, behoud: str = "") -> str:
    """The text without what no file name may have, but for `behoud`: the name of a note has a colon (R47a)."""
    return "".join(c for c in tekst if c in behoud or (c.isprintable() and c not in _NERGENS))
