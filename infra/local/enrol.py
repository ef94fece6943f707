"""Enrol the schools of the sandbox as their beheerders would: settings, then aanleverpunten at the Traffic Center."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import urllib3

from infra.local.pki import OIN
from infra.local.scholen import SCHOLEN, Sandboxschool
from infra.local.stack import Stack
from infra.local.world import aanleverpunten


def enrol(stack: Stack, scholen: Iterable[Sandboxschool] = SCHOLEN) -> list[str]:
    """Fill in every school and register its aanleverpunten; doing it again changes nothing.

    Returns the texts with which the Traffic Center's registration was answered (R6). RuntimeError, naming the call, for
    any answer that is not a success.
    """
    http = urllib3.PoolManager()
    scholen = tuple(scholen)
    if stack.wire.endswith("/22"):
        _make_endpoints(stack, http, scholen)
    return [text for school in scholen for text in _enrol(stack, http, school)]


def _make_endpoints(stack: Stack, http: urllib3.PoolManager, scholen: Iterable[Sandboxschool]) -> None:
    """Put the address of our door in OSR, as a beheerder does there: generation '22 has no message for it (2.6)."""
    urls = {f"{school.brin}/{nummer}": stack.wire for school in scholen for nummer in school.aanleverpunten}
    supplier = OIN[Path(stack.env["OSO_CLIENT_CERT"]).stem]
    for row in aanleverpunten(urls):
        if row["url"]:
            _ask(http, "POST", f"{stack.center.stand}/stand/aanleverpunt", {}, {**row, "leverancier": supplier})


def _enrol(stack: Stack, http: urllib3.PoolManager, school: Sandboxschool) -> Iterable[str]:
    headers = {"Authorization": f"Bearer {stack.token(school.vestiging, 'beheerder')}"}
    merge = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    _ask(http, "PATCH", f"{stack.portal}/v1/school", {**headers, **merge}, school.gegevens)
    for nummer in school.aanleverpunten:
        answer = _ask(http, "PUT", f"{stack.portal}/v1/school/aanleverpunten/{nummer}", headers)
        yield answer["tekst"]


def _ask(
    http: urllib3.PoolManager, method: str, url: str, headers: Mapping[str, str], body: Mapping[str, Any] | None = None
) -> Any:
    data = None if body is None else json.dumps(body).encode()
    answer = http.request(method, url, body=data, headers=dict(headers), timeout=30, retries=False)
    if answer.status >= 300:
        raise RuntimeError(f"{method} {url}: {answer.status} {answer.data.decode(errors='replace')[:500]}")
    return answer.json()
