"""The sandbox parties as processes of a test, and what every contract test with them needs."""

import base64
import json
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.messages import protocolprofiel
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from infra.local.pki import Pki
from infra.local.processes import Child, ready, start, stop_all

GEDEELD = b"gedeelde sleutel van de sandbox "
ZOEKSLEUTEL = zoeksleutel_provider(GEDEELD)


@dataclass(frozen=True)
class Partij:
    """A running party: its SOAP address, its control page and its log."""

    adres: str
    stand_adres: str
    log: Path

    def stand(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.stand_adres + "/stand") as antwoord:
            inhoud: dict[str, Any] = json.load(antwoord)
        return inhoud

    def doe(self, handeling: str, **opdracht: object) -> Any:
        vraag = urllib.request.Request(f"{self.stand_adres}/stand/{handeling}", json.dumps(opdracht).encode())
        with urllib.request.urlopen(vraag) as antwoord:
            return json.load(antwoord)["resultaat"]


def client(pki: Pki, tc: Partij, naam: str, generatie: str = "18") -> TrafficCenter:
    """The client that one supplier would use."""
    send = https_sender(pki.ca, pki.cert(naam), pki.key(naam), sandbox=True)
    return TrafficCenter(send, protocolprofiel(generatie), ZOEKSLEUTEL, f"{tc.adres}/tc/{generatie}")


@contextmanager
def partijen() -> Iterator[list[Child]]:
    """The processes of one test, ended whatever happens."""
    children: list[Child] = []
    try:
        yield children
    finally:
        stop_all(children)


def traffic_center(children: list[Child], pki: Pki, map_: Path, punten: Sequence[Mapping[str, str]]) -> Partij:
    (map_ / "punten.json").write_text(json.dumps(punten))
    return _partij(children, map_, "traffic_center", [f"--pki={pki.map}", f"--aanleverpunten={map_ / 'punten.json'}"])


def partij(children: list[Child], pki: Pki, map_: Path, tc: Partij, wat: str, *opties: str) -> Partij:
    """A party that calls the Traffic Center: `test_school` or `swv`."""
    (map_ / "zoeksleutel").write_bytes(base64.b64encode(GEDEELD))
    gedeeld = [f"--pki={pki.map}", f"--tc={tc.adres}", f"--zoeksleutel={map_ / 'zoeksleutel'}"]
    return _partij(children, map_, wat, [*gedeeld, *opties])


def _partij(children: list[Child], map_: Path, wat: str, opties: Sequence[str]) -> Partij:
    log = map_ / f"{wat}.log"
    children.append(start(wat, [sys.executable, "-m", f"infra.local.{wat}", *opties], log, {}))
    feiten = ready(children[-1])
    return Partij(feiten["adres"], feiten["standAdres"], log)
