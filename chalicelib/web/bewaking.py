"""What expires without anybody touching it: our certificates, those that we trust, and the keys under tokens."""

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography import x509

from chalicelib.config import Issuer, Settings, pem
from chalicelib.web.log import meet


def meld(s: Settings, nu: datetime) -> None:
    """One line per kind, with the days until the first of its kind expires; no line where nothing can."""
    for naam, momenten in (
        ("certificaat_dagen", list(_certificaten(s))),
        ("tokensleutel_dagen", [moment for issuer in s.issuers for moment in _sleutels(issuer)]),
    ):
        if momenten:
            dagen: dict[str, Any] = {naam: (min(momenten) - nu).days}
            meet("bewaken", [(naam, "Count", ())], **dagen)


def _certificaten(s: Settings) -> Iterator[datetime]:
    for waarde in filter(None, (s.client_cert, s.tc_ca)):
        for een in x509.load_pem_x509_certificates(pem(waarde).encode()):
            yield een.not_valid_after_utc


def _sleutels(issuer: Issuer) -> Iterator[datetime]:
    """Until when the keys of an issuer may be used: its `exp` (OpenID Federation 8.7.2), or its own certificate."""
    for sleutel in issuer.jwks.get("keys", []):
        yield from _verval(sleutel)


def _verval(sleutel: Mapping[str, Any]) -> Iterator[datetime]:
    if "exp" in sleutel:
        yield datetime.fromtimestamp(int(sleutel["exp"]), UTC)
    elif sleutel.get("x5c"):
        yield x509.load_der_x509_certificate(base64.b64decode(sleutel["x5c"][0])).not_valid_after_utc
