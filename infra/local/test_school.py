"""The OSO test school of the sandbox: BRIN 00YY, a bron with the published numbers and outcomes (protocol 7.2).

Not verified against Kennisnet's WSDL or their test school. It registers its aanleverpunt at the sandbox Traffic Center,
answers documentRequests at /oso/18 and /oso/22 with a certificate of its own, and receives notificaties and
terugkoppelingen. On its control page: POST /stand/zorgvraag sends a zorgvraag, /stand/notificatie tells an earlier
asker that the dossier is ready, /stand/antwoord makes the next answers wrong, /stand/storing makes it misbehave.
"""

import argparse
import hashlib
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import BERICHT_ONGELDIG, RESULTATEN, Resultaat
from chalicelib.messages import berichten as b
from infra.local.party import (
    Beller,
    Generaties,
    SoapDeur,
    Uitkomst,
    argumenten,
    clients,
    met_traffic_center,
    serve,
    stand_pagina,
)
from infra.local.pki import Pki
from infra.local.processes import ROOT
from infra.local.scenarios import BRIN, SCENARIOS, Voorraad, antwoord

PUNT = (Brin(BRIN), Aanleverpunt("0"))
_ANDER = "482782481"


class TestSchool:
    """The test school: its rules for messages, and what a test can make it do."""

    __test__ = False  # it is no test, whatever its name says to pytest

    def __init__(self, tc: Generaties, voorraad: Voorraad) -> None:
        self._tc = tc
        self._voorraad = voorraad
        self._koppelsleutels: dict[str, b.Adressen] = {}
        self._vragen: dict[str, b.Adressen] = {}
        self._verkeerd: deque[str] = deque()
        self._geleverd: list[dict[str, object]] = []
        self._ontvangen: Counter[str] = Counter()

    def behandel(self, bericht: b.Bericht, beller: Beller) -> Uitkomst:
        """The answer to one message."""
        match bericht:
            case b.DocumentRequest():
                return self._document(bericht, beller)
            case b.NotificatieRequest():
                self._ontvangen["notificatie"] += 1
                return b.NotificatieResponse()
            case b.TerugkoppelingRequest() if bericht.koppelsleutel in self._koppelsleutels:
                self._ontvangen["terugkoppeling"] += 1
                return b.TerugkoppelingResponse()
            case b.TerugkoppelingRequest():
                return RESULTATEN["KOPPELSLEUTEL_ONBEKEND"]
        return BERICHT_ONGELDIG

    def _document(self, vraag: b.DocumentRequest, beller: Beller) -> bytes | Resultaat:
        """In the order of protocol 2.1: session control, remember the request, decide, answer."""
        sessie = self._tc[beller.generatie].controleer_sessie(vraag)
        if isinstance(sessie, Resultaat):
            return sessie
        self._vragen[vraag.sessie_id] = vraag.adressen
        uitkomst = self._bij_koppelsleutel(vraag) if vraag.pgn is None else self._bij_nummer(vraag, vraag.pgn.nummer)
        if isinstance(uitkomst, bytes):
            self._geleverd.append({"sessieId": vraag.sessie_id, "sha256": hashlib.sha256(uitkomst).hexdigest()})
        return uitkomst

    def _bij_koppelsleutel(self, vraag: b.DocumentRequest) -> bytes | Resultaat:
        if vraag.koppelsleutel not in self._koppelsleutels:
            return RESULTATEN["KOPPELSLEUTEL_ONBEKEND"]
        return self._voorraad.dossier("POSWV", "")

    def _bij_nummer(self, vraag: b.DocumentRequest, nummer: str) -> bytes | Resultaat:
        uitkomst = antwoord(self._voorraad, nummer, vraag.aanvraagdatum)
        if isinstance(uitkomst, Resultaat) or not self._verkeerd:
            return uitkomst
        return self._verkeerd_antwoord(self._verkeerd.popleft(), uitkomst)

    def _verkeerd_antwoord(self, soort: str, goed: bytes) -> bytes:
        match soort:
            case "ander":
                return self._voorraad.dossier("POPO", _ANDER)
            case "ongeldig":
                return goed.replace(b"<overdrachtsoort>", b"<geen_element/><overdrachtsoort>")
            case "diep":
                return b"<dossier>" * 60 + b"</dossier>" * 60
        return b"<dossier>" + b"<x/>" * 300_000 + b"</dossier>"

    def verkeerd(self, opdracht: Mapping[str, Any]) -> None:
        """`{"soort": "ander|ongeldig|diep|veel", "aantal": 1}`: the next are another pupil's, invalid, bombs."""
        if opdracht["soort"] not in ("ander", "ongeldig", "diep", "veel"):
            raise ValueError("soort: ander, ongeldig, diep, veel")
        self._verkeerd.extend([opdracht["soort"]] * int(opdracht.get("aantal", 1)))

    def notificeer(self, opdracht: Mapping[str, Any]) -> str:
        """`{"sessieId": "…", "generatie": "18"}`: tell who asked in that session that the dossier is ready (2.3)."""
        tc, adressen = self._tc[opdracht.get("generatie", "18")], self._vragen[opdracht["sessieId"]]
        gemeld = tc.meld_notificatie(adressen, b.Doel.OV, opdracht["sessieId"])
        if isinstance(gemeld, Resultaat):
            return gemeld.code
        bericht = b.NotificatieRequest(adressen, None, opdracht["sessieId"], None, b.Doel.OV)
        return _naam(tc.notificeer(gemeld.url, bericht))

    def zorgvraag(self, opdracht: Mapping[str, Any]) -> str:
        """`{"doelAanleverpunt": "10", "generatie": "18"}`: a zorgvraag to an SWV system under our own BRIN (2.4)."""
        tc = self._tc[opdracht.get("generatie", "18")]
        adressen = b.Adressen(*PUNT, PUNT[0], Aanleverpunt.parse(opdracht["doelAanleverpunt"]))
        gemeld = tc.meld_notificatie(adressen, b.Doel.PAO)
        if isinstance(gemeld, Resultaat) or gemeld.koppelsleutel is None:
            return _naam(gemeld)
        self._koppelsleutels[gemeld.koppelsleutel] = adressen
        return _naam(tc.notificeer(gemeld.url, b.NotificatieRequest(adressen, gemeld.koppelsleutel, doel=b.Doel.PAO)))

    def stand(self) -> dict[str, object]:
        """What a test may see: no number and no key."""
        return {
            "scenarios": len(SCENARIOS),
            "profielen": sorted(self._voorraad.waarden),
            "sessies": list(self._vragen),
            "geleverd": self._geleverd,
            "ontvangen": dict(self._ontvangen),
        }


def _naam(antwoord_: object) -> str:
    return str(antwoord_.code if isinstance(antwoord_, Resultaat) else getattr(antwoord_, "resultaat", ""))


def main() -> None:
    """Command: serve until SIGTERM; the first line on stdout is JSON with the ports."""
    gevraagd = _argumenten()
    pki = Pki(gevraagd.pki)
    tc = clients(pki, "testschool", gevraagd.tc, gevraagd.zoeksleutel)
    school = TestSchool(tc, Voorraad.lees(gevraagd.dossiers))
    deur = SoapDeur("oso", school.behandel)
    pagina = stand_pagina(
        lambda: {**school.stand(), "tellers": dict(deur.tellers), "geweigerd": dict(deur.geweigerd)},
        {
            "storing": deur.storingen.vraag,
            "antwoord": school.verkeerd,
            "notificatie": school.notificeer,
            "zorgvraag": school.zorgvraag,
        },
    )
    # Registration exists in '18 only; the sandbox has one register for both.
    url = f"/oso/{gevraagd.generatie}"
    poorten = (gevraagd.poort, gevraagd.stand_poort)
    serve(pki, deur, pagina, poorten, lambda adres: tc["18"].registreer(*PUNT, adres + url))


def _argumenten() -> argparse.Namespace:
    lezer = met_traffic_center(argumenten("infra.local.test_school", __doc__))
    lezer.add_argument("--dossiers", type=Path, default=ROOT / "tests" / "dossiers", help="directory of examples")
    lezer.add_argument("--generatie", choices=["18", "22"], default="18", help="the door that is registered")
    return lezer.parse_args()


if __name__ == "__main__":
    main()
