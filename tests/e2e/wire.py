"""The system of another supplier on the wire, with the certificate of our choice: asks sessions and dossiers."""

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import urllib3

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import Resultaat
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import Adressen, DocumentRequest
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from infra.local.stack import Stack

PROFIEL = PROFIELEN["18"]
OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER


@dataclass(frozen=True)
class Wire:
    """The other side. `certificaat` is a name of the sandbox PKI; the session is opened by `leverancier-a`."""

    stack: Stack
    certificaat: str = "leverancier-a"
    doel_brin: str = "99EF"
    doel_punt: str = "0"

    def session(self, number: str, soort: Overdrachtsoort = OVERSTAP, brin: str = "14SS") -> str:
        """A session that the Traffic Center granted."""
        adressen = Adressen(Brin(brin), None, Brin(self.doel_brin), Aanleverpunt(self.doel_punt))
        granted = self._center("leverancier-a").open_sessie(adressen, Pgn(PgnType.BSN, number), soort)
        assert not isinstance(granted, Resultaat), granted
        return granted.sessie_id

    def ask(self, number: str, session: str | None = None, **options: Any) -> bytes | str:
        """Ask 14SS for a dossier: its bytes, or the code of the refusal as portals know it."""
        request = self.document_request(number, session or self.session(number), **options)
        answer = self._center(self.certificaat).vraag_dossier(self.stack.wire, request)
        return answer.code if isinstance(answer, Resultaat) else answer

    def document_request(
        self,
        number: str,
        session: str,
        soort: Overdrachtsoort = OVERSTAP,
        newer_than: datetime | None = None,
        brin: str = "14SS",
        punt: str = "0",
    ) -> DocumentRequest:
        """The message itself."""
        adressen = Adressen(Brin(brin), Aanleverpunt(punt), Brin(self.doel_brin), Aanleverpunt(self.doel_punt))
        return DocumentRequest(adressen, Pgn(PgnType.BSN, number), None, soort, session, newer_than)

    def sign_off(self, number: str, session: str, resultaat: Resultaat) -> None:
        """Close a session."""
        self._center("leverancier-a").meld_af(self.document_request(number, session), resultaat)

    def post(self, data: bytes, kind: str = "text/xml") -> tuple[int, bytes]:
        """Send bytes as they are: HTTP status and body."""
        with urllib3.PoolManager(
            ca_certs=self.stack.pki.ca,
            cert_file=self.stack.pki.cert(self.certificaat),
            key_file=self.stack.pki.key(self.certificaat),
            retries=False,
        ) as http:
            answer = http.request("POST", self.stack.wire, body=data, headers={"Content-Type": kind})
            return answer.status, answer.data

    def message(self, number: str, session: str = "") -> bytes:
        """A documentRequest in bytes."""
        return soap.encode(PROFIEL, self.document_request(number, session or str(uuid.uuid4())))

    def _center(self, certificaat: str) -> TrafficCenter:
        pki, center = self.stack.pki, self.stack.center
        send = https_sender(pki.ca, pki.cert(certificaat), pki.key(certificaat), sandbox=True)
        key = zoeksleutel_provider(base64.b64decode(center.zoeksleutel))
        return TrafficCenter(send, PROFIEL, key, f"{center.adres}/tc/18")


def fault_code(data: bytes) -> str:
    """The code in a fault, as portals know it."""
    fault = soap.decode_fault(PROFIEL, data)
    assert fault is not None, data[:300]
    assert fault.resultaat is not None, fault
    return fault.resultaat.code
