"""Both doors of the app in this process, with the settings of a running sandbox: the same code, without the network.

For what is refused before anything is read or written, in numbers that HTTP and TLS would make slow. The settings of
the process are those of the sandbox for as long as it lasts; what was remembered of others is forgotten on both sides.
"""

import importlib
import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chalicelib.config import settings
from chalicelib.store.aws import sessie
from chalicelib.web import toegang, verbinding
from infra.local.gateway import Answer, Gateway, Request
from infra.local.httpd import client_certificate
from infra.local.stack import Stack
from tests.e2e.matrix import Ask

_REMEMBERED: tuple[Any, ...] = (
    settings,
    toegang._sleutels,
    verbinding.stores,
    verbinding.traffic_center,
    verbinding._tempo,
    sessie,  # it keeps the credentials that it found first
)


@dataclass(frozen=True)
class Indoors:
    """The app as Lambda calls it, by door."""

    up: Stack
    gateways: Mapping[str, Gateway] = field(repr=False)

    def portal(self, ask: Ask) -> Answer:
        """One request at the portal's door."""
        return self.gateways["portal"].answer(Request(ask.verb, ask.path, tuple(ask.headers.items()), ask.body or b""))

    def wire(self, path: str, data: bytes, certificate: str | None) -> Answer:
        """One message at the wire's door, under a certificate of the sandbox's PKI that TLS let pass, or none."""
        held = None
        if certificate is not None:
            pem = Path(self.up.pki.cert(certificate)).read_text()
            held = client_certificate(ssl.PEM_cert_to_DER_cert(pem))
        headers = (("Content-Type", "text/xml"),)
        return self.gateways["wire"].answer(Request("POST", path, headers, data, client_cert=held))


@contextmanager
def indoors(up: Stack) -> Iterator[Indoors]:
    """Open the app here."""
    loggers = [logging.getLogger(name) for name in ("oso", "oso-uitwisseldienst")]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**up.env, "OSO_DEUREN": "portal,wire"}.items():
            patch.setenv(name, value)
        _forget()
        app: Any = importlib.import_module("app").app  # once per process: Chalice registers a blueprint once
        gateways = {door: Gateway(app, f"{door}.localhost", workers=1) for door in ("portal", "wire")}
        for logger in loggers:
            logger.disabled = True  # a line per request is not what is tested here
        try:
            yield Indoors(up, gateways)
        finally:
            for gateway in gateways.values():
                gateway.close()
            for logger in loggers:
                logger.disabled = False
    _forget()


def _forget() -> None:
    for remembered in _REMEMBERED:
        remembered.cache_clear()
