"""What the product does: one module per flow, one function per step. A flow gets its time, it never asks for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.school import School
from chalicelib.errors import Conflict, Melding
from chalicelib.store import Stores
from chalicelib.store.tabel import Write


@dataclass(frozen=True)
class Mee:
    """What a bulk act brings along to the flow of one pupil, so that the flow itself stays the same (15.14).

    `kaart` reads the card, from what was read for the whole batch the first time; `ook` gives what is written
    together with the outcome; `kenmerk` stands in every log entry; `aanmeldweek`: its first month and day (15.11).
    """

    kaart: Callable[[str], Dossier]
    school: School
    ook: Callable[[Iterable[Melding], int], Sequence[Write]]
    kenmerk: Mapping[str, str | int]
    aanmeldweek: tuple[int, int]


@dataclass(frozen=True)
class Werk:
    """Where the work is done, who does it, and when. In portal flows `school` is the only school that is touched."""

    stores: Stores
    door: Door
    nu: datetime
    mee: Mee | None = field(default=None, repr=False)

    @property
    def school(self) -> Vestiging:
        """The school that the work is done for."""
        return Vestiging(self.door.school)

    def mutatie(self, actie: Actie, onderwerp: str, **details: str | int) -> Mutatie:
        """The log entry of an act of this work."""
        return Mutatie(actie, onderwerp, self.door, self.nu, {**details, **(self.mee.kenmerk if self.mee else {})})

    def lees(self, leerling_id: str) -> tuple[Dossier, School]:
        """The card of a pupil and the settings of the school, or NotFound: in one request."""
        if self.mee:
            return self.mee.kaart(leerling_id), self.mee.school
        return self.stores.dossier_met_school(self.school, leerling_id)

    def ook(self, meldingen: Iterable[Melding] = (), weg: int = 0) -> Sequence[Write]:
        """What else must be written in the transaction of this outcome; `weg`: tests left out as too old."""
        return self.mee.ook(meldingen, weg) if self.mee else ()


def eis_ongewijzigd(if_match: str, etag: str) -> None:
    """Raise Conflict when If-Match is not `*` and none of its tags is that of what is there now (RFC 9110, 13.1.1)."""
    if if_match != "*" and etag not in (deel.strip() for deel in if_match.split(",")):
        raise Conflict("INTUSSEN_GEWIJZIGD")
