"""Both doors of the app in this process, on the embedded AWS and Traffic Center of a sandbox: nothing is stubbed.

For a process of its own (`python -m tests.fuzz`): the settings of the sandbox become those of the process.
"""

import importlib
import logging
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.enrol import enrol
from infra.local.gateway import Answer, Gateway, Request
from infra.local.httpd import client_certificate
from infra.local.stack import Stack, stack
from infra.local.world import Options


class Caught(logging.Handler):
    """Keeps what the app logged of the last request: the exception that Chalice caught, and our own code."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self.code = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.error = record.exc_info[1]
        self.code = str(getattr(record, "code", self.code))


@dataclass(frozen=True)
class Doors:
    """The app as Lambda calls it, by door."""

    up: Stack
    caught: Caught
    _gateways: dict[str, Gateway] = field(repr=False)
    _certificate: dict[str, Any] = field(repr=False)

    def ask(self, request: Request) -> Answer:
        """One request at the portal's door. Raises what the app did not expect."""
        return self._at("portal", request)

    def wire(self, path: str, data: bytes) -> Answer:
        """One message at the wire's door, under the certificate of `leverancier-a`."""
        headers = (("Content-Type", "text/xml"),)
        return self._at("wire", Request("POST", path, headers, data, client_cert=self._certificate))

    def _at(self, door: str, request: Request) -> Answer:
        self.caught.error, self.caught.code = None, ""
        answer = self._gateways[door].answer(request)
        if self.caught.error is not None:
            raise self.caught.error
        return answer


@contextmanager
def doors() -> Iterator[Doors]:
    """Start the sandbox without workers, enrol its schools, and open the app here."""
    with stack(None, Options(pollers=False)) as up:
        enrol(up)
        os.environ.update({**up.env, "OSO_DEUREN": "portal,wire"})
        app: Any = importlib.import_module("app").app
        caught = Caught()
        for name in (app.log.name, "oso-uitwisseldienst"):
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [caught], False
        der = ssl.PEM_cert_to_DER_cert(Path(up.pki.cert("leverancier-a")).read_text())
        gateways = {door: Gateway(app, f"{door}.localhost", workers=1) for door in ("portal", "wire")}
        try:
            yield Doors(up, caught, gateways, dict(client_certificate(der)))
        finally:
            for gateway in gateways.values():
                gateway.close()
