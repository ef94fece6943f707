"""A system of a samenwerkingsverband in the sandbox: receives a zorgvraag and fetches it by itself (protocol 2.4, 2.5).

Not verified against Kennisnet's WSDL. It registers aanleverpunt 10 of 14SS at the sandbox Traffic Center. A notificatie
makes it open a session by koppelsleutel, fetch the dossier and sign off, without a user. Control page: GET /stand shows
what came in; POST /stand/terugkoppeling answers the school, once; /stand/ophalen tries a fetch again.
"""

import argparse
import hashlib
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import BERICHT_ONGELDIG, GESLAAGD, TECHNISCHE_FOUT, Resultaat
from chalicelib.errors import PeerError, Unavailable
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


@dataclass
class Zorgvraag:
    """One zorgvraag as this side knows it. `toestand`: GENOTIFICEERD, OPGEHAALD, MISLUKT, TERUGGEKOPPELD."""

    adressen: b.Adressen
    generatie: str
    koppelsleutel: str = field(repr=False)
    toestand: str = "GENOTIFICEERD"
    resultaat: str = ""
    sha256: str = ""
    octetten: int = 0


class Swv:
    """The SWV system: its rules for messages, and what a test can make it do."""

    def __init__(self, tc: Generaties) -> None:
        self._tc = tc
        self._zorgvragen: list[Zorgvraag] = []
        self._lock = threading.Lock()
        self._werk = ThreadPoolExecutor(4)

    def behandel(self, bericht: b.Bericht, beller: Beller) -> Uitkomst:
        """Accept a notificatie for PaO, and start fetching. The same one twice is fetched once."""
        if not isinstance(bericht, b.NotificatieRequest) or bericht.koppelsleutel is None:
            return BERICHT_ONGELDIG
        with self._lock:
            if any(een.koppelsleutel == bericht.koppelsleutel for een in self._zorgvragen):
                return b.NotificatieResponse()
            zorgvraag = Zorgvraag(bericht.adressen, beller.generatie, bericht.koppelsleutel)
            self._zorgvragen.append(zorgvraag)
        self._werk.submit(self._haal, zorgvraag)
        return b.NotificatieResponse()

    def _haal(self, zorgvraag: Zorgvraag) -> None:
        try:
            zorgvraag.resultaat = self._in_sessie(zorgvraag).code
        except (PeerError, Unavailable) as fout:
            zorgvraag.resultaat = fout.code
        zorgvraag.toestand = "OPGEHAALD" if zorgvraag.sha256 else "MISLUKT"

    def _in_sessie(self, zorgvraag: Zorgvraag) -> Resultaat:
        """One session: opened by koppelsleutel, the dossier fetched, always signed off."""
        tc, adressen = self._tc[zorgvraag.generatie], zorgvraag.adressen
        sessie = tc.open_sessie(replace(adressen, bron_aanleverpunt=None), zorgvraag.koppelsleutel, Overdrachtsoort.SWV)
        if isinstance(sessie, Resultaat):
            return sessie
        vraag = b.DocumentRequest(adressen, None, zorgvraag.koppelsleutel, Overdrachtsoort.SWV, sessie.sessie_id)
        uitkomst: bytes | Resultaat = TECHNISCHE_FOUT
        try:
            uitkomst = tc.vraag_dossier(sessie.aanleverpunten[0].url, vraag)
        finally:
            tc.meld_af(vraag, GESLAAGD if isinstance(uitkomst, bytes) else uitkomst)
        if isinstance(uitkomst, Resultaat):
            return uitkomst
        zorgvraag.octetten, zorgvraag.sha256 = len(uitkomst), hashlib.sha256(uitkomst).hexdigest()
        return GESLAAGD

    def ophalen(self, opdracht: Mapping[str, Any]) -> str:
        """`{"nr": 0}`: try the fetch again, and say what came of it."""
        zorgvraag = self._zorgvragen[int(opdracht["nr"])]
        self._haal(zorgvraag)
        return zorgvraag.resultaat

    def terugkoppeling(self, opdracht: Mapping[str, Any]) -> str:
        """`{"nr": 0, "tekst": "…"}`: answer the school; one attempt, whose outcome is told (protocol 2.5 step 4)."""
        zorgvraag = self._zorgvragen[int(opdracht["nr"])]
        tc = self._tc[zorgvraag.generatie]
        bericht = b.TerugkoppelingRequest(
            zorgvraag.adressen, zorgvraag.koppelsleutel, datetime.now(UTC).replace(microsecond=0), opdracht["tekst"]
        )
        try:
            gemeld = tc.meld_terugkoppeling(zorgvraag.adressen, zorgvraag.koppelsleutel)
            antwoord = gemeld if isinstance(gemeld, Resultaat) else tc.koppel_terug(gemeld.url, bericht)
        except (PeerError, Unavailable) as fout:
            return fout.code
        if isinstance(antwoord, Resultaat):
            return antwoord.code
        zorgvraag.toestand = "TERUGGEKOPPELD"
        return antwoord.resultaat

    def stand(self) -> dict[str, object]:
        """What a test may see: addresses, states and hashes, no key and no content."""
        return {"zorgvragen": [_stand(nr, een) for nr, een in enumerate(self._zorgvragen)]}


def _stand(nr: int, zorgvraag: Zorgvraag) -> dict[str, object]:
    return {
        "nr": nr,
        "bronBrin": str(zorgvraag.adressen.bron_brin),
        "bronAanleverpunt": str(zorgvraag.adressen.bron_aanleverpunt),
        "doelAanleverpunt": str(zorgvraag.adressen.doel_aanleverpunt),
        "generatie": zorgvraag.generatie,
        "toestand": zorgvraag.toestand,
        "resultaat": zorgvraag.resultaat,
        "sha256": zorgvraag.sha256,
        "octetten": zorgvraag.octetten,
    }


def main() -> None:
    """Command: serve until SIGTERM; the first line on stdout is JSON with the ports."""
    gevraagd = _argumenten()
    pki = Pki(gevraagd.pki)
    tc = clients(pki, "swv", gevraagd.tc, gevraagd.zoeksleutel)
    systeem = Swv(tc)
    deur = SoapDeur("swv", systeem.behandel)
    pagina = stand_pagina(
        lambda: {**systeem.stand(), "tellers": dict(deur.tellers), "geweigerd": dict(deur.geweigerd)},
        {"storing": deur.storingen.vraag, "terugkoppeling": systeem.terugkoppeling, "ophalen": systeem.ophalen},
    )
    punten = [een.split("/") for een in gevraagd.punt or ["14SS/10"]]

    def registreer(adres: str) -> None:
        """Registration exists in '18 only; the sandbox has one register for both."""
        for brin, nummer in punten:
            url = f"{adres}/swv/{gevraagd.generatie}"
            tc["18"].registreer(Brin.parse(brin), Aanleverpunt.parse(nummer), url)

    serve(pki, deur, pagina, (gevraagd.poort, gevraagd.stand_poort), registreer)


def _argumenten() -> argparse.Namespace:
    lezer = met_traffic_center(argumenten("infra.local.swv", __doc__))
    lezer.add_argument("--punt", action="append", help="aanleverpunt to register, 14SS/10; may be repeated")
    lezer.add_argument("--generatie", choices=["18", "22"], default="18", help="the door that is registered")
    return lezer.parse_args()


if __name__ == "__main__":
    main()
