"""The real seam against real sockets: bounded in time and size, https only, no redirects, addresses checked."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from chalicelib.errors import OsoError, PeerError, Unavailable
from chalicelib.sender import Send, https_sender
from infra.local.httpd import mutual_tls
from infra.local.pki import Pki, make_pki

Gedrag = Callable[[socket.socket, threading.Event], None]
KOP = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def send(pki: Pki) -> Send:
    return afzender(pki)


def afzender(pki: Pki, ca: str = "", *, sandbox: bool = True) -> Send:
    naam = "leverancier-a"
    return https_sender(ca or pki.ca, pki.cert(naam), pki.key(naam), sandbox=sandbox, lezen=0.5)


class Gezien:
    """What a server of the tests saw: connections made, and octets of the first one before TLS."""

    poort = 0
    verbindingen = 0
    octetten = b""


@contextmanager
def server(pki: Pki, gedrag: Gedrag, adres: str = "127.0.0.1") -> Iterator[Gezien]:
    """A TLS server that behaves as told, once per connection."""
    gezien, klaar = Gezien(), threading.Event()
    tls = mutual_tls(pki.cert("server"), pki.key("server"), pki.ca)
    luisteraar = socket.create_server((adres, 0))
    gezien.poort = luisteraar.getsockname()[1]

    def bedien(rauw: socket.socket) -> None:
        with rauw:
            gezien.octetten = gezien.octetten or rauw.recv(5, socket.MSG_PEEK)
            try:
                with tls.wrap_socket(rauw, server_side=True) as verbinding:
                    gedrag(verbinding, klaar)
            except OSError:
                pass

    def draai() -> None:
        while True:
            try:
                rauw, _ = luisteraar.accept()
            except OSError:
                return
            gezien.verbindingen += 1
            threading.Thread(target=bedien, args=(rauw,), daemon=True).start()

    draad = threading.Thread(target=draai, daemon=True)
    draad.start()
    yield gezien
    klaar.set()
    luisteraar.shutdown(socket.SHUT_RDWR)
    luisteraar.close()
    draad.join(5)


def lees(verbinding: socket.socket) -> bytes:
    """One request with a body, whole."""
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"</vraag>"):
        stuk = verbinding.recv(65536)
        if not stuk:
            raise ConnectionResetError
        data += stuk
    return data


def antwoord(data: bytes, kop: bytes = b"") -> Gedrag:
    def gedrag(verbinding: socket.socket, _: threading.Event) -> None:
        while True:
            lees(verbinding)
            verbinding.sendall((kop or KOP % len(data)) + data)

    return gedrag


def druppel(kop: bytes) -> Gedrag:
    """Sends one octet at a time, for as long as it is let."""

    def gedrag(verbinding: socket.socket, klaar: threading.Event) -> None:
        lees(verbinding)
        verbinding.sendall(kop)
        while not klaar.wait(0.02):
            verbinding.sendall(b"x")

    return gedrag


def zwijg(verbinding: socket.socket, klaar: threading.Event) -> None:
    lees(verbinding)
    klaar.wait(10)


def half(verbinding: socket.socket, _: threading.Event) -> None:
    lees(verbinding)
    verbinding.sendall(KOP % 100 + b"x" * 50)


def half_stil(verbinding: socket.socket, klaar: threading.Event) -> None:
    lees(verbinding)
    verbinding.sendall(KOP % 100 + b"x" * 50)
    klaar.wait(10)


def niets(verbinding: socket.socket, _: threading.Event) -> None:
    lees(verbinding)


def eindeloos(verbinding: socket.socket, klaar: threading.Event) -> None:
    lees(verbinding)
    verbinding.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not klaar.is_set():
        verbinding.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")


def code(send: Send, url: str, soort: type[OsoError]) -> str:
    with pytest.raises(soort) as fout:
        send(url, b"<vraag/></vraag>")
    return fout.value.code


def test_a_request_is_answered_and_the_connection_used_again(pki: Pki, send: Send) -> None:
    with server(pki, antwoord(b"<antwoord/>")) as gezien:
        for _ in range(3):
            assert send(f"https://127.0.0.1:{gezien.poort}/oso", b"<vraag></vraag>") == (200, b"<antwoord/>")
        assert gezien.verbindingen == 1


def test_a_chunked_answer_is_read_whole(pki: Pki, send: Send) -> None:
    kop = b"HTTP/1.1 500 Oeps\r\nTransfer-Encoding: chunked\r\n\r\n"
    with server(pki, antwoord(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", kop)) as gezien:
        assert send(f"https://127.0.0.1:{gezien.poort}/", b"<vraag></vraag>") == (500, b"abcde")


def test_a_redirect_is_an_answer_and_not_followed(pki: Pki, send: Send) -> None:
    """Protocol 9b.11."""
    with server(pki, antwoord(b"<elders/>")) as elders:
        kop = b"HTTP/1.1 307 Elders\r\nLocation: https://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % elders.poort
        with server(pki, antwoord(b"", kop)) as gezien:
            assert send(f"https://127.0.0.1:{gezien.poort}/", b"<vraag></vraag>") == (307, b"")
        assert elders.verbindingen == 0


@pytest.mark.parametrize(
    "gedrag",
    [zwijg, half, half_stil, niets, druppel(KOP % 1_000_000), druppel(b"HTTP/1.1 200 OK\r\nX-Lang: ")],
    ids=["silence", "half an answer", "half an answer and silence", "no answer", "dripping body", "dripping header"],
)
def test_silence_halves_and_drips_are_given_up_in_time(pki: Pki, send: Send, gedrag: Gedrag) -> None:
    with server(pki, gedrag) as gezien:
        begin = time.monotonic()
        assert code(send, f"https://127.0.0.1:{gezien.poort}/", Unavailable) == "GEEN_ANTWOORD"
        assert time.monotonic() - begin < 3
        assert gezien.verbindingen == 1, "no retry of its own"


def test_an_endless_answer_is_cut_off(pki: Pki) -> None:
    send = https_sender(pki.ca, pki.cert("swv"), pki.key("swv"), sandbox=True)
    with server(pki, eindeloos) as gezien:
        assert code(send, f"https://127.0.0.1:{gezien.poort}/", PeerError) == "ANTWOORD_TE_GROOT"


def test_nobody_listening_is_no_answer(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as even:
        poort = even.getsockname()[1]
    assert code(send, f"https://127.0.0.1:{poort}/", Unavailable) == "GEEN_ANTWOORD"
    assert code(send, "https://bestaat-niet.invalid/", Unavailable) == "GEEN_ANTWOORD"


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "HTTPS://127.0.0.1/", "file:///etc/passwd", "", "https://"])
def test_only_https_is_spoken(send: Send, url: str) -> None:
    assert code(send, url, PeerError) == "ADRES_NIET_TOEGESTAAN"


def test_a_server_of_another_authority_or_name_is_not_trusted(pki: Pki, send: Send) -> None:
    with server(pki, antwoord(b"x")) as gezien:
        vreemd = afzender(pki, pki.vreemde_ca)
        assert code(vreemd, f"https://127.0.0.1:{gezien.poort}/", PeerError) == "CERTIFICAAT_ONBETROUWBAAR"
    with server(pki, antwoord(b"x"), "127.0.0.2") as gezien:
        assert code(send, f"https://127.0.0.2:{gezien.poort}/", PeerError) == "CERTIFICAAT_ONBETROUWBAAR"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_outside_the_sandbox_a_private_address_gets_no_octet(pki: Pki, host: str) -> None:
    """Protocol 9b.11: the address that was connected to counts, whatever name led there."""
    with server(pki, antwoord(b"x")) as gezien:
        echt = afzender(pki, sandbox=False)
        assert code(echt, f"https://{host}:{gezien.poort}/", PeerError) == "ADRES_NIET_TOEGESTAAN"
        assert gezien.octetten == b""


def test_there_is_one_tls_context_per_process(pki: Pki) -> None:
    assert afzender(pki) is afzender(pki)


def test_tls_below_1_2_is_not_spoken(pki: Pki, send: Send) -> None:
    oud = mutual_tls(pki.cert("server"), pki.key("server"), pki.ca)
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        oud.minimum_version, oud.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    luisteraar = socket.create_server(("127.0.0.1", 0))

    def bedien() -> None:
        rauw, _ = luisteraar.accept()
        with rauw, suppress(OSError):
            oud.wrap_socket(rauw, server_side=True)

    draad = threading.Thread(target=bedien, daemon=True)
    draad.start()
    assert code(send, f"https://127.0.0.1:{luisteraar.getsockname()[1]}/", Unavailable) == "GEEN_ANTWOORD"
    draad.join(5)
    luisteraar.close()
