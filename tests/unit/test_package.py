"""The built templates and what goes into the zips: what AWS will be told, read before any AWS reads it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.config import IN_GEHEIM, Settings
from chalicelib.domain.resultaat import BERICHT_ONGELDIG, TECHNISCHE_FOUT
from chalicelib.messages import PROFIELEN, soap
from chalicelib.veilig import bezwaren
from chalicelib.web import deur
from chalicelib.web.openapi import document
from chalicelib.web.replies import API_VERSION
from infra import bundle, front, package
from infra.local.processes import ROOT
from tests.unit.test_veilig import UNSAFE, Env
from tests.unit.test_veilig import safe as safe  # a fixture

Template = dict[str, Any]


@pytest.fixture(scope="module")
def templates() -> Mapping[str, Template]:
    functions = package.queue_functions()
    return {
        door: package.template_of(door, functions, {"OSO_TC_URL": "https://tc.voorbeeld.nl"}) for door in package.DOORS
    }


def of(template: Template, kind: str) -> dict[str, Template]:
    return {naam: one["Properties"] for naam, one in template["Resources"].items() if one["Type"] == kind}


def policies(template: Template) -> Iterator[tuple[str, Template]]:
    for naam, role in of(template, "AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield naam, statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


KEYS = (
    {"Fn::GetAtt": ["KmsSleutel", "Arn"]},
    {"Fn::GetAtt": ["KmsWortel", "Arn"]},
    {"Fn::ImportValue": {"Fn::Sub": "oso-${Stage}-kms"}},
)


@pytest.mark.parametrize("door", package.DOORS)
def test_no_action_and_no_resource_is_a_star(templates: Mapping[str, Template], door: str) -> None:
    found = list(policies(templates[door]))
    assert found
    for naam, statement in found:
        assert not any("*" in action for action in listed(statement["Action"])), naam
        for resource in listed(statement["Resource"]):
            assert resource in KEYS or "oso-${Stage}-" in resource["Fn::Sub"], naam


def test_every_queue_function_reports_its_failures_one_by_one(templates: Mapping[str, Template]) -> None:
    events = [
        event
        for function in of(templates["portal"], "AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert len(events) == 3
    assert all(one["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for one in events)


def test_what_must_run_by_itself_has_a_clock(templates: Mapping[str, Template]) -> None:
    functions = of(templates["portal"], "AWS::Serverless::Function")
    clocks = {
        naam for naam, one in functions.items() for e in one.get("Events", {}).values() if e["Type"] == "Schedule"
    }
    assert clocks == {"Afmaken", "Opruimen", "Bewaken", "Wortel"}
    assert functions["Opruimen"]["Timeout"] == 900
    alarms = of(templates["portal"], "AWS::CloudWatch::Alarm")
    hours = {naam: alarms[f"AlarmStil{naam}"]["EvaluationPeriods"] for naam in clocks}
    assert hours == {"Afmaken": 3, "Wortel": 3, "Opruimen": 26, "Bewaken": 26}


@pytest.mark.parametrize("door", package.DOORS)
def test_every_function_starts_in_app_where_the_secret_is_read_and_unsafe_values_are_refused(
    templates: Mapping[str, Template], door: str
) -> None:
    handlers = [one["Handler"] for one in of(templates[door], "AWS::Serverless::Function").values()]
    assert all(re.fullmatch(r"app\.\w+", one) for one in handlers)
    code = f"import app; assert all(callable(getattr(app, one)) for one in {[one[4:] for one in handlers]})"
    env = {"PATH": "/usr/bin:/bin", "OSO_STAGE": "dev", "OSO_DEUREN": door, "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("door", package.DOORS)
def test_every_function_has_a_log_that_ends(templates: Mapping[str, Template], door: str) -> None:
    functions = set(of(templates[door], "AWS::Serverless::Function"))
    groups = of(templates[door], "AWS::Logs::LogGroup")
    assert {f"Logboek{naam}" for naam in functions} == set(groups)
    assert {one["RetentionInDays"] for one in groups.values()} == {front.LOG_DAYS}


@pytest.mark.parametrize("door", package.DOORS)
def test_a_door_has_a_domain_of_its_own_and_no_other_address(templates: Mapping[str, Template], door: str) -> None:
    (api,) = of(templates[door], "AWS::Serverless::Api").values()
    (domain,) = of(templates[door], "AWS::ApiGateway::DomainName").values()
    assert api["DisableExecuteApiEndpoint"] is True
    assert api["MethodSettings"][0]["DataTraceEnabled"] is False
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert ("MutualTlsAuthentication" in domain) == (door == "wire")
    paths = set(api["DefinitionBody"]["paths"])
    assert all(path.startswith("/v1/" if door == "portal" else "/oso/") for path in paths)
    variables = templates[door]["Globals"]["Function"]["Environment"]["Variables"]
    assert variables[f"OSO_DOMEIN_{door.upper()}"] == {"Ref": "Domein"}


def test_the_wire_has_a_truststore_of_one_version(templates: Mapping[str, Template]) -> None:
    (domain,) = of(templates["wire"], "AWS::ApiGateway::DomainName").values()
    assert set(domain["MutualTlsAuthentication"]) == {"TruststoreUri", "TruststoreVersion"}


def gateway(template: Template) -> dict[str, Template]:
    """What API Gateway answers by itself, by kind: status, headers without their quotes, and the text."""
    (api,) = of(template, "AWS::Serverless::Api").values()
    return {
        kind: {
            "status": int(one["StatusCode"]),
            "headers": {
                naam: value.strip("'") if isinstance(value, str) else value
                for naam, value in one["ResponseParameters"]["Headers"].items()
            },
            "texts": list(one["ResponseTemplates"].values()),
        }
        for kind, one in api["GatewayResponses"].items()
    }


def test_what_never_reaches_the_portal_is_answered_as_the_portal_does(templates: Mapping[str, Template]) -> None:
    answers, codes = gateway(templates["portal"]), document()["x-codes"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "REQUEST_TOO_LARGE"} <= set(answers)
    for one in answers.values():
        (text,) = one["texts"]
        body = json.loads(text)
        assert (one["headers"]["Content-Type"], one["headers"]["API-Version"]) == (
            "application/problem+json", API_VERSION,
        )  # fmt: skip
        assert body["status"] == one["status"]
        assert body["code"] in codes
        assert body["detail"]
        assert body["meldingen"] == []
    throttled = answers["THROTTLED"]
    assert json.loads(throttled["texts"][0])["code"] == "TE_VEEL_VERZOEKEN"  # of TE_VEEL_AANVRAGEN one waits a day
    assert throttled["status"] == 429
    assert int(throttled["headers"]["Retry-After"]) < 60


def test_what_never_reaches_the_wire_is_answered_by_a_fault(templates: Mapping[str, Template]) -> None:
    answers = gateway(templates["wire"])
    for one in answers.values():
        assert one["headers"]["Content-Type"].startswith("text/xml")
        for text in one["texts"]:
            for profiel in PROFIELEN.values():
                fault = soap.decode_fault(profiel, text.encode())
                assert fault is not None
                assert fault.resultaat in (BERICHT_ONGELDIG, TECHNISCHE_FOUT)
                assert (fault.kant == "Client") == (fault.resultaat is BERICHT_ONGELDIG)
    assert (answers["THROTTLED"]["status"], answers["THROTTLED"]["headers"]["Retry-After"]) == (429, "5")


@pytest.mark.parametrize(("door", "setting"), [("portal", "OSO_TEMPO_PORTAL"), ("wire", "OSO_TEMPO_WIRE")])
def test_one_who_asks_all_that_it_may_leaves_room_for_others(door: str, setting: str) -> None:
    for settings in ({}, {setting: "60000"}):
        share = Settings.from_env(settings).tempo[door] / 60
        (limit,) = front._api(door, settings)["MethodSettings"]
        assert limit["ThrottlingRateLimit"] >= 10 * share
        assert limit["ThrottlingBurstLimit"] >= limit["ThrottlingRateLimit"]


def test_a_message_comes_as_it_was_sent_whatever_its_encoding(templates: Mapping[str, Template]) -> None:
    for door, kinds in (("wire", {"text/xml", "application/xml", "application/soap+xml"}), ("portal", {deur.XML})):
        (api,) = of(templates[door], "AWS::Serverless::Api").values()
        assert kinds <= set(api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"])


@pytest.mark.parametrize("door", package.DOORS)
def test_the_template_names_the_secret_and_holds_nothing_of_it(templates: Mapping[str, Template], door: str) -> None:
    variables = templates[door]["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["OSO_GEHEIMEN"] == {"Fn::Sub": "oso-${Stage}-geheimen"}
    assert not set(IN_GEHEIM) & set(variables)
    assert variables["OSO_GEHEIM_VERSIE"] == {"Ref": "GeheimVersie"}  # a changed secret is a changed function
    assert "{{resolve:" not in json.dumps(templates[door])  # CloudFormation would put the value in the clear
    assert variables["OSO_TC_URL"] == "https://tc.voorbeeld.nl"


@pytest.mark.parametrize("door", package.DOORS)
def test_everything_is_encrypted_with_the_key_of_the_installation(templates: Mapping[str, Template], door: str) -> None:
    key = KEYS[0] if door == "portal" else KEYS[2]
    for function in of(templates[door], "AWS::Serverless::Function").values():
        assert function["KmsKeyArn"] == key
    for group in of(templates[door], "AWS::Logs::LogGroup").values():
        assert group["KmsKeyId"] == key
    encrypted = {"AWS::SecretsManager::Secret": "KmsKeyId", "AWS::SNS::Topic": "KmsMasterKeyId"}
    for kind, field in encrypted.items():
        found = of(templates[door], kind)
        assert bool(found) == (door == "portal")
        assert all(one[field] == key for one in found.values())
    for queue in of(templates[door], "AWS::SQS::Queue").values():
        assert queue["SqsManagedSseEnabled"] is True
    for table in of(templates[door], "AWS::DynamoDB::Table").values():
        assert table["SSESpecification"]["KMSMasterKeyId"] == key


@pytest.mark.parametrize("door", package.DOORS)
def test_nothing_is_public(templates: Mapping[str, Template], door: str) -> None:
    """Two domains are the only way in; whom a policy of a resource names is a service of AWS, or denied."""
    kinds = {one["Type"] for one in templates[door]["Resources"].values()}
    assert not kinds & {"AWS::Lambda::Url", "AWS::S3::AccessPoint", "AWS::SQS::QueuePolicy", "AWS::EC2::VPC"}
    for one in templates[door]["Resources"].values():
        for statement in one["Properties"].get("PolicyDocument", {}).get("Statement", []):
            assert statement["Effect"] == "Deny" or set(statement["Principal"]) == {"Service"}
        if one["Type"] == "AWS::S3::Bucket":
            assert set(one["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        if one["Type"] == "AWS::Lambda::Permission":
            assert one["Properties"]["Principal"] in ("apigateway.amazonaws.com", "events.amazonaws.com")
            assert "SourceArn" in one["Properties"]
    for function in of(templates[door], "AWS::Serverless::Function").values():
        assert "FunctionUrlConfig" not in function


@pytest.mark.parametrize("door", package.DOORS)
def test_no_origin_may_call_from_a_browser_unless_somebody_says_so(
    templates: Mapping[str, Template], door: str
) -> None:
    (api,) = of(templates[door], "AWS::Serverless::Api").values()
    assert "Cors" not in api
    if door == "wire":
        assert "Access-Control-Allow-Origin" not in json.dumps(templates[door])
        return
    assert templates[door]["Parameters"]["CorsOrigins"]["Default"] == ""
    for one in gateway(templates[door]).values():
        assert one["headers"]["Access-Control-Allow-Origin"]["Fn::If"][0] == "MetCors"
    bucket = templates[door]["Resources"]["BucketInhoud"]["Properties"]["CorsConfiguration"]
    when, (rule,), never = bucket["Fn::If"][0], bucket["Fn::If"][1]["CorsRules"], bucket["Fn::If"][2]
    assert (when, never) == ("MetCors", {"Ref": "AWS::NoValue"})
    assert rule["AllowedOrigins"] == {"Fn::Split": [",", {"Ref": "CorsOrigins"}]}
    assert set(rule["AllowedMethods"]) == {"GET", "POST"}  # links to files, and the presigned POST of the leerlingmap


def test_settings_that_do_not_fit_and_rights_without_a_name_stop_the_package() -> None:
    template = package.merged("portal", {})
    assert list(package.too_large(template)) == []
    template["Globals"]["Function"]["Environment"]["Variables"]["OSO_ISSUERS"] = "x" * 4000
    assert len(list(package.too_large(template))) == 1
    statement = {"Sid": "Alles", "Action": ["s3:GetObject", "dynamodb:*"], "Resource": "*"}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}}
    assert list(package.faults({"Resources": {"Rol": role}}, [])) == [
        "Rol: Alles allows dynamodb:*",
        "Rol: Alles allows *",
    ]


# --- what goes into a zip ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["botocore/session.py", "botocore/data/sqs/2012-11-05/service-2.json.gz", "lxml/etree.so"]
)
def test_goes_along_through_both_doors(name: str) -> None:
    assert bundle.wanted(name, "portal")
    assert bundle.wanted(name, "wire")


@pytest.mark.parametrize(
    "name",
    [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "click/core.py",
        "pip/__main__.py",
        "chalice/cli/__init__.py",
        "chalice/local.py",
        "fontTools/subset/tests/data.py",
        "boto3/data/s3/resources.json",
        "lxml/includes/libxml/tree.h",
        "infra/local/pki.py",
        "bin/chalice",
    ],
)
def test_stays_behind(name: str) -> None:
    assert not bundle.wanted(name, "portal")
    assert not bundle.wanted(name, "wire")


@pytest.mark.parametrize("name", ["pydantic/main.py", "fpdf/fpdf.py", "cryptography/x509/base.py", "PIL/Image.py"])
def test_goes_through_the_portal_alone(name: str) -> None:
    assert bundle.wanted(name, "portal")
    assert not bundle.wanted(name, "wire")


def test_the_wire_opens_without_what_the_portal_alone_ships() -> None:
    """In a process of its own that has none of it, as its zip has none; and lxml costs a cold start half again."""
    absent = sorted({*bundle.NAMES["portal"], "_cffi_backend"} - {*bundle.NAMES["wire"]})
    without = f"import sys; sys.modules.update(dict.fromkeys({absent}))"
    opens = f"{without}; import app, chalicelib.store; print(app.app.app_name, 'lxml' in sys.modules)"
    env = {"OSO_STAGE": "dev", "OSO_DEUREN": "wire", "AWS_DEFAULT_REGION": "eu-west-1", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", opens], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("oso False\n", "")


def test_the_sandbox_is_in_no_zip() -> None:
    assert all(not one.startswith(("infra", "tests")) for one in bundle.OWN)


def test_the_list_of_what_is_in_a_zip_names_every_pin_with_its_hashes(tmp_path: Any) -> None:
    made = bundle.sbom(tmp_path, "wire", "0.1.0")
    names = {one["name"]: one for one in made["components"]}
    assert {"botocore", "chalice", "lxml", "urllib3", "aws-lambda-powertools"} <= set(names)
    assert not {"boto3", "pydantic", "click", "pip"} & set(names)
    assert all(one["hashes"] and one["purl"].startswith("pkg:pypi/") for one in names.values())


# --- no unsafe value can reach production -----------------------------------------------------------------------------


def test_production_is_not_packaged_without_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert package.main(["prod"]) == 1
    assert "OSO_TC_URL" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "value"), UNSAFE, ids=lambda one: one[:40])
def test_production_is_not_packaged_with(safe: Env, name: str, value: str) -> None:
    assert package.unsafe("prod", safe) == ()
    assert bezwaren(safe | {name: value}) == package.unsafe("prod", safe | {name: value}) != ()


@pytest.mark.parametrize("name", front.NEVER)
def test_a_key_in_the_settings_of_a_stage_stops_the_package(name: str) -> None:
    assert package.readable({name: "x"}) == [f"{name}: hoort in het geheim, niet in een template"]
    assert package.readable({"OSO_TC_URL": "https://tc.voorbeeld.nl"}) == []


def test_what_the_secret_holds_is_judged_when_the_process_starts(safe: Env) -> None:
    assert package.unsafe("prod", {name: value for name, value in safe.items() if name not in IN_GEHEIM}) == ()
