"""What AWS keeps for us: tables, buckets, queues, work that waits, keys, and the nightly root."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from infra.doctor.finding import LET_OP, MIS, OK, Bevinding, Patient, per_eis
from infra.watching import AFTER

_INDEXEN = {"state": {"open", "lijst"}, "mutatielog": set[str]()}
_OUD_SECONDEN = 3600
_HERSTEL = "Zet het terug zoals in infra/resources.yaml: opnieuw uitrollen doet dat niet."
_WORTEL_DAGEN = 2
_OPRUIMEN_DAGEN = 2


def tabellen(p: Patient) -> Iterator[Bevinding]:
    """Both tables: indexes, encryption, protection, recovery, TTL."""
    s = p.settings
    for naam, tabel in (("state", s.tabel_state), ("mutatielog", s.tabel_mutatielog)):
        yield from per_eis(f"tabel {naam}", list(_tabel(p, naam, tabel)))


def _tabel(p: Patient, naam: str, tabel: str) -> Iterator[str]:
    """What is wrong with one table."""
    dynamodb = p.client("dynamodb")
    staat = dynamodb.describe_table(TableName=tabel)["Table"]
    indexen = {een["IndexName"]: een.get("IndexStatus") for een in staat.get("GlobalSecondaryIndexes", [])}
    for index in sorted(_INDEXEN[naam] - set(indexen)):
        yield f"de index {index} ontbreekt. {_HERSTEL}"
    if staat.get("SSEDescription", {}).get("SSEType") != "KMS":
        yield f"niet versleuteld met de eigen sleutel. {_HERSTEL}"
    if not staat.get("DeletionProtectionEnabled"):
        yield "niet beschermd tegen verwijderen. Zet DeletionProtectionEnabled aan."
    herstel = dynamodb.describe_continuous_backups(TableName=tabel)["ContinuousBackupsDescription"]
    if herstel.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        yield "herstel naar een eerder moment (PITR) staat uit. Zet het aan."
    ttl = dynamodb.describe_time_to_live(TableName=tabel).get("TimeToLiveDescription", {})
    if naam == "state" and (ttl.get("AttributeName"), ttl.get("TimeToLiveStatus")) != ("verloopt", "ENABLED"):
        yield "TTL op het veld verloopt staat uit. Zet het aan."


def bucket(p: Patient) -> Iterator[Bevinding]:
    """The bucket with content: encryption, access, versions, lifecycle."""
    yield from per_eis("bucket", list(_over_bucket(p.client("s3"), p.settings.bucket)))


def _over_bucket(s3: Any, bucket: str) -> Iterator[str]:
    def lees(vraag: str, *pad: str) -> Any:
        try:
            antwoord: Any = getattr(s3, vraag)(Bucket=bucket)
        except ClientError as fout:
            if fout.response["Error"]["Code"] in ("NoSuchBucket", "404", "AccessDenied"):
                raise
            return None  # no such setting on this bucket
        for stap in pad:
            antwoord = antwoord.get(stap, {})
        return antwoord

    regels = lees("get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules") or []
    soorten = {regel.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for regel in regels}
    if soorten != {"aws:kms"}:
        yield "objecten worden niet versleuteld met de eigen sleutel. Zet de versleuteling (aws:kms) aan."
    dicht = lees("get_public_access_block", "PublicAccessBlockConfiguration") or {}
    if len(dicht) < 4 or not all(dicht.values()):
        yield "openbare toegang is niet helemaal geblokkeerd. Zet alle vier de blokkades aan."
    if lees("get_bucket_versioning", "Status") != "Enabled":
        yield "versies van objecten worden niet bewaard. Zet versiebeheer aan."
    if not lees("get_bucket_lifecycle_configuration", "Rules"):
        yield "oude versies verdwijnen niet vanzelf. Zet de levenscyclusregels terug."


def wachtrijen(p: Patient) -> Iterator[Bevinding]:
    """Every queue and its dead letter queue."""
    s = p.settings
    for naam, url in (
        ("publicaties", s.queue_publicaties),
        ("aanvragen", s.queue_aanvragen),
        ("zorgvragen", s.queue_zorgvragen),
    ):
        yield from _wachtrij(p, naam, url)


def _wachtrij(p: Patient, naam: str, url: str) -> Iterator[Bevinding]:
    sqs = p.client("sqs")
    feiten = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    if "deadLetterTargetArn" not in feiten.get("RedrivePolicy", ""):
        yield Bevinding(MIS, f"wachtrij {naam}", f"heeft geen dode wachtrij. {_HERSTEL}")
        return
    wacht = int(feiten.get("ApproximateNumberOfMessages", 0))
    yield Bevinding(OK if wacht < 1000 else LET_OP, f"wachtrij {naam}", f"{wacht} berichten wachten")
    dood = sqs.get_queue_attributes(QueueUrl=f"{url}-dood", AttributeNames=["All"])["Attributes"]
    aantal = int(dood.get("ApproximateNumberOfMessages", 0))
    tekst = f"{aantal} berichten lukten niet. Los de oorzaak op. {AFTER[naam]} python -m infra.redrive {naam} --doe"
    yield Bevinding(MIS, f"dode wachtrij {naam}", tekst) if aantal else Bevinding(OK, f"dode wachtrij {naam}", "leeg")


def leeftijd(p: Patient) -> Iterator[Bevinding]:
    """How long work has been waiting, by the rows that the clock nudges: the table is the truth (house 1.3)."""
    grens = p.nu - timedelta(seconds=_OUD_SECONDEN)
    for soort in ("AANVRAAG", "NOTIFICATIE", "OPDRACHT", "ZORGVRAAG"):
        oud = any(sinds < grens for sinds in _open_sinds(p, soort, grens))
        tekst = "er wacht werk langer dan een uur. Kijk of de wachtrijen en de functie afmaken werken."
        naam = f"wachtend werk {soort.lower()}"
        yield Bevinding(LET_OP, naam, tekst) if oud else Bevinding(OK, naam, "niets wacht langer dan een uur")


def _open_sinds(p: Patient, soort: str, grens: datetime) -> Iterator[datetime]:
    """The moments since which work of a kind is open, that can lie before `grens`.

    The app writes them in local time, at most two hours ahead of UTC: the texts have another order than the moments.
    """
    tekst = (grens.astimezone(UTC) + timedelta(hours=2)).isoformat()
    bladzijden = (
        p.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=p.settings.tabel_state,
            IndexName="open",
            KeyConditionExpression="open_soort = :s AND open_since <= :t",
            ExpressionAttributeValues={":s": {"S": f"OPEN#{soort}"}, ":t": {"S": tekst}},
        )
    )
    for bladzijde in bladzijden:
        yield from (datetime.fromisoformat(rij["open_since"]["S"]) for rij in bladzijde["Items"])


def opruimen(p: Patient) -> Iterator[Bevinding]:
    """The nightly clean-up: when everything was looked at for the last time, by the row in which it says so itself."""
    sleutel = {"pk": {"S": "OPRUIMEN"}, "sk": {"S": "PLAATS"}}
    stand = p.client("dynamodb").get_item(TableName=p.settings.tabel_state, Key=sleutel).get("Item", {})
    if "klaar_op" not in stand:
        yield Bevinding(LET_OP, "opruimen", "er is nog geen hele ronde gedaan. Kijk morgen weer: de functie opruimen.")
        return
    klaar = datetime.fromisoformat(stand["klaar_op"]["S"])
    tekst = f"de laatste hele ronde is van {klaar.date().isoformat()}"
    if klaar < p.nu - timedelta(days=_OPRUIMEN_DAGEN):
        yield Bevinding(MIS, "opruimen", f"{tekst}. Kijk in het logboek van de functie opruimen.")
    else:
        yield Bevinding(OK, "opruimen", tekst)


def kms(p: Patient) -> Iterator[Bevinding]:
    """The key of everything that is kept: on, and rotated."""
    client, sleutel = p.client("kms"), p.settings.kms_sleutel
    staat = client.describe_key(KeyId=sleutel)["KeyMetadata"]
    if staat["KeyState"] != "Enabled":
        yield Bevinding(MIS, "KMS-sleutel", "staat uit: niets kan worden gelezen. Zet de sleutel weer aan.")
    elif not client.get_key_rotation_status(KeyId=staat["KeyId"])["KeyRotationEnabled"]:
        yield Bevinding(MIS, "KMS-sleutel", "wordt niet elk jaar vernieuwd. Zet rotatie aan.")
    else:
        yield Bevinding(OK, "KMS-sleutel", "aan, en wordt elk jaar vernieuwd")


def wortels(p: Patient) -> Iterator[Bevinding]:
    """The nightly root of the mutatielog: a locked bucket, a key that signs, and a root of last night."""
    yield from per_eis("bucket wortels", list(_slot(p.client("s3"), p.settings.bucket_wortels)))
    staat = p.client("kms").describe_key(KeyId=p.settings.kms_wortel)["KeyMetadata"]
    if (staat["KeyState"], staat.get("KeyUsage")) != ("Enabled", "SIGN_VERIFY"):
        yield Bevinding(MIS, "wortelsleutel", "staat uit of kan niet ondertekenen. Zet de sleutel weer aan.")
    else:
        yield Bevinding(OK, "wortelsleutel", "aan, en ondertekent")
    yield _laatste_wortel(p)


def _slot(s3: Any, bucket: str) -> Iterator[str]:
    yield from _over_bucket(s3, bucket)
    try:
        slot = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError as fout:
        if fout.response["Error"]["Code"] != "ObjectLockConfigurationNotFoundError":
            raise
        slot = {}
    if slot.get("Rule", {}).get("DefaultRetention", {}).get("Mode") != "COMPLIANCE":
        yield f"wortels kunnen worden gewist (Object Lock, COMPLIANCE). {_HERSTEL}"


def _laatste_wortel(p: Patient) -> Bevinding:
    sleutel = {"pk": {"S": "WORTEL"}, "sk": {"S": "PLAATS"}}
    stand = p.client("dynamodb").get_item(TableName=p.settings.tabel_state, Key=sleutel).get("Item", {})
    nacht = stand.get("laatste_nacht", {}).get("S", "")
    if not nacht:
        return Bevinding(LET_OP, "wortel", "er is nog geen wortel gemaakt. Kijk morgen weer: de functie wortel.")
    if nacht < (p.nu - timedelta(days=_WORTEL_DAGEN)).date().isoformat():
        return Bevinding(MIS, "wortel", f"de laatste is van {nacht}. Kijk in het logboek van de functie wortel.")
    return Bevinding(OK, "wortel", f"de laatste is van {nacht}")
