"""What a secret must hold before, during and after a rotation: pure, and no value in any message."""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

Secret = Mapping[str, Any]
WRITES = "OSO_PEPPER_SCHRIJFT"
_MINSTE_DAGEN = 30
_GEHEIM_IN_JWK = ("d", "k", "p", "q", "dp", "dq", "qi")


class RotateError(ValueError):
    """What was asked cannot be; the text says why, in Dutch, and holds no value."""


def _plain(value: Any) -> Any:
    """A setting that may stand in the secret as JSON or as its text."""
    return json.loads(value) if isinstance(value, str) else value


def peppers(secret: Secret) -> dict[str, str]:
    """Version to key, in base64. RotateError when there is none."""
    found = _plain(secret.get("OSO_PEPPER") or {})
    if not isinstance(found, dict) or not found:
        raise RotateError("er is nog geen pepper")
    return found


def with_new_pepper(now: Mapping[str, str]) -> dict[str, Any]:
    """The settings with a newer pepper beside those of now, 32 random octets; the newest of now still makes new keys.

    A process that does not know the new one yet would not find what is written under it (`Geheim.schrijft`).
    """
    newest = max(now, key=int)
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    return {"OSO_PEPPER": {**now, str(int(newest) + 1): fresh}, WRITES: newest}


def newest_pepper(now: Mapping[str, str]) -> dict[str, Any]:
    """The settings with the newest alone."""
    newest = max(now, key=int)
    return {"OSO_PEPPER": {newest: now[newest]}, WRITES: None}


def _chain(pem: str, what: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise RotateError(f"{what}: geen PEM met certificaten") from None


def with_certificate(secret: Secret, cert: str, key: str, ca: str | None, now: datetime) -> dict[str, str]:
    """The settings with the next certificate and key; `ca`: authorities that are trusted beside those of now.

    RotateError when the key is of another certificate, when it is not yet or no longer valid, ends within thirty days,
    or is of another organisation: the lists of other suppliers know us by issuer and OIN.
    """
    own = _chain(cert, "--cert")[0]
    if not _belongs(own, key):
        raise RotateError("--key hoort niet bij --cert")
    if own.not_valid_before_utc > now:
        raise RotateError("het nieuwe certificaat is nog niet geldig")
    if own.not_valid_after_utc < now + timedelta(days=_MINSTE_DAGEN):
        raise RotateError(f"het nieuwe certificaat is geen {_MINSTE_DAGEN} dagen meer geldig")
    if (old := secret.get("OSO_CLIENT_CERT")) and _oin(_chain(old, "OSO_CLIENT_CERT")[0]) != _oin(own):
        raise RotateError("het nieuwe certificaat is van een andere organisatie (OIN)")
    trusted = {"OSO_TC_CA": _both(str(secret.get("OSO_TC_CA", "")), ca)} if ca else {}
    return {"OSO_CLIENT_CERT": cert, "OSO_CLIENT_KEY": key, **trusted}


def _belongs(own: x509.Certificate, key: str) -> bool:
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        private = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError):
        return False
    return private.public_key().public_bytes(*form) == own.public_key().public_bytes(*form)


def _oin(own: x509.Certificate) -> str:
    found = own.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(found[0].value) if found else own.subject.rfc4514_string()


def _both(now: str, more: str) -> str:
    """Each certificate of both bundles once, in order."""
    chains = [*(_chain(now, "OSO_TC_CA") if now else []), *_chain(more, "--ca")]
    return "".join(dict.fromkeys(one.public_bytes(Encoding.PEM).decode() for one in chains))


def without_expired(secret: Secret, now: datetime) -> tuple[dict[str, str], int]:
    """What we trust without what is no longer valid, and how many went. RotateError when nothing would be left."""
    chain = _chain(str(secret.get("OSO_TC_CA", "")), "OSO_TC_CA")
    left = [one for one in chain if one.not_valid_after_utc >= now]
    if not left:
        raise RotateError("alles wat wij vertrouwen is verlopen: voeg eerst het nieuwe toe")
    if len(left) == len(chain):
        return {}, 0
    return {"OSO_TC_CA": "".join(one.public_bytes(Encoding.PEM).decode() for one in left)}, len(chain) - len(left)


def _keys(text: str) -> list[dict[str, Any]]:
    """The public keys of a JWKS; RotateError for what is none, for a key without `kid`, and for a private key."""
    try:
        keys = json.loads(text)["keys"]
        good = bool(keys) and all(one["kid"] for one in keys)
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise RotateError("--jwks: geen JWKS met sleutels die elk een kid hebben")
    if any(naam in one for one in keys for naam in _GEHEIM_IN_JWK):
        raise RotateError("--jwks: er staat een geheime sleutel in; geef alleen de openbare")
    return list(keys)


def issuers(secret: Secret) -> list[dict[str, Any]]:
    """The issuers as they are."""
    return list(_plain(secret.get("OSO_ISSUERS") or []))


def with_issuer_keys(secret: Secret, iss: str, jwks: str, van: str | None) -> list[dict[str, Any]]:
    """The issuers, with these keys beside those of `iss`; `van`: `iss` is new, for the same schools as that one."""
    now, fresh = issuers(secret), _keys(jwks)
    like = next((one for one in now if one["iss"] == (van or iss)), None)
    if like is None:
        raise RotateError("deze uitgever kennen wij niet")
    if not any(one["iss"] == iss for one in now):
        return [*now, {**like, "iss": iss, "jwks": {"keys": fresh}}]
    return [_with_keys(one, fresh) if one["iss"] == iss else one for one in now]


def _with_keys(one: dict[str, Any], fresh: list[dict[str, Any]]) -> dict[str, Any]:
    kept = {key["kid"]: key for key in one["jwks"]["keys"]}
    for key in fresh:
        if kept.setdefault(key["kid"], key) != key:
            raise RotateError("--jwks: een kid van nu heeft daar een andere sleutel")
    return {**one, "jwks": {**one["jwks"], "keys": list(kept.values())}}


def without_old_issuer(secret: Secret, iss: str, jwks: str | None) -> list[dict[str, Any]]:
    """The issuers, `iss` with only the keys of this JWKS; without one `iss` goes, if its schools have another."""
    now = issuers(secret)
    this = next((one for one in now if one["iss"] == iss), None)
    if jwks is not None:
        if this is None:
            raise RotateError("deze uitgever kennen wij niet")
        return [{**one, "jwks": {**one["jwks"], "keys": _keys(jwks)}} if one is this else one for one in now]
    others = [one for one in now if one is not this]
    if this and not set(this["scholen"]) <= {school for one in others for school in one["scholen"]}:
        raise RotateError("scholen van deze uitgever zouden er geen meer hebben")
    return others
