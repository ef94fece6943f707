"""Stores in memory for one pupil: what the flows of collecting and setting ready ask of `Stores`, and nothing else.

No condition is checked and nothing is logged: those have their own tests, against the embedded AWS.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from chalicelib.domain.document import Document
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.school import School
from chalicelib.errors import NotFound
from chalicelib.store import Stores


@dataclass
class Box:
    """Content by folder and name."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    made: int = 0

    def nieuwe_map(self, school: object, owner: str) -> str:
        self.made += 1
        return f"{school}/{owner}/{self.made:032x}"

    def put(self, folder: str, name: str, data: bytes) -> None:
        self.objects[folder, name] = data

    def get(self, folder: str, name: str) -> bytes:
        try:
            return self.objects[folder, name]
        except KeyError:
            raise NotFound("INHOUD_WEG") from None


@dataclass
class Memory:
    """One school, one card, its documents."""

    kaart: Dossier
    instellingen: School
    documents: dict[str, Document] = field(default_factory=dict)
    inhoud: Box = field(default_factory=Box)

    def as_stores(self) -> Stores:
        """Itself, in the place of the stores of a process."""
        return cast(Stores, self)

    def dossier(self, *_: object) -> Dossier:
        return self.kaart

    def school(self, *_: object) -> School:
        return self.instellingen

    def dossier_met_school(self, *_: object) -> tuple[Dossier, School]:
        return self.kaart, self.instellingen

    def document(self, school: object, leerling_id: str, id_: str) -> Document:
        try:
            return self.documents[id_]
        except KeyError:
            raise NotFound("DOCUMENT_NIET_GEVONDEN") from None

    def documenten(self, *_: object) -> list[Document]:
        return list(self.documents.values())

    def commit(self, act: object, old: object, new: Dossier, *_: object, **__: object) -> Dossier:
        """Keep the card."""
        self.kaart = new
        return new

    def leg_versie_vast(self, *_: object) -> Any:
        """A write that nobody performs."""

    def leg_document_vast(self, *_: object) -> Any:
        """A write that nobody performs."""
