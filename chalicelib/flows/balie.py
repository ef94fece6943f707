"""Who calls at the wire's door, and for which aanleverpunten that system may speak (9b.7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.config import Leverancier
from chalicelib.messages.berichten import Doel, OverzichtAanleverpunt
from chalicelib.store import Stores
from chalicelib.traffic_center import TrafficCenter

Overzicht = Callable[[str], tuple[OverzichtAanleverpunt, ...]]
"""The aanleverpunten of a BRIN at the Traffic Center, remembered for an hour by whoever gives it (9b.7)."""


@dataclass(frozen=True)
class Beller:
    """The system that calls: issuer and OIN of its client certificate, and its fingerprint."""

    issuer: str
    oin: str
    vingerafdruk: str


@dataclass(frozen=True)
class Balie:
    """All that answering needs."""

    stores: Stores
    tc: TrafficCenter
    leveranciers: tuple[Leverancier, ...]
    overzicht: Overzicht
    nu: datetime


def leverancier_van(balie: Balie, beller: Beller) -> Leverancier | None:
    """A PKIoverheid root admits every holder, so this list says who may speak (9b.7)."""
    return next((lev for lev in balie.leveranciers if (lev.issuer, lev.oin) == (beller.issuer, beller.oin)), None)


def is_platform(balie: Balie, beller: Beller) -> bool:
    """Whether the system that calls is a regionaal platform (15.35)."""
    leverancier = leverancier_van(balie, beller)
    return leverancier is not None and leverancier.platform


def naam_als_bediend(balie: Balie, beller: Beller, brin: str, punt: str, doel: Doel = Doel.OV) -> str | None:
    """The name of the school at this aanleverpunt if the caller speaks for it, else None.

    Also None where the aanleverpunt is for something else than `doel`: that of an SWV stands under the BRIN of the
    school itself, and asking from there is not asking within the BRIN (2.4, 3.11).
    """
    leverancier = leverancier_van(balie, beller)
    if leverancier is None:
        return None
    bekend = next((p for p in balie.overzicht(brin) if p.aanleverpunt.nummer == punt), None)
    if bekend is not None and bekend.doel is not doel:
        return None
    if leverancier.aanleverpunten is not None:
        return ((bekend and bekend.naam) or brin) if f"{brin}/{punt}" in leverancier.aanleverpunten else None
    return bekend.naam or brin if bekend and bekend.leverancier == leverancier.oin else None
