"""infra/resources.yaml read as text: what AWS will be asked for, before any AWS sees it."""

from typing import Any

import pytest
import yaml

from infra.local import aws
from infra.local.processes import ROOT

TEMPLATE: dict[str, Any] = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]


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
        "KMSMasterKeyId": {"Fn::GetAtt": ["Sleutel", "Arn"]},
    }
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
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
def test_what_holds_data_outlives_its_stack(naam: str) -> None:
    assert RESOURCES[naam]["DeletionPolicy"] == RESOURCES[naam]["UpdateReplacePolicy"] == "Retain"


def test_the_key_rotates() -> None:
    assert [key["EnableKeyRotation"] for key in _of("AWS::KMS::Key").values()] == [True]


def test_every_name_says_which_installation_it_is() -> None:
    names = [
        properties[field]["Fn::Sub"]
        for resource in RESOURCES.values()
        for properties in [resource["Properties"]]
        for field in ("TableName", "BucketName", "QueueName")
        if field in properties
    ]
    assert len(names) == 9
    assert all(name.startswith("oso-${Stage}-") for name in names)
    assert len(set(names)) == len(names)


def test_every_setting_of_the_app_about_aws_is_an_output() -> None:
    assert set(aws.OUTPUTS) <= set(TEMPLATE["Outputs"])


def test_the_template_is_plain_enough_to_be_json() -> None:
    """`chalice package --merge-template` and the sandbox read the same file: no tags of YAML's own."""
    assert "!" not in "".join(
        line.partition("#")[0] for line in (ROOT / "infra/resources.yaml").read_text().splitlines()
    )
