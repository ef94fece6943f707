"""All that one account keeps, to put it back as it was and to compare it: rows, log, objects and queues.

Two runs of the same acts differ in what is random (ids, maps, ciphertexts), and an act that had to be done again
leaves an orphaned object that the clean-up takes. So the comparison names random values by their place, and looks at
the objects that a row points at. The chains are checked apart (`intact_chains`), and compared by what was done.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.mutatielog import Logregel, controleer_keten
from chalicelib.domain.notificatie import Notificatie
from chalicelib.domain.opdracht import Opdracht
from chalicelib.domain.school import School
from chalicelib.store.items import from_attributes, load
from tests.conftest import Provisioned

Item = dict[str, Any]
Key = tuple[str, str]
_TABLES = ("OSO_TABEL_STATE", "OSO_TABEL_MUTATIELOG")
_CHAINED: Mapping[str, Any] = {
    "SCHOOL": School,
    "DOSSIER": Dossier,
    "UIT": Dossieraanvraag,
    "VERZOEK": Binnengekomen,
    "NOTIFICATIE": Notificatie,
    "OPDRACHT": Opdracht,
}
_RANDOM = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\b[0-9a-f]{64}\b|\b[0-9a-f]{31,33}\b"
    r"|(?<=dossier-\d-)[0-9a-f]{8}\b"
)
_NOW = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+\d\d:\d\d")
"""Only what the clock of a worker wrote has fractions of a second: all else happens at tests.pupil.NOW."""
_CIPHER = re.compile(r"\b[A-Za-z0-9+/]{100,}={0,2}")


@dataclass(frozen=True)
class Kept:
    """What was there at one moment: rows and log entries by key, objects with their bytes."""

    tables: Mapping[str, Mapping[Key, Item]]
    objects: Mapping[str, tuple[str, bytes]]


def keep(aws: Provisioned) -> Kept:
    """Look at everything now."""
    s3, bucket = aws.client("s3"), aws.names["OSO_BUCKET"]
    found = {key: (etag, s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key, etag in _objects(aws)}
    return Kept({name: _rows(aws, name) for name in _TABLES}, found)


def restore(aws: Provisioned, kept: Kept) -> None:
    """Put everything back."""
    for name in _TABLES:
        now, then = _rows(aws, name), kept.tables[name]
        asked = [{"DeleteRequest": {"Key": {n: now[key][n] for n in ("pk", "sk")}}} for key in now.keys() - then.keys()]
        asked += [{"PutRequest": {"Item": item}} for key, item in then.items() if now.get(key) != item]
        for begin in range(0, len(asked), 25):
            aws.client("dynamodb").batch_write_item(RequestItems={aws.names[name]: asked[begin : begin + 25]})
    _restore_objects(aws, kept)


def _restore_objects(aws: Provisioned, kept: Kept) -> None:
    """Every object has one version again: that of then."""
    s3, bucket = aws.client("s3"), aws.names["OSO_BUCKET"]
    versions: dict[str, list[Item]] = defaultdict(list)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for one in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            versions[one["Key"]].append(one)
    for key, those in versions.items():
        if key not in kept.objects or [one.get("ETag") for one in those] != [kept.objects[key][0]]:
            for one in those:
                s3.delete_object(Bucket=bucket, Key=key, VersionId=one["VersionId"])
            versions[key] = []
    for key, (_, data) in kept.objects.items():
        if not versions[key]:
            s3.put_object(Bucket=bucket, Key=key, Body=data)


def still(aws: Provisioned) -> None:
    """No row goes because the real clock says so: in these tests it is June 2026 (`tests.pupil.NOW`)."""
    off = {"Enabled": False, "AttributeName": "verloopt"}
    aws.client("dynamodb").update_time_to_live(TableName=aws.names[_TABLES[0]], TimeToLiveSpecification=off)


def drain(aws: Provisioned) -> None:
    """Throw away what waits in any queue, also what somebody holds."""
    for _, url in _urls(aws):
        aws.client("sqs").purge_queue(QueueUrl=url)


def _urls(aws: Provisioned) -> Iterator[tuple[str, str]]:
    for name in ("OSO_QUEUE_AANVRAGEN", "OSO_QUEUE_PUBLICATIES", "OSO_QUEUE_ZORGVRAGEN"):
        yield from ((name, aws.names[name]), (f"{name}, dead letters", f"{aws.names[name]}-dood"))


def _rows(aws: Provisioned, table: str) -> dict[Key, Item]:
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=aws.names[table], ConsistentRead=True)
    return {(item["pk"]["S"], json.dumps(item["sk"])): item for page in pages for item in page["Items"]}


def _objects(aws: Provisioned) -> list[tuple[str, str]]:
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=aws.names["OSO_BUCKET"])
    return [(one["Key"], one["ETag"]) for page in pages for one in page.get("Contents", [])]


def lines(aws: Provisioned, repeats: frozenset[str] = frozenset()) -> tuple[list[str], int]:
    """Everything that is kept, a line each, and how many objects no row points at.

    `repeats`: acts that may be logged more than once, and requests that may have come more than once. The lines still
    hold what is random: see `compare`.
    """
    rows = [from_attributes(item) for item in _rows(aws, _TABLES[0]).values()]
    entries = [from_attributes(item) for item in _rows(aws, _TABLES[1]).values()]
    entries.sort(key=lambda one: (one["pk"], one["sk"]))
    intact_chains(rows, entries)
    if repeats:
        rows, entries = _once(*_without_failed(rows, entries), repeats)
    rows = _proofs_together(rows)
    objects, text = _objects(aws), json.dumps(rows, ensure_ascii=False, default=str)
    pointed = [(key, etag) for key, etag in objects if key.rpartition("/")[0] in text]
    found = [f"row {json.dumps(_bare(row), sort_keys=True, ensure_ascii=False)}" for row in rows]
    found += [f"log {line}" for line in _acts(entries)]
    found += [f"object {key} {etag}" for key, etag in pointed]
    found += [f"queue {name} {count}" for name, count in _waiting(aws)]
    return found, len(objects) - len(pointed)


def _bare(row: Item) -> Item:
    """A row without its place in the chain; how often a bulk act was fed may differ, as long as all of it is done.

    A tombstone says in which night its chain went, under a seal: after a night that was cut off that is the next one.
    """
    unlike = ["kop", "log_aantal", *(["gevoed"] if row["sk"] == "VOEDING" else [])]
    if row["sk"].startswith("GRAF#"):
        unlike += ["sk", "vernietigd_op", "zegel"]
    return {name: value for name, value in row.items() if name not in unlike}


def _once(rows: list[Item], entries: list[Item], repeats: frozenset[str]) -> tuple[list[Item], list[Item]]:
    """Leave out what at least once allows: a request in a session that its asker gave up, and each further delivery."""
    own = {row["sessie_id"] for row in rows if row["sk"].startswith("UIT#") and row.get("sessie_id")}
    given_up = {row["pk"] for row in rows if row["sk"] == "VERZOEK" and own and row["sessie_id"] not in own}
    # whose a session is goes by itself after thirty days, also of one that was given up; test_answer.py holds it
    kept = [_uncounted(row) for row in rows if row["pk"] not in given_up and row["sk"] != "HOUDER"]
    seen: set[tuple[str, str, str]] = set()
    left = []
    for entry in entries:
        if entry["actie"] in repeats:
            details = dict(entry["details"])
            session = str(details.pop("verzoek", details.pop("sessie", ""))).partition(".")[0]
            what = (entry["pk"], entry["actie"], json.dumps(details, sort_keys=True))
            if what in seen or (own and session not in own):
                continue
            seen.add(what)
        left.append(entry)
    return kept, left


def _without_failed(rows: list[Item], entries: list[Item]) -> tuple[list[Item], list[Item]]:
    """Leave out a notificatie that failed: it stays so, and its sender sends another (protocol 2.3)."""
    failed = {row["id"] for row in rows if row["sk"].startswith("NOTIFICATIE#") and row["status"] == "MISLUKT"}
    keys = {id_[:-1] for id_ in failed}
    left = [row for row in rows if not (row.get("id") in failed or (row["sk"] == "SLEUTEL" and row.get("id") in keys))]
    return left, [entry for entry in entries if entry["actie"] != "NOTIFICATIE_MISLUKT"]


def _proofs_together(rows: list[Item]) -> list[Item]:
    """The proofs of destruction as their sums: in which night, and for which of two that share a map, may differ."""
    proofs = [row for row in rows if row["sk"].startswith("VERNIETIGING#")]
    count = Counter(row["soort"] for row in proofs for _ in range(row["aantal"]))
    total: Item = {"pk": "proofs", "sk": "", "aantal": dict(count), "objecten": sum(row["objecten"] for row in proofs)}
    return [row for row in rows if row not in proofs] + ([total] if proofs else [])


def _uncounted(row: Item) -> Item:
    """What was delivered, without how often."""
    return {**row, "version": 0} if row["sk"].partition("#")[0] in ("VERZOEK", "ZORGVRAAG") else row


def _acts(entries: Iterable[Item]) -> Iterator[str]:
    """Who did what with each subject, in order."""
    chains: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        chains[entry["pk"]].append(f"{entry['actie']} {entry['sub']} {json.dumps(entry['details'], sort_keys=True)}")
    yield from (f"{pk} {number:03d} {line}" for pk, acts in chains.items() for number, line in enumerate(acts))


def _waiting(aws: Provisioned) -> Iterator[tuple[str, int]]:
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for name, url in _urls(aws):
        told = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        yield name, sum(int(told[one]) for one in wanted)


def intact_chains(rows: Iterable[Item], entries: Iterable[Item]) -> int:
    """Every chain is what was written, up to the head that its subject knows; how many chains that were."""
    chains: dict[str, list[Logregel]] = defaultdict(list)
    for one in entries:
        chains[one["pk"]].append(load(Logregel, {**one, "onderwerp": one["pk"], "volgnummer": one["sk"]}))
    for row in rows:
        kind = _CHAINED.get(row["sk"].partition("#")[0])
        if kind is not None and "log_aantal" in row:
            subject = load(kind, row)
            assert controleer_keten(subject.onderwerp, chains[subject.onderwerp], subject.kop) == (), subject.onderwerp
    return len(chains)


def random_in(found: Iterable[str]) -> set[str]:
    """The values in these lines that look random."""
    return {value for line in found for value in _RANDOM.findall(line)}


def compare(found: Iterable[str], same: set[str]) -> list[str]:
    """The lines in a fixed order, each random value named by where it first stands; `same`: those that never differ."""

    def mask(line: str) -> str:
        return _RANDOM.sub(lambda value: value[0] if value[0] in same else "<random>", line)

    names: dict[str, str] = {}

    def name(value: re.Match[str]) -> str:
        return value[0] if value[0] in same else names.setdefault(value[0].lower(), f"<{len(names) + 1}>")

    plain = [_CIPHER.sub("<cipher>", _NOW.sub("<now>", line)) for line in found]
    return [_RANDOM.sub(name, line) for line in sorted(plain, key=mask)]
