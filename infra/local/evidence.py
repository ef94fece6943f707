"""What a run of the sandbox leaves behind, place by place, so that it can be searched for personal data."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from infra.local.portal_client import Answer
from infra.local.search import Place
from infra.local.stack import Stack

_SECRETS = {".pem", ".key"}
_LOOK: Mapping[str, Any] = {"MessageAttributeNames": ["All"], "MaxNumberOfMessages": 10, "VisibilityTimeout": 0,
                          "WaitTimeSeconds": 0}  # fmt: skip
_METRIC = '"_aws"'
"""A line that counts: CloudWatch's embedded metric format (chalicelib/web/log.py)."""
_LINK = re.compile(r"https?://[^\s\"'<>\\]+")


@dataclass
class Evidence:
    """What was seen while it ran.

    `trace`: what our own schools asked. `hostile`: what was asked with personal data where none belongs, so that those
    URLs say nothing. `others`: what a school saw that has nothing to see. `wire`: status and body of refusals on the
    wire. `messages`: queue messages by id.
    """

    stack: Stack
    trace: list[Answer] = field(default_factory=list)
    hostile: list[Answer] = field(default_factory=list)
    others: list[Answer] = field(default_factory=list)
    wire: list[bytes] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)

    def peek(self) -> bool:
        """Keep every message that waits in a queue now, and stays there; tells whether one of them is a dead letter."""
        sqs = self.stack.aws.client("sqs")
        for url in sqs.list_queues().get("QueueUrls", []):
            told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            waiting = int(told["Attributes"]["ApproximateNumberOfMessages"])
            for _ in range(min(3, -(-waiting // 10))):  # each look counts as a receipt: no more than needed
                for one in sqs.receive_message(QueueUrl=url, **_LOOK).get("Messages", []):
                    whole = [one["Body"], one.get("MessageAttributes", {})]
                    self.messages[f"{url.rpartition('/')[2]} {one['MessageId']}"] = json.dumps(whole, default=str)
        return any("-dood " in where for where in self.messages)


def gather(evidence: Evidence) -> Iterator[Place]:
    """Every place, each piece of text with where it stood."""
    yield from _files(evidence.stack)
    yield from _urls(evidence)
    yield from _tables(evidence.stack)
    yield from _objects(evidence.stack)
    for where, body in evidence.messages.items():
        yield Place("wachtrijberichten", where, body)
    for answer in (*evidence.trace, *evidence.hostile, *evidence.others):
        yield Place("kopregels van antwoorden", _where(answer), json.dumps(dict(answer.headers), ensure_ascii=False))
        if answer.code:
            yield Place("weigeringen (problem+json)", _where(answer), answer.data.decode(errors="replace"))
    for answer in evidence.others:
        yield Place("antwoorden aan een andere school", _where(answer), answer.data.decode(errors="replace"))
    for number, data in enumerate(evidence.wire):
        yield Place("weigeringen op de SOAP-deur", str(number), data.decode(errors="replace"))
    stand = urllib3.request("GET", f"{evidence.stack.center.stand}/stand", retries=False)
    yield Place("stand van het Traffic Center", "/stand", stand.data.decode())


def _where(answer: Answer) -> str:
    return f"{answer.verb} door {answer.school}, status {answer.status}"


def _files(stack: Stack) -> Iterator[Place]:
    """Logs, the metrics in them, and whatever else a part wrote beside them; keys of certificates aside."""
    for path in sorted(stack.folder.rglob("*")):
        if path.is_file() and path.suffix not in _SECRETS:
            text = path.read_text(errors="replace")
            name = "logboeken" if path.suffix == ".log" else "andere bestanden van de sandbox"
            yield Place(name, path.name, text)
            for line in text.splitlines() if path.suffix == ".log" else ():
                if _METRIC in line:
                    yield Place("metrieken", path.name, line)


def _urls(evidence: Evidence) -> Iterator[Place]:
    for answer in (*evidence.trace, *evidence.others):
        yield Place("gevraagde URL's", _where(answer), answer.url)
    for answer in (*evidence.trace, *evidence.hostile, *evidence.others):
        handed = _LINK.findall(answer.data.decode(errors="replace")) if _is_json(answer) else []
        for url in (*handed, *filter(None, [answer.headers.get("location")])):
            yield Place("verstrekte URL's", _where(answer), url)
        if answer.status == 202 and _is_json(answer) and "velden" in answer.json:
            policy = base64.b64decode(answer.json["velden"].get("policy", "")).decode(errors="replace")
            yield Place("formulieren voor uploads", _where(answer), answer.data.decode() + policy)


def _is_json(answer: Answer) -> bool:
    return "json" in answer.headers.get("content-type", "")


def _tables(stack: Stack) -> Iterator[Place]:
    """The keys of every row, those of indexes included; the whole of every log entry; numbers anywhere in the state."""
    dynamodb = stack.aws.client("dynamodb")
    for setting, whole in (("OSO_TABEL_STATE", False), ("OSO_TABEL_MUTATIELOG", True)):
        table = stack.env[setting]
        described = dynamodb.describe_table(TableName=table)["Table"]
        schemas = [described["KeySchema"], *(one["KeySchema"] for one in described.get("GlobalSecondaryIndexes", []))]
        names = {part["AttributeName"] for schema in schemas for part in schema}
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                keys = {name: item[name] for name in names if name in item}
                where = f"{table} {json.dumps(keys)[:60]}"
                yield Place("sleutels in DynamoDB", where, json.dumps(keys, ensure_ascii=False))
                name = "regels van het mutatielog" if whole else "rijen in DynamoDB (alleen nummers)"
                yield Place(name, where, json.dumps(item, ensure_ascii=False, default=str), numbers_only=not whole)


def _objects(stack: Stack) -> Iterator[Place]:
    """Keys, metadata, headers and tags of every object; what is in it may name the pupil."""
    s3, bucket = stack.aws.client("s3"), stack.env["OSO_BUCKET"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for one in page.get("Contents", []):
            head: dict[str, Any] = s3.head_object(Bucket=bucket, Key=one["Key"])
            tags = s3.get_object_tagging(Bucket=bucket, Key=one["Key"]).get("TagSet", [])
            told = [head.get("Metadata"), head["ResponseMetadata"]["HTTPHeaders"], tags]
            yield Place("sleutels in S3", bucket, one["Key"])
            yield Place("metadata in S3", one["Key"], json.dumps(told, ensure_ascii=False, default=str))
