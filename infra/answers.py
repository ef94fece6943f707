"""What API Gateway answers by itself, before or instead of the app: as the app's own answers of that door are.

At the portal problem+json (RFC 9457) with a documented code, at the wire a SOAP fault. A fault here names no
generation: one API serves both, and whoever reads a fault finds the code in faultstring too. API Gateway fills in no
more than plain text, so nothing in an answer depends on what was asked but its CORS header.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.resultaat import BERICHT_ONGELDIG, TECHNISCHE_FOUT, Resultaat
from chalicelib.domain.teksten import TEKSTEN
from chalicelib.messages.soap import ENVELOP, Kant
from chalicelib.web.cors import TOONT
from chalicelib.web.replies import KOPPEN, TITEL

Template = dict[str, Any]
_WACHT = 5
"""After how many seconds it makes sense to try again: the limit is one of every second."""
_ORIGIN = {"Fn::If": ["MetCors", "method.request.header.Origin", {"Ref": "AWS::NoValue"}]}
"""A header holds one origin and a list is none, so the asker's own goes back: this answer says nothing of anybody."""


@dataclass(frozen=True)
class Kind:
    """One kind of answer: our code with its status at the portal, and the fault with its status at the wire."""

    code: str
    status: int
    detail: str = ""
    """Where the text of the code does not say it: who waits here is not the one who asked too much."""
    fault: Resultaat = TECHNISCHE_FOUT
    kant: Kant = "Server"
    wire_status: int = 500


_CLIENT: Any = {"fault": BERICHT_ONGELDIG, "kant": "Client"}
KINDS: Mapping[str, Kind] = {
    "DEFAULT_4XX": Kind("VERZOEK_ONGELDIG", 400, **_CLIENT),
    "DEFAULT_5XX": Kind("TECHNISCHE_FOUT", 500),
    "MISSING_AUTHENTICATION_TOKEN": Kind("NIET_GEVONDEN", 404, **_CLIENT, wire_status=404),
    "REQUEST_TOO_LARGE": Kind("TE_GROOT", 413, **_CLIENT),
    "UNSUPPORTED_MEDIA_TYPE": Kind("INHOUDSTYPE_ONBEKEND", 415, **_CLIENT),
    "THROTTLED": Kind(
        "TE_VEEL_VERZOEKEN", 429, "Er zijn nu te veel verzoeken tegelijk. Probeer het zo weer.", wire_status=429
    ),
    "INTEGRATION_TIMEOUT": Kind("TECHNISCHE_FOUT", 500, "Het antwoord kwam te laat. Probeer het later opnieuw."),
}
"""API Gateway's kind of answer -> ours."""


def answers(door: str) -> Template:
    """Every kind of answer of a door."""
    return {naam: (_problem if door == "portal" else _fault)(kind) for naam, kind in KINDS.items()}


def _problem(kind: Kind) -> Template:
    body = {
        "type": "about:blank",
        "title": TITEL[kind.status],
        "status": kind.status,
        "code": kind.code,
        "detail": kind.detail or " ".join(TEKSTEN[kind.code]),
        "meldingen": [],
    }
    headers = {**KOPPEN, "Content-Type": "application/problem+json", "Vary": "Origin"}
    cors = {"Access-Control-Allow-Origin": _ORIGIN, "Access-Control-Expose-Headers": f"'{TOONT}'"}
    text = json.dumps(body, ensure_ascii=False)
    return _answer(kind.status, {"application/json": text}, headers, cors)


def _fault(kind: Kind) -> Template:
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{ENVELOP}"><soapenv:Body>'
        f"<soapenv:Fault><faultcode>soapenv:{kind.kant}</faultcode><faultstring>{kind.fault.wire}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    headers = {"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-store"}
    # a template is chosen by what the asker accepts, and JSON is what API Gateway falls back on
    return _answer(kind.wire_status, dict.fromkeys(("application/json", "text/xml"), text), headers, {})


def _answer(status: int, texts: Mapping[str, str], plain: Mapping[str, str], other: Template) -> Template:
    wait = {"Retry-After": str(_WACHT)} if status == 429 else {}
    headers = {naam: f"'{value}'" for naam, value in {**plain, **wait}.items()} | other
    return {
        "StatusCode": str(status),
        "ResponseTemplates": dict(texts),
        "ResponseParameters": {"Headers": headers},
    }
