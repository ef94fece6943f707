"""What the product does: one module per flow, one function per step. A flow gets its time, it never asks for it."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.domain.nummers import Vestiging
from chalicelib.store import Stores


@dataclass(frozen=True)
class Werk:
    """Where the work is done, who does it, and when. In portal flows `school` is the only school that is touched."""

    stores: Stores
    door: Door
    nu: datetime

    @property
    def school(self) -> Vestiging:
        """The school that the work is done for."""
        return Vestiging(self.door.school)

    def mutatie(self, actie: Actie, onderwerp: str, **details: str | int) -> Mutatie:
        """The log entry of an act of this work."""
        return Mutatie(actie, onderwerp, self.door, self.nu, details)
