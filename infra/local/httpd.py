"""The sockets of the served app: HTTP/1.1 with keep-alive over TCP or mutual TLS, bounded in threads, size and time.

A client that is slow, silent, rude or gone costs one of `connections` threads for a bounded time and nothing else. The
client certificate in a Request comes from the TLS connection alone; no header is ever looked at for it.
"""

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from infra.local.gateway import MAX_REQUEST, Answer, Request, problem, too_large

HANDSHAKE, IDLE, WHOLE_REQUEST, SENDING = 5.0, 15.0, 30.0, 30.0
Call = Callable[[Request], Answer]


class Server:
    """Accepts on one listening socket and answers each request by `call`; `serve` blocks until `stop`."""

    def __init__(
        self, listening: socket.socket, call: Call, tls: ssl.SSLContext | None = None, connections: int = 64
    ) -> None:
        self.call = call
        self.tls = tls
        self._listening = listening
        self._places = threading.BoundedSemaphore(connections)
        self._busy = 0
        self._change = threading.Condition()
        self._stopped = False

    def serve(self) -> None:
        """Accept until stopped. At the bound we stop accepting: further callers wait in the kernel's backlog."""
        self._listening.settimeout(0.2)
        while not self._stopped:
            if not self._places.acquire(timeout=0.2):
                continue
            try:
                connection, address = self._listening.accept()
            except OSError:  # nobody came within the 0.2 s, or they left before we looked, or we were stopped
                self._places.release()
                continue
            threading.Thread(target=self._connection, args=(connection, address), daemon=True).start()
        self._listening.close()

    def stop(self, seconds: float = 5) -> None:
        """Accept nothing more, and wait for the requests that are being answered; idle connections are left to die."""
        self._stopped = True
        with self._change:
            self._change.wait_for(lambda: self._busy == 0, seconds)

    def count(self, change: int) -> None:
        """Keep count of the requests that are being answered."""
        with self._change:
            self._busy += change
            self._change.notify_all()

    def _connection(self, connection: socket.socket, address: tuple[str, int]) -> None:
        try:
            with self._secure(connection) as secured:
                _Connection(secured, address, self)  # type: ignore[arg-type] # the base class only keeps it
        except OSError:  # a refused handshake, a reset, a time-out: the caller's affair, and over
            pass
        finally:
            self._places.release()

    def _secure(self, connection: socket.socket) -> socket.socket:
        """Do the handshake, here and not where we accept: a client that dawdles holds up nobody else."""
        if self.tls is None:
            return connection
        connection.settimeout(HANDSHAKE)
        return self.tls.wrap_socket(connection, server_side=True)


class _Clocked(io.RawIOBase):
    """Reads a socket, but never beyond a moment in time, however slowly the bytes drip in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._end = 0.0

    def allow(self, seconds: float) -> None:
        """Set the moment after which reading raises TimeoutError."""
        self._end = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(max(self._end - time.monotonic(), 0.001))
        return self._connection.recv_into(buffer)


class _Refusal(Exception):
    """We answer without asking the app, and close the connection."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class _Connection(BaseHTTPRequestHandler):
    """One connection, request after request. The base class parses request lines and headers."""

    protocol_version = default_request_version = "HTTP/1.1"  # even rubbish gets a status line
    server_version, sys_version = "oso", ""
    wbufsize = 64 * 1024
    server: Server  # type: ignore[assignment] # ours is no socketserver

    def setup(self) -> None:
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        der = self.request.getpeercert(binary_form=True) if isinstance(self.request, ssl.SSLSocket) else None
        self.client_cert = None if der is None else client_certificate(der)
        self._clocked = _Clocked(self.request)
        self.rfile.close()
        self.rfile = io.BufferedReader(self._clocked)

    def handle_one_request(self) -> None:
        self.close_connection = True
        self.command, self.request_version = "", self.protocol_version
        self._clocked.allow(IDLE)
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            return
        self.server.count(+1)
        try:
            self._clocked.allow(WHOLE_REQUEST)
            self._answer_one()
        finally:
            self.server.count(-1)

    def _answer_one(self) -> None:
        try:
            request = self._receive()
        except _Refusal as refusal:
            self.close_connection = True
            self._send(refusal.answer)
            self._drain()
        else:
            self._send(self.server.call(request))

    def _receive(self) -> Request:
        """Read the rest of the request; raise _Refusal where there is nothing to ask the app."""
        try:
            if len(self.raw_requestline) > 65536:
                self._refuse(414, "ADRES_TE_LANG", "Het adres is te lang.")
            self.parse_request()
            return self._read()
        except TimeoutError:
            self._refuse(408, "TE_TRAAG", "Het bericht kwam niet op tijd binnen.")

    def _read(self) -> Request:
        headers = tuple((name, str(value)) for name, value in self.headers.items())
        return Request(self.command, self.path, headers, self._body(), self.client_address[0], self.client_cert)

    def _body(self) -> bytes:
        lengths = set(self.headers.get_all("Content-Length", ()))
        coding = self.headers.get("Transfer-Encoding", "").strip().lower()
        if coding and (coding != "chunked" or lengths):
            self._unreadable()
        if coding:
            self._go_on()
            return self._chunks()
        text = lengths.pop() if lengths else "0"
        if lengths or not (text.isascii() and text.isdigit()):
            self._unreadable()
        length = int(text)
        if length > MAX_REQUEST:
            raise _Refusal(too_large())
        self._go_on()
        return self._exactly(length)

    def _chunks(self) -> bytes:
        """Read a chunked body; its trailers are read and dropped."""
        body = bytearray()
        while True:
            size = self.rfile.readline(1024).partition(b";")[0].strip()
            if not size or len(size) > 8 or size.strip(b"0123456789abcdefABCDEF"):
                self._unreadable()
            length = int(size, 16)
            if len(body) + length > MAX_REQUEST:
                raise _Refusal(too_large())
            if length == 0:
                break
            body += self._exactly(length)
            if self.rfile.readline(3) != b"\r\n":
                self._unreadable()
        while self.rfile.readline(65537) not in {b"\r\n", b"\n", b""}:
            pass
        return bytes(body)

    def _exactly(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError
        return body

    def handle_expect_100(self) -> bool:
        """Hold the "100 Continue" until we know that we want the body."""
        return True

    def _go_on(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()

    def _unreadable(self) -> NoReturn:
        self._refuse(400, "VERZOEK_ONLEESBAAR", "Het verzoek is geen geldig HTTP.")

    def _refuse(self, status: int, code: str, detail: str) -> NoReturn:
        raise _Refusal(problem(status, code, detail, ("Connection", "close")))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the base class found wrong while parsing, in our own form."""
        status = code if 400 <= code < 500 else 400
        self._refuse(status, "VERZOEK_ONLEESBAAR", "Het verzoek is geen geldig HTTP.")

    def _send(self, answer: Answer) -> None:
        self.request.settimeout(SENDING)
        self.send_response_only(answer.status)
        empty = answer.status in {204, 304}
        for name, value in answer.headers:
            if name.lower() != "content-length":
                self.send_header(name, str(value))
        if not empty:
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Date", self.date_time_string())
        self.end_headers()
        if not empty and self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _drain(self) -> None:
        """Take in what is still under way for a moment, else the client sees a reset before it sees our answer."""
        self._clocked.allow(2)
        try:
            while self.rfile.read1(64 * 1024):
                pass
        except OSError:
            return

    def finish(self) -> None:
        """Let go of the socket. Every answer was flushed when it was whole; what is left is of one that failed."""
        self.rfile.close()
        with suppress(OSError):
            self.wfile.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Log nothing: the app writes its own line, and a rejected request line may hold anything."""


def client_certificate(der: bytes) -> Mapping[str, Any]:
    """Describe a verified client certificate as API Gateway does for a custom domain with mutual TLS."""
    certificate = x509.load_der_x509_certificate(der)
    stamp = "%b %e %H:%M:%S %Y GMT"
    serial = f"{certificate.serial_number:x}"
    serial = serial.zfill(len(serial) + len(serial) % 2)
    return {
        "clientCertPem": certificate.public_bytes(Encoding.PEM).decode("ascii"),
        "subjectDN": certificate.subject.rfc4514_string(),
        "issuerDN": certificate.issuer.rfc4514_string(),
        "serialNumber": ":".join(serial[at : at + 2] for at in range(0, len(serial), 2)),
        "validity": {
            "notBefore": certificate.not_valid_before_utc.strftime(stamp),
            "notAfter": certificate.not_valid_after_utc.strftime(stamp),
        },
    }


def mutual_tls(certificate: str, key: str, client_ca: str) -> ssl.SSLContext:
    """Make the context of a wire door: TLS 1.2 or newer, and no handshake without a certificate of `client_ca`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
