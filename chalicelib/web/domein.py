"""Each door answers under its own domain name: mutual TLS holds for a whole domain, never for a path (house 2)."""

from collections.abc import Mapping
from typing import Any

from chalicelib.config import settings
from chalicelib.errors import NotFound


def past(deur: str, context: Mapping[str, Any]) -> bool:
    """Whether a request came in by the domain of this door; what API Gateway says, never a header."""
    eigen = settings().domeinen.get(deur)
    return eigen is None or context.get("domainName") == eigen


def eis(deur: str, context: Mapping[str, Any]) -> None:
    """Raise NotFound for a request that came by another domain: there is no such path there."""
    if not past(deur, context):
        raise NotFound("NIET_GEVONDEN")
