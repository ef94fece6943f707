"""What the sandbox holds, so that a test can say that nothing was added."""

from chalicelib.gegevensset.codec import encode
from infra.local.stack import Stack
from tests.pupil import record

BAD = "662460614"
NAMESPACE = b"http://www.edustandaard.nl/oso_gegevensset/2019/dossier"


def stored(sandbox: Stack) -> tuple[int, int, int]:
    """How many rows, log entries and objects there are."""
    dynamodb, s3 = sandbox.aws.client("dynamodb"), sandbox.aws.client("s3")
    only = {  # a new minute begins a new count of requests, whatever is asked
        "FilterExpression": "NOT begins_with(pk, :tempo)",
        "ExpressionAttributeValues": {":tempo": {"S": "TEMPO#"}},
    }
    rows, entries = (
        dynamodb.scan(TableName=sandbox.env[name], Select="COUNT", **only)["Count"]
        for name in ("OSO_TABEL_STATE", "OSO_TABEL_MUTATIELOG")
    )
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=sandbox.env["OSO_BUCKET"])
    return rows, entries, sum(page["KeyCount"] for page in pages)


def xml(number: str | None = None) -> bytes:
    return encode(record(number), "2019.1")
