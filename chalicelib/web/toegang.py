"""Who calls: the checked token gives school, employee and rights; nothing else does (api.md, Who)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt

from chalicelib.config import Issuer, settings
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.rechten import Recht, rechten
from chalicelib.errors import Invalid, OsoError

ALGORITMES = ("RS256", "ES256")
VERPLICHT = ("iss", "aud", "exp", "iat")
LANGST, SPELING = 3600, 30
"""In seconds: the longest that a token may live, and how far two clocks may lie apart."""
VERBODEN_KOPPEN = ("jku", "jwk", "x5u", "x5c", "crit")


class GeenToegang(OsoError):
    """401 or 403: the web room's own, since no rule and no flow ever says it."""


@dataclass(frozen=True)
class Toegang:
    """What a valid token says."""

    door: Door
    school: Vestiging
    rechten: frozenset[Recht]


def controleer_token(kop: str | None, op: datetime) -> Toegang:
    """Check `Authorization` and give what it says. Raises GeenToegang: TOKEN_… (401), SCHOOL_NIET_TOEGESTAAN (403)."""
    soort, _, token = (kop or "").partition(" ")
    if not token:
        raise GeenToegang("TOKEN_ONTBREEKT")
    if soort.lower() != "bearer":
        raise GeenToegang("TOKEN_ONGELDIG")
    claims, issuer = _lees(token.strip())
    _controleer_tijd(claims, int(op.timestamp()))
    school = _school(claims, issuer)
    sub, naam = claims.get("sub"), claims.get("naam")
    medewerker = isinstance(sub, str) and isinstance(naam, str) and bool(sub.strip() and naam.strip())
    rollen = claims.get("rollen")
    rollen = [rol for rol in rollen if isinstance(rol, str)] if isinstance(rollen, list) else []
    door = Door(school.code, str(sub or issuer.iss), str(naam) if medewerker else "portaal")
    return Toegang(door, school, rechten(rollen, medewerker=medewerker))


def eis(toegang: Toegang, recht: Recht) -> None:
    """Raise GeenToegang("ROL_ONVOLDOENDE") when no role of the token gives this right (15.28)."""
    if recht not in toegang.rechten:
        raise GeenToegang("ROL_ONVOLDOENDE")


def _lees(token: str) -> tuple[Mapping[str, Any], Issuer]:
    """The claims under a signature by a key of the configured issuer, with an algorithm that we allow."""
    try:
        kop = jwt.get_unverified_header(token)
        beweerd = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, UnicodeError):
        raise GeenToegang("TOKEN_ONGELDIG") from None
    iss = beweerd.get("iss")
    issuer = next((issuer for issuer in settings().issuers if issuer.iss == iss), None)
    if issuer is None or kop.get("alg") not in ALGORITMES or any(naam in kop for naam in VERBODEN_KOPPEN):
        raise GeenToegang("TOKEN_ONGELDIG")
    sleutel = _sleutels(issuer.iss).get(str(kop.get("kid", "")))
    if sleutel is None or sleutel.algorithm_name != kop["alg"]:
        raise GeenToegang("TOKEN_ONGELDIG")
    # the times are checked against our own clock, see _controleer_tijd
    opties: Any = {
        "require": list(VERPLICHT),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    }
    try:
        return jwt.decode(token, sleutel, [kop["alg"]], opties, audience=issuer.aud, issuer=issuer.iss), issuer
    except jwt.PyJWTError:
        raise GeenToegang("TOKEN_ONGELDIG") from None


@lru_cache(maxsize=16)
def _sleutels(iss: str) -> dict[str, jwt.PyJWK]:
    issuer = next(issuer for issuer in settings().issuers if issuer.iss == iss)
    sleutels = jwt.PyJWKSet.from_dict(dict(issuer.jwks)).keys
    return {sleutel.key_id or "": sleutel for sleutel in sleutels if sleutel.key_type in ("RSA", "EC")}


def _controleer_tijd(claims: Mapping[str, Any], nu: int) -> None:
    exp, iat, nbf = claims["exp"], claims["iat"], claims.get("nbf", 0)
    if not all(isinstance(tijd, int) and not isinstance(tijd, bool) for tijd in (exp, iat, nbf)):
        raise GeenToegang("TOKEN_ONGELDIG")
    if exp <= nu - SPELING or iat > nu + SPELING or nbf > nu + SPELING or exp - iat > LANGST:
        raise GeenToegang("TOKEN_ONGELDIG")


def _school(claims: Mapping[str, Any], issuer: Issuer) -> Vestiging:
    try:
        school = Vestiging.parse(str(claims.get("school", "")))
    except Invalid:
        raise GeenToegang("SCHOOL_NIET_TOEGESTAAN") from None
    if school.code not in issuer.scholen:
        raise GeenToegang("SCHOOL_NIET_TOEGESTAAN")
    return school
