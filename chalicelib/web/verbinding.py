"""What one process opens once: the stores, and the line to the Traffic Center."""

import time
from functools import lru_cache

from chalicelib.config import settings
from chalicelib.domain.nummers import Brin
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import PeerError, Unavailable
from chalicelib.messages import protocolprofiel
from chalicelib.messages.berichten import OverzichtAanleverpunt
from chalicelib.messages.zoeksleutel import kies_provider
from chalicelib.sender import https_sender
from chalicelib.store import Stores, open_stores
from chalicelib.store.tempo import Tempo
from chalicelib.store.wortels import Wortels, open_wortels
from chalicelib.traffic_center import TrafficCenter

_UUR = 3600.0


@lru_cache(maxsize=1)
def stores() -> Stores:
    """The stores of this process."""
    return open_stores(settings())


@lru_cache(maxsize=1)
def wortels() -> Wortels:
    """Where this process writes the nightly roots."""
    return open_wortels(settings())


@lru_cache(maxsize=1)
def traffic_center() -> TrafficCenter:
    """The line to the Traffic Center, and to the systems that it names."""
    s = settings()
    send = https_sender(s.tc_ca or None, s.client_cert, s.client_key, sandbox=s.sandbox)
    return TrafficCenter(
        send, protocolprofiel(s.profiel), kies_provider(s.zoeksleutel_provider, s.zoeksleutel), s.tc_url
    )


@lru_cache(maxsize=1)
def _tempo() -> Tempo:
    return Tempo(stores().state.tel_op)


def eis_tempo(deur: str, wie: str) -> None:
    """Count a request of a school (portal) or supplier (wire). Raises Unavailable("TE_VEEL_VERZOEKEN")."""
    if wacht := _tempo().wacht(f"{deur}#{wie}", time.time(), settings().tempo[deur]):
        raise Unavailable("TE_VEEL_VERZOEKEN", wacht=wacht)


_overzichten: dict[str, tuple[float, tuple[OverzichtAanleverpunt, ...]]] = {}


def overzicht(brin: str) -> tuple[OverzichtAanleverpunt, ...]:
    """The aanleverpunten of a BRIN at the Traffic Center, remembered for an hour (9b.7)."""
    bekend = _overzichten.get(brin)
    if bekend and bekend[0] > time.monotonic():
        return bekend[1]
    punten = traffic_center().overzicht(Brin(brin))
    if isinstance(punten, Resultaat):
        raise PeerError("TRAFFIC_CENTER_ANTWOORD", punten.code)
    _overzichten[brin] = (time.monotonic() + _UUR, punten)
    return punten
