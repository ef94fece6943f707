"""What infra/resources.yaml says about each resource, applied again where the embedded AWS dropped it, then compared.

ministack's CloudFormation creates tables, buckets, queues and keys but forgets some of their settings (TTL, encryption,
point-in-time recovery, lifecycle). Each setting here is wanted from the template, read, written if it differs, and read
once more: whatever still differs ends the start of the sandbox, so nothing is tested against a weaker AWS unnoticed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

Client = Callable[[str], Any]


class SettingsError(RuntimeError):
    """The embedded AWS does not keep something that the template asks for."""


@dataclass(frozen=True)
class Setting:
    """One setting of one resource: what we want, how to read it, how to write it."""

    naam: str
    wanted: Any
    read: Callable[[], Any]
    write: Callable[[], object]


def reapply(
    client: Client,
    template: Mapping[str, Any],
    names: Mapping[str, str],
    outputs: Mapping[str, str],
    *,
    write: bool = True,
) -> list[str]:
    """Bring every resource in line with `template`; return the names of the settings that had been dropped.

    `names` maps logical to physical ids, `outputs` are the evaluated outputs of the stack: an intrinsic function in a
    property is looked up among them. Without `write` it only tells. Raises
    SettingsError naming each setting that will not stick.
    """
    known: dict[str, Any] = {_key(one["Value"]): outputs[naam] for naam, one in template["Outputs"].items()}
    known |= {
        _key({"Ref": naam}): {"true": True}.get(one["Default"], one["Default"])
        for naam, one in template.get("Parameters", {}).items()
        if "Default" in one
    }
    wanted = list(_settings(client, template["Resources"], names, known))
    dropped = [one for one in wanted if one.read() != one.wanted]
    if not write:
        return [one.naam for one in dropped]
    for one in dropped:
        one.write()
    if wrong := [one.naam for one in dropped if one.read() != one.wanted]:
        raise SettingsError(", ".join(wrong))
    return [one.naam for one in dropped]


def _settings(
    client: Client, resources: Mapping[str, Any], names: Mapping[str, str], known: Mapping[str, Any]
) -> Iterator[Setting]:
    for logical, resource in resources.items():
        make = _PER_TYPE.get(resource["Type"])
        if make:
            properties = _evaluate(resource.get("Properties", {}), known)
            yield from make(client, f"{logical}.", names[logical], properties)


def _table(client: Client, prefix: str, name: str, wanted: Mapping[str, Any]) -> Iterator[Setting]:
    """DynamoDB: encryption, protection and on demand; recovery and TTL have calls of their own."""
    dynamodb = client("dynamodb")
    sse, protected = wanted["SSESpecification"], wanted["DeletionProtectionEnabled"]
    encrypted = {"Enabled" if field == "SSEEnabled" else field: value for field, value in sse.items()}
    rows = (
        ("SSESpecification", sse["KMSMasterKeyId"], ("SSEDescription", "KMSMasterKeyArn"), encrypted),
        ("DeletionProtectionEnabled", protected, ("DeletionProtectionEnabled",), protected),
        ("BillingMode", wanted["BillingMode"], ("BillingModeSummary", "BillingMode"), wanted["BillingMode"]),
    )
    for row in rows:
        yield _described(dynamodb, prefix, name, row)
    yield _recovery(dynamodb, prefix, name, wanted["PointInTimeRecoverySpecification"])
    if "TimeToLiveSpecification" in wanted:
        yield _ttl(dynamodb, prefix, name, wanted["TimeToLiveSpecification"])


def _described(dynamodb: Any, prefix: str, name: str, row: tuple[str, Any, tuple[str, ...], Any]) -> Setting:
    """One property that DescribeTable shows and UpdateTable changes."""
    naam, wanted, path, change = row
    return Setting(
        f"{prefix}{naam}",
        wanted,
        lambda: _dig(dynamodb.describe_table(TableName=name)["Table"], *path),
        lambda: dynamodb.update_table(TableName=name, **{naam: change}),
    )


def _recovery(dynamodb: Any, prefix: str, name: str, wanted: Any) -> Setting:
    path = ("ContinuousBackupsDescription", "PointInTimeRecoveryDescription", "PointInTimeRecoveryStatus")
    return Setting(
        f"{prefix}PointInTimeRecoverySpecification",
        "ENABLED",
        lambda: _dig(dynamodb.describe_continuous_backups(TableName=name), *path),
        lambda: dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=wanted),
    )


def _ttl(dynamodb: Any, prefix: str, name: str, wanted: Any) -> Setting:
    return Setting(
        f"{prefix}TimeToLiveSpecification",
        wanted["AttributeName"],
        lambda: _ttl_attribute(dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]),
        lambda: dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted),
    )


def _ttl_attribute(described: Mapping[str, str]) -> str | None:
    """The attribute by which rows expire; one that is switched off can still be named."""
    return described.get("AttributeName") if described["TimeToLiveStatus"] in ("ENABLED", "ENABLING") else None


def _dig(answer: Any, *path: str) -> Any:
    """Follow names into an answer; None where one is not there."""
    for name in path:
        answer = answer.get(name, {})
    return answer or None


def _bucket(client: Client, prefix: str, name: str, wanted: Mapping[str, Any]) -> Iterator[Setting]:
    """S3: public access, encryption, versions, lifecycle, lock. Template and API name the same things differently."""
    s3 = client("s3")
    encryption = {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": one["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": one["BucketKeyEnabled"],
            }
            for one in wanted["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        ]
    }
    rules = [_lifecycle_rule(rule) for rule in wanted["LifecycleConfiguration"]["Rules"]]
    table: list[tuple[str, Any, str, str, str]] = [
        ("PublicAccessBlockConfiguration", wanted["PublicAccessBlockConfiguration"], "public_access_block", "", ""),
        ("BucketEncryption", encryption, "bucket_encryption", "ServerSideEncryptionConfiguration", ""),
        ("VersioningConfiguration", wanted["VersioningConfiguration"], "bucket_versioning", "", ""),
        ("LifecycleConfiguration", {"Rules": rules}, "bucket_lifecycle_configuration", "", "Rules"),
        ("OwnershipControls", wanted["OwnershipControls"], "bucket_ownership_controls", "", ""),
    ]
    if lock := wanted.get("ObjectLockConfiguration"):
        table.append(("ObjectLockConfiguration", lock, "object_lock_configuration", "", ""))
    for property_, value, call, field, inside in table:
        yield _bucket_setting(s3, name, (f"{prefix}{property_}", value, call, field or property_, inside))


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Write a rule of the template as the API does: another case, an explicit filter for "everything"."""
    names = {"ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker", "ExpirationInDays": "Days"}
    same = {field: value for field, value in rule.items() if field != "Id" and field not in names}
    expiration = {api: rule[field] for field, api in names.items() if field in rule}
    return {"ID": rule["Id"], "Filter": {}, **same, **({"Expiration": expiration} if expiration else {})}


def _bucket_setting(s3: Any, name: str, row: tuple[str, Any, str, str, str]) -> Setting:
    """One property of a bucket, by the `get_...` and `put_...` of the same name."""
    naam, wanted, call, field, inside = row
    get, put = getattr(s3, f"get_{call}"), getattr(s3, f"put_{call}")

    def read() -> Any:
        try:
            answer = get(Bucket=name)
        except ClientError:  # there is no such setting yet: each property has its own code for that
            return None
        if inside:
            return {inside: answer[inside]}
        return answer.get(field, {key: value for key, value in answer.items() if key in wanted})

    return Setting(naam, wanted, read, lambda: put(Bucket=name, **{field: wanted}))


def _queue(client: Client, prefix: str, url: str, wanted: Mapping[str, Any]) -> Iterator[Setting]:
    """SQS: every property in the template is an attribute of the queue, as text."""
    for naam, value in wanted.items():
        if naam != "QueueName":
            yield _attribute(client("sqs"), url, f"{prefix}{naam}", value)


def _attribute(sqs: Any, url: str, naam: str, value: Any) -> Setting:
    attribute = naam.rpartition(".")[2]
    text = json.dumps(value, sort_keys=True) if isinstance(value, dict | bool) else str(value)

    def read() -> Any:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return _canonical(attributes.get(attribute))

    return Setting(naam, text, read, lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={attribute: text}))


def _canonical(text: str | None) -> str | None:
    """Bring an attribute that holds JSON into one form; numbers given as text stay numbers."""
    if not text or text[0] not in "{tf":
        return text
    value = json.loads(text)
    if isinstance(value, dict):
        value = {key: int(one) if str(one).isdigit() else one for key, one in value.items()}
    return json.dumps(value, sort_keys=True)


def _sleutel(client: Client, prefix: str, key: str, wanted: Mapping[str, Any]) -> Iterator[Setting]:
    """KMS: yearly rotation, of a key that can; one that signs cannot."""
    kms = client("kms")
    if "EnableKeyRotation" not in wanted:
        return
    yield Setting(
        f"{prefix}EnableKeyRotation",
        wanted["EnableKeyRotation"],
        lambda: kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"],
        lambda: kms.enable_key_rotation(KeyId=key),
    )


_PER_TYPE = {
    "AWS::DynamoDB::Table": _table,
    "AWS::S3::Bucket": _bucket,
    "AWS::SQS::Queue": _queue,
    "AWS::KMS::Key": _sleutel,
}


def _evaluate(value: Any, known: Mapping[str, Any]) -> Any:
    """Replace intrinsic functions by what the stack made of them; one that is no output or default stays as it is."""
    if isinstance(value, dict):
        if _key(value) in known:
            return known[_key(value)]
        return {name: _evaluate(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [_evaluate(one, known) for one in value]
    return value


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
