"""Each door answers under its own domain alone; the wire only to who holds a client certificate."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3

from infra.local.processes import ready, start, stop
from infra.local.stack import Stack
from tests.e2e.wire import Wire, fault_code
from tests.pupil import NUMBERS

HTTP = urllib3.PoolManager(retries=False)
SOAP = {"Content-Type": "text/xml"}


@pytest.fixture(params=["portal.localhost", "wire.localhost", "api.elders.nl"])
def both(sandbox: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A process that has both doors, as a wrong deployment would, behind one domain: its address and the domain."""
    command = [sys.executable, "-m", "infra.local.serve", "--deuren=portal,wire", f"--domein={request.param}"]
    child = start("beide", command, tmp_path / "beide.log", sandbox.env)
    try:
        yield ready(child)["adres"], request.param
    finally:
        stop(child)


def test_a_path_is_only_there_under_the_domain_of_its_door(both: tuple[str, str]) -> None:
    address, domain = both
    health = HTTP.request("GET", f"{address}/v1/gezondheid")
    assert health.status == (200 if domain == "portal.localhost" else 404)
    assert health.headers["Content-Type"].startswith(
        "application/" if health.status == 200 else "application/problem+json"
    )


def test_a_certificate_in_a_header_is_never_read(both: tuple[str, str]) -> None:
    address, _ = both
    headers = SOAP | {
        "X-Client-Cert": "-----BEGIN CERTIFICATE-----",
        "X-Amzn-Mtls-Clientcert-Subject": "serialNumber=1",
    }
    answer = HTTP.request("POST", f"{address}/oso/18", body=b"<x/>", headers=headers)
    assert answer.status == 500
    assert b"ClientcertificaatOnbekend" in answer.data


def test_what_breaks_behind_the_portal_is_logged_by_kind_and_place_and_never_by_its_text(
    sandbox: Stack, tmp_path: Path
) -> None:
    dead = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    command = [sys.executable, "-m", "infra.local.serve", "--deuren=portal"]
    child = start("zonder-aws", command, tmp_path / "portal.log", {**sandbox.env, **dead})
    headers = {"Authorization": f"Bearer {sandbox.token('14SS00', 'administratie')}"}
    try:
        answer = HTTP.request("GET", f"{ready(child)['adres']}/v1/leerlingen/geheime-naam", headers=headers)
    finally:
        stop(child)
    assert (answer.status, answer.json()["code"]) == (500, "TECHNISCHE_FOUT")
    assert answer.headers["X-Correlation-Id"]
    log = (tmp_path / "portal.log").read_text()
    assert "EndpointConnectionError" in log
    assert "tabel.py:" in log
    assert "Traceback" not in log
    assert "geheime-naam" not in log + answer.data.decode()


def test_what_breaks_behind_the_wire_leaves_as_a_soap_fault(sandbox: Stack, tmp_path: Path) -> None:
    pki, dead = sandbox.pki, {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    tls = [f"--certificaat={pki.cert('server')}", f"--sleutel={pki.key('server')}", f"--client-ca={pki.ca}"]
    command = [sys.executable, "-m", "infra.local.serve", "--deuren=wire", *tls]
    child = start("zonder-aws", command, tmp_path / "wire.log", {**sandbox.env, **dead})
    try:
        wire = Wire(replace(sandbox, wire=f"{ready(child)['adres']}/oso/18"))
        status, answer = wire.post(wire.message(NUMBERS[0], wire.session(NUMBERS[0])))
    finally:
        stop(child)
    assert status == 500
    assert fault_code(answer) == "TECHNISCHE_FOUT"
    assert "EndpointConnectionError" in (tmp_path / "wire.log").read_text()
    assert NUMBERS[0].encode() not in answer + (tmp_path / "wire.log").read_bytes()
