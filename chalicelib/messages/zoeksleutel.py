"""From a pgn to the zoeksleutel, the only form in which a number may reach the Traffic Center (protocol 5, 9b.2).

How Kennisnet computes it is not public: this provider is ours, not verified against the Kennisnet WSDL, and serves
parties that share one key. It is deterministic, because the Traffic Center compares what bron and doel sent.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.nummers import Pgn
from chalicelib.errors import Invalid

OCTETTEN = 128


@dataclass(frozen=True)
class Zoeksleutel:
    """An encrypted pgn: base64 in `waarde`; `pgnfrag` travels in generation '22 only. Its repr shows neither."""

    waarde: str = field(repr=False)
    pgnfrag: str = field(default="", repr=False, compare=False)


ZoeksleutelProvider = Callable[[Pgn], Zoeksleutel]


def kies_provider(naam: str, sleutel: bytes) -> ZoeksleutelProvider:
    """The provider of this name under its key; raises Invalid("PROVIDER_ONBEKEND"). Kennisnet's own is not public."""
    if naam not in PROVIDERS:
        raise Invalid("PROVIDER_ONBEKEND", "deze zoeksleutelprovider is er niet")
    return PROVIDERS[naam](sleutel)


def zoeksleutel_provider(sleutel: bytes) -> ZoeksleutelProvider:
    """A function Pgn -> Zoeksleutel under a shared key of at least 16 octets; raises Invalid("SLEUTEL_TE_KORT").

    HMAC-SHA-256 of the nine digits, expanded by HKDF (RFC 5869) to 128 octets, in base64. The kind of number takes
    no part: a documentRequest does not say it. `pgnfrag` is the last four digits (inferred).
    """
    if len(sleutel) < 16:
        raise Invalid("SLEUTEL_TE_KORT", "de sleutel voor de zoeksleutel is korter dan 16 octetten")

    def zoeksleutel(pgn: Pgn) -> Zoeksleutel:
        kern = hmac.digest(sleutel, pgn.nummer.encode("ascii"), hashlib.sha256)
        return Zoeksleutel(base64.b64encode(_expand(kern, b"oso zoeksleutel")).decode("ascii"), pgn.nummer[-4:])

    return zoeksleutel


def _expand(kern: bytes, info: bytes) -> bytes:
    """HKDF-Expand with SHA-256 to OCTETTEN octets (RFC 5869, 2.3)."""
    blok = uit = b""
    for teller in range(1, OCTETTEN // 32 + 1):
        blok = hmac.digest(kern, blok + info + bytes([teller]), hashlib.sha256)
        uit += blok
    return uit


def lees_zoeksleutel(tekst: str) -> Zoeksleutel:
    """A Zoeksleutel as received: base64, possibly wrapped over lines (protocol 5). Raises Invalid."""
    waarde = "".join(tekst.split())
    try:
        octetten = base64.b64decode(waarde, validate=True)
    except (binascii.Error, ValueError):
        octetten = b""
    if not 16 <= len(octetten) <= 1024:
        raise Invalid("BERICHT_ONGELDIG", "de zoeksleutel is geen base64 van de verwachte lengte")
    return Zoeksleutel(waarde)


PROVIDERS: dict[str, Callable[[bytes], ZoeksleutelProvider]] = {"sandbox": zoeksleutel_provider}
"""By the name in `OSO_ZOEKSLEUTEL_PROVIDER`. Production does not start with the one of the sandbox."""
