"""Answers and refusals as HTTP: problem+json for every error of ours (api.md, Errors; RFC 9457)."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalice.app import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.domain.teksten import TEKSTEN, melding
from chalicelib.errors import Conflict, Invalid, Melding, NotFound, OsoError, PeerError, Refused, Unavailable
from chalicelib.web.toegang import GeenToegang
from chalicelib.web.vormen import UITLEG

API_VERSION = "1.0.0"
KOPPEN = {"API-Version": API_VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

MEESTE_MELDINGEN = 1_000
"""In one answer: those first, so that no question makes an answer that does not fit (6 MB)."""
_LANGSTE_PAD = 500
_LAMBDA = 5_900_000

STATUS: dict[type[OsoError], int] = {
    Invalid: 422,
    NotFound: 404,
    Refused: 409,
    Conflict: 412,
    PeerError: 502,
    Unavailable: 503,
    GeenToegang: 401,
}
STATUS_VAN_CODE = {
    "JSON_ONLEESBAAR": 400,
    "XML_ONLEESBAAR": 400,
    "SCHOOL_NIET_TOEGESTAAN": 403,
    "ROL_ONVOLDOENDE": 403,
    "METHODE_NIET_TOEGESTAAN": 405,
    "TE_GROOT": 413,
    "TONEN_TE_GROOT": 413,
    "INHOUDSTYPE_ONBEKEND": 415,
    "IF_MATCH_ONTBREEKT": 428,
    "SLEUTEL_ONTBREEKT": 422,
    "TE_VEEL_AANVRAGEN": 429,
    "TE_VEEL_VERZOEKEN": 429,
    "TECHNISCHE_FOUT": 500,
}
TITEL = {
    400: "Niet leesbaar",
    401: "Niet aangemeld",
    403: "Niet toegestaan",
    404: "Niet gevonden",
    405: "Methode bestaat niet",
    409: "Dit kan nu niet",
    412: "Intussen gewijzigd",
    413: "Te groot",
    415: "Soort inhoud onbekend",
    422: "Niet juist ingevuld",
    428: "If-Match ontbreekt",
    429: "Te veel aanvragen",
    500: "Technische fout",
    502: "Fout van de andere kant",
    503: "De andere kant antwoordt niet",
}
# What Chalice answers by itself, before any view of ours: its status, our code.
VAN_CHALICE = {
    400: "JSON_ONLEESBAAR",
    404: "NIET_GEVONDEN",
    405: "METHODE_NIET_TOEGESTAAN",
    415: "INHOUDSTYPE_ONBEKEND",
}


@dataclass(frozen=True)
class Antwoord:
    """What a view gives back: a JSON body (or text or bytes with their own kind), status and headers."""

    body: Any
    status: int = 200
    koppen: dict[str, str] = field(default_factory=dict)
    soort: str = "application/json"

    def als_response(self) -> Response:
        """As Chalice sends it."""
        koppen: dict[str, str | list[str]] = {**KOPPEN, "Content-Type": self.soort, **self.koppen}
        if self.body is None:
            return Response(body="", status_code=self.status, headers=koppen)
        body = self.body if isinstance(self.body, str | bytes) else json.dumps(self.body, ensure_ascii=False)
        return Response(body=body, status_code=self.status, headers=koppen)


def past_niet(body: str | bytes) -> bool:
    """Whether a Lambda cannot give this: 6 MB of JSON, in which bytes are base64 and text is escaped once more."""
    if len(body) <= _LAMBDA // 4:
        return False
    als_tekst = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return len(json.dumps(als_tekst, ensure_ascii=False).encode()) > _LAMBDA


def melding_json(m: Melding) -> dict[str, str]:
    """One Melding as `api.md` has it."""
    return {
        "code": m.code,
        "pad": m.pad,
        "waarde": m.waarde,
        "toegestaan": m.toegestaan,
        "tekst": m.tekst,
        "watNu": m.wat_nu,
        "ernst": m.ernst,
    }


def status_van(fout: OsoError) -> int:
    """The HTTP status of an error: by its code where that has its own, else by its kind."""
    return STATUS_VAN_CODE.get(fout.code) or STATUS[next(soort for soort in STATUS if isinstance(fout, soort))]


def probleem(fout: OsoError) -> Antwoord:
    """The problem+json of an error; `detail` is Dutch and for people."""
    status = status_van(fout)
    tekst, wat_nu = TEKSTEN.get(fout.code, (fout.detail or TITEL[status], ""))
    body = {
        "type": "about:blank",
        "title": TITEL[status],
        "status": status,
        "code": fout.code,
        "detail": f"{tekst} {wat_nu}".strip() if not fout.detail or fout.code in TEKSTEN else fout.detail,
        "meldingen": [melding_json(m) for m in fout.meldingen[:MEESTE_MELDINGEN]],
    }
    koppen = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if fout.wacht:
        koppen["Retry-After"] = str(fout.wacht)
    return Antwoord(body, status, koppen, "application/problem+json")


def van_pydantic(fout: ValidationError) -> Invalid:
    """Every wrong field by name, in our own words: pydantic's may quote the input."""
    fouten = fout.errors(include_url=False, include_input=False)
    meldingen = [_veldmelding(detail) for detail in fouten[:MEESTE_MELDINGEN]]
    return Invalid(meldingen[0].code, meldingen[0].tekst, meldingen)


_VELDCODE = {"extra_forbidden": "ONBEKEND_VELD", "missing": "VELD_ONTBREEKT"}


# What a value of the wrong kind should have been, by the beginning of pydantic's name for the fault.
_SOORT = {
    "bool": "true of false",
    "string_type": "tekst",
    "int": "een geheel getal",
    "date_": "een datum, jjjj-mm-dd",
    "datetime": "een moment met tijdzone, zoals 2026-06-10T09:30:00+02:00",
    "timezone": "een moment met tijdzone, zoals 2026-06-10T09:30:00+02:00",
    "list": "een lijst",
    "dict": "een object",
    "model": "een object",
}
_GRENS = {
    "max_length": "hoogstens {}{}",
    "min_length": "ten minste {}{}",
    "ge": "vanaf {}",
    "le": "tot en met {}",
}


def _veldmelding(detail: ErrorDetails) -> Melding:
    soort, ctx = detail["type"], detail.get("ctx", {})
    code = soort if soort in TEKSTEN else _VELDCODE.get(soort, "VELD_ONJUIST")
    tekst = str(ctx.get("tekst", ""))
    gevonden = melding(code, pad="".join(f"/{deel}" for deel in detail["loc"])[:_LANGSTE_PAD], detail=tekst)
    return replace(gevonden, toegestaan=_toegestaan(soort, ctx) if code == "VELD_ONJUIST" else "")


def _toegestaan(soort: str, ctx: Mapping[str, Any]) -> str:
    """What may stand in a field, in Dutch, from what pydantic says of the fault."""
    if "expected" in ctx:
        return keuzes(re.findall("'([^']*)'", ctx["expected"]) or [ctx["expected"]])
    if "pattern" in ctx:
        return UITLEG.get(ctx["pattern"], "")
    if ctx.get("min_length") == 1:
        return "niet leeg"
    eenheid = " tekens" if soort.startswith("string") else ""
    grenzen = [tekst.format(ctx[naam], eenheid) for naam, tekst in _GRENS.items() if naam in ctx]
    return " ".join(grenzen) or next((tekst for begin, tekst in _SOORT.items() if soort.startswith(begin)), "")


def keuzes(waarden: Sequence[str]) -> str:
    """What may be chosen from, in Dutch: `a, b of c`."""
    return " of ".join(filter(None, (", ".join(waarden[:-1]), waarden[-1])))
