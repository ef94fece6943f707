"""The check of a token: whatever is sent, only what an issuer signed with its own key, as it was signed, gets in."""

import base64
import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.web.toegang import GeenToegang, controleer_token
from infra.local.issuer import Issuers, make_issuers, url
from tests.fuzz.engine import Target
from tests.fuzz.shapes import TEXTS, spoil

_NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
_ISSUER, _SCHOOL = "portaal-a", "14SS00"
_HEADS = ("alg", "kid", "jku", "jwk", "x5u", "x5c", "crit", "typ", "b64", "zip")
_ALGORITHMS = ("none", "None", "HS256", "HS512", "RS256", "RS512", "PS256", "ES256", "EdDSA", "", "rs256")


@contextmanager
def target() -> Iterator[Target]:
    """Two issuers with keys of this run; seeds are good tokens and such with one thing wrong."""
    with tempfile.TemporaryDirectory(prefix="oso-fuzz-") as folder:
        issuers = make_issuers(Path(folder))
        os.environ["OSO_ISSUERS"] = issuers.setting()
        forger = _Forger(issuers)
        seeds = [forger.signed({}), forger.signed({"school": "14SS01"}), forger.signed({"rollen": []}), b"Bearer a.b.c"]
        assert forger.run(seeds[0]) == "in 14SS00"
        words = [b".", b"Bearer ", b"eyJhbGciOiJub25lIn0", b"=", b"==", b"-_"]
        words += [text.encode("utf-8", "replace") for text in TEXTS]
        yield Target("jwt", forger.run, seeds, words, forger.make, spoil=0.5)


class _Forger:
    """Makes tokens, remembers what was really signed, and tries each at the door."""

    def __init__(self, issuers: Issuers) -> None:
        pem = (issuers.folder / f"{_ISSUER}.key").read_bytes()
        self._key: Any = serialization.load_pem_private_key(pem, None)
        self._public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._strange = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._signed: dict[str, tuple[Mapping[str, Any], str]] = {}
        """What stands before the signature, and the claims and the signature of it."""

    def make(self, rnd: Random) -> bytes:
        """A token with odd claims under a good signature, or with good claims under none, another's or a stolen one."""
        way = rnd.random()
        claims = self._claims()
        if way < 0.15:
            return self.signed(spoil(rnd, claims))
        head: dict[str, Any] = {"alg": "RS256", "kid": _ISSUER, "typ": "JWT"}
        head[rnd.choice(_HEADS)] = rnd.choice((*_ALGORITHMS, *TEXTS, url(_ISSUER), [], {}, None, 1))
        if way < 0.3:
            head = spoil(rnd, head)
        text = f"{_part(head)}.{_part(spoil(rnd, claims) if way > 0.6 else claims)}"
        return f"Bearer {text}.{self._signature(rnd, text)}".encode("utf-8", "replace")

    def _signature(self, rnd: Random, text: str) -> str:
        way, data = rnd.randrange(6), text.encode("utf-8", "replace")
        if way == 0:
            return ""
        if way == 1:
            return _base64(hmac.digest(self._public, data, hashlib.sha256))
        if way == 2 and rnd.random() < 0.1:
            return jwt.encode({"a": 1}, self._strange, algorithm="RS256").rpartition(".")[2]
        return self._signed[next(reversed(self._signed))][1] if way < 5 else _base64(rnd.randbytes(256))

    def signed(self, changes: Mapping[str, Any]) -> bytes:
        """A token that the issuer signed, with these claims in place of the usual ones."""
        claims = self._claims() | (dict(changes) if isinstance(changes, Mapping) else {})
        try:
            token = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _ISSUER})
        except (TypeError, ValueError):  # claims that no library would sign
            token = jwt.encode(self._claims(), self._key, algorithm="RS256", headers={"kid": _ISSUER})
            claims = self._claims()
        text, _, signature = token.rpartition(".")
        self._signed[text] = claims, signature
        return f"Bearer {token}".encode()

    def _claims(self) -> dict[str, Any]:
        now = int(_NOW.timestamp())
        who = {"sub": "14ss00-administratie", "naam": "Adriaan Administratie", "school": _SCHOOL}
        return {
            "iss": url(_ISSUER),
            "aud": "oso-sandbox",
            "iat": now,
            "exp": now + 3600,
            "rollen": ["administratie"],
            **who,
        }

    def run(self, data: bytes) -> str:
        """Try one `Authorization` header, as the gateway hands it over."""
        head = data.decode("latin-1")
        try:
            toegang = controleer_token(head, _NOW)
        except GeenToegang as refused:
            return refused.code
        text = head.partition(" ")[2].strip().rpartition(".")[0]
        assert text in self._signed, "a token got in that nobody signed"
        claims, _ = self._signed[text]
        assert toegang.school.code == claims["school"]
        assert claims["school"] in ("14SS00", "14SS01", "00YY00"), "a school of another issuer"
        return f"in {toegang.school.code}"


def _part(made: object) -> str:
    return _base64(json.dumps(made).encode("utf-8", "surrogatepass"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
