"""One POST to a system of somebody else: mutual TLS, bounded in time and size, and to the public internet alone."""

import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.response import HTTPResponse

from chalicelib.config import pem
from chalicelib.errors import PeerError, Unavailable
from chalicelib.messages.document import MAX_DOSSIER

Send = Callable[[str, bytes], tuple[int, bytes]]
CORRELATIE: ContextVar[str] = ContextVar("correlatie", default="")
"""Under which id the request at hand is logged; the other side gets it in a header, so that both logs can be laid side
by side. It says nothing about anybody."""

CONNECT_SECONDEN = 3.0
READ_SECONDEN = 20.0
MAX_ANTWOORD = MAX_DOSSIER + 64 * 1024
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NERGENS = tuple(map(ipaddress.IPv6Network, ("64:ff9b:1::/48", "fec0::/10", "::/96")))
"""Of a network's own, though Python calls them global: local NAT64, site-local, IPv4 in its oldest guise."""
_KOPPEN = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept-Encoding": "identity"}


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
        if gelezen > MAX_ANTWOORD:
            raise PeerError("ANTWOORD_TE_GROOT", f"het antwoord is groter dan {MAX_ANTWOORD} octetten")
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
        if any(ip in netwerk for netwerk in _NERGENS):
            return False
        nat64 = ipaddress.IPv4Address(ip.packed[-4:]) if ip in _NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or nat64 or ip
    return ip.is_global and not ip.is_multicast
