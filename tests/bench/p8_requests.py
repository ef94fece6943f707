"""P8: requests per dossier, counted at the client: publish one by one and in bulk, and deliver."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, cast

from chalicelib.config import Leverancier
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.opdracht import Bulksoort, Taak
from chalicelib.flows import bulk, opdrachten
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.messages.berichten import Adressen, DocumentRequest, SessiecontroleResponse
from chalicelib.store import Nudge
from chalicelib.traffic_center import TrafficCenter
from tests.bench.embedded import Embedded, embedded
from tests.bench.measure import Goal
from tests.pupil import NOW, NUMBERS, record

PUPILS = 100
_READS = ("dynamodb.GetItem", "dynamodb.BatchGetItem", "dynamodb.Query")


def run() -> Iterator[Goal | str]:
    """The goals of P8."""
    with embedded() as up:
        yield from publish(up)
        yield from deliver(up)
        yield from in_bulk(up)


def publish(up: Embedded) -> Iterator[Goal | str]:
    """One pupil: collect, and set ready after the inzage."""
    zet_record(up.work, "l-1", Record("2019.1", record(NUMBERS[0])), None)
    leaving = Uitschrijving(datum=date(2026, 7, 31), vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
    vul_in(up.work, "l-1", lambda oud: replace(oud, uitschrijving=leaving), "*")
    up.requests.clear()
    verzamel(up.work, "l-1", Profiel.POPO)
    yield "collect one: " + _said(up.requests)
    yield Goal("P8", "collect one: S3 PUT", up.requests["s3.PutObject"], 2, False)
    yield Goal("P8", "collect one: transactions", up.requests["dynamodb.TransactWriteItems"], 1, False)
    yield Goal(
        "P8", "collect one: DynamoDB reads (card and school; the record is one S3 GET)", _reads(up.requests), 1, False
    )
    vul_in(up.work, "l-1", lambda oud: replace(oud, inzage=Inzage(Inzagewaarde.JA)), "*")
    up.requests.clear()
    zet_klaar(up.work, "l-1")
    yield "set ready one: " + _said(up.requests)


def deliver(up: Embedded) -> Iterator[Goal | str]:
    """One delivery of that dossier to the vervolgschool."""
    calls: Counter[str] = Counter()

    class Center:
        """A Traffic Center that finds every session valid, and counts."""

        def controleer_sessie(self, aanvraag: DocumentRequest) -> SessiecontroleResponse:
            calls["sessiecontrole"] += 1
            return SessiecontroleResponse(aanvraag.sessie_id)

    up.stores.transact(up.stores.claim_punt("14SS", "0", up.work.school))
    adressen = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
    pgn = Pgn(PgnType.BSN, NUMBERS[0])
    first, second = (
        DocumentRequest(adressen, pgn, None, Overdrachtsoort.OVERSTAPDOSSIER, f"sessie-{n}") for n in range(2)
    )
    supplier = Leverancier("CN=proef", "1", frozenset({"99EF/0"}))
    balie = Balie(up.stores, cast(TrafficCenter, Center()), (supplier,), lambda _: (), NOW)
    beller = Beller("CN=proef", "1", "vingerafdruk")
    assert isinstance(beantwoord(balie, beller, first), bytes)  # warm: which school answers is remembered for a minute
    up.requests.clear()
    calls.clear()
    assert isinstance(beantwoord(balie, beller, second), bytes)
    yield "deliver one: " + _said(up.requests + calls)
    writes = up.requests["dynamodb.PutItem"] + up.requests["dynamodb.TransactWriteItems"]
    for what, found, goal in (
        ("GetItem (pointer, card)", up.requests["dynamodb.GetItem"], 2),
        ("S3 GET", up.requests["s3.GetObject"], 1),
        ("writes", writes, 2),
        ("Traffic Center calls", calls["sessiecontrole"], 1),
    ):
        yield Goal("P8", f"deliver one: {what}", found, goal, False)


def in_bulk(up: Embedded) -> Iterator[Goal | str]:
    """Many pupils binnen brin in one order, as the queue hands them out."""
    ids = [f"bulk-{number}" for number in range(PUPILS)]
    for id_ in ids:
        zet_record(up.work, id_, Record("2019.1", record()), None)
    up.requests.clear()
    vraag = opdrachten.Bulkvraag(Bulksoort.BINNEN_BRIN, tuple(map(Taak, ids)), Profiel.BB_POPO)
    opdrachten.geef_opdracht(up.work, vraag, "sleutel", f"{1:032x}")
    published = _drain(up)
    yield "bulk, all requests: " + _said(up.requests)
    yield "bulk, publishing alone: " + _said(published)
    for what, found, goal in (
        (
            "SQS requests (send, receive, delete)",
            sum(n for name, n in up.requests.items() if name.startswith("sqs.")),
            0.3,
        ),
        ("S3 PUT", published["s3.PutObject"], 2),
        ("transactions", published["dynamodb.TransactWriteItems"], 1),
        ("DynamoDB reads (the record is one S3 GET)", _reads(published), 1),
    ):
        yield Goal("P8", f"bulk, per pupil: {what}", found / PUPILS, goal, False)


def _drain(up: Embedded) -> Counter[str]:
    """What the event source and the worker do, until the queue is empty; gives what publishing itself asked."""
    published: Counter[str] = Counter()
    sqs, url, lists = up.stores.nudges.client, up.stores.nudges.queues["PUBLICATIE"], cast(bulk.Lijsten, {})
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        nudges = [Nudge.parse(message["Body"]) for message in messages]
        batch = bulk.Batch.van(nudges, lists)
        before = up.requests.copy()
        assert {bulk.doe(up.stores, batch, nudge, NOW) for nudge in nudges} == {"GELUKT"}
        published += up.requests - before
        for key, numbers in batch.nummers.items():
            opdrachten.voed(up.stores, lists[key][0], len(numbers), NOW)
        places: Any = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=url, Entries=places)
    up.requests["sqs.ReceiveMessage"] -= 1  # the one that found nothing
    return published


def _reads(requests: Counter[str]) -> int:
    return sum(requests[name] for name in _READS)


def _said(requests: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(requests.items()))
