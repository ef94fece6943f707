"""A bulk act on the embedded AWS: whatever comes twice, dies, is lost or unreadable, each pupil ends once (15.15)."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde, Uitkomst
from chalicelib.domain.mutatielog import Actie, Door, Mutatie, controleer_keten
from chalicelib.domain.nummers import Aanleverpunt, Vestiging
from chalicelib.domain.opdracht import (
    VENSTER,
    Bulkresultaat,
    Bulksoort,
    Opdracht,
    Opdrachtstatus,
    Regel,
    Taak,
    Telling,
)
from chalicelib.errors import Refused
from chalicelib.flows import Werk, bulk, opdrachten
from chalicelib.flows.apart import RijenOnleesbaar
from chalicelib.flows.leerlingen import RECORD, Record, zet_record
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.store import Nudge, Stores
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.nudges import Nudges
from chalicelib.store.tabel import Tabel
from tests.conftest import Provisioned
from tests.pupil import NOW, NUMBERS, SCHOOL, record

WHO = Door("14SS00", "m-1", "Voorbeeld Medewerker")
LATER = NOW + timedelta(hours=1)
_ID = "{:032x}"


class Queue:
    """The queue of the opdrachten, and a worker that the test drives by hand."""

    def __init__(self, stores: Stores, dead: str) -> None:
        self.stores, self.dead = stores, dead
        self.url = stores.nudges.queues["PUBLICATIE"]
        self.lists: bulk.Lijsten = {}

    def receive(self, wanted: int = 10) -> list[Any]:
        sqs = self.stores.nudges.client
        answer = sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=wanted, WaitTimeSeconds=0)
        return list(answer.get("Messages", []))

    def delete(self, messages: Iterable[Any]) -> None:
        for message in messages:
            self.stores.nudges.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def waiting(self) -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        sqs = self.stores.nudges.client
        found: Any = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def work(self, messages: Sequence[Any], *, last: bool = False, feed: bool = True) -> list[str]:
        """What the worker does with a batch, and what came of each message."""
        nudges = [Nudge.parse(message["Body"]) for message in messages]
        batch = bulk.Batch.van(nudges, self.lists)
        outcomes = [bulk.doe(self.stores, batch, nudge, LATER, laatste_keer=last) for nudge in nudges]
        if feed:
            for key, numbers in batch.nummers.items():
                opdrachten.voed(self.stores, self.lists[key][0], len(numbers), LATER)
        return outcomes

    def run(self) -> list[str]:
        """Until the queue is empty."""
        outcomes: list[str] = []
        while messages := self.receive():
            outcomes += self.work(messages)
            self.delete(messages)
        return outcomes


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    names = aws.names
    found = Stores(
        Tabel(aws.client("dynamodb"), names["OSO_TABEL_STATE"]),
        Tabel(aws.client("dynamodb"), names["OSO_TABEL_MUTATIELOG"]),
        Inhoud(aws.client("s3"), names["OSO_BUCKET"]),
        Geheim(aws.client("kms"), names["OSO_KMS_SLEUTEL"], {"1": bytes(32)}),
        Nudges(aws.client("sqs"), {"PUBLICATIE": names["OSO_QUEUE_PUBLICATIES"]}),
    )
    found.commit(Mutatie(Actie.SCHOOL_GEWIJZIGD, SCHOOL.onderwerp, WHO, NOW), None, SCHOOL)
    return found


@pytest.fixture
def queue(stores: Stores) -> Queue:
    return Queue(stores, "")


def _work(stores: Stores, door: Door = WHO) -> Werk:
    return Werk(stores, door, NOW)


def _put(stores: Stores, *ids: str) -> None:
    for id_, number in zip(ids, NUMBERS, strict=False):
        zet_record(_work(stores), id_, Record("2019.1", record(number)), None)


def _order(
    stores: Stores,
    ids: Iterable[str],
    soort: Bulksoort = Bulksoort.BINNEN_BRIN,
    profiel: Profiel | None = Profiel.BB_POPO,
    key: str = "sleutel",
    door: Door = WHO,
) -> Opdracht:
    vraag = opdrachten.Bulkvraag(soort, tuple(map(Taak, ids)), profiel)
    return opdrachten.geef_opdracht(_work(stores, door), vraag, key, _ID.format(abs(hash(key)) % 16**20))


def _card(stores: Stores, id_: str) -> Dossier:
    return stores.dossier(SCHOOL.vestiging, id_)


def _acts(stores: Stores, id_: str) -> list[str]:
    return [regel.actie for regel in stores.logregels(_card(stores, id_).onderwerp)]


_DONE = ["LEERLING_AANGEMAAKT", "VERZAMELD", "KLAARGEZET"]


def test_binnen_brin_collects_and_opens_in_one_step_in_the_name_of_who_ordered_it(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    opdracht = _order(stores, ["l-1"])
    assert queue.run() == ["GELUKT"]
    card = _card(stores, "l-1")
    assert (card.status, card.profiel, card.invulling.binnen_brin) == (Status.KLAAR, Profiel.BB_POPO, True)
    entries = stores.logregels(card.onderwerp)
    assert [entry.actie for entry in entries] == _DONE
    assert {(entry.sub, entry.medewerker) for entry in entries} == {("m-1", "Voorbeeld Medewerker")}
    assert [entry.details.get("opdracht") for entry in entries] == [None, opdracht.id, opdracht.id]
    assert controleer_keten(card.onderwerp, entries, card.kop) == ()
    own = stores.opdracht(SCHOOL.vestiging, opdracht.id)
    assert (own.status, own.telling) == (Opdrachtstatus.GEREED, Telling(gelukt=1))
    entries = stores.logregels(own.onderwerp)
    assert [entry.actie for entry in entries] == ["OPDRACHT_GEGEVEN", "OPDRACHT_GEREED"]
    assert controleer_keten(own.onderwerp, entries, own.kop) == ()


def test_a_message_that_comes_twice_changes_nothing_also_at_the_same_time(stores: Stores, queue: Queue) -> None:
    ids = [f"l-{number}" for number in range(4)]
    _put(stores, *ids)
    _order(stores, ids)
    messages = queue.receive()
    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(lambda _: queue.work(messages), range(2)))
    assert Counter(outcome for one in outcomes for outcome in one) == {"GELUKT": 4, "AL_GEDAAN": 4}
    assert queue.work(messages) == ["AL_GEDAAN"] * 4
    assert [_acts(stores, id_) for id_ in ids] == [_DONE] * 4
    assert {_card(stores, id_).laatste_nummer for id_ in ids} == {1}


def test_the_same_message_twice_in_one_batch_is_done_once(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    _order(stores, ["l-1"])
    message = queue.receive()
    assert queue.work([*message, *message]) == ["GELUKT", "AL_GEDAAN"]
    assert _acts(stores, "l-1") == _DONE


def test_a_result_that_came_after_it_was_looked_for_still_counts(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    _order(stores, ["l-1"])
    messages = queue.receive()
    nudge = Nudge.parse(messages[0]["Body"])
    late = bulk.Batch.van([nudge], {})
    read = bulk._lees(stores, late, (nudge.school, nudge.id.partition(".")[0]))
    assert read is not None
    assert queue.work(messages) == ["GELUKT"]
    read.kaarten["l-1"] = _card(stores, "l-1")  # one request of many rows is no snapshot: this one was read later
    assert bulk.doe(stores, late, nudge, LATER) == "AL_GEDAAN"
    assert _acts(stores, "l-1") == _DONE


def test_few_pupils_of_an_order_wait_in_the_queue_so_another_school_is_next(stores: Stores, queue: Queue) -> None:
    many = _order(stores, [f"weg-{number}" for number in range(75)])
    other = Door("99EF00", "m-2", "Andere Medewerker")
    few = _order(stores, ["weg-1", "weg-2"], key="andere", door=other)
    assert queue.waiting() == VENSTER + 2
    lengths, others = [], []
    while messages := queue.receive():
        lengths.append(queue.waiting())
        others.append(sum(few.id in message["Body"] for message in messages))
        queue.work(messages)
        queue.delete(messages)
    assert max(lengths) <= VENSTER + 2
    assert sum(others[:3]) == 2, "the other school waited for more than what was in the queue before it"
    assert stores.stand(many)[0] == Telling(mislukt=75)
    assert stores.opdracht(SCHOOL.vestiging, many.id).status is Opdrachtstatus.GEREED
    assert stores.opdracht(Vestiging("99EF00"), few.id).status is Opdrachtstatus.GEREED


def test_every_pupil_is_put_in_the_queue_once(stores: Stores, queue: Queue) -> None:
    _order(stores, [f"weg-{number}" for number in range(63)])
    seen: Counter[str] = Counter()
    while messages := queue.receive():
        seen.update(message["Body"] for message in messages)
        queue.work(messages)
        queue.delete(messages)
    assert len(seen) == 63
    assert set(seen.values()) == {1}


def test_when_every_message_is_lost_the_clock_goes_on_where_it_was(stores: Stores, queue: Queue) -> None:
    opdracht = _order(stores, [f"weg-{number}" for number in range(55)])
    messages = queue.receive()
    queue.work(messages[:7], feed=False)  # the worker died: three not done, nothing fed
    queue.delete(messages)
    while lost := queue.receive():
        queue.delete(lost)
    assert opdrachten.nudge_open(stores, LATER + timedelta(minutes=20)) == 0, "it was busy not long ago"
    much_later = LATER + timedelta(minutes=31)
    for _ in range(9):
        opdrachten.nudge_open(stores, much_later)
        queue.run()
        much_later += timedelta(minutes=31)
    assert stores.stand(opdracht)[0] == Telling(mislukt=55)
    assert stores.opdracht(SCHOOL.vestiging, opdracht.id).status is Opdrachtstatus.GEREED


def test_a_worker_that_dies_before_it_closed_the_order_leaves_that_to_the_clock(stores: Stores, queue: Queue) -> None:
    opdracht = _order(stores, ["weg-1"])
    queue.work(queue.receive(), feed=False)
    assert stores.opdracht(SCHOOL.vestiging, opdracht.id).status is Opdrachtstatus.LOOPT
    assert opdrachten.nudge_open(stores, LATER + timedelta(minutes=31)) == 1
    assert stores.opdracht(SCHOOL.vestiging, opdracht.id).status is Opdrachtstatus.GEREED
    assert opdrachten.nudge_open(stores, LATER + timedelta(hours=2)) == 0


def test_a_pupil_that_ends_the_worker_has_its_result_before_it_is_tried_the_last_time(
    stores: Stores, queue: Queue
) -> None:
    _put(stores, "l-1", "l-2")
    whole = stores.inhoud.get(_card(stores, "l-1").record_map, RECORD)
    stores.inhoud.put(_card(stores, "l-1").record_map, RECORD, b"dit is geen record")
    opdracht = _order(stores, ["l-1", "l-2"])
    messages = sorted(queue.receive(), key=lambda message: str(message["Body"]))
    with pytest.raises(json.JSONDecodeError):
        queue.work(messages[:1])
    assert stores.regels(opdracht, [0]) == {}
    with pytest.raises(json.JSONDecodeError):
        queue.work(messages[:1], last=True)
    failed = stores.regels(opdracht, [0])[0]
    assert (failed.resultaat, failed.meldingen[0].code) == (Bulkresultaat.MISLUKT_TECHNISCH, "MISLUKT_TECHNISCH")
    assert _acts(stores, "l-1") == ["LEERLING_AANGEMAAKT"]
    assert queue.work(messages[1:]) == ["GELUKT"]
    # an operator mends the cause and redrives the message
    stores.inhoud.put(_card(stores, "l-1").record_map, RECORD, whole)
    assert queue.work(messages[:1]) == ["GELUKT"]
    assert stores.opdracht(SCHOOL.vestiging, opdracht.id).telling == Telling(gelukt=2)


def _failed(stores: Stores, queue: Queue, soort: Bulksoort, taak: Taak, profiel: Profiel | None = None) -> Any:
    """An order for one pupil whose worker died at the last receive: its message, out of a dead letter queue."""
    vraag = opdrachten.Bulkvraag(soort, (taak,), profiel)
    opdracht = opdrachten.geef_opdracht(_work(stores), vraag, soort.value, _ID.format(abs(hash(soort)) % 16**20))
    (message,) = queue.receive()
    assert stores.probeer(
        stores.leg_regel_vast(opdracht, Regel(0, "l-1", Bulkresultaat.MISLUKT_TECHNISCH, LATER), None)
    )
    return opdracht, message


def _collected(stores: Stores) -> None:
    _put(stores, "l-1")
    leaving = Uitschrijving(datum=date(2026, 7, 31), vervolgschool=Vervolgschool("99EF"))
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, uitschrijving=leaving), "*")
    verzamel(_work(stores), "l-1", Profiel.POPO)


def _by_hand(stores: Stores, inzage: Inzage) -> None:
    """Three days after the order failed."""
    days = Werk(stores, WHO, NOW + timedelta(days=3))
    vul_in(days, "l-1", lambda oud: replace(oud, inzage=inzage), "*")


@pytest.mark.parametrize(
    ("soort", "profiel"),
    [
        (Bulksoort.INZAGE, None),
        (Bulksoort.VERZAMELEN, Profiel.POPO),
        (Bulksoort.BINNEN_BRIN, Profiel.BB_POPO),
        (Bulksoort.KLAARZETTEN, None),
    ],
)
def test_what_people_decided_after_an_order_failed_stays_when_it_is_put_back(
    stores: Stores, queue: Queue, soort: Bulksoort, profiel: Profiel | None
) -> None:
    _collected(stores)
    taak = Taak("l-1", ook_overstap=True, inzage=Inzage(Inzagewaarde.JA) if soort is Bulksoort.INZAGE else None)
    opdracht, message = _failed(stores, queue, soort, taak, profiel)
    _by_hand(stores, Inzage(Inzagewaarde.NIET_AKKOORD, None, "bezwaar van de ouders"))
    decided = _card(stores, "l-1")
    assert queue.work([message]) == ["OVERGESLAGEN"]
    assert _card(stores, "l-1") == decided
    (melding,) = stores.regels(opdracht, [0])[0].meldingen
    assert melding.code == "GEWIJZIGD_NA_OPDRACHT"
    assert "doe het dan voor deze leerling opnieuw" in melding.wat_nu
    assert stores.opdracht(SCHOOL.vestiging, opdracht.id).telling == Telling(overgeslagen=1)


def test_a_record_that_was_put_again_is_no_decision_and_a_failed_order_is_still_done(
    stores: Stores, queue: Queue
) -> None:
    _collected(stores)
    _, message = _failed(stores, queue, Bulksoort.VERZAMELEN, Taak("l-1"), Profiel.POPO)
    days = Werk(stores, WHO, NOW + timedelta(days=3))
    zet_record(days, "l-1", Record("2019.1", record(NUMBERS[0], roepnaam="Anders")), "*")
    assert queue.work([message]) == ["GELUKT"]
    assert _card(stores, "l-1").laatste_nummer == 2


def test_a_message_of_long_ago_that_never_came_undoes_nothing_either(stores: Stores, queue: Queue) -> None:
    _collected(stores)
    _order(stores, ["l-1"], Bulksoort.KLAARZETTEN, None)
    _by_hand(stores, Inzage(Inzagewaarde.JA))
    nudge = Nudge.parse(queue.receive()[0]["Body"])
    assert bulk.doe(stores, bulk.Batch.van([nudge], {}), nudge, LATER + timedelta(days=4)) == "OVERGESLAGEN"
    assert _card(stores, "l-1").status is Status.VERZAMELD


def test_a_decision_between_the_reading_and_the_writing_of_a_late_act_is_seen(stores: Stores, queue: Queue) -> None:
    _collected(stores)
    taak = Taak("l-1", inzage=Inzage(Inzagewaarde.JA))
    _, message = _failed(stores, queue, Bulksoort.INZAGE, taak)
    nudge = Nudge.parse(message["Body"])
    batch = bulk.Batch.van([nudge], {})
    assert bulk._lees(stores, batch, (nudge.school, nudge.id.partition(".")[0])) is not None
    _by_hand(stores, Inzage(Inzagewaarde.NIET_AKKOORD, None, "bezwaar van de ouders"))
    assert bulk.doe(stores, batch, nudge, LATER) == "OVERGESLAGEN"
    assert _card(stores, "l-1").invulling.inzage.waarde is Inzagewaarde.NIET_AKKOORD


def test_a_refusal_keeps_its_reason_and_leaves_nothing_half_done(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    oud = stores.school(SCHOOL.vestiging)
    zonder = replace(oud.meld_af(Aanleverpunt("0")))
    stores.commit(_work(stores).mutatie(Actie.AANLEVERPUNT_AFGEMELD, oud.onderwerp), oud, zonder)
    opdracht = _order(stores, ["l-1", "onbekend"])
    assert queue.run() == ["MISLUKT", "MISLUKT"]
    results = stores.regels(opdracht, range(2))
    codes = [[melding.code for melding in results[number].meldingen] for number in range(2)]
    assert codes == [["AANLEVERPUNT_ONTBREEKT"], ["LEERLING_NIET_GEVONDEN"]]
    assert all(melding.wat_nu for result in results.values() for melding in result.meldingen)
    card = _card(stores, "l-1")
    assert (card.invulling.binnen_brin, card.versie, _acts(stores, "l-1")) == (False, None, _DONE[:1])
    assert stores.versies(SCHOOL.vestiging, "l-1") == []


def test_a_card_that_changed_after_the_batch_was_read_is_judged_as_it_is_now(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    _order(stores, ["l-1"], Bulksoort.KLAARZETTEN, None)
    nudge = Nudge.parse(queue.receive()[0]["Body"])
    batch = bulk.Batch.van([nudge], {})
    assert bulk._lees(stores, batch, (nudge.school, nudge.id.partition(".")[0])) is not None
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, binnen_brin=True), "*")
    verzamel(_work(stores), "l-1", Profiel.BB_POPO)
    assert bulk.doe(stores, batch, nudge, LATER) == "GELUKT"
    assert _card(stores, "l-1").status is Status.KLAAR


def test_collecting_again_in_bulk_says_that_the_inzage_is_gone(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    leaving = Uitschrijving(datum=date(2026, 7, 31))
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, uitschrijving=leaving), "*")
    verzamel(_work(stores), "l-1", Profiel.POPO)
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, inzage=Inzage(Inzagewaarde.JA)), "*")
    opdracht = _order(stores, ["l-1"], Bulksoort.VERZAMELEN, Profiel.POPO)
    assert queue.run() == ["GELUKT"]
    melding = stores.regels(opdracht, [0])[0].meldingen[0]
    assert (melding.code, melding.ernst) == ("INZAGE_OPNIEUW", "waarschuwing")
    assert _card(stores, "l-1").status is Status.VERZAMELD


def test_binnen_brin_says_that_an_overstap_with_inzage_is_gone(stores: Stores, queue: Queue) -> None:
    """15.4: the switch is in the result, and in the log."""
    _collected(stores)
    _by_hand(stores, Inzage(Inzagewaarde.JA))
    taken = (Taak("l-1", ook_overstap=True),)
    vraag = opdrachten.Bulkvraag(Bulksoort.BINNEN_BRIN, taken, Profiel.BB_POPO)
    opdracht = opdrachten.geef_opdracht(_work(stores), vraag, "sleutel", _ID.format(1))
    assert queue.run() == ["GELUKT"]
    melding = stores.regels(opdracht, [0])[0].meldingen[0]
    assert (melding.code, melding.ernst) == ("OVERSTAP_VERVALLEN", "waarschuwing")
    entries = [one for one in stores.logregels(_card(stores, "l-1").onderwerp) if one.actie == "VERZAMELD"]
    assert [one.details.get("gevolgen") for one in entries] == [None, "BINNEN_BRIN_GEWIJZIGD"]


def test_ready_before_the_aanmeldweek_and_not_provisional_is_a_warning_in_bulk_too(
    stores: Stores, queue: Queue
) -> None:
    _put(stores, "l-1")
    leaving = Uitschrijving(datum=date(2026, 7, 31), advies_vo="40", vervolgschool=Vervolgschool("16VO"))
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, uitschrijving=leaving), "*")
    verzamel(_work(stores), "l-1", Profiel.POVO)
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, inzage=Inzage(Inzagewaarde.JA)), "*")
    opdracht = _order(stores, ["l-1"], Bulksoort.KLAARZETTEN, None)
    nudge = Nudge.parse(queue.receive()[0]["Body"])
    assert bulk.doe(stores, bulk.Batch.van([nudge], {}, (6, 30)), nudge, LATER) == "GELUKT"
    codes = [melding.code for melding in stores.regels(opdracht, [0])[0].meldingen]
    assert codes == ["VOORLOPIG_DOSSIER_NEE"]


def test_inzage_has_its_own_value_and_date_per_pupil(stores: Stores, queue: Queue) -> None:
    ids = ["l-1", "l-2", "l-3"]
    _put(stores, *ids)
    leaving = Uitschrijving(datum=date(2026, 7, 31))
    for id_ in ids[:2]:
        vul_in(_work(stores), id_, lambda oud: replace(oud, uitschrijving=leaving), "*")
        verzamel(_work(stores), id_, Profiel.POPO)
    taken = (
        Taak("l-1", inzage=Inzage(Inzagewaarde.JA, NOW.date())),
        Taak("l-2", inzage=Inzage(Inzagewaarde.NIET_AKKOORD, None, "te kort")),
        Taak("l-3", inzage=Inzage(Inzagewaarde.JA)),
    )
    opdrachten.geef_opdracht(_work(stores), opdrachten.Bulkvraag(Bulksoort.INZAGE, taken), "sleutel", _ID.format(1))
    assert sorted(queue.run()) == ["GELUKT", "GELUKT", "MISLUKT"]
    seen = [_card(stores, id_).invulling.inzage for id_ in ids]
    assert [one.waarde for one in seen] == [Inzagewaarde.JA, Inzagewaarde.NIET_AKKOORD, Inzagewaarde.NEE]
    assert (seen[0].datum, seen[1].reden_niet_akkoord) == (NOW.date(), "te kort")


def test_inzage_in_bulk_goes_on_with_what_the_card_has_and_asks_the_same(stores: Stores, queue: Queue) -> None:
    _collected(stores)
    against = (Inzagebewijs("VERZORGER", "GESPREK", NOW.date(), Uitkomst.NIET_AKKOORD),)
    recorded = Inzage(Inzagewaarde.NIET_AKKOORD, NOW.date(), "te kort", against)
    vul_in(_work(stores), "l-1", lambda oud: replace(oud, inzage=recorded), "*")
    for number, (value, result) in enumerate(((Inzagewaarde.NIET_AKKOORD, "GELUKT"), (Inzagewaarde.JA, "MISLUKT"))):
        vraag = opdrachten.Bulkvraag(Bulksoort.INZAGE, (Taak("l-1", inzage=Inzage(value)),))
        opdracht = opdrachten.geef_opdracht(_work(stores), vraag, f"sleutel-{number}", _ID.format(number))
        assert queue.run() == [result]
        assert _card(stores, "l-1").invulling.inzage == recorded  # 15.9
    (melding,) = stores.regels(opdracht, [0])[0].meldingen
    assert melding.code == "INZAGE_NIET_AKKOORD"


def test_the_same_key_gives_the_same_order_and_with_other_pupils_it_is_refused(stores: Stores, queue: Queue) -> None:
    first = _order(stores, ["weg-1"])
    again = opdrachten.geef_opdracht(
        _work(stores),
        opdrachten.Bulkvraag(Bulksoort.BINNEN_BRIN, (Taak("weg-1"),), Profiel.BB_POPO),
        "sleutel",
        _ID.format(77),
    )
    assert again.id == first.id
    assert queue.waiting() == 1
    for soort, profiel, ids in (
        (Bulksoort.BINNEN_BRIN, Profiel.BB_POPO, ["weg-2"]),
        (Bulksoort.BINNEN_BRIN, Profiel.BB_POVO, ["weg-1"]),
        (Bulksoort.KLAARZETTEN, None, ["weg-1"]),
    ):
        with pytest.raises(Refused, match="SLEUTEL_HERGEBRUIKT"):
            _order(stores, ids, soort, profiel)


def test_the_pupils_and_what_was_said_of_them_are_in_no_message(stores: Stores, queue: Queue) -> None:
    _order(stores, ["weg-1"])
    assert set(json.loads(queue.receive()[0]["Body"])) == {"soort", "school", "id"}


@pytest.fixture
def requests(stores: Stores) -> Counter[str]:
    counted: Counter[str] = Counter()

    def one(event_name: str, **_: Any) -> None:
        counted[event_name.removeprefix("before-send.")] += 1

    for client in (stores.state.client, stores.inhoud.client, stores.nudges.client):
        client.meta.events.register("before-send", one)
    return counted


def test_one_pupil_costs_two_puts_one_read_and_one_transaction(
    stores: Stores, queue: Queue, requests: Counter[str]
) -> None:
    ids = [f"l-{number}" for number in range(10)]
    _put(stores, *ids)
    _order(stores, ids)
    messages = queue.receive()
    assert len(messages) == 10
    requests.clear()
    batch = bulk.Batch.van([Nudge.parse(message["Body"]) for message in messages], queue.lists)
    for message in messages:
        assert bulk.doe(stores, batch, Nudge.parse(message["Body"]), LATER) == "GELUKT"
    assert requests == {
        "s3.PutObject": 20,
        "s3.GetObject": 10 + 1,  # the records, and the pupils of the order once per process
        "dynamodb.TransactWriteItems": 10,
        "dynamodb.BatchGetItem": 1,  # cards, school and results of the whole batch
        "dynamodb.GetItem": 1,  # the order, once per process
    }


def test_a_thousand_pupils_cost_three_tenths_of_an_sqs_request_each(
    stores: Stores, queue: Queue, requests: Counter[str]
) -> None:
    _order(stores, [f"weg-{number}" for number in range(100)])
    done = 0
    while messages := queue.receive():
        done += len(messages)
        queue.work(messages)
        places: Any = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(messages)]
        stores.nudges.client.delete_message_batch(QueueUrl=queue.url, Entries=places)
    assert done == 100
    requests["sqs.ReceiveMessage"] -= 1  # the last one found nothing
    assert sum(number for name, number in requests.items() if name.startswith("sqs.")) <= 30


def test_one_that_this_release_cannot_read_keeps_no_other_from_being_finished(stores: Stores, queue: Queue) -> None:
    _put(stores, "l-1")
    strange = _order(stores, ["l-1"], key="vreemd")
    _order(stores, ["l-1"], key="gewoon")
    while messages := queue.receive():
        queue.delete(messages)
    row = {"pk": f"SCHOOL#{strange.school}", "sk": f"OPDRACHT#{strange.id}"}
    stores.transact(stores.state.set_if(**row, anders={"soort": "VAN_LATER"}, version=strange.version))
    with pytest.raises(RijenOnleesbaar, match="1 rij"):
        opdrachten.nudge_open(stores, LATER + timedelta(hours=1))
    assert queue.waiting() == 1
