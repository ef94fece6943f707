"""Cursors: where the next page of a list starts, sealed (api.md, Lists). Of the portal alone: the wire ships no
`cryptography`.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.errors import Invalid

_NONCE = 12


def verzegel(sleutel: bytes, waarvoor: str, plaats: Mapping[str, Any] | None) -> str | None:
    """A cursor that holds only for one school and filter (`waarvoor`), or None at the end (api.md, Lists).

    Encrypted: a place in a list by name holds a name, and a cursor stands in the query.
    """
    if plaats is None:
        return None
    inhoud, nonce = json.dumps(plaats, ensure_ascii=False, default=str).encode(), os.urandom(_NONCE)
    return (
        base64.urlsafe_b64encode(nonce + _slot(sleutel).encrypt(nonce, inhoud, waarvoor.encode())).decode().rstrip("=")
    )


def ontzegel(sleutels: Iterable[bytes], waarvoor: str, cursor: str | None) -> dict[str, Any] | None:
    """The place that the cursor stands for, sealed under any of these keys, or Invalid("CURSOR_ONGELDIG")."""
    if not cursor:
        return None
    try:
        ruw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise Invalid("CURSOR_ONGELDIG") from None
    for sleutel in sleutels:
        with contextlib.suppress(InvalidTag, ValueError):
            plaats: dict[str, Any] = json.loads(_slot(sleutel).decrypt(ruw[:_NONCE], ruw[_NONCE:], waarvoor.encode()))
            return plaats
    raise Invalid("CURSOR_ONGELDIG")


def _slot(sleutel: bytes) -> AESGCM:
    return AESGCM(hmac.digest(sleutel, b"cursor", hashlib.sha256))
