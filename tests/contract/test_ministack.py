"""The embedded AWS keeps what infra/resources.yaml promises, and is fit to test against."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from infra.local import settings
from infra.local.aws import TEMPLATE, Aws, provision, start_ministack
from infra.local.listeners import descendants, listeners
from infra.local.processes import stop
from tests.conftest import Provisioned


@pytest.fixture(scope="module")
def deployed(ministack: str) -> Provisioned:
    """One account for the tests that only look."""
    return Provisioned(ministack, "200000008888", provision(Aws(ministack, "200000008888")))


def test_both_tables_are_encrypted_recoverable_protected_and_on_demand(deployed: Provisioned) -> None:
    dynamodb = deployed.client("dynamodb")
    for name in (deployed.names["OSO_TABEL_STATE"], deployed.names["OSO_TABEL_MUTATIELOG"]):
        table = dynamodb.describe_table(TableName=name)["Table"]
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert table["SSEDescription"]["KMSMasterKeyArn"] == deployed.names["OSO_KMS_SLEUTEL"]
        assert table["SSEDescription"]["Status"] == "ENABLED"
        assert table["DeletionProtectionEnabled"] is True
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_state_table_has_its_indexes_and_forgets_what_expires(deployed: Provisioned) -> None:
    dynamodb = deployed.client("dynamodb")
    name = deployed.names["OSO_TABEL_STATE"]
    indexes = {
        one["IndexName"]: one for one in dynamodb.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"]
    }
    keys = {naam: [key["AttributeName"] for key in one["KeySchema"]] for naam, one in indexes.items()}
    assert keys == {"open": ["open_soort", "open_since"], "lijst": ["lijst_pk", "lijst_sk"]}
    assert {one["Projection"]["ProjectionType"] for one in indexes.values()} == {"ALL"}
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "verloopt"}


def test_a_row_without_the_attributes_of_an_index_is_not_in_it(deployed: Provisioned) -> None:
    dynamodb = deployed.client("dynamodb")
    name = deployed.names["OSO_TABEL_STATE"]
    row = {"pk": {"S": "SCHOOL#14SS00"}, "sk": {"S": "UIT#1"}}
    dynamodb.put_item(TableName=name, Item=row)
    dynamodb.put_item(
        TableName=name, Item={**row, "sk": {"S": "UIT#2"}, "open_soort": {"S": "x"}, "open_since": {"S": "1"}}
    )
    found = dynamodb.query(
        TableName=name,
        IndexName="open",
        KeyConditionExpression="open_soort = :soort",
        ExpressionAttributeValues={":soort": {"S": "x"}},
    )
    assert [item["sk"]["S"] for item in found["Items"]] == ["UIT#2"]


def test_the_bucket_is_private_encrypted_versioned_and_cleaned(deployed: Provisioned) -> None:
    s3 = deployed.client("s3")
    place = {"Bucket": deployed.names["OSO_BUCKET"]}
    rule = s3.get_bucket_encryption(**place)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == deployed.names["OSO_KMS_SLEUTEL"]
    assert rule["BucketKeyEnabled"] is True
    assert set(s3.get_public_access_block(**place)["PublicAccessBlockConfiguration"].values()) == {True}
    assert s3.get_bucket_versioning(**place)["Status"] == "Enabled"
    rules = {one["ID"]: one for one in s3.get_bucket_lifecycle_configuration(**place)["Rules"]}
    assert rules["oude-versies"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
    assert rules["afgebroken-uploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1
    statement = json.loads(s3.get_bucket_policy(**place)["Policy"])["Statement"][0]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("queue", ["PUBLICATIES", "AANVRAGEN", "ZORGVRAGEN"])
def test_each_queue_gives_up_after_five_times_to_its_own_dead_letter_queue(deployed: Provisioned, queue: str) -> None:
    sqs = deployed.client("sqs")
    attributes = _attributes(sqs, deployed.names[f"OSO_QUEUE_{queue}"])
    redrive = json.loads(attributes["RedrivePolicy"])
    assert int(redrive["maxReceiveCount"]) == 5
    assert redrive["deadLetterTargetArn"] == attributes["QueueArn"] + "-dood"
    assert int(attributes["VisibilityTimeout"]) == 360
    assert attributes["SqsManagedSseEnabled"] == "true"
    dood = sqs.get_queue_url(QueueName=attributes["QueueArn"].rpartition(":")[2] + "-dood")["QueueUrl"]
    assert _attributes(sqs, dood)["SqsManagedSseEnabled"] == "true"


def test_the_key_rotates(deployed: Provisioned) -> None:
    assert (
        deployed.client("kms").get_key_rotation_status(KeyId=deployed.names["OSO_KMS_SLEUTEL"])["KeyRotationEnabled"]
        is True
    )


def test_a_setting_that_was_dropped_is_applied_again_and_named(aws: Provisioned) -> None:
    aws.client("s3").delete_bucket_encryption(Bucket=aws.names["OSO_BUCKET"])
    aws.client("sqs").set_queue_attributes(
        QueueUrl=aws.names["OSO_QUEUE_AANVRAGEN"], Attributes={"VisibilityTimeout": "30"}
    )
    assert _reapply(aws, aws.client) == ["BucketInhoud.BucketEncryption", "QueueAanvragen.VisibilityTimeout"]
    assert _reapply(aws, aws.client) == []


def test_a_setting_that_does_not_stick_ends_the_start_and_is_named(aws: Provisioned) -> None:
    aws.client("s3").delete_bucket_encryption(Bucket=aws.names["OSO_BUCKET"])

    class Deaf:
        """An S3 that says yes to new encryption and does nothing."""

        def __getattr__(self, call: str) -> Any:
            return (lambda **_: {}) if call == "put_bucket_encryption" else getattr(aws.client("s3"), call)

    with pytest.raises(settings.SettingsError, match=r"^BucketInhoud\.BucketEncryption$"):
        _reapply(aws, lambda service: Deaf() if service == "s3" else aws.client(service))


def test_provisioning_again_keeps_the_data_and_gives_the_same_names(aws: Provisioned) -> None:
    aws.client("s3").put_object(Bucket=aws.names["OSO_BUCKET"], Key="blijft", Body=b"x")
    assert provision(aws) == aws.names
    assert aws.client("s3").get_object(Bucket=aws.names["OSO_BUCKET"], Key="blijft")["Body"].read() == b"x"


def test_what_an_earlier_version_deployed_is_updated_and_keeps_its_data(ministack: str, tmp_path: Path) -> None:
    older = tmp_path / "resources.yaml"
    text = TEMPLATE.read_text()
    older.write_text(text.replace("VisibilityTimeout: 360", "VisibilityTimeout: 42"))
    aws = Aws(ministack, "300000000003")
    names = provision(aws, template=older)
    assert _attributes(aws.client("sqs"), names["OSO_QUEUE_AANVRAGEN"])["VisibilityTimeout"] == "42"
    aws.client("s3").put_object(Bucket=names["OSO_BUCKET"], Key="blijft", Body=b"x")
    assert provision(aws) == names
    assert _attributes(aws.client("sqs"), names["OSO_QUEUE_AANVRAGEN"])["VisibilityTimeout"] == "360"
    assert aws.client("s3").get_object(Bucket=names["OSO_BUCKET"], Key="blijft")["Body"].read() == b"x"


def test_two_accounts_in_one_process_do_not_see_each_other(aws: Provisioned) -> None:
    other = Aws(aws.endpoint, "300000000001")
    names = provision(other)
    row = {"pk": {"S": "SCHOOL#14SS00"}, "sk": {"S": "UIT#1"}}
    aws.client("dynamodb").put_item(TableName=aws.names["OSO_TABEL_STATE"], Item=row)
    assert "Item" not in other.client("dynamodb").get_item(TableName=names["OSO_TABEL_STATE"], Key=row)
    assert names["OSO_BUCKET"] != aws.names["OSO_BUCKET"]
    with pytest.raises(ClientError):
        other.client("dynamodb").describe_table(TableName="oso-elders-state")


def test_state_survives_a_restart_when_it_is_kept(tmp_path: Path) -> None:
    endpoint, child = start_ministack(tmp_path, keep=True)
    aws = Aws(endpoint, "300000000002")
    names = provision(aws)
    row = {"pk": {"S": "SCHOOL#14SS00"}, "sk": {"S": "UIT#1"}}
    aws.client("dynamodb").put_item(TableName=names["OSO_TABEL_STATE"], Item=row)
    aws.client("s3").put_object(Bucket=names["OSO_BUCKET"], Key="blijft", Body=b"\x00\xff")
    aws.client("sqs").send_message(QueueUrl=names["OSO_QUEUE_AANVRAGEN"], MessageBody="blijft")
    stop(child)
    endpoint, child = start_ministack(tmp_path, keep=True)
    try:
        aws = Aws(endpoint, "300000000002")
        again = provision(aws)
        assert again["OSO_KMS_SLEUTEL"] == names["OSO_KMS_SLEUTEL"]
        assert aws.client("dynamodb").get_item(TableName=again["OSO_TABEL_STATE"], Key=row)["Item"] == row
        assert aws.client("s3").get_object(Bucket=again["OSO_BUCKET"], Key="blijft")["Body"].read() == b"\x00\xff"
        received = aws.client("sqs").receive_message(QueueUrl=again["OSO_QUEUE_AANVRAGEN"])
        assert [one["Body"] for one in received["Messages"]] == ["blijft"]
    finally:
        stop(child)


def test_it_listens_on_one_loopback_port_and_leaves_nothing_running(tmp_path: Path) -> None:
    endpoint, child = start_ministack(tmp_path)
    pids = [child.process.pid, *descendants(child.process.pid)]
    try:
        assert set().union(*listeners(pids).values()) == {("127.0.0.1", int(endpoint.rpartition(":")[2]))}
    finally:
        stop(child)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert not list(tmp_path.glob("*.pid"))


def _reapply(aws: Provisioned, client: Callable[[str], Any]) -> list[str]:
    cloudformation = aws.client("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName="oso-sandbox")["StackResources"]
    outputs = cloudformation.describe_stacks(StackName="oso-sandbox")["Stacks"][0]["Outputs"]
    return settings.reapply(
        client,
        yaml.safe_load(TEMPLATE.read_text()),
        {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources},
        {one["OutputKey"]: one["OutputValue"] for one in outputs},
    )


def _attributes(sqs: Any, url: str) -> dict[str, str]:
    attributes: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return attributes
