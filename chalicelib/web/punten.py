"""An aanleverpunt in a path or a body: refused with its field, and named as the wire will name it."""

from chalicelib.config import settings
from chalicelib.domain import teksten
from chalicelib.domain.nummers import LENGTE_KENMERK, Aanleverpunt, Vestiging
from chalicelib.errors import Invalid
from chalicelib.messages.soorten import in_brin


def lees_punt(tekst: str, school: Vestiging, pad: str) -> Aanleverpunt:
    """The aanleverpunt that is meant within the BRIN of this school, as the generation that is set can name it.

    A routeringskenmerk of the own BRIN is its index, as everything from the wire is. Raises
    Invalid("AANLEVERPUNT_ONGELDIG"), also for a routeringskenmerk in '18.
    """
    fout = Invalid("AANLEVERPUNT_ONGELDIG", meldingen=[teksten.melding("AANLEVERPUNT_ONGELDIG", pad=pad)])
    try:
        punt = Aanleverpunt.parse(tekst)
    except Invalid:
        raise fout from None
    if len(tekst) == LENGTE_KENMERK and settings().profiel == "18":
        raise fout
    return in_brin(punt, school.brin)
