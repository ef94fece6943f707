"""What a supplier needs to help, in one ZIP, without personal data: every part is made from what may be in it.

Nothing is copied and then cleaned. A setting is shown when it stands on the list below, else only whether it is set; of
a log line only its event, code and hour are counted, and only when they look like ours; of the tables only counts.
"""

import json
import platform
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.gegevensset.tabel import VERSIES
from infra.doctor.finding import Bevinding, Patient

_TOONBAAR = frozenset(
    {
        "OSO_STAGE", "OSO_DEUREN", "OSO_PROFIEL", "OSO_AANMELDWEEK", "OSO_TERMIJNEN", "OSO_KLOK",
        "OSO_ZOEKSLEUTEL_PROVIDER", "OSO_VRAGEN_PER_DAG", "OSO_DOMEIN_PORTAL", "OSO_DOMEIN_WIRE", "OSO_TC_URL",
        "OSO_WIRE_URL", "AWS_REGION", "AWS_DEFAULT_REGION",
    }
)  # fmt: skip
_NAAM = re.compile(r"[a-z][a-z_]{1,40}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,60}|[1-5][0-9]{2}")
_UREN = 24
_MEESTE_REGELS = 20_000
_PAKKETTEN = ("chalice", "boto3", "botocore", "pydantic", "lxml", "fpdf2", "PyJWT", "cryptography", "urllib3")
_SOORTEN = ("AANVRAAG", "NOTIFICATIE", "OPDRACHT", "ZORGVRAAG", "KETEN", "WEG")


def write_bundle(p: Patient, bevindingen: Sequence[Bevinding], path: Path) -> None:
    """Write the ZIP; a part that AWS does not give says so, and the rest is there."""
    parts: dict[str, Callable[[], Any]] = {
        "instellingen.json": lambda: settings(p),
        "hoeveel.json": lambda: _or_why(lambda: numbers(p)),
        "versies.json": versions,
        "aantallen.json": lambda: _or_why(lambda: counts(p)),
        "wachtrijen.json": lambda: _or_why(lambda: queues(p)),
        "codes.json": lambda: _or_why(lambda: codes(p)),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bevindingen.txt", "\n".join(map(str, bevindingen)) + "\n")
        for name, make in parts.items():
            archive.writestr(name, json.dumps(make(), ensure_ascii=False, indent=1, sort_keys=True))


def _or_why(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except ClientError as error:
        return {"niet te lezen": error.response["Error"]["Code"]}
    except BotoCoreError as error:
        return {"niet te lezen": type(error).__name__}
    except (ValueError, KeyError, TypeError):
        return {"niet te lezen": "een instelling is niet leesbaar"}


def settings(p: Patient) -> dict[str, str]:
    """Every setting of the app: its value where that is on the list, else whether it is set."""
    names = sorted(name for name in p.env if name.startswith("OSO_") or name in _TOONBAAR)
    return {name: p.env[name] if name in _TOONBAAR else "gezet" if p.env[name] else "leeg" for name in names}


def numbers(p: Patient) -> dict[str, int]:
    """How many there are of what is set more than once."""
    s = p.settings
    return {"peppers": len(s.pepper), "uitgevers": len(s.issuers), "leveranciers": len(s.leveranciers)}


def versions() -> dict[str, str]:
    """Of Python, the packages and the data standard."""
    found = {"python": platform.python_version(), "gegevensset": ", ".join(VERSIES)}
    for name in _PAKKETTEN:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "niet aanwezig"
    return found


def counts(p: Patient) -> dict[str, int]:
    """How many rows the tables have, by the count that AWS keeps, and how many wait for what."""
    dynamodb, s = p.client("dynamodb"), p.settings
    found = {
        f"rijen {name}": int(dynamodb.describe_table(TableName=table)["Table"]["ItemCount"])
        for name, table in (("state", s.tabel_state), ("mutatielog", s.tabel_mutatielog))
    }
    for kind in _SOORTEN:
        answer = dynamodb.query(
            TableName=s.tabel_state,
            IndexName="open",
            KeyConditionExpression="open_soort = :s",
            ExpressionAttributeValues={":s": {"S": f"OPEN#{kind}"}},
            Select="COUNT",
        )
        found[f"open {kind.lower()}"] = int(answer["Count"])
    return found


def queues(p: Patient) -> dict[str, dict[str, int]]:
    """How deep each queue is, and its dead letter queue."""
    s, found = p.settings, {}
    urls = {"publicaties": s.queue_publicaties, "aanvragen": s.queue_aanvragen, "zorgvragen": s.queue_zorgvragen}
    for name, url in urls.items():
        for suffix in ("", "-dood"):
            answer = p.client("sqs").get_queue_attributes(QueueUrl=f"{url}{suffix}", AttributeNames=["All"])
            facts = answer["Attributes"]
            found[f"{name}{suffix}"] = {
                "wachten": int(facts.get("ApproximateNumberOfMessages", 0)),
                "in behandeling": int(facts.get("ApproximateNumberOfMessagesNotVisible", 0)),
            }
    return found


def codes(p: Patient) -> dict[str, int]:
    """Per hour of the last day, event and code: how often the functions logged it."""
    found: Counter[str] = Counter()
    for line in _lines(p):
        event, code = line.get("event"), str(line.get("code", line.get("level", "")))
        if isinstance(event, str) and _NAAM.fullmatch(event) and _CODE.fullmatch(code):
            found[f"{line['uur']} {event} {code}"] += 1
    return dict(found)


def _lines(p: Patient) -> Iterator[dict[str, Any]]:
    """The structured lines of the last day, with the hour at which they came; at most twenty thousand."""
    logs, stage = p.client("logs"), p.env.get("OSO_STAGE", "prod")
    since = int((p.nu - timedelta(hours=_UREN)).timestamp() * 1000)
    seen = 0
    for groups in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/oso-{stage}"):
        for group in groups["logGroups"]:
            name = group["logGroupName"]
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=since)
            for event in (one for page in pages for one in page["events"]):
                seen += 1
                if seen > _MEESTE_REGELS:
                    return
                yield from _parsed(event)


def _parsed(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        line = json.loads(event["message"])
    except ValueError:
        return
    if isinstance(line, dict):
        hour = timedelta(hours=1).total_seconds() * 1000
        yield {**line, "uur": int(event["timestamp"] // hour * hour // 1000)}
