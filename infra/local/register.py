"""What the sandbox Traffic Center knows: aanleverpunten, sessions, koppelsleutels. In memory, under one lock."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import RESULTATEN, Resultaat
from chalicelib.messages import berichten as b

Sleutel = tuple[Brin | None, Aanleverpunt | None]


@dataclass(frozen=True)
class Punt:
    """An aanleverpunt of the register. It is active once its supplier has registered a url."""

    brin: Brin
    nummer: Aanleverpunt
    naam: str
    doel: b.Doel
    leverancier: str
    url: str | None = None
    sector: str = "PO"


def punt(record: Mapping[str, Any]) -> Punt:
    """A Punt from `{brin, nummer, naam, doel, leverancier, url?, sector?}`; raises Invalid, KeyError or ValueError."""
    return Punt(
        Brin.parse(record["brin"]),
        Aanleverpunt.parse(str(record["nummer"])),
        record["naam"],
        b.Doel(record["doel"]),
        record["leverancier"],
        record.get("url") or None,
        record.get("sector", "PO"),
    )


@dataclass
class Sessie:
    """A granted session: what was asked, until when it holds, and the best result once it was signed off."""

    vraag: b.OverdrachtRequest
    punten: tuple[Sleutel, ...]
    tot: float
    resultaat: Resultaat | None = None
    controles: int = 0


class Nee(Exception):
    """A rule says no."""

    def __init__(self, resultaat: Resultaat) -> None:
        super().__init__(resultaat.code)
        self.resultaat = resultaat


def eis(voorwaarde: object, code: str) -> None:
    """Refuse with this outcome unless the condition holds."""
    if not voorwaarde:
        raise Nee(RESULTATEN[code])


@dataclass
class Register:
    """Everything the Traffic Center knows. The rules are in `register_rules`."""

    punten: dict[Sleutel, Punt]
    sessieduur: float = 900.0
    klok: Callable[[], float] = time.monotonic
    sessies: dict[str, Sessie] = field(default_factory=dict)
    koppelsleutels: dict[str, b.Adressen] = field(default_factory=dict, repr=False)
    geteld: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def zet(self, record: Mapping[str, Any]) -> None:
        """Add or replace an aanleverpunt, as a school employee does in MijnOSO, or OSR in '22."""
        nieuw = punt(record)
        with self.lock:
            self.punten[nieuw.brin, nieuw.nummer] = nieuw

    def verloop(self, wat: Mapping[str, Any]) -> None:
        """Let every session expire now, and with `{"koppelsleutels": true}` every koppelsleutel too."""
        with self.lock:
            for sessie in self.sessies.values():
                sessie.tot = self.klok()
            if wat.get("koppelsleutels"):
                self.koppelsleutels.clear()

    def opnieuw(self, punten: Mapping[Sleutel, Punt]) -> None:
        """Forget everything, and start again with these aanleverpunten."""
        with self.lock:
            self.punten = dict(punten)
            for kennis in (self.sessies, self.koppelsleutels, self.geteld):
                kennis.clear()

    def stand(self) -> dict[str, object]:
        """What a test may see: no zoeksleutel, no koppelsleutel, no number."""
        with self.lock:
            return {
                "aanleverpunten": [_punt_stand(een) for een in self.punten.values()],
                "sessies": [self._sessie_stand(naam, een) for naam, een in self.sessies.items()],
                "koppelsleutels": len(self.koppelsleutels),
                "geteld": dict(self.geteld),
            }

    def _sessie_stand(self, sessie_id: str, sessie: Sessie) -> dict[str, object]:
        adressen = sessie.vraag.adressen
        verlopen = sessie.tot <= self.klok()
        return {
            "sessieId": sessie_id,
            "bronBrin": str(adressen.bron_brin),
            "doelBrin": str(adressen.doel_brin),
            "doelAanleverpunt": str(adressen.doel_aanleverpunt),
            "overdrachtsoort": sessie.vraag.overdrachtsoort.value,
            "toestand": "afgemeld" if sessie.resultaat else "verlopen" if verlopen else "open",
            "resultaat": sessie.resultaat.wire if sessie.resultaat else None,
            "controles": sessie.controles,
        }

    def eigen(self, sleutel: Sleutel, oin: str, onbekend: str) -> Punt:
        """An active aanleverpunt of this supplier; one of somebody else is a certificate fault (protocol 4.1)."""
        gevonden = self.punten.get(sleutel)
        eis(gevonden is None or gevonden.leverancier == oin, "CLIENTCERTIFICAAT_ONBEKEND")
        return self.actief(sleutel, onbekend)

    def actief(self, sleutel: Sleutel, onbekend: str) -> Punt:
        """An aanleverpunt with a url."""
        gevonden = self.punten.get(sleutel)
        eis(gevonden is not None and gevonden.url, onbekend)
        assert gevonden is not None
        return gevonden

    def bekende_bron(self, brin: Brin | None) -> list[Punt]:
        """The active OV aanleverpunten of a school that the Traffic Center knows."""
        school = [een for een in self.punten.values() if een.brin == brin]
        eis(school, "VERSTREKKER_NIET_BEKEND")
        return [een for een in school if een.url and een.doel is b.Doel.OV]


def _punt_stand(een: Punt) -> dict[str, object]:
    return {
        "brin": str(een.brin),
        "nummer": str(een.nummer),
        "naam": een.naam,
        "doel": een.doel.value,
        "leverancier": een.leverancier,
        "url": een.url,
    }
