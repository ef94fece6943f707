"""The served app: what API Gateway does to requests and answers, over real sockets, TLS included."""

import base64
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from chalice.app import Chalice, CORSConfig, Response

from infra.local import httpd
from infra.local.gateway import MAX_REQUEST, Gateway, Request
from infra.local.httpd import Server, mutual_tls
from infra.local.pki import OIN, Pki, make_pki
from infra.local.processes import listen, port_of, ready, start, stop, wait_until


def _app() -> Chalice:
    """Make an app with a route for each thing that can happen between gateway and app."""
    app = Chalice("proef")

    @app.route("/v1/dingen/{ding}", methods=["GET", "POST"], content_types=["application/json", "application/pdf"])
    def ding(ding: str) -> Response:
        time.sleep(0.001)  # give another thread the chance to come in between
        request = app.current_request
        assert request is not None
        body = request.raw_body or b""
        assert isinstance(body, bytes)
        seen = {
            "ding": ding,
            "zelfde": (request.uri_params or {}).get("ding") == ding,
            "kop": request.headers.get("x-kop"),
            "body": base64.b64encode(body).decode(),
            "vraag": request.query_params.getlist("v") if request.query_params else None,
            "context": request.context,
        }
        return Response(seen, headers={"X-Meer": "één"})

    @app.route("/v1/stuk")
    def stuk() -> Response:
        return Response("", headers={"X-Stuk": "what no HTTP header can hold: \r"})

    @app.route("/v1/kapot")
    def kapot() -> Response:
        return Response("text where Chalice wants bytes", headers={"Content-Type": "application/zip"})

    @app.route("/v1/groot")
    def groot() -> Response:
        return Response("more than Lambda can carry: " + "x" * (6 * 1024 * 1024))

    @app.route("/v1/traag")
    def traag() -> Response:
        time.sleep(1)
        return Response("longer than the gateway waits")

    @app.route("/v1/open", cors=CORSConfig(allow_origin="https://portaal.example"))
    def open_() -> Response:
        return Response("a browser of another origin may read this")

    @app.route("/v1/weg", methods=["DELETE"])
    def weg() -> Response:
        return Response("", status_code=204)

    return app


@dataclass(frozen=True)
class Door:
    """A served app: its port, and a client for it."""

    port: int
    http: urllib3.PoolManager
    scheme: str = "http"

    def ask(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        return self.http.request(method, f"{self.scheme}://127.0.0.1:{self.port}{path}", retries=False, **options)

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are and read until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            received = b""
            with suppress(ConnectionError):
                connection.sendall(data)
            with suppress(OSError):  # the server may have closed already
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while piece := connection.recv(65536):
                    received += piece
            return received


def _gateway(seconds: float = 29) -> Gateway:
    return Gateway(_app(), "portal.localhost", seconds=seconds)


def _serve(gateway: Gateway, tls: ssl.SSLContext | None = None, connections: int = 64) -> Iterator[int]:
    listening = listen()
    server = Server(listening, gateway.answer, tls, connections)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield port_of(listening)
    server.stop()
    thread.join()
    gateway.close()


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A plain door."""
    for port in _serve(_gateway()):
        yield Door(port, urllib3.PoolManager(maxsize=20))


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def tls_port(pki: Pki) -> Iterator[int]:
    """The port of a door with mutual TLS."""
    yield from _serve(_gateway(), mutual_tls(pki.cert("server"), pki.key("server"), pki.ca))


def _tls_door(pki: Pki, port: int, naam: str | None, version: ssl.TLSVersion | None = None) -> Door:
    context = ssl.create_default_context(cafile=pki.ca)
    if naam:
        context.load_cert_chain(pki.cert(naam), pki.key(naam))
    if version:
        context.minimum_version = context.maximum_version = version
    return Door(port, urllib3.PoolManager(ssl_context=context), "https")


def test_a_request_arrives_whole_with_headers_in_any_case_and_every_query_value(door: Door) -> None:
    answer = door.ask("POST", "/v1/dingen/een?v=1&v=&v=a%26b", headers={"X-KOP": "ja"}, json={"naam": "é"}).json()
    assert answer["ding"] == "een"
    assert answer["kop"] == "ja"
    assert answer["vraag"] == ["1", "", "a&b"]
    assert json.loads(base64.b64decode(answer["body"])) == {"naam": "é"}
    assert answer["context"]["domainName"] == "portal.localhost"
    assert answer["context"]["resourcePath"] == "/v1/dingen/{ding}"
    assert answer["context"]["identity"] == {"sourceIp": "127.0.0.1"}


def test_bytes_of_a_binary_type_arrive_unchanged() -> None:
    data = bytes(range(256)) * 4000
    app = _app()
    app.api.binary_types.append("application/pdf")
    gateway = Gateway(app, "portal.localhost")
    request = Request("POST", "/v1/dingen/x", (("Content-Type", "application/pdf; charset=x"),), data)
    answer = json.loads(gateway.answer(request).body)
    assert base64.b64decode(answer["body"]) == data


def test_bytes_of_a_kind_that_a_route_names_arrive_unchanged_and_its_answer_asks_for_no_accept() -> None:
    """As the template of the wire says; a text in another encoding than UTF-8 would be damaged for good."""
    app = Chalice("wire")
    got: list[Any] = []

    @app.route("/oso/18", methods=["POST"], content_types=["text/xml"])
    def oso() -> Response:
        got.append(app.current_request.raw_body if app.current_request else None)
        return Response("<é/>", headers={"Content-Type": "text/xml; charset=utf-8"})

    data = "<?xml version='1.0' encoding='ISO-8859-1'?><naam>André</naam>".encode("iso-8859-1")
    gateway = Gateway(app, "wire.localhost")
    answer = gateway.answer(Request("POST", "/oso/18", (("Content-Type", "text/xml; charset=iso-8859-1"),), data))
    assert (answer.status, answer.body.decode(), got) == (200, "<é/>", [data])
    gateway.close()


def test_bytes_of_a_text_type_that_are_no_utf8_arrive_damaged_as_on_aws(door: Door) -> None:
    answer = door.ask("POST", "/v1/dingen/x", body=b"\xff", headers={"Content-Type": "application/pdf"}).json()
    assert base64.b64decode(answer["body"]).decode() == "\ufffd"


def test_threads_are_never_mixed_up(door: Door) -> None:
    def ask(number: int) -> bool:
        answer = door.ask("GET", f"/v1/dingen/n{number}", headers={"X-Kop": f"k{number}"}).json()
        return bool(answer["ding"] == f"n{number}" and answer["kop"] == f"k{number}" and answer["zelfde"])

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(ask, range(400)))


@pytest.mark.parametrize("path", ["/v1/niets", "/", "/v1/dingen", "/v1/dingen/a/b", "//[", "/v1/dingen%2Fa"])
def test_an_unknown_address_is_404_in_problem_json(door: Door, path: str) -> None:
    answer = door.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in head
    assert b"API-Version: " in head
    said = json.loads(body)
    assert (said["code"], said["title"]) == ("NIET_GEVONDEN", "Niet gevonden")


@pytest.mark.parametrize("method", ["PUT", "HEAD", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_405_and_tells_which_there_are(door: Door, method: str) -> None:
    answer = door.ask(method, "/v1/dingen/x")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_preflight_is_answered_where_the_app_allows_an_origin(door: Door) -> None:
    answer = door.ask("OPTIONS", "/v1/open")
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "https://portaal.example"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET,OPTIONS"


def test_an_answer_without_content_has_no_body_and_the_connection_goes_on(door: Door) -> None:
    two = b"DELETE /v1/weg HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/niets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    first, _, rest = door.raw(two).partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 204 ")
    assert b"Content-Length" not in first
    assert rest.startswith(b"HTTP/1.1 404 ")


def test_one_connection_serves_many_requests(door: Door) -> None:
    pool = urllib3.HTTPConnectionPool("127.0.0.1", door.port, maxsize=1)
    assert {pool.request("GET", "/v1/dingen/x").status for _ in range(20)} == {200}
    assert pool.num_connections == 1


@pytest.mark.parametrize("path", ["/v1/stuk", "/v1/groot"], ids=["no header", "over the limit of Lambda"])
def test_an_answer_that_api_gateway_cannot_carry_is_a_fault_of_ours(door: Door, path: str) -> None:
    answer = door.ask("GET", path)
    assert (answer.status, answer.json()["code"]) == (500, "TECHNISCHE_FOUT")


def test_an_app_that_takes_too_long_is_a_fault_of_ours() -> None:
    gateway = _gateway(seconds=0.05)
    answer = gateway.answer(Request("GET", "/v1/traag"))
    assert (answer.status, json.loads(answer.body)["code"]) == (500, "TECHNISCHE_FOUT")
    gateway.close()


def test_an_app_that_breaks_beyond_its_views_answers_without_a_word_about_why(door: Door) -> None:
    answer = door.ask("GET", "/v1/kapot", headers={"Accept": "application/zip"})
    assert (answer.status, answer.json()["code"]) == (500, "TECHNISCHE_FOUT")
    assert b"bytes" not in answer.data


def test_a_body_over_ten_megabytes_is_413_before_it_is_read(door: Door) -> None:
    head = f"POST /v1/dingen/x HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_REQUEST + 1}\r\nExpect: 100-continue\r\n\r\n"
    answer = door.raw(head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "TE_GROOT"


def test_a_client_that_sends_too_much_still_sees_why(door: Door) -> None:
    answer = door.ask("POST", "/v1/dingen/x", body=b"x" * (MAX_REQUEST + 1))
    assert answer.status == 413


def test_a_chunked_body_over_the_limit_is_413_too(door: Door) -> None:
    pieces = (b"x" * 1024 * 1024 for _ in range(11))
    assert door.ask("POST", "/v1/dingen/x", body=pieces, headers={"Content-Type": "application/json"}).status == 413


def test_an_event_over_the_limit_of_lambda_is_413(door: Door) -> None:
    answer = door.ask(
        "POST", "/v1/dingen/x", body=b"x" * (6 * 1024 * 1024), headers={"Content-Type": "application/json"}
    )
    assert answer.status == 413


def test_a_chunked_body_arrives_whole(door: Door) -> None:
    pieces = iter([b'{"a":', b" ", b"1}"])
    answer = door.ask("POST", "/v1/dingen/x", body=pieces, headers={"Content-Type": "application/json"}).json()
    assert base64.b64decode(answer["body"]) == b'{"a": 1}'


GET = "GET /v1/dingen/x HTTP/1.1\r\nHost: x\r\n"
POST = "POST /v1/dingen/x HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "data",
    [
        "ROMMEL\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        "GET /v1/dingen/x HTTP/9.9\r\n\r\n",
        "GET /v1/dingen/x SMTP/1.1\r\n\r\n",
        f"{GET}{'X: ' + 'y' * 70000}\r\n\r\n",
        GET + "".join(f"X{number}: y\r\n" for number in range(200)) + "\r\n",
        f"GET /{'x' * 70000} HTTP/1.1\r\n\r\n",
        f"{POST}Content-Length: -1\r\n\r\n",
        f"{POST}Content-Length: 1e3\r\n\r\n",
        f"{POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        f"{POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        f"{POST}Transfer-Encoding: gzip\r\n\r\n",
        f"{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        f"{POST}Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        f"{POST}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    ],
    ids=lambda data: data[:60].encode("unicode_escape").decode(),
)
def test_rubbish_is_a_4xx_in_problem_json_and_the_server_lives_on(door: Door, data: str) -> None:
    head, _, body = door.raw(data.encode("latin-1")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] in {"VERZOEK_ONLEESBAAR", "ADRES_TE_LANG"}
    assert door.ask("GET", "/v1/dingen/x").status == 200


@pytest.mark.parametrize("data", [b"", b"GET /v1", POST.encode() + b"Content-Length: 10\r\n\r\nabc"])
def test_a_client_that_leaves_half_way_is_forgotten(door: Door, data: bytes) -> None:
    assert door.raw(data)[:9] in {b"", b"HTTP/1.1 "}
    assert door.ask("GET", "/v1/dingen/x").status == 200


def test_a_client_that_drips_is_cut_off_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpd, "WHOLE_REQUEST", 0.3)
    for port in _serve(_gateway()):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(POST.encode())
            start_ = time.monotonic()
            answer = b""
            while not answer and time.monotonic() - start_ < 10:
                connection.sendall(b"X: y\r\n")
                connection.settimeout(0.05)
                try:
                    answer = connection.recv(65536)
                except TimeoutError:
                    continue
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - start_ < 5


def test_silent_clients_do_not_keep_others_out_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpd, "IDLE", 0.3)
    for port in _serve(_gateway(), connections=2):
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
        door = Door(port, urllib3.PoolManager())
        assert door.ask("GET", "/v1/dingen/x", timeout=10).status == 200
        for connection in silent:
            connection.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_app_sees_the_client_certificate_as_api_gateway_shows_it(
    pki: Pki, tls_port: int, version: ssl.TLSVersion
) -> None:
    door = _tls_door(pki, tls_port, "leverancier-a", version)
    identity = door.ask("GET", "/v1/dingen/x").json()["context"]["identity"]
    assert identity["clientCert"]["clientCertPem"] == Path(pki.cert("leverancier-a")).read_text()
    assert OIN["leverancier-a"] in identity["clientCert"]["subjectDN"]
    assert "CN=OSO sandbox test-CA" in identity["clientCert"]["issuerDN"]
    assert identity["clientCert"]["serialNumber"].count(":") >= 8
    assert set(identity["clientCert"]["validity"]) == {"notBefore", "notAfter"}


def test_a_certificate_in_a_header_is_never_one(door: Door, pki: Pki) -> None:
    pem = Path(pki.cert("leverancier-a")).read_text().replace("\n", " ")
    headers = {"X-Client-Cert": pem, "X-Amzn-Mtls-Clientcert": pem, "requestContext": pem}
    answer = door.ask("GET", "/v1/dingen/x", headers=headers).json()
    assert answer["context"]["identity"] == {"sourceIp": "127.0.0.1"}


@pytest.mark.parametrize("naam", [None, "vreemd", "verlopen"])
def test_no_certificate_or_an_untrusted_or_expired_one_ends_in_the_handshake(
    pki: Pki, tls_port: int, naam: str | None
) -> None:
    door = _tls_door(pki, tls_port, naam)
    with pytest.raises((urllib3.exceptions.SSLError, urllib3.exceptions.ProtocolError)):
        door.ask("GET", "/v1/dingen/x")
    assert _tls_door(pki, tls_port, "leverancier-a").ask("GET", "/v1/dingen/x").status == 200


def test_plain_http_and_old_tls_get_nothing_from_the_wire_door(pki: Pki, tls_port: int) -> None:
    assert b"HTTP/1.1 2" not in Door(tls_port, urllib3.PoolManager()).raw(f"{GET}\r\n".encode())
    context = ssl.create_default_context(cafile=pki.ca)
    context.load_cert_chain(pki.cert("leverancier-a"), pki.key("leverancier-a"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", tls_port)) as connection, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(connection, server_hostname="127.0.0.1")


_MODULE = """
import pathlib, time
from chalice.app import Chalice
app = Chalice("proef")
here = pathlib.Path(__file__).parent

@app.route("/v1/traag")
def traag():
    (here / "begonnen").touch()
    while not (here / "ga door").exists():
        time.sleep(0.01)
    return {"klaar": True}
"""


def test_on_sigterm_the_process_finishes_the_request_at_hand_and_ends(tmp_path: Path) -> None:
    (tmp_path / "proefapp.py").write_text(_MODULE)
    command = [sys.executable, "-m", "infra.local.serve", "--app", "proefapp", "--deuren", "portal", "--poort", "0"]
    child = start("portal", command, tmp_path / "portal.log", {"PYTHONPATH": str(tmp_path)})
    facts = ready(child)
    door = Door(facts["poort"], urllib3.PoolManager())
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(door.ask, "GET", "/v1/traag")
        wait_until((tmp_path / "begonnen").exists, 10, "the request")
        child.process.terminate()
        (tmp_path / "ga door").touch()
        assert answer.result(10).json() == {"klaar": True}
    assert child.process.wait(10) == 0
    stop(child)
