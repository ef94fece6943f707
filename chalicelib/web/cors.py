"""Whether a web page of another origin may call us from a browser (`OSO_CORS_ORIGINS`; none by default).

Only an origin that is on the list, letter for letter, is let in; never `*`, and never with cookies: a token alone says
who calls.
"""

from collections.abc import Callable, Sequence
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.config import settings

_VRAAGT = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Correlation-Id"
TOONT = "API-Version, ETag, Location, Retry-After, X-Correlation-Id"
_UUR = "3600"


def koppen(origin: str) -> dict[str, str]:
    """The headers of an answer to this origin; without any origin on the list an answer says nothing about it."""
    toegestaan = settings().cors_origins
    if not toegestaan:
        return {}
    if origin not in toegestaan:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": TOONT}


def vooraf(verbs: Sequence[str], blueprint: Blueprint) -> Callable[..., Response]:
    """The view that answers a browser asking whether it may do one of `verbs` on a path."""

    def antwoord(**pad: Any) -> Response:
        request = blueprint.current_request
        gegeven = koppen(request.headers.get("origin", ""))
        if "Access-Control-Allow-Origin" in gegeven:
            gegeven |= {
                "Access-Control-Allow-Methods": ", ".join(verbs),
                "Access-Control-Allow-Headers": _VRAAGT,
                "Access-Control-Max-Age": _UUR,
            }
        return Response(body="", status_code=204, headers={"Cache-Control": "no-store", **gegeven})

    return antwoord
