"""The product as it is deployed: packaged, by CloudFormation, as Lambda processes that do what their policy says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import deploy, smoke
from infra.local import demo
from infra.local.demo_zorgvraag import zorgvraag
from infra.local.deployed import STAGE, Deployment, deployed
from infra.local.portal_client import Portal
from infra.local.processes import ROOT
from infra.local.story import Story
from infra.local.world import Options
from tests.e2e.wire import fault_code

CHAPTERS = {
    "scholen": demo.scholen,
    "klaarzetten": demo.klaarzetten_popo,
    "opvragen": demo.opvragen,
    "zorgvraag": zorgvraag,
}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("deployed"), Options(parties=("swv",))) as running:
        yield running


def invoke(up: Deployment, door: str, function: str, event: Any) -> tuple[Any, str]:
    """What a function gave, and "" or that it broke off."""
    client = up.target.session.client("lambda", config=smoke.PATIENT)
    answer = client.invoke(FunctionName=up.function(door, function), Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read()), answer.get("FunctionError", "")


def lines(up: Deployment, door: str, function: str) -> list[dict[str, Any]]:
    """What a function wrote to its log, of our own lines."""
    logs = up.stack.aws.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{up.function(door, function)}", filterPattern=""
    )
    texts = [one["message"] for page in pages for one in page["events"]]
    return [json.loads(text) for text in texts if text.startswith("{")]


def test_a_route_the_wire_a_queue_and_a_schedule_do_what_they_should(up: Deployment) -> None:
    found = list(smoke.findings(STAGE, up.target.session, up.target.settings))
    assert found == [(case.what, "") for case in smoke.CASES]
    assert len(found) == 4


def test_the_deployed_functions_publish_deliver_and_exchange_with_an_swv_on_the_wire(
    up: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pupils = demo.pupils(demo.DOSSIERS)
    story = Story(up.stack, Portal(up.stack, "14SS00"), pupils, tmp_path)
    assert demo.tell(story, CHAPTERS), capsys.readouterr()
    assert (tmp_path / "bron.xml").read_bytes() == (tmp_path / "ontvangen.xml").read_bytes()
    _logs_tell_it(up, pupils["POPO"].decode())


def _logs_tell_it(up: Deployment, pupil: str) -> None:
    """One line per request and message; the same correlation id at both ends of the wire; nothing of the pupil."""
    portal, wire = lines(up, "portal", "APIHandler"), lines(up, "wire", "APIHandler")
    worker = lines(up, "portal", "Aanvragen")
    delivered = [one for one in wire if one["code"] == "SUCCESVOL_ONTVANGEN"]
    (received,) = (one for one in worker if one["code"] == "ONTVANGEN")
    assert received["correlation_id"] in [one["correlation_id"] for one in delivered]
    (asked,) = (one for one in portal if one.get("route") == "/v1/dossieraanvragen" and one["verb"] == "POST")
    assert asked["id"] == received["id"]
    everything = json.dumps([portal, worker, wire])
    assert "662460613" in pupil
    assert "662460613" not in everything
    assert "Voorbeeld" not in everything
    for line in (*portal, *worker, *wire):
        metrics = line["_aws"]["CloudWatchMetrics"]
        assert {name for one in metrics for name in (*one["Dimensions"][0], one["Metrics"][0]["Name"])} <= set(line)


@pytest.mark.parametrize("function", ["Afmaken", "Opruimen", "Wortel", "Bewaken"])
def test_every_schedule_may_do_what_it_does(up: Deployment, function: str) -> None:
    assert invoke(up, "portal", function, smoke.event("schedule", "")) == (None, "")


def test_what_expires_is_counted_in_days(up: Deployment) -> None:
    invoke(up, "portal", "Bewaken", smoke.event("schedule", ""))
    found = {name: one[name] for one in lines(up, "portal", "Bewaken") for name in one if name.endswith("_dagen")}
    assert found["certificaat_dagen"] in (0, 1), "a certificate of the sandbox lives for a day"


def _event(up: Deployment, naam: str, domain: str, **context: Any) -> Any:
    event = smoke.event(naam, domain)
    event["requestContext"]["identity"] |= context
    return event


def test_the_portal_does_not_answer_under_the_domain_of_the_wire(up: Deployment) -> None:
    answer, broken = invoke(up, "portal", "APIHandler", _event(up, "route", "wire.localhost"))
    assert (broken, answer["statusCode"], json.loads(answer["body"])["code"]) == ("", 404, "NIET_GEVONDEN")


def _certificate(up: Deployment) -> Mapping[str, str]:
    """What API Gateway would say of the certificate of a supplier that is on the list."""
    supplier = json.loads(up.stack.env["OSO_LEVERANCIERS"])[0]
    pem = Path(up.stack.pki.cert("leverancier-a")).read_text()
    return {
        "clientCertPem": pem,
        "issuerDN": supplier["issuer"],
        "subjectDN": f"CN=x,serialNumber={supplier['oin']}",
    }


def test_the_wire_answers_only_under_its_own_domain_and_to_a_certificate_from_the_connection(up: Deployment) -> None:
    certificate = _certificate(up)

    def asked(event: Any) -> str:
        answer, broken = invoke(up, "wire", "APIHandler", event)
        assert not broken
        return fault_code(answer["body"].encode())

    assert asked(_event(up, "wire", "wire.localhost", clientCert=certificate)) == "BERICHT_ONGELDIG"
    assert asked(_event(up, "wire", "portal.localhost", clientCert=certificate)) == "CLIENTCERTIFICAAT_ONBEKEND"
    pretended = _event(up, "wire", "wire.localhost")
    pretended["headers"] |= {"X-Client-Cert": certificate["clientCertPem"], "X-SSL-Client-Cert": "1"}
    assert asked(pretended) == "CLIENTCERTIFICAAT_ONBEKEND"


@pytest.mark.parametrize(("door", "path"), [("portal", "/oso/18"), ("wire", "/v1/gezondheid")])
def test_a_door_has_no_path_of_the_other(up: Deployment, door: str, path: str) -> None:
    event = _event(up, "route", f"{door}.localhost")
    event |= {"resource": path, "path": path}
    event["requestContext"] |= {"resourcePath": path}
    answer, broken = invoke(up, door, "APIHandler", event)
    assert (broken, answer["statusCode"]) == ("", 405)  # what Chalice says of a path that it does not know
    gateway = up.stack.aws.client("apigateway")
    api = up.target.stacks.resources(f"oso-{STAGE}-{door}")["RestAPI"]
    paths = [one["path"] for one in gateway.get_resources(restApiId=api, limit=500)["items"]]
    assert path not in paths
    assert paths


def test_a_function_whose_policy_is_taken_away_can_do_nothing(up: Deployment) -> None:
    """So the policies are what lets the others work: this embedded AWS judges every call."""
    role = up.target.stacks.resources(f"oso-{STAGE}-portal")[
        "PublicatiesRole"
    ]  # no other test uses it: it still has to start
    iam = up.stack.aws.client("iam")
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    answer, broken = invoke(up, "portal", "Publicaties", smoke.event("queue", ""))
    assert broken
    assert "AccessDenied" in json.dumps(answer)


def versions(up: Deployment) -> dict[str, str]:
    """With which version of the secret each function was deployed."""
    functions = up.stack.aws.client("lambda").list_functions()["Functions"]
    return {one["FunctionName"]: one["Environment"]["Variables"]["OSO_GEHEIM_VERSIE"] for one in functions}


def test_no_value_of_the_secret_is_in_the_configuration_of_a_function(up: Deployment) -> None:
    awslambda = up.stack.aws.client("lambda")
    secret = up.stack.aws.client("secretsmanager").get_secret_value(SecretId=f"oso-{STAGE}-geheimen")["SecretString"]
    for function in awslambda.list_functions()["Functions"]:
        variables = awslambda.get_function_configuration(FunctionName=function["FunctionName"])["Environment"]
        assert variables["Variables"]["OSO_GEHEIMEN"] == f"oso-{STAGE}-geheimen"
        assert not set(json.loads(secret)) & set(variables["Variables"])


OPERATOR = {
    "doctor": ["infra.doctor"],
    "audit": ["infra.audit", "verify"],
    "redrive": ["infra.redrive", "zorgvragen"],
    "weren": ["infra.weren"],
    "rotate": ["infra.rotate", "pepper", "over"],
}


def test_an_operator_needs_no_more_than_the_name_of_the_stage(up: Deployment) -> None:
    """With credentials alone, as at night: every command finds tables, queues, keys and the secret by itself."""
    env = {"PATH": os.environ["PATH"], **up.stack.aws.environment()}
    started = {
        name: subprocess.Popen(
            [sys.executable, "-m", *words, "--stage", STAGE],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for name, words in OPERATOR.items()
    }  # fmt: skip
    told = {name: one.communicate(timeout=300)[0] for name, one in started.items()}
    assert {name: one.returncode for name, one in started.items() if name not in ("doctor", "audit")} == {
        "redrive": 0, "weren": 0, "rotate": 0,
    }, told  # fmt: skip
    for line in ("OK tabel state", "OK pepper", "OK eigen sleutel", "OK dode wachtrij aanvragen", "OK KMS-sleutel"):
        assert line in told["doctor"], told["doctor"]
    assert "geheim: gewijzigd na het uitrollen" in told["doctor"]  # it was filled after the first deployment
    assert "keten(s)" in told["audit"], told["audit"]
    assert "0 bericht(en)" in told["redrive"]
    assert "alles staat onder de nieuwste pepper" in told["rotate"]


def test_an_earlier_release_can_be_deployed_again_and_reads_the_secret_of_now(up: Deployment) -> None:
    assert up.release in "\n".join(deploy.releases(up.target))
    secret = up.stack.aws.client("secretsmanager").get_secret_value(SecretId=f"oso-{STAGE}-geheimen")["VersionId"]
    assert secret not in versions(up).values(), "the secret was filled after the first deployment"
    deploy.roll_out(up.target, up.release)
    assert set(versions(up).values()) == {secret}
    assert len(versions(up)) == 9
    with pytest.raises(ClientError):
        deploy.roll_out(up.target, "bestaatniet")
