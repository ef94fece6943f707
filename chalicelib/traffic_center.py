"""Our side of the wire: every call to the Traffic Center and to the systems of other suppliers, over one seam.

`Send` is the seam: (url, request) -> (HTTP status, answer). In production it is `https_sender`, in tests a function.
A refusal that OSO names comes back as a `Resultaat`. Unavailable: nobody answered, try later. PeerError: the answer
breaks the protocol, do not retry. No call retries by itself, and none has an idempotency key (protocol 9b.12): after
a lost answer the caller starts over, and what the Traffic Center made meanwhile expires there.
"""

import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.response import HTTPResponse

from chalicelib.config import pem
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

Send = Callable[[str, bytes], tuple[int, bytes]]
Antwoord = TypeVar("Antwoord")
Gelezen = TypeVar("Gelezen")
CORRELATIE: ContextVar[str] = ContextVar("correlatie", default="")
"""Under which id the request at hand is logged; the other side gets it in a header, so that both logs can be laid side
by side. It says nothing about anybody."""

CONNECT_SECONDEN = 3.0
READ_SECONDEN = 20.0
_MAX_ANTWOORD = document.MAX_DOSSIER + 64 * 1024
_HEEL_ANTWOORD = Grenzen(_MAX_ANTWOORD)
_LATER = {408, 429, 500, 502, 503, 504}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_KOPPEN = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept-Encoding": "identity"}


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
        if isinstance(antwoord, b.SessiecontroleResponse) and antwoord.sessie_id not in (None, aanvraag.sessie_id):
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


@lru_cache(maxsize=32)
def https_sender(ca: str | None, cert: str, key: str, *, sandbox: bool, lezen: float = READ_SECONDEN) -> Send:
    """The real seam: mutual TLS, https only, no redirects, no retries, bounded in time and size (protocol 9b.11).

    `ca`, `cert` and `key` are PEM or its path; without `ca` the system's own roots count. `sandbox` allows private,
    loopback and link-local addresses. `lezen`: seconds for the answer, from its first to its last octet. One TLS
    context per process and set of arguments. The Send raises Unavailable("GEEN_ANTWOORD"), and PeerError with
    ADRES_NIET_TOEGESTAAN, CERTIFICAAT_ONBETROUWBAAR or ANTWOORD_TE_GROOT.
    """
    context = ssl.create_default_context(cadata=pem(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _toon(context, pem(cert) + "\n" + pem(key))
    tijd = urllib3.Timeout(connect=CONNECT_SECONDEN, read=lezen)
    manager = urllib3.PoolManager(num_pools=50, maxsize=32, retries=False, ssl_context=context, timeout=tijd)
    manager.pool_classes_by_scheme = {"https": _pool(sandbox, lezen)}

    def send(url: str, data: bytes) -> tuple[int, bytes]:
        if not url.startswith("https://"):
            raise PeerError("ADRES_NIET_TOEGESTAAN", "alleen https is toegestaan")
        try:
            return _post(manager, url, data, lezen)
        except urllib3.exceptions.SSLError as fout:
            if isinstance(fout.args[0] if fout.args else None, ssl.SSLCertVerificationError):
                raise PeerError("CERTIFICAAT_ONBETROUWBAAR", "het servercertificaat is niet te vertrouwen") from None
            raise Unavailable("GEEN_ANTWOORD", "de TLS-verbinding mislukt") from None
        except urllib3.exceptions.LocationValueError:
            raise PeerError("ADRES_NIET_TOEGESTAAN", "geen bruikbaar adres") from None
        except (urllib3.exceptions.HTTPError, OSError) as fout:
            raise Unavailable("GEEN_ANTWOORD", type(fout).__name__) from None

    return send


def _toon(context: ssl.SSLContext, keten_en_sleutel: str) -> None:
    """Who we are. OpenSSL reads that from a file alone: a private one, that is gone when it was read."""
    with tempfile.TemporaryDirectory(prefix="oso-") as map_:
        bestand = Path(map_, "pem")
        bestand.write_text(keten_en_sleutel, "ascii")
        context.load_cert_chain(bestand)


def _post(manager: urllib3.PoolManager, url: str, data: bytes, lezen: float) -> tuple[int, bytes]:
    """One POST, read piece by piece, so that neither a slow nor a huge answer can hold us."""
    correlatie = {"X-Correlation-Id": CORRELATIE.get()} if CORRELATIE.get() else {}
    antwoord = manager.request(
        "POST",
        url,
        body=data,
        headers={**_KOPPEN, **correlatie},
        redirect=False,
        preload_content=False,
        decode_content=False,
    )
    try:
        return antwoord.status, b"".join(_stukken(antwoord, time.monotonic() + lezen))
    finally:
        antwoord.close()  # gives a connection that was read to its end back to the pool, and drops any other


def _stukken(antwoord: urllib3.BaseHTTPResponse, einde: float) -> Iterator[bytes]:
    gelezen = 0
    while stuk := antwoord.read1(65_536):
        gelezen += len(stuk)
        if gelezen > _MAX_ANTWOORD:
            raise PeerError("ANTWOORD_TE_GROOT", f"het antwoord is groter dan {_MAX_ANTWOORD} octetten")
        if time.monotonic() > einde:
            raise Unavailable("GEEN_ANTWOORD", "het antwoord kwam te langzaam")
        yield stuk


def _pool(sandbox: bool, lezen: float) -> type[HTTPSConnectionPool]:
    class Verbinding(_Verbinding):
        alleen_openbaar = not sandbox
        seconden = lezen

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Verbinding

    return Pool


class _Verbinding(HTTPSConnection):
    """A connection that knows whom it reached, and does not wait for headers that drip in."""

    alleen_openbaar = True
    seconden = READ_SECONDEN

    def _new_conn(self) -> socket.socket:
        """Look at the address after DNS and connecting, before a byte of TLS: no name can be rebound past it."""
        verbinding = super()._new_conn()
        if self.alleen_openbaar and not is_openbaar(verbinding.getpeername()[0]):
            verbinding.close()
            raise PeerError("ADRES_NIET_TOEGESTAAN", "het adres ligt niet op het openbare internet")
        return verbinding

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # urllib3 says so too: its HTTPResponse is another
        """The socket's own time-out starts again with each octet; this one does not."""
        te_laat = threading.Event()
        klok = threading.Timer(self.seconden, self._breek_af, [te_laat])
        klok.start()
        try:
            antwoord = super().getresponse()
        finally:
            klok.cancel()
        if te_laat.is_set():  # http.client takes headers that were cut off for all of them
            antwoord.close()
            raise TimeoutError
        return antwoord

    def _breek_af(self, te_laat: threading.Event) -> None:
        te_laat.set()
        with suppress(OSError, AttributeError):  # gone already, or not there yet
            self.sock.shutdown(socket.SHUT_RDWR)


def is_openbaar(adres: str) -> bool:
    """Whether an IP address belongs to the public internet, also behind the ways to write IPv4 in IPv6."""
    ip = ipaddress.ip_address(adres.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv4Address(ip.packed[-4:]) if ip in _NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or nat64 or ip
    return ip.is_global and not ip.is_multicast
