"""The doctor finds what is wrong, names it, and says nothing that must stay secret."""

import json
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalicelib.config import IN_GEHEIM
from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.messages.berichten import Doel, OverzichtAanleverpunt
from chalicelib.store.opruiming import zet_plaats
from infra.doctor import LET_OP, MIS, OK, Patient, geheim, onderzoek, outside
from infra.doctor import aws as doctor_aws
from infra.doctor.bundle import write_bundle
from infra.local.aws import Aws
from infra.local.doctor_faults import examine, faults, run, well
from infra.local.issuer import make_issuers
from infra.local.pki import make_pki
from tests.conftest import Provisioned
from tests.contract.refusal import refuse
from tests.contract.years import fill
from tests.faults.seam import stores_of
from tests.pupil import NOW, NUMBERS


def test_every_planted_fault_is_found_and_named(ministack: str, tmp_path: Path) -> None:
    missed, count = [], 0
    for fault, before, after in run(ministack, tmp_path):
        count += 1
        if before or fault.naam not in {one.naam for one in after}:
            missed.append((fault.what, [str(one) for one in before or after]))
    assert missed == []
    assert count >= 10


def test_a_line_tells_how_it_is_what_it_is_about_and_no_setting(ministack: str, tmp_path: Path) -> None:
    pki, issuers = make_pki(tmp_path / "pki"), make_issuers(tmp_path / "issuer")
    aws, env = well(ministack, 90, tmp_path, pki, issuers)
    secrets = [env["OSO_ZOEKSLEUTEL"], env["OSO_PEPPER"], *(env[name] for name in env if name.startswith("OSO_TABEL"))]
    for fault in faults(pki):
        fault.plant(aws, env)
    for one in examine(aws, env):
        assert one.stand in (OK, LET_OP, MIS)
        assert one.naam
        assert one.tekst
        assert not any(secret in str(one) for secret in secrets)


def test_our_aanleverpunten_must_stand_at_the_traffic_center(aws: Provisioned) -> None:
    patient = Patient({**aws.names}, aws.client, NOW, "14SS")
    known = [OverzichtAanleverpunt(Brin("14SS"), Aanleverpunt("0"), "Proef", Doel.OV)]

    def told(found: list[OverzichtAanleverpunt]) -> str:
        return outside._aanleverpunten(patient, "14SS", found).stand

    assert told([]) == LET_OP
    row = {"pk": {"S": "PUNT#14SS"}, "sk": {"S": "0"}, "vestiging": {"S": "14SS00"}}
    aws.client("dynamodb").put_item(TableName=aws.names["OSO_TABEL_STATE"], Item=row)
    assert told(known) == OK
    assert told([]) == MIS


def test_a_rotation_that_is_not_finished_is_told() -> None:
    two = '{"1": "b29v", "2": "bm5u"}'
    (found,) = outside.peppers(Patient({"OSO_PEPPER": two}, lambda _: None, NOW))
    assert (found.stand, "rotate pepper over" in found.tekst) == (LET_OP, True)
    env = {"OSO_PEPPER": two, "OSO_PEPPER_SCHRIJFT": "1"}
    (found,) = outside.peppers(Patient(env, lambda _: None, NOW))
    assert "rotate pepper gebruik, dan over" in found.tekst


@pytest.mark.parametrize("nu", [datetime(2027, 7, 1, 14, tzinfo=UTC), datetime(2027, 1, 4, 14, tzinfo=UTC)])
def test_work_that_waits_is_told_by_its_moment_whatever_the_season(aws: Provisioned, nu: datetime) -> None:
    """The app writes local time, and the doctor comes by UTC."""
    patient = Patient({**aws.names}, aws.client, nu)

    def told(hours: float) -> str:
        since = (nu - timedelta(hours=hours)).astimezone(ZoneInfo("Europe/Amsterdam")).isoformat()
        item = {"pk": "SCHOOL#14SS00", "sk": "UIT#1", "open_soort": "OPEN#AANVRAAG", "open_since": since}
        row = {name: {"S": value} for name, value in item.items()}
        aws.client("dynamodb").put_item(TableName=aws.names["OSO_TABEL_STATE"], Item=row)
        return next(one.stand for one in doctor_aws.leeftijd(patient) if one.naam == "wachtend werk aanvraag")

    assert {hours: told(hours) for hours in (0.5, 0.9, 1.1, 1.9, 3.1)} == {
        0.5: OK, 0.9: OK, 1.1: LET_OP, 1.9: LET_OP, 3.1: LET_OP,
    }  # fmt: skip


def test_a_clean_up_of_last_night_is_well_and_none_yet_is_no_fault(aws: Provisioned) -> None:
    (none,) = doctor_aws.opruimen(Patient({**aws.names}, aws.client, NOW))
    zet_plaats(stores_of(aws), {}, klaar_op=NOW - timedelta(hours=8))
    (done,) = doctor_aws.opruimen(Patient({**aws.names}, aws.client, NOW))
    assert (none.stand, done.stand) == (LET_OP, OK)


NAME = "oso-proef-geheimen"


def secret_of(ministack: str, number: int, value: str | None = None) -> Aws:
    """An account with a secret, filled or not."""
    aws = Aws(ministack, str(700000000000 + number))
    filled = {} if value is None else {"SecretString": value}
    aws.client("secretsmanager").create_secret(Name=NAME, **filled)
    return aws


@pytest.mark.parametrize("code", ["DecryptionFailure", "AccessDeniedException", "ThrottlingException"])
def test_a_secret_that_we_may_not_read_is_not_to_be_filled_again_and_the_rest_is_looked_at(
    code: str, ministack: str
) -> None:
    aws, env = secret_of(ministack, 1 + len(code), "{}"), {"OSO_GEHEIMEN": NAME}
    refuse(aws.client("secretsmanager"), "GetSecretValue", code)
    found, (said,) = geheim.lees(env, aws.client)
    assert (found, said.stand) == (None, MIS)
    assert code in said.tekst
    assert "Vul het niet opnieuw" in said.tekst
    every = onderzoek(Patient(env, aws.client, NOW, zonder_geheim=True))
    assert {one.naam for one in every if "zolang het geheim" in one.tekst} == {
        "pepper", "certificaten", "uitgevers", "Traffic Center",
    }  # fmt: skip
    assert "instelling OSO_KMS_SLEUTEL" in {one.naam for one in every}
    assert not {one.naam for one in every} & {f"instelling {naam}" for naam in IN_GEHEIM}


def test_a_secret_that_nobody_filled_is_to_be_filled(ministack: str) -> None:
    aws = secret_of(ministack, 50)
    found, (said,) = geheim.lees({"OSO_GEHEIMEN": NAME}, aws.client)
    assert (found, said.stand, "infra.vault" in said.tekst) == (None, MIS, True)


def test_a_secret_that_changed_after_the_deployment_is_told(ministack: str) -> None:
    aws = secret_of(ministack, 51, "{}")
    secrets = aws.client("secretsmanager")
    env = {"OSO_GEHEIMEN": NAME, "OSO_GEHEIM_VERSIE": secrets.get_secret_value(SecretId=NAME)["VersionId"]}
    assert [one.stand for one in geheim.lees(env, aws.client)[1]] == [OK]
    secrets.put_secret_value(SecretId=NAME, SecretString='{"OSO_ZOEKSLEUTEL": ""}')
    found, (said,) = geheim.lees(env, aws.client)
    assert (found, said.stand, "make deploy" in said.tekst) == ({"OSO_ZOEKSLEUTEL": ""}, LET_OP, True)


def bundle_of(patient: Patient, path: Path) -> dict[str, str]:
    write_bundle(patient, onderzoek(patient), path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_support_bundle_holds_what_helps_and_nothing_of_anybody(ministack: str, tmp_path: Path) -> None:
    """After a run with pupils, failed messages and log lines in which somebody put what may not be there."""
    pki, issuers = make_pki(tmp_path / "pki"), make_issuers(tmp_path / "issuer")
    aws, env = well(ministack, 91, tmp_path, pki, issuers)
    fill(stores_of(Provisioned(aws.endpoint, aws.account, {k: v for k, v in env.items() if k.startswith("OSO_")})))
    sqs, number = aws.client("sqs"), NUMBERS[0]
    sqs.send_message(QueueUrl=f"{env['OSO_QUEUE_ZORGVRAGEN']}-dood", MessageBody=json.dumps({"bsn": number}))
    lines = [
        {"event": "portal", "code": "LEERLING_NIET_BEKEND", "naam": "Fictief Proefleerling", "bsn": number},
        {"event": "portal", "code": "LEERLING_NIET_BEKEND", "sub": "m-1"},
        {"event": number, "code": "200"},
        {"event": "wire", "code": f"Fictief {number}"},
    ]
    _log(aws, "/aws/lambda/oso-sandbox-portal-APIHandler", [*map(json.dumps, lines), f"Traceback: {number}"])
    found = bundle_of(Patient(env, aws.client, datetime.now(UTC)), tmp_path / "bundel.zip")
    assert set(found) == {
        "bevindingen.txt", "instellingen.json", "hoeveel.json", "versies.json", "aantallen.json", "wachtrijen.json",
        "codes.json",
    }  # fmt: skip
    assert list(json.loads(found["codes.json"]).values()) == [2]
    assert "portal LEERLING_NIET_BEKEND" in found["codes.json"]
    assert json.loads(found["wachtrijen.json"])["zorgvragen-dood"]["wachten"] == 1
    assert json.loads(found["aantallen.json"])["rijen state"] > 50
    assert json.loads(found["instellingen.json"])["OSO_PEPPER"] == "gezet"
    assert "MIS dode wachtrij zorgvragen" in found["bevindingen.txt"]
    everything = "\n".join(found.values()) + "\n".join(found)
    people = [*NUMBERS[:4], "Proefleerling", "Proefouder", "Verzonnenlaan", "A. Proef", "Adriaan", "m-1", "blijft"]
    secrets = [value for name, value in env.items() if name in ("OSO_PEPPER", "OSO_ZOEKSLEUTEL", "OSO_CLIENT_KEY")]
    keys = [json.loads(env["OSO_PEPPER"])["1"], Path(env["OSO_CLIENT_KEY"]).read_text("ascii")]
    assert [one for one in (*people, *secrets, *keys) if one in everything] == []


def test_a_bundle_is_made_of_a_sick_installation_too(ministack: str, tmp_path: Path) -> None:
    pki, issuers = make_pki(tmp_path / "pki"), make_issuers(tmp_path / "issuer")
    aws, env = well(ministack, 92, tmp_path, pki, issuers)
    env |= {"OSO_TABEL_STATE": "weg", "OSO_QUEUE_AANVRAGEN": "http://127.0.0.1:9/geen", "OSO_PEPPER": "kapot"}
    found = bundle_of(Patient(env, aws.client, datetime.now(UTC)), tmp_path / "bundel.zip")
    assert "niet te lezen" in found["aantallen.json"]
    assert "niet te lezen" in found["hoeveel.json"]
    assert "kapot" not in "".join(found.values())


def _log(aws: Aws, group: str, messages: list[str]) -> None:
    logs, now = aws.client("logs"), int(time.time() * 1000)
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="een")
    events = [{"timestamp": now, "message": message} for message in messages]
    logs.put_log_events(logGroupName=group, logStreamName="een", logEvents=events)
