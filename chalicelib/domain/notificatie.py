"""A notificatie: the source tells a school that asked before that a dossier is ready (R69-R72, 15.13, 9b.5)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.mutatielog import Kop
from chalicelib.domain.nummers import Vestiging


class Richting(StrEnum):
    """Sent by us, or received."""

    UIT = "UIT"
    IN = "IN"


class Notificatiestatus(StrEnum):
    """Of one that we send: waiting, acknowledged or failed. One that we received is there, and then read."""

    WACHT = "WACHT"
    BEVESTIGD = "BEVESTIGD"
    MISLUKT = "MISLUKT"
    ONTVANGEN = "ONTVANGEN"
    GELEZEN = "GELEZEN"


@dataclass(frozen=True)
class Notificatie:
    """One notificatie. `verzoek` is the request by the other school (UIT), `aanvraag` our own earlier request (IN)."""

    id: str
    school: Vestiging
    richting: Richting
    status: Notificatiestatus
    sessie_id: str
    bron_brin: str
    bron_aanleverpunt: str
    doel_brin: str
    doel_aanleverpunt: str
    andere_school: str
    op: datetime
    door: str = ""
    door_sub: str = ""
    aanvraagdatum: datetime | None = None
    leerling_id: str | None = None
    verzoek: str | None = None
    aanvraag: str | None = None
    code: str | None = None
    afgehandeld_op: datetime | None = None
    version: int = 0
    kop: Kop = field(default_factory=Kop)

    @property
    def onderwerp(self) -> str:
        """The name of this notificatie's own chain, for one that belongs to no pupil of ours."""
        return f"NOTIFICATIE#{self.school}#{self.id}"

    def naar(self, status: Notificatiestatus, op: datetime, code: str | None = None) -> "Notificatie":
        """The notificatie in its next state."""
        return replace(self, status=status, code=code, afgehandeld_op=op, version=self.version + 1)

    def weer(self, op: datetime) -> "Notificatie":
        """A received one that came again: to be read (again), at this moment."""
        return replace(self, status=Notificatiestatus.ONTVANGEN, op=op, afgehandeld_op=None, version=self.version + 1)
