"""infra/resources.yaml read as text: what AWS will be asked for, before any AWS sees it."""

import json
import re
from typing import Any

import pytest
import yaml
from chalice.app import Chalice, SQSEventConfig

from chalicelib.flows import beantwoorden, zorgvraag
from chalicelib.sender import CONNECT_SECONDEN, READ_SECONDEN
from chalicelib.web import workers
from infra import front, package, stage
from infra.local.processes import ROOT

TEMPLATE: dict[str, Any] = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]


NAMES = ("TableName", "BucketName", "QueueName", "AliasName", "TopicName", "Name")


def _of(kind: str) -> dict[str, dict[str, Any]]:
    return {naam: one["Properties"] for naam, one in RESOURCES.items() if one["Type"] == kind}


WORK = [naam for naam in _of("AWS::SQS::Queue") if not naam.endswith("Dood")]
KEEPERS = [*_of("AWS::DynamoDB::Table"), *_of("AWS::S3::Bucket"), *_of("AWS::KMS::Key")]


def test_there_is_something_to_test() -> None:
    assert len(WORK) >= 3
    assert len(_of("AWS::DynamoDB::Table")) == 2
    assert len(KEEPERS) >= 4


@pytest.mark.parametrize("naam", _of("AWS::DynamoDB::Table"))
def test_a_table_is_encrypted_with_our_key_recoverable_and_hard_to_delete(naam: str) -> None:
    table = _of("AWS::DynamoDB::Table")[naam]
    assert table["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": ["KmsSleutel", "Arn"]},
    }
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Ref": "Bescherming"}
    assert TEMPLATE["Parameters"]["Bescherming"]["Default"] == "true"
    assert table["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("naam", _of("AWS::S3::Bucket"))
def test_a_bucket_is_private_encrypted_and_versioned(naam: str) -> None:
    bucket = _of("AWS::S3::Bucket")[naam]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


@pytest.mark.parametrize("naam", _of("AWS::S3::Bucket"))
def test_a_bucket_refuses_whatever_does_not_come_over_tls(naam: str) -> None:
    policies = [one for one in _of("AWS::S3::BucketPolicy").values() if one["Bucket"] == {"Ref": naam}]
    denied = [statement for one in policies for statement in one["PolicyDocument"]["Statement"]]
    assert [one["Effect"] for one in denied] == ["Deny"]
    assert denied[0]["Principal"] == "*"
    assert denied[0]["Action"] == "s3:*"
    assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(denied[0]["Resource"]) == 2


@pytest.mark.parametrize("naam", WORK)
def test_a_queue_hands_what_fails_five_times_to_a_dead_letter_queue_of_its_own(naam: str) -> None:
    queue = _of("AWS::SQS::Queue")[naam]
    assert queue["RedrivePolicy"] == {
        "maxReceiveCount": 5,
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{naam}Dood", "Arn"]},
    }
    dead = _of("AWS::SQS::Queue")[f"{naam}Dood"]
    assert dead["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert dead["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
    assert queue["SqsManagedSseEnabled"] is dead["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("naam", KEEPERS)
def test_what_holds_data_outlives_its_stack_but_not_a_creation_that_is_rolled_back(naam: str) -> None:
    assert RESOURCES[naam]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert RESOURCES[naam]["UpdateReplacePolicy"] == "Retain"


def test_no_name_stays_taken_after_a_creation_that_is_rolled_back() -> None:
    releases = yaml.safe_load((ROOT / "infra" / "releases.yaml").read_text())["Resources"]
    kept = {one.get("DeletionPolicy", "Delete") for one in (*RESOURCES.values(), *releases.values(), front._RETAIN)}
    assert kept == {"Delete", "RetainExceptOnCreate"}


def test_the_key_rotates() -> None:
    assert _of("AWS::KMS::Key")["KmsSleutel"]["EnableKeyRotation"] is True
    assert _of("AWS::KMS::Key")["KmsWortel"]["KeyUsage"] == "SIGN_VERIFY"  # a key that signs cannot rotate


def test_nobody_can_take_a_nightly_root_back() -> None:
    bucket = _of("AWS::S3::Bucket")["BucketWortels"]
    rule = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {"Mode": "COMPLIANCE", "Days": 730}
    assert bucket["ObjectLockEnabled"] is True


def test_every_name_says_which_installation_it_is() -> None:
    names = [
        properties[field]["Fn::Sub"]
        for resource in RESOURCES.values()
        for properties in [resource["Properties"]]
        for field in NAMES
        if field in properties
    ]
    assert len(names) >= 14
    assert all(re.match(r"(alias/)?oso-\$\{Stage\}", name) for name in names)
    assert len(set(names)) == len(names)


def test_every_setting_of_the_app_about_aws_is_an_output() -> None:
    assert set(stage.OUTPUTS) <= set(TEMPLATE["Outputs"])


def test_the_template_is_plain_enough_to_be_json() -> None:
    """`chalice package --merge-template` and the sandbox read the same file: no tags of YAML's own."""
    assert "!" not in "".join(
        line.partition("#")[0] for line in (ROOT / "infra/resources.yaml").read_text().splitlines()
    )


def test_no_resource_has_the_logical_id_that_chalice_gives_to_a_function() -> None:
    """A clash is merged without a word: the function is simply not deployed."""
    functions = package.queue_functions()
    assert functions
    assert not {front.logical_id(naam) for naam in functions} & set(RESOURCES)
    assert all(re.match(r"(Kms|Tabel|Bucket|Queue|Geheim|Topic)[A-Z]", naam) for naam in RESOURCES)


def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_run() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    for naam, queue in package.queue_functions().items():
        own = config["stages"]["portal"]["lambda_functions"].get(naam, {})
        limit = own.get("lambda_timeout", config["lambda_timeout"])
        assert _of("AWS::SQS::Queue")[f"Queue{queue.capitalize()}"]["VisibilityTimeout"] >= 6 * limit


def test_a_message_that_waits_for_a_stranger_shares_its_run_with_no_other_and_may_wait_as_long_as_it_takes() -> None:
    app = Chalice("proef")
    app.register_blueprint(workers.blueprint)
    sources = {one.name: one for one in app.event_sources if isinstance(one, SQSEventConfig)}
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["portal"]["lambda_functions"]
    for naam in ("aanvragen", "zorgvragen"):
        assert sources[naam].batch_size == 1
        # the Traffic Center and one other side, neither of which answers
        assert config[naam]["lambda_timeout"] > 2 * (CONNECT_SECONDEN + READ_SECONDEN)


def test_no_more_messages_are_taken_than_there_may_be_runs() -> None:
    template = package.merged("portal", package.queue_functions())
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["portal"]["lambda_functions"]
    for naam in package.queue_functions():
        logical = front.logical_id(naam)
        event = template["Resources"][logical]["Properties"]["Events"][f"{logical}SqsEventSource"]["Properties"]
        assert event["ScalingConfig"] == {"MaximumConcurrency": config[naam]["reserved_concurrency"]}


def test_every_queue_function_reports_its_failures_one_by_one() -> None:
    template = package.merged("portal", {"aanvragen": "aanvragen"})
    event = template["Resources"]["Aanvragen"]["Properties"]["Events"]["AanvragenSqsEventSource"]["Properties"]
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["Queue"] == {"Fn::Sub": "${QueueAanvragen.Arn}"}
    assert "QueueAanvragen" in RESOURCES


def test_a_built_template_that_loses_messages_or_functions_is_found() -> None:
    event = {"Type": "SQS", "Properties": {"FunctionResponseTypes": ["ReportBatchItemFailures"]}}
    good = {"Resources": {"Werk": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Sqs": event}}}}}
    assert list(package.faults(good, ["app.py", "chalicelib/errors.py"])) == []
    bad = {"Resources": {"Werk": {"Properties": {"Events": {"Sqs": {"Type": "SQS", "Properties": {}}}}}}}
    assert len(list(package.faults(bad, ["infra/local/pki.py"]))) == 3


@pytest.mark.parametrize("door", package.DOORS)
def test_the_settings_of_a_deployed_function_name_what_the_template_makes(door: str) -> None:
    settings = package.merged(door, {})["Globals"]["Function"]["Environment"]["Variables"]
    made = [one["Properties"][field] for one in RESOURCES.values() for field in NAMES if field in one["Properties"]]
    assert settings["OSO_TABEL_STATE"] in made
    assert settings["OSO_TABEL_MUTATIELOG"] in made
    assert settings["OSO_BUCKET"] in made
    assert settings["OSO_KMS_SLEUTEL"] == (
        {"Fn::GetAtt": ["KmsSleutel", "Arn"]}
        if door == "portal"
        else {"Fn::ImportValue": TEMPLATE["Outputs"]["KmsSleutel"]["Export"]["Name"]}
    )
    for queue in ("publicaties", "aanvragen", "zorgvragen"):
        name = settings[f"OSO_QUEUE_{queue.upper()}"]["Fn::Sub"].rpartition("/")[2]
        assert {"Fn::Sub": name} in made


POLICIES = sorted(path.stem.removeprefix("policy-") for path in (ROOT / ".chalice").glob("policy-*.json"))


def policy(naam: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads((ROOT / ".chalice" / f"policy-{naam}.json").read_text())["Statement"]
    return statements


def allowed(naam: str) -> set[str]:
    return {action for one in policy(naam) for action in one["Action"]}


def test_every_function_has_a_policy_of_its_own() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    named = {one["iam_policy_file"] for one in config["stages"]["portal"]["lambda_functions"].values()}
    assert named | {"policy-portal.json", "policy-wire.json"} == {f"policy-{one}.json" for one in POLICIES}
    assert len(named) == len(config["stages"]["portal"]["lambda_functions"])


@pytest.mark.parametrize("naam", POLICIES)
def test_a_policy_allows_named_acts_on_what_belongs_to_this_installation(naam: str) -> None:
    for statement in policy(naam):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in statement["Action"])
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            assert resource in ("${Sleutel}", "${SleutelWortel}") or "oso-${Stage}-" in resource, resource


def test_the_wire_may_read_dossiers_alone_and_write_nothing_but_answers_of_an_swv() -> None:
    """No record, no attachment of a leerlingmap and no export: whoever has its role gets what was set ready."""
    (content,) = (one for one in policy("wire") if "s3:GetObject" in one["Action"])
    assert {beantwoorden.XML, zorgvraag.XML} == {"dossier.xml"}
    assert content["Resource"].endswith("-inhoud-${AWS::AccountId}/*/dossier.xml")
    (writes,) = (one for one in policy("wire") if "s3:PutObject" in one["Action"])
    assert writes["Resource"].endswith("/*/terugkoppeling-*.txt")
    assert not {"dynamodb:DeleteItem", "sqs:ReceiveMessage", "sqs:SendMessage", "dynamodb:Scan"} & allowed("wire")
    (reads,) = (one for one in policy("wire") if "dynamodb:Query" in one["Action"])
    assert reads["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["GEWEERD"]}}


def test_only_the_clean_up_may_remove_entries_of_the_mutatielog_and_few_read_whole_tables() -> None:
    assert [naam for naam in POLICIES if "dynamodb:Scan" in allowed(naam)] == ["opruimen", "wortel"]
    for naam in POLICIES:
        of_log = {action for one in policy(naam) if one["Sid"] == "Mutatielog" for action in one["Action"]}
        assert "dynamodb:UpdateItem" not in of_log
        assert ("dynamodb:DeleteItem" in of_log) == (naam == "opruimen")


def test_a_function_reads_the_queue_that_it_works_for_and_no_other() -> None:
    reads = {
        naam: [one["Resource"] for one in policy(naam) if "sqs:ReceiveMessage" in one["Action"]] for naam in POLICIES
    }
    functions = package.queue_functions()
    for naam, resources in reads.items():
        assert [one[0].rpartition("-")[2] for one in resources] == ([functions[naam]] if naam in functions else [])
