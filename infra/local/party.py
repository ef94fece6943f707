"""What the parties of the sandbox share: a SOAP door over mutual TLS, a JSON control page, and faults on request.

A party gives a function (message, OIN of the caller) -> answer. Everything here listens on loopback only, and speaks
the shapes of `chalicelib.messages`: not verified against Kennisnet's WSDL.
"""

import argparse
import base64
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid, OsoError
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import Bericht
from chalicelib.messages.document import encode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from infra.arguments import parser
from infra.local.gateway import Answer, Request
from infra.local.httpd import Server, mutual_tls
from infra.local.pki import Pki
from infra.local.processes import LOOPBACK, announce, port_of

Uitkomst = Bericht | bytes | Resultaat
Generaties = Mapping[str, TrafficCenter]
Handelingen = Mapping[str, Callable[[Mapping[str, Any]], object]]

_XML = (("Content-Type", "text/xml; charset=utf-8"),)
_JSON = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Beller:
    """Who calls, by its certificate, and in which generation."""

    oin: str
    generatie: str


Regels = Callable[[Bericht, Beller], Uitkomst]


@dataclass
class Storingen:
    """Misbehaviour on request, per kind of message: each entry is used up by one call.

    500, html, verbreek (drop the connection): nothing is done. traag: wait `seconden`, then go on. verlies (drop the
    answer), afgekapt (send half of it), andere (name another session in it): the message was acted upon.
    """

    SOORTEN = frozenset({"500", "html", "verbreek", "traag", "verlies", "afgekapt", "andere"})
    _wachtend: dict[str, deque[tuple[str, float]]] = field(default_factory=dict)

    def vraag(self, opdracht: Mapping[str, Any]) -> None:
        """`{"bericht": "overdrachtRequest", "wat": "500", "aantal": 1, "seconden": 0}`."""
        if opdracht["wat"] not in self.SOORTEN:
            raise ValueError(f"wat: {', '.join(sorted(self.SOORTEN))}")
        rij = self._wachtend.setdefault(opdracht["bericht"], deque())
        rij.extend([(opdracht["wat"], float(opdracht.get("seconden", 0)))] * int(opdracht.get("aantal", 1)))

    def vergeet(self) -> None:
        """Behave again."""
        self._wachtend.clear()

    def neem(self, bericht: str) -> tuple[str, float]:
        """The next misbehaviour for this kind of message, or none."""
        try:
            return self._wachtend[bericht].popleft()
        except (KeyError, IndexError):
            return "", 0.0


class SoapDeur:
    """Answers `/{pad}/18` and `/{pad}/22`. Knows who calls from the certificate alone."""

    def __init__(self, pad: str, regels: Regels) -> None:
        self._profielen = {f"/{pad}/{naam}": profiel for naam, profiel in PROFIELEN.items()}
        self._regels = regels
        self.storingen = Storingen()
        self.tellers: Counter[str] = Counter()
        self.geweigerd: Counter[str] = Counter()

    def opnieuw(self) -> None:
        """Forget counters and misbehaviour."""
        self.storingen.vergeet()
        self.tellers.clear()
        self.geweigerd.clear()

    def antwoord(self, request: Request) -> Answer:
        """One HTTP request to one HTTP answer; a fault travels with status 500, as SOAP 1.1 has it."""
        profiel = self._profielen.get(request.target)
        if profiel is None or request.method != "POST":
            return Answer(404, _XML)
        try:
            bericht = soap.decode(profiel, request.body)
        except Invalid as fout:
            self.geweigerd[fout.code] += 1
            return Answer(500, _XML, soap.fault_bij(profiel, fout))
        return self._behandel(profiel, bericht, Beller(oin_van(request), profiel.naam))

    def _behandel(self, profiel: Protocolprofiel, bericht: Bericht, beller: Beller) -> Answer:
        naam = profiel.vorm_voor(type(bericht)).element
        wat, seconden = self.storingen.neem(naam)
        self.tellers[naam] += 1
        if wat == "verbreek":
            raise ConnectionResetError
        if wat in ("500", "html"):
            return Answer(
                500 if wat == "500" else 200, (("Content-Type", "text/html"),), b"<html><p>Storing</p></html>"
            )
        time.sleep(seconden)
        antwoord = self._schrijf(profiel, self._regels(bericht, beller), naam, beller.oin)
        if wat == "verlies":
            raise ConnectionResetError
        if wat == "afgekapt":
            return replace(antwoord, body=antwoord.body[: len(antwoord.body) // 2])
        if wat == "andere":
            return replace(antwoord, body=re.sub(rb"(sessieId>)[0-9a-f]{8}", rb"\g<1>00000000", antwoord.body))
        return antwoord

    def _schrijf(self, profiel: Protocolprofiel, uitkomst: Uitkomst, naam: str, oin: str) -> Answer:
        code = uitkomst.wire if isinstance(uitkomst, Resultaat) else "ok"
        print(json.dumps({"bericht": naam, "generatie": profiel.naam, "oin": oin, "uitkomst": code}), file=sys.stderr)
        if isinstance(uitkomst, Resultaat):
            self.geweigerd[code] += 1
            return Answer(500, _XML, soap.fault(profiel, uitkomst, "Client"))
        if isinstance(uitkomst, bytes):
            return Answer(200, _XML, encode_document_response(profiel, uitkomst))
        return Answer(200, _XML, soap.encode(profiel, uitkomst))


def oin_van(request: Request) -> str:
    """The OIN of the caller: serialNumber in the subject of the client certificate, "" when there is none."""
    if request.client_cert is None:
        return ""
    certificaat = x509.load_pem_x509_certificate(request.client_cert["clientCertPem"].encode())
    gevonden = certificaat.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(gevonden[0].value) if gevonden else ""


def stand_pagina(stand: Callable[[], object], handelingen: Handelingen) -> Callable[[Request], Answer]:
    """`GET /stand` shows the state, `POST /stand/{handeling}` with a JSON object acts on it. For tests only."""

    def antwoord(request: Request) -> Answer:
        if (request.method, request.target) == ("GET", "/stand"):
            return _json(200, stand())
        handeling = handelingen.get(request.target.removeprefix("/stand/"))
        if request.method != "POST" or handeling is None:
            return _json(404, {"fout": "bekend zijn GET /stand en POST /stand/" + ", ".join(sorted(handelingen))})
        try:
            return _json(200, {"resultaat": handeling(json.loads(request.body or b"{}"))})
        except (KeyError, IndexError, TypeError, ValueError, OsoError) as fout:
            return _json(400, {"fout": f"{type(fout).__name__}: {fout}"})

    return antwoord


def _json(status: int, inhoud: object) -> Answer:
    return Answer(status, _JSON, json.dumps(inhoud).encode())


def clients(pki: Pki, naam: str, tc: str, zoeksleutel: Path) -> Generaties:
    """The Traffic Center as this party calls it, per generation. `zoeksleutel`: file with the shared key in base64."""
    send = https_sender(pki.ca, pki.cert(naam), pki.key(naam), sandbox=True)
    maak = zoeksleutel_provider(base64.b64decode(zoeksleutel.read_bytes()))
    return {nr: TrafficCenter(send, profiel, maak, f"{tc}/tc/{nr}") for nr, profiel in PROFIELEN.items()}


def argumenten(prog: str, doc: str | None) -> argparse.ArgumentParser:
    """The options that every party has."""
    lezer = parser(prog, doc)
    lezer.add_argument("--pki", type=Path, required=True, help="directory of infra.local.pki")
    lezer.add_argument("--poort", type=int, default=0, help="SOAP; 0: a free one")
    lezer.add_argument("--stand-poort", type=int, default=0, help="control page; 0: a free one")
    return lezer


def met_traffic_center(lezer: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The options of a party that calls the Traffic Center."""
    lezer.add_argument("--tc", required=True, help="address of the Traffic Center, https://127.0.0.1:PORT")
    lezer.add_argument("--zoeksleutel", type=Path, required=True, help="file with the shared key, in base64")
    return lezer


def serve(
    pki: Pki,
    deur: SoapDeur,
    pagina: Callable[[Request], Answer],
    poorten: tuple[int, int] = (0, 0),
    op_start: Callable[[str], object] = str,
) -> None:
    """Listen, call `op_start` with our own address, print one JSON line with the ports, serve until SIGTERM or SIGINT.

    The line: `{"poort": SOAP, "stand": control, "adres": "https://127.0.0.1:…", "standAdres": "http://…", "pid": …}`.
    """
    tls = mutual_tls(pki.cert("server"), pki.key("server"), pki.ca)
    soap_socket, stand_socket = [socket.create_server((LOOPBACK, poort), backlog=256) for poort in poorten]
    servers = [Server(soap_socket, deur.antwoord, tls, connections=128), Server(stand_socket, pagina)]
    stoppen = threading.Event()
    for nummer in (signal.SIGTERM, signal.SIGINT):
        signal.signal(nummer, lambda *_: stoppen.set())
    for server in servers:
        threading.Thread(target=server.serve, daemon=True).start()
    poort, stand = port_of(soap_socket), port_of(stand_socket)
    adressen = {"adres": f"https://{LOOPBACK}:{poort}", "standAdres": f"http://{LOOPBACK}:{stand}"}
    op_start(adressen["adres"])
    announce({"poort": poort, "stand": stand, "pid": os.getpid(), **adressen})
    stoppen.wait()
    for server in servers:
        server.stop()
