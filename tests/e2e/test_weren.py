"""Who is turned away at the doors: a certificate that an operator no longer trusts, and whoever asks too fast."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import urllib3

from infra.local.enrol import enrol
from infra.local.processes import ROOT
from infra.local.stack import Stack, stack
from infra.local.world import Options
from tests.e2e.wire import Wire, fault_code
from tests.pupil import NUMBERS

LIMIT = 30
NO_SESSION = "0f0e0d0c-0b0a-4908-8706-050403020100"
"""Before it asks the Traffic Center about this session, the source looks at who calls."""


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A sandbox of its own, in which thirty requests in a minute are too many."""
    env = {"OSO_TEMPO_PORTAL": str(LIMIT), "OSO_TEMPO_WIRE": str(LIMIT)}
    with stack(tmp_path_factory.mktemp("strict"), Options(env=env)) as up:
        enrol(up)
        yield up


def _weren(strict: Stack, *words: str) -> str:
    command = [sys.executable, "-m", "infra.weren", *words]
    done = subprocess.run(command, cwd=ROOT, env=dict(strict.env), capture_output=True, text=True, check=True)
    return done.stdout


def test_a_certificate_that_was_turned_away_is_a_stranger_and_others_are_not(strict: Stack) -> None:
    """The wire's process asks who is turned away at its first message, and every minute after."""
    command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", strict.pki.cert("leverancier-b")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told = _weren(strict, printed, "sleutel gestolen")
    assert printed.rpartition("=")[2].replace(":", "").strip().lower() in told
    assert "sleutel gestolen" in told
    asked = {name: Wire(strict, name).ask(NUMBERS[0], NO_SESSION) for name in ("leverancier-a", "leverancier-b")}
    assert asked == {"leverancier-a": "SESSIE_ONBEKEND", "leverancier-b": "CLIENTCERTIFICAAT_ONBEKEND"}
    assert _weren(strict, printed, "--toelaten") == ""


def test_a_school_that_asks_too_fast_waits_and_another_does_not(strict: Stack) -> None:
    http = urllib3.PoolManager(retries=False)

    def ask(school: str) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {strict.token(school)}"}
        return http.request("GET", f"{strict.portal}/v1/school", headers=headers)

    answers = [ask("14SS00") for _ in range(3 * LIMIT)]  # a minute may end meanwhile, two cannot
    late = [one for one in answers if one.status == 429]
    assert {one.status for one in answers} == {200, 429}
    assert late[0].json()["code"] == "TE_VEEL_VERZOEKEN"
    assert 1 <= int(late[0].headers["Retry-After"]) <= 60
    assert ask("99EF00").status == 200


def test_a_supplier_that_asks_too_fast_gets_a_fault_to_try_again_later(strict: Stack) -> None:
    wire = Wire(strict)
    session = wire.session(NUMBERS[1])
    answers = [wire.post(wire.message(NUMBERS[1], session)) for _ in range(3 * LIMIT)]
    assert {status for status, _ in answers} == {429, 500}
    assert fault_code(next(data for status, data in answers if status == 429)) == "TECHNISCHE_FOUT"
    assert fault_code(next(data for status, data in answers if status == 500)) == "LEERLING_NIET_BEKEND"
