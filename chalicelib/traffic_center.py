"""Our side of the wire: every call to the Traffic Center and to the systems of other suppliers, over one seam.

`Send` is the seam: (url, request) -> (HTTP status, answer), in production `https_sender`.
A refusal that OSO names comes back as a `Resultaat`. Unavailable: nobody answered, try later. PeerError: the answer
breaks the protocol, do not retry. No call retries by itself, and none has an idempotency key (protocol 9b.12): after
a lost answer the caller starts over, and what the Traffic Center made meanwhile expires there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn
from chalicelib.domain.resultaat import TECHNISCHE_FOUT, Resultaat
from chalicelib.errors import Invalid, PeerError, Unavailable
from chalicelib.messages import berichten as b
from chalicelib.messages import document, soap
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.reader import Grenzen
from chalicelib.messages.soorten import in_brin
from chalicelib.messages.zoeksleutel import Zoeksleutel, ZoeksleutelProvider
from chalicelib.sender import MAX_ANTWOORD, Send

Antwoord = TypeVar("Antwoord")
Gelezen = TypeVar("Gelezen")
_HEEL_ANTWOORD = Grenzen(MAX_ANTWOORD)
_LATER = {408, 429, 500, 502, 503, 504}


class TrafficCenter:
    """The calls of protocol chapter 3, in one generation. `url` is the address of the Traffic Center itself."""

    def __init__(self, send: Send, profiel: Protocolprofiel, zoeksleutel: ZoeksleutelProvider, url: str) -> None:
        self._send = send
        self._zoeksleutel = zoeksleutel
        self._url = url
        self.profiel = profiel

    def open_sessie(
        self, adressen: b.Adressen, sleutel: Pgn | str, soort: Overdrachtsoort
    ) -> b.OverdrachtResponse | Resultaat:
        """Ask for a session about one dossier, by number or by koppelsleutel (protocol 2.1 steps 1 and 2)."""
        vraag = b.OverdrachtRequest(adressen, soort, *self._sleutel(sleutel))
        if isinstance(antwoord := self._vraag(vraag, b.OverdrachtResponse), Resultaat):
            return antwoord
        brin = adressen.bron_brin
        punten = (
            b.Aanleverpuntadres(in_brin(een.aanleverpunt, brin), een.url, brin) for een in antwoord.aanleverpunten
        )
        return b.OverdrachtResponse(antwoord.sessie_id, tuple(punten))

    def controleer_sessie(self, aanvraag: b.DocumentRequest) -> b.SessiecontroleResponse | Resultaat:
        """Whether the session of a documentRequest is valid (protocol 2.1 step 4). Comes before every other check."""
        vraag = b.SessiecontroleRequest(
            aanvraag.adressen,
            aanvraag.overdrachtsoort,
            *self._sleutel(aanvraag.pgn or aanvraag.koppelsleutel),
            sessie_id=aanvraag.sessie_id,
        )
        antwoord = self._vraag(vraag, b.SessiecontroleResponse)
        genoemd = antwoord.sessie_id if isinstance(antwoord, b.SessiecontroleResponse) else None
        if genoemd and genoemd.lower() != aanvraag.sessie_id.lower():
            raise PeerError("TRAFFIC_CENTER_ANTWOORD", "het antwoord gaat over een andere sessie")
        return antwoord

    def meld_af(self, aanvraag: b.DocumentRequest, resultaat: Resultaat) -> b.AfmeldingResponse | Resultaat:
        """Close a granted session with its best result; `aanvraag` is the request that gave it (protocol 2.1, 8)."""
        vraag = b.AfmeldingRequest(
            aanvraag.adressen,
            aanvraag.overdrachtsoort,
            *self._sleutel(aanvraag.pgn or aanvraag.koppelsleutel),
            sessie_id=aanvraag.sessie_id,
            resultaat=resultaat,
        )
        return self._vraag(vraag, b.AfmeldingResponse)

    def registreer(self, brin: Brin, aanleverpunt: Aanleverpunt, url: str) -> b.RegistratieResponse | Resultaat:
        """Set the url of an aanleverpunt (protocol 2.6). Raises Invalid("BERICHT_ONBEKEND") in '22: that is OSR's."""
        return self._vraag(b.RegistratieRequest(brin, aanleverpunt, url), b.RegistratieResponse)

    def deregistreer(self, brin: Brin, aanleverpunt: Aanleverpunt) -> b.RegistratieResponse | Resultaat:
        """Take an aanleverpunt out of use: a registration without url. Inferred, no source names such a call."""
        return self._vraag(b.RegistratieRequest(brin, aanleverpunt, None), b.RegistratieResponse)

    def overzicht(
        self, brin: Brin | None = None, doel: b.Doel | None = None, aanleverpunt: Aanleverpunt | None = None
    ) -> tuple[b.OverzichtAanleverpunt, ...] | Resultaat:
        """The active aanleverpunten that pass the filters (protocol 2.7). Be sparing without one."""
        vraag = b.OverzichtAanleverpuntRequest(brin, doel, aanleverpunt)
        antwoord = self._vraag(vraag, b.OverzichtAanleverpuntResponse)
        return antwoord if isinstance(antwoord, Resultaat) else antwoord.aanleverpunten

    def meld_notificatie(
        self, adressen: b.Adressen, doel: b.Doel, sessie_id: str | None = None, aanvraagdatum: datetime | None = None
    ) -> b.MeldenNotificatieResponse | Resultaat:
        """Announce a notificatie: OV with the session of the earlier request (2.3), PaO for a koppelsleutel (2.4)."""
        vraag = b.MeldenNotificatieRequest(adressen, doel, sessie_id, aanvraagdatum)
        antwoord = self._vraag(vraag, b.MeldenNotificatieResponse)
        if doel is b.Doel.PAO and isinstance(antwoord, b.MeldenNotificatieResponse) and not antwoord.koppelsleutel:
            raise PeerError("TRAFFIC_CENTER_ANTWOORD", "het antwoord bevat geen koppelsleutel")
        return antwoord

    def meld_terugkoppeling(
        self, adressen: b.Adressen, koppelsleutel: str
    ) -> b.MeldenTerugkoppelingResponse | Resultaat:
        """Announce a terugkoppeling; the answer says where the school listens (protocol 2.5)."""
        return self._vraag(b.MeldenTerugkoppelingRequest(adressen, koppelsleutel), b.MeldenTerugkoppelingResponse)

    def vraag_dossier(self, url: str, aanvraag: b.DocumentRequest) -> bytes | Resultaat:
        """Ask one aanleverpunt for one dossier: its bytes as received, not judged, or the refusal."""
        return self._wissel(url, aanvraag, "PEER", self._dossier)

    def _dossier(self, data: bytes) -> bytes | soap.Fault:
        fault = soap.decode_fault(self.profiel, data, _HEEL_ANTWOORD)
        return document.decode_document_response(self.profiel, data) if fault is None else fault

    def notificeer(self, url: str, notificatie: b.NotificatieRequest) -> b.NotificatieResponse | Resultaat:
        """Tell the doel that a dossier is ready (protocol 2.3 step 3, 2.4 step 3)."""
        return self._antwoord(url, notificatie, b.NotificatieResponse, "PEER")

    def koppel_terug(self, url: str, bericht: b.TerugkoppelingRequest) -> b.TerugkoppelingResponse | Resultaat:
        """Answer a school about its zorgvraag: one attempt (protocol 2.5 step 4)."""
        return self._antwoord(url, bericht, b.TerugkoppelingResponse, "PEER")

    def _sleutel(self, sleutel: Pgn | str | None) -> tuple[Zoeksleutel | None, str | None]:
        """A number becomes a zoeksleutel here, and nowhere else: no message to the Traffic Center can hold a Pgn."""
        return (self._zoeksleutel(sleutel), None) if isinstance(sleutel, Pgn) else (None, sleutel)

    def _vraag(self, bericht: b.Bericht, soort: type[Antwoord]) -> Antwoord | Resultaat:
        return self._antwoord(self._url, bericht, soort, "TRAFFIC_CENTER")

    def _antwoord(self, url: str, bericht: b.Bericht, soort: type[Antwoord], wie: str) -> Antwoord | Resultaat:
        antwoord = self._wissel(url, bericht, wie, lambda data: soap.decode_antwoord(self.profiel, data))
        if not isinstance(antwoord, soort | Resultaat):
            raise PeerError(f"{wie}_ANTWOORD", "het antwoord hoort niet bij de vraag")
        return antwoord

    def _wissel(
        self, url: str, bericht: b.Bericht, wie: str, lees: Callable[[bytes], Gelezen | soap.Fault]
    ) -> Gelezen | Resultaat:
        """Send one message; the answer, or the refusal that the fault in it names. Raises Unavailable, PeerError."""
        try:
            status, data = self._send(url, soap.encode(self.profiel, bericht))
        except Unavailable as fout:
            raise Unavailable(f"{wie}_ONBEREIKBAAR", fout.detail) from None
        try:
            antwoord = lees(data)
        except Invalid as fout:
            raise _onleesbaar(status, wie, fout.detail) from None
        if isinstance(antwoord, soap.Fault):
            return _uitkomst(antwoord, wie)
        if status != 200:
            raise _onleesbaar(status, wie, "geen fault bij deze status")
        return antwoord


def _onleesbaar(status: int, wie: str, waarom: str) -> Unavailable | PeerError:
    """No SOAP in the answer: a gateway that is down, or something that is no OSO system at all."""
    if status in _LATER:
        return Unavailable(f"{wie}_ONBEREIKBAAR", f"HTTP-status {status}")
    return PeerError(f"{wie}_ANTWOORD", f"HTTP-status {status}: {waarom}")


def _uitkomst(fault: soap.Fault, wie: str) -> Resultaat:
    """A known code is an answer. A technical fault of a server may pass; any other fault we cannot read."""
    if fault.resultaat is not None and fault.resultaat is not TECHNISCHE_FOUT:
        return fault.resultaat
    if fault.kant == "Server":
        raise Unavailable(f"{wie}_ONBEREIKBAAR", "de andere kant meldt een technische fout")
    raise PeerError(f"{wie}_ANTWOORD", "een fault met een onbekende code")
