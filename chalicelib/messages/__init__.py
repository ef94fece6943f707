"""SOAP and the OSO messages: bytes in, values out. One protocol profile per generation.

Every shape that protocol.md marks as inferred is not verified against the Kennisnet WSDL, and lives in the
profile modules alone: nothing outside `profiel18`, `profiel22` and `vormen` knows an element name.
"""

from chalicelib.errors import Invalid
from chalicelib.messages import profiel18, profiel22
from chalicelib.messages.profiel import Protocolprofiel

PROFIELEN: dict[str, Protocolprofiel] = {module.PROFIEL.naam: module.PROFIEL for module in (profiel18, profiel22)}


def protocolprofiel(naam: str) -> Protocolprofiel:
    """The profile of a generation, "18" or "22"; raises Invalid("PROTOCOLPROFIEL_ONBEKEND")."""
    if naam not in PROFIELEN:
        raise Invalid("PROTOCOLPROFIEL_ONBEKEND", "bekend zijn " + " en ".join(sorted(PROFIELEN)))
    return PROFIELEN[naam]
