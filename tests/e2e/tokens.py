"""Tokens with one fault each: what must be refused however good the rest of the token is (api.md, Who)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from infra.local.issuer import MEDEWERKER, url
from infra.local.stack import Stack

ISSUER, OTHER, SCHOOL = "portaal-a", "portaal-b", "14SS00"
Maker = Callable[[Stack], str]
_STRANGE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_CURVE = ec.generate_private_key(ec.SECP256R1())


def claims(sandbox: Stack, **changes: Any) -> dict[str, Any]:
    """The claims of an employee who may do everything, with changes; None removes one."""
    now = int(sandbox.now().timestamp())
    good = {
        "iss": url(ISSUER),
        "aud": "oso-sandbox",
        "iat": now,
        "exp": now + 3600,
        "sub": "14ss00-alles",
        "naam": "Anna Alleskunner",
        "school": SCHOOL,
        "rollen": sorted(MEDEWERKER),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(sandbox: Stack, *, key: Any = None, alg: str = "RS256", head: Mapping[str, Any] = {}, **changes: Any) -> str:
    """A token signed with the key of the issuer, or with another one."""
    headers = {"kid": ISSUER, **head}
    headers = {name: value for name, value in headers.items() if value is not None}
    return jwt.encode(claims(sandbox, **changes), key or _key(sandbox, ISSUER), algorithm=alg, headers=headers)


def _key(sandbox: Stack, issuer: str) -> rsa.RSAPrivateKey:
    return _load(sandbox.issuers.folder / f"{issuer}.key")


@cache
def _load(path: Path) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _public(sandbox: Stack) -> bytes:
    return (
        _key(sandbox, ISSUER)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _by_hand(sandbox: Stack, head: Mapping[str, Any], secret: bytes | None, **changes: Any) -> str:
    """A token that a library refuses to make: unsigned, or an HMAC under something that is no secret."""
    text = f"{_part({'typ': 'JWT', 'kid': ISSUER, **head})}.{_part(claims(sandbox, **changes))}"
    mac = b"" if secret is None else hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _other_payload(sandbox: Stack) -> str:
    """A good signature, under claims that were changed afterwards."""
    head, _, signature = signed(sandbox, school="14SS01").split(".")
    return f"{head}.{_part(claims(sandbox))}.{signature}"


def _at(sandbox: Stack, begin: timedelta, lasts: timedelta) -> str:
    iat = int((sandbox.now() + begin).timestamp())
    return signed(sandbox, iat=iat, exp=iat + int(lasts.total_seconds()))


_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)

UNKNOWN: dict[str, Maker] = {
    "expired": lambda s: _at(s, -2 * _HOUR, _HOUR),
    "not yet valid": lambda s: signed(s, nbf=int((s.now() + 5 * _MINUTE).timestamp())),
    "issued in the future": lambda s: _at(s, 5 * _MINUTE, _HOUR),
    "longer than an hour": lambda s: _at(s, -_MINUTE, _HOUR + _MINUTE),
    "times that are no numbers": lambda s: _by_hand_times(s),
    "no exp": lambda s: signed(s, exp=None),
    "no iat": lambda s: signed(s, iat=None),
    "no iss": lambda s: signed(s, iss=None),
    "no aud": lambda s: signed(s, aud=None),
    "issuer that nobody knows": lambda s: signed(s, iss="https://elders.issuer.invalid"),
    "issuer of another key": lambda s: signed(s, iss=url(OTHER)),
    "audience of another service": lambda s: signed(s, aud="iets-anders"),
    "signed by a key of nobody": lambda s: signed(s, key=_STRANGE),
    "signed by another issuer": lambda s: signed(s, key=_key(s, OTHER)),
    "changed after signing": _other_payload,
    "signature cut off": lambda s: signed(s).rpartition(".")[0] + ".",
    "alg none": lambda s: _by_hand(s, {"alg": "none"}, None),
    "alg None": lambda s: _by_hand(s, {"alg": "None"}, None),
    "HS256 with the public key": lambda s: _by_hand(s, {"alg": "HS256"}, _public(s)),
    "HS256 with the public key as JWK": lambda s: _by_hand(
        s, {"alg": "HS256"}, json.dumps(_jwk(_key(s, ISSUER))).encode()
    ),
    "RS512": lambda s: signed(s, alg="RS512"),
    "PS256": lambda s: signed(s, alg="PS256"),
    "ES256 under the kid of an RSA key": lambda s: signed(s, key=_CURVE, alg="ES256"),
    "jku": lambda s: signed(s, head={"jku": "https://elders.issuer.invalid/jwks"}),
    "x5u": lambda s: signed(s, head={"x5u": "https://elders.issuer.invalid/cert"}),
    "jwk of its own": lambda s: signed(s, key=_STRANGE, head={"jwk": _jwk(_STRANGE)}),
    "jwk beside a good signature": lambda s: signed(s, head={"jwk": _jwk(_STRANGE)}),
    "x5c": lambda s: signed(s, head={"x5c": ["MIIB"]}),
    "unknown kid": lambda s: signed(s, head={"kid": "weg"}),
    "kid of another issuer": lambda s: signed(s, head={"kid": OTHER}),
    "no kid": lambda s: signed(s, head={"kid": None}),
    "garbage": lambda s: "geen-token",
    "three parts of garbage": lambda s: "a.b.c",
    "claims that are no object": lambda s: _no_object(s),
}
"""Each of these is 401 on every route that wants a token."""

NOT_ITS_SCHOOL: dict[str, Maker] = {
    "a school of another issuer": lambda s: signed(s, school="99EF00"),
    "another issuer for our school": lambda s: signed(s, key=_key(s, OTHER), iss=url(OTHER), head={"kid": OTHER}),
    "a school that nobody has": lambda s: signed(s, school="77ZZ00"),
    "a brin without vestiging": lambda s: signed(s, school="14SS"),
    "a school in lower case": lambda s: signed(s, school="14ss00"),
    "a school that is no text": lambda s: signed(s, school=["14SS00"]),
    "no school": lambda s: signed(s, school=None),
}
"""Each of these is 403."""


FOR_A_ROLE: dict[str, tuple[int, str, Callable[..., str]]] = {
    "right issuer for another school": (
        403,
        "SCHOOL_NIET_TOEGESTAAN",
        lambda s, **who: signed(s, key=_key(s, OTHER), iss=url(OTHER), head={"kid": OTHER}, **who),
    ),
    "expired": (401, "TOKEN_ONGELDIG", lambda s, **who: signed(s, **{**who, **_an_hour_ago(s)})),
    "wrong issuer": (401, "TOKEN_ONGELDIG", lambda s, **who: signed(s, iss=url(OTHER), **who)),
    "wrong audience": (401, "TOKEN_ONGELDIG", lambda s, **who: signed(s, aud="iets-anders", **who)),
    "alg none": (401, "TOKEN_ONGELDIG", lambda s, **who: _by_hand(s, {"alg": "none"}, None, **who)),
    "key confusion": (401, "TOKEN_ONGELDIG", lambda s, **who: _by_hand(s, {"alg": "HS256"}, _public(s), **who)),
}
"""Status, code and maker of a token with one fault, for whoever has the claims `who`: given to every role."""


def _an_hour_ago(sandbox: Stack) -> dict[str, int]:
    iat = int((sandbox.now() - 2 * _HOUR).timestamp())
    return {"iat": iat, "exp": iat + 3600}


def _by_hand_times(sandbox: Stack) -> str:
    now = sandbox.now().timestamp()
    return signed(sandbox, iat=now + 0.5, exp=now + 60.5)


def _no_object(sandbox: Stack) -> str:
    text = f"{_part({'alg': 'RS256', 'kid': ISSUER})}.{_part(['iss', url(ISSUER)])}"
    mac = hmac.digest(b"x", text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(mac).decode()}"
