"""The sandbox starts whole, is reachable from this machine alone, and leaves nothing behind however it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
import urllib3

from chalicelib.config import Settings
from infra.local.enrol import enrol
from infra.local.issuer import SCHOLEN as ISSUERS
from infra.local.issuer import make_issuers
from infra.local.listeners import descendants, listeners, processes_with
from infra.local.processes import ROOT, StartError, wait_until
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.world import Options

HTTP = urllib3.PoolManager(retries=False, timeout=30)


@pytest.fixture
def running(sandbox: Stack) -> Stack:
    """The sandbox that all end-to-end tests share."""
    return sandbox


def test_every_listener_is_on_loopback_and_there_is_one_per_door(running: Stack) -> None:
    pids = descendants(os.getpid())
    assert {child.process.pid for child in running.children} <= set(pids)
    found = set().union(*listeners(pids).values())
    assert {address for address, _ in found} == {"127.0.0.1"}
    ports = {port for _, port in found}
    addresses = [running.portal, running.wire, running.center.adres, running.center.stand, running.aws.endpoint]
    assert {int(one.split(":")[2].partition("/")[0]) for one in addresses} <= ports


def test_the_log_tells_employees_apart_and_does_not_say_who_they_are(running: Stack) -> None:
    """The `sub` of a token may be a mail address: an HMAC of it stands in the line."""
    who = ("a.voorbeeld@school.example", "b.voorbeeld@school.example")
    for sub in (*who, who[0]):
        token = running.token("16VO00", "administratie", sub=sub)
        answer = HTTP.request("GET", f"{running.portal}/v1/leerlingen", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == 200
    logs = [path.read_text(errors="replace") for path in running.folder.rglob("*.log")]
    assert not any(sub in text for sub in who for text in logs)
    asked = [line for text in logs for line in text.splitlines() if '"16VO00"' in line and '"medewerker"' in line]
    first, other, again = (json.loads(line)["medewerker"] for line in asked[-3:])
    assert first == again != other


def test_the_api_answers_and_the_wire_door_wants_a_certificate(running: Stack) -> None:
    assert HTTP.request("GET", f"{running.portal}/v1/gezondheid").status == 200
    assert HTTP.request("POST", f"{running.portal}/oso/18").status == 404
    wire = urllib3.PoolManager(
        ca_certs=running.pki.ca,
        cert_file=running.pki.cert("leverancier-b"),
        key_file=running.pki.key("leverancier-b"),
        retries=False,
    )
    answer = wire.request("POST", running.wire, body=b"<geen-soap/>", headers={"Content-Type": "text/xml"})
    assert answer.status == 500
    assert b"Fault" in answer.data
    assert wire.request("GET", running.wire.replace("/oso/18", "/v1/gezondheid")).status == 404
    with pytest.raises((urllib3.exceptions.SSLError, urllib3.exceptions.ProtocolError)):
        urllib3.PoolManager(ca_certs=running.pki.ca, retries=False).request("POST", running.wire, body=b"x")


def test_the_schools_are_enrolled_and_once_more_is_the_same(running: Stack) -> None:
    texts = enrol(running)
    assert len(texts) == sum(len(school.aanleverpunten) for school in SCHOLEN)
    assert enrol(running) == texts
    stand = HTTP.request("GET", f"{running.center.stand}/stand").json()
    urls = {f"{one['brin']}/{one['nummer']}": one["url"] for one in stand["aanleverpunten"]}
    for school in SCHOLEN:
        for nummer in school.aanleverpunten:
            assert urls[f"{school.brin}/{nummer}"] == running.wire


def test_the_app_was_told_all_that_it_reads(running: Stack) -> None:
    told = Settings.from_env(running.env)
    assert told.sandbox
    assert all((told.tabel_state, told.tabel_mutatielog, told.bucket, told.kms_sleutel))
    assert all((told.queue_publicaties, told.queue_aanvragen, told.queue_zorgvragen))
    assert len(told.zoeksleutel) == len(told.pepper["1"]) == 32
    assert {one.iss for one in told.issuers} == {f"https://{naam}.issuer.invalid" for naam in ISSUERS}
    assert len(told.leveranciers) == 4
    assert told.wire_url == running.wire


def test_no_secret_of_a_run_can_be_read_by_others(running: Stack) -> None:
    secrets = [*running.folder.rglob("*.key"), running.folder / "pepper", running.folder / "zoeksleutel"]
    assert len(secrets) > 5
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}
    assert running.folder.stat().st_mode & 0o077 == 0


def test_a_schedule_runs_on_request(running: Stack) -> None:
    running.run_schedule("afmaken")
    assert '"functie": "afmaken", "gelukt": true' in (running.folder / "schema.log").read_text()


def test_two_stacks_share_a_traffic_center_and_nothing_else(running: Stack, tmp_path: Path) -> None:
    of_b = Options(leverancier="leverancier-b", scholen={"portaal-b": ("99EF00", "16VO00")}, pollers=False)
    with stack(tmp_path, of_b, running.center) as b:
        assert len({running.portal, b.portal, running.wire, b.wire, running.aws.endpoint, b.aws.endpoint}) == 6
        assert b.env["OSO_TC_URL"] == running.env["OSO_TC_URL"]
        assert b.env["OSO_ZOEKSLEUTEL"] == running.env["OSO_ZOEKSLEUTEL"]
        assert b.env["OSO_PEPPER"] != running.env["OSO_PEPPER"]
        headers = {"Authorization": f"Bearer {running.token('99EF00')}"}
        assert HTTP.request("GET", f"{running.portal}/v1/leerlingen", headers=headers).status == 200
        assert HTTP.request("GET", f"{b.portal}/v1/leerlingen", headers=headers).status == 401
    assert HTTP.request("GET", f"{running.center.stand}/stand").status == 200


def test_a_part_that_does_not_come_up_is_named_with_its_log_and_the_rest_is_ended(tmp_path: Path) -> None:
    broken = Options(env={"OSO_PEPPER": "this is no JSON"})
    with pytest.raises(StartError, match=r"(?s)did not start.*JSONDecodeError"), stack(tmp_path, broken):
        pass
    assert processes_with(str(tmp_path)) == []


# SIGINT as a terminal gives it: a shell that runs the tests in the background has it ignored, and we inherit that.
_OWNER = """
import signal
import sys
from pathlib import Path
from infra.local.stack import {part}
signal.signal(signal.SIGINT, signal.default_int_handler)
with {part}(Path(sys.argv[1])):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("number", "part", "count"),
    [(signal.SIGINT, "traffic_center", 1), (signal.SIGTERM, "traffic_center", 1), (signal.SIGKILL, "stack", 5)],
)
def test_nothing_is_left_running_when_the_owner_gets_a_signal(
    tmp_path: Path, number: signal.Signals, part: str, count: int
) -> None:
    command = [sys.executable, "-c", _OWNER.format(part=part), str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        pids = descendants(owner.pid)
        assert len(pids) == count
        owner.send_signal(number)
        owner.wait(20)
    try:
        wait_until(lambda: not any(map(_runs, pids)), 10, "the end of every child")
        assert processes_with(str(tmp_path)) == []
    finally:
        for pid in filter(_runs, pids):  # a red test must not leave behind what it complains about
            os.kill(pid, signal.SIGKILL)


def test_the_token_command_prints_a_token_that_the_sandbox_takes_and_nothing_else(running: Stack) -> None:
    command = [sys.executable, "-m", "infra.local.token", "99EF00", "auditor", "--map", str(running.folder)]
    token = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert HTTP.request("GET", f"{running.portal}/v1/leerlingen", headers=headers).status == 403
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["school"], claims["rollen"]) == ("99EF00", ["auditor"])


def test_keys_are_made_once_per_folder_and_speak_for_their_own_schools_alone(tmp_path: Path) -> None:
    issuers = make_issuers(tmp_path)
    assert make_issuers(tmp_path).setting() == issuers.setting()
    with pytest.raises(ValueError, match="77ZZ00"):
        issuers.token("77ZZ00")


def _runs(pid: int) -> bool:
    """Tell whether a process lives; one that ended and waits for a parent to notice does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
