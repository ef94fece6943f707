"""A local OIDC issuer: keys per run, and tokens signed with them. For the sandbox only.

Two issuers, as two suppliers would have, each bound to its own vestigingen. Their private keys lie in one folder, mode
0600; the app gets the public halves inline (`OSO_ISSUERS`).
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "oso-sandbox"
SCHOLEN = {
    "portaal-a": ("14SS00", "14SS01", "00YY00"),
    "portaal-b": ("99EF00", "16VO00"),
}
MEDEWERKER = {
    "administratie": "Adriaan Administratie",
    "intern_begeleider": "Ina Begeleider",
    "directie": "Dirk Directeur",
    "beheerder": "Bea Beheerder",
    "auditor": "Audrey Auditor",
}


@dataclass(frozen=True)
class Issuers:
    """Where the keys lie; which issuer speaks for which vestigingen is in `scholen`."""

    folder: Path
    scholen: Mapping[str, tuple[str, ...]]

    def setting(self) -> str:
        """Give the value of OSO_ISSUERS: public keys and vestigingen of each issuer."""
        return json.dumps(
            [
                {"iss": url(naam), "aud": AUDIENCE, "jwks": self._jwks(naam), "scholen": list(scholen)}
                for naam, scholen in self.scholen.items()
            ]
        )

    def token(
        self,
        school: str,
        rollen: Iterable[str] = ("administratie",),
        naam: str | None = None,
        sub: str | None = None,
        **options: Any,
    ) -> str:
        """Sign a token for an employee of `school` (`14SS00`), valid for an hour from `klok`, now when not given.

        Options: `klok` (datetime), `issuer` (another one than the school's own), `claims` (added or replaced; None
        removes one), for tokens that must be refused. ValueError for a school that no issuer speaks for.
        """
        rollen = list(rollen)
        begin = options.get("klok") or datetime.now(UTC)
        issuer = options.get("issuer") or self._issuer_of(school)
        eerste = rollen[0] if rollen else ""
        claims: dict[str, Any] = {
            "iss": url(issuer),
            "aud": AUDIENCE,
            "iat": int(begin.timestamp()),
            "exp": int((begin + timedelta(hours=1)).timestamp()),
            "sub": sub or f"{school.lower()}-{eerste}",
            "naam": naam or MEDEWERKER.get(eerste, "Mede Werker"),
            "school": school,
            "rollen": rollen,
            **options.get("claims", {}),
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self._pem(issuer), algorithm="RS256", headers={"kid": issuer})

    def _issuer_of(self, school: str) -> str:
        for naam, scholen in self.scholen.items():
            if school in scholen:
                return naam
        raise ValueError(f"no issuer of the sandbox speaks for {school}")

    def _pem(self, naam: str) -> bytes:
        return (self.folder / f"{naam}.key").read_bytes()

    def _jwks(self, naam: str) -> Mapping[str, Any]:
        key = serialization.load_pem_private_key(self._pem(naam), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": naam, "use": "sig", "alg": "RS256"}]}


def url(naam: str) -> str:
    """Give the `iss` of an issuer; nothing is ever fetched from it."""
    return f"https://{naam}.issuer.invalid"


def make_issuers(folder: Path, scholen: Mapping[str, tuple[str, ...]] = SCHOLEN) -> Issuers:
    """Make a key per issuer in `folder`, unless it is there from an earlier run of the same sandbox."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for naam in scholen:
        path = folder / f"{naam}.key"
        if not path.exists():
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            write_secret(path, key.private_bytes(*_PEM))
    return Issuers(folder, scholen)


_PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, from its first moment on."""
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
