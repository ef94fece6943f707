"""The store keeps its word on a real table, queue and bucket: conditions, chains, races, cursors, nudges."""

import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.dossier import Dossier, Invulling, Inzage, Inzagewaarde, Status, Uitschrijving
from chalicelib.domain.mutatielog import Actie, controleer_keten
from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.errors import Conflict, Invalid, NotFound, OsoError, Refused
from chalicelib.flows.leerlingen import Record, log_lezen, record_etag, verwijder, zet_record
from chalicelib.flows.opvragen import Verzoek, nudge_open, vraag_op
from chalicelib.flows.verzamelen import kaart_etag, vul_in
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.items import dump, from_attributes, load, to_attributes
from chalicelib.store.tabel import ontzegel, verzegel
from infra.local.aws import Aws, provision
from tests.conftest import Provisioned
from tests.faults.seam import stores_of
from tests.faults.town import LEAVING, requests_of, work
from tests.pupil import NOW, NUMBERS, SCHOOL, card, record

PGN = Pgn(PgnType.BSN, NUMBERS[0])
_SCHOOLS = (Vestiging(f"{number:02d}ST00") for number in itertools.count(1))


@pytest.fixture(scope="module")
def account(ministack: str) -> Provisioned:
    """One account for all: each test has a school of its own."""
    plain = Aws(ministack, "400000000001")
    return Provisioned(ministack, plain.account, provision(plain))


@pytest.fixture(scope="module")
def stores(account: Provisioned) -> Stores:
    return stores_of(account)


@pytest.fixture
def here(stores: Stores) -> Vestiging:
    """A school with an aanleverpunt that nobody used before."""
    school = replace(SCHOOL, vestiging=next(_SCHOOLS), version=1)
    mutatie = work(stores, school.vestiging).mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp)
    stores.commit(mutatie, None, school)
    return school.vestiging


def put(stores: Stores, here: Vestiging, leerling_id: str = "l-1", number: str | None = NUMBERS[0]) -> Dossier:
    return zet_record(work(stores, here), leerling_id, Record("2019.1", record(number)), None)[0]


def chain(stores: Stores, dossier: Dossier) -> list[str]:
    entries = stores.logregels(dossier.onderwerp)
    assert controleer_keten(dossier.onderwerp, entries, dossier.kop) == ()
    return [entry.actie for entry in entries]


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Let threads do something at the same moment; an error of ours is an answer."""
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait(20)
        try:
            return act(number)
        except OsoError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def contact(old: Invulling) -> Invulling:
    return replace(old, contact_nodig=not old.contact_nodig)


# --- one change, one entry, or nothing --------------------------------------------------------------------------------


def test_a_change_and_its_log_entry_come_together_or_not_at_all(stores: Stores, here: Vestiging) -> None:
    before = put(stores, here)
    saved = work(stores, here).mutatie(Actie.KAART_OPGESLAGEN, before.onderwerp)
    newer = stores.commit(saved, before, before)
    with pytest.raises(Conflict, match="BOTSING"):  # by who still holds the older one
        stores.commit(
            work(stores, here).mutatie(Actie.KAART_OPGESLAGEN, before.onderwerp), before, replace(before, naam="x")
        )
    now = stores.dossier(here, "l-1")
    assert now == newer
    assert chain(stores, now) == ["LEERLING_AANGEMAAKT", "KAART_OPGESLAGEN"]


def test_a_pointer_that_is_taken_stops_the_card_and_the_entry_too(stores: Stores, here: Vestiging) -> None:
    put(stores, here)
    with pytest.raises(Refused, match="PGN_IN_GEBRUIK"):
        put(stores, here, "l-2")
    new = replace(card(), school=here, leerling_id="l-2")
    key, pointer = stores.wijs_aan(here, PGN, "l-2")
    with pytest.raises(Conflict):
        stores.commit(work(stores, here).mutatie(Actie.LEERLING_AANGEMAAKT, new.onderwerp), None, new, pointer)
    assert stores.find_dossier(here, "l-2") is None
    assert stores.logregels(new.onderwerp) == []
    assert stores.find_leerling(here, PGN) == "l-1"
    assert PGN.nummer not in key


def test_a_late_writer_does_not_bring_a_removed_pupil_back(stores: Stores, here: Vestiging) -> None:
    before = put(stores, here)
    verwijder(work(stores, here), "l-1", "*")
    with pytest.raises(Conflict):
        stores.commit(
            work(stores, here).mutatie(Actie.KAART_OPGESLAGEN, before.onderwerp), before, replace(before, naam="x")
        )
    assert stores.find_dossier(here, "l-1") is None
    assert stores.find_leerling(here, PGN) is None
    with pytest.raises(NotFound):
        stores.dossier(here, "l-1")


def test_the_lock_alone_stops_a_late_writer_whatever_the_log_says(stores: Stores, here: Vestiging) -> None:
    """One guard, one job: here no log entry happens to save it."""
    before = put(stores, here)
    stores.transact(stores.bewaar(before, replace(before, naam="eerst", version=before.version + 1)))
    with pytest.raises(Conflict):
        stores.transact(stores.bewaar(before, replace(before, naam="te laat", version=before.version + 1)))
    with pytest.raises(Conflict):
        stores.transact(stores.bewaar(None, replace(before, naam="nieuw")))
    assert stores.dossier(here, "l-1").naam == "eerst"
    verwijder(work(stores, here), "l-1", "*")
    with pytest.raises(Conflict):
        stores.transact(stores.bewaar(before, before))
    assert stores.find_dossier(here, "l-1") is None


def test_a_number_belongs_to_a_pupil_of_one_school(stores: Stores, here: Vestiging) -> None:
    put(stores, here)
    other = Vestiging("99EF00")
    assert stores.find_leerling(other, PGN) is None
    zet_record(work(stores, other), "anders", Record("2019.1", record(PGN.nummer)), None)
    assert (stores.find_leerling(here, PGN), stores.find_leerling(other, PGN)) == ("l-1", "anders")
    second = Pgn(PgnType.BSN, NUMBERS[1])
    now = stores.dossier(here, "l-1")
    zet_record(work(stores, here), "l-1", Record("2019.1", record(second.nummer)), record_etag(now))
    assert (stores.find_leerling(here, PGN), stores.find_leerling(here, second)) == (None, "l-1")


# --- races ------------------------------------------------------------------------------------------------------------


def test_of_two_saves_with_the_same_etag_one_is_refused(stores: Stores, here: Vestiging) -> None:
    before = put(stores, here)
    etag = kaart_etag(before)
    found = at_once(2, lambda _: vul_in(work(stores, here), "l-1", contact, etag))
    refused = [one for one in found if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["INTUSSEN_GEWIJZIGD"]
    now = stores.dossier(here, "l-1")
    assert (now.version, now.invulling.contact_nodig) == (before.version + 1, True)
    assert chain(stores, now) == ["LEERLING_AANGEMAAKT", "KAART_OPGESLAGEN"]


def test_twenty_readings_at_once_are_all_logged_once(stores: Stores, here: Vestiging) -> None:
    before = put(stores, here)
    found = at_once(20, lambda _: log_lezen(work(stores, here), "l-1", Actie.PDF_BEKEKEN))
    assert not any(isinstance(one, OsoError) for one in found)
    now = stores.dossier(here, "l-1")
    assert chain(stores, now) == ["LEERLING_AANGEMAAKT", *["PDF_BEKEKEN"] * 20]
    assert (now.version, now.kop.aantal) == (before.version, 21)


def test_saves_that_do_not_look_at_the_etag_are_none_of_them_lost(stores: Stores, here: Vestiging) -> None:
    before = put(stores, here)
    found = at_once(8, lambda _: vul_in(work(stores, here), "l-1", contact, "*"))
    assert not any(isinstance(one, OsoError) for one in found)
    now = stores.dossier(here, "l-1")
    assert (now.version, now.invulling.contact_nodig) == (before.version + 8, False)
    assert chain(stores, now) == ["LEERLING_AANGEMAAKT", *["KAART_OPGESLAGEN"] * 8]


def test_of_two_pupils_put_at_once_with_one_number_one_gets_it(stores: Stores, here: Vestiging) -> None:
    found = at_once(2, lambda number: put(stores, here, f"l-{number}"))
    assert [one.code for one in found if isinstance(one, OsoError)] == ["PGN_IN_GEBRUIK"]
    (winner,) = (one for one in found if isinstance(one, Dossier))
    assert stores.find_leerling(here, PGN) == winner.leerling_id
    assert [stores.find_dossier(here, f"l-{n}") is not None for n in range(2)].count(True) == 1


def test_one_idempotency_key_used_twice_at_once_gives_one_request(stores: Stores, here: Vestiging) -> None:
    question = Verzoek(Vestiging("99EF00").brin, PGN)
    found = at_once(6, lambda number: vraag_op(work(stores, here), question, "sleutel", f"id-{number}"))
    assert {one.id for one in found} == {row["id"] for row in requests_of(stores, here)}
    assert len(requests_of(stores, here)) == 1
    other = Verzoek(Vestiging("16VO00").brin, PGN)
    with pytest.raises(Refused, match="SLEUTEL_HERGEBRUIKT"):
        vraag_op(work(stores, here), other, "sleutel", "id-x")


def test_a_race_that_is_always_lost_ends_in_a_conflict_that_a_caller_understands() -> None:
    tries = []

    def lose() -> None:
        tries.append(1)
        raise Conflict("BOTSING")

    with pytest.raises(Conflict, match="INTUSSEN_GEWIJZIGD"):
        herhaal(lose)
    assert len(tries) > 5


def test_a_conflict_that_the_caller_can_see_is_not_tried_again() -> None:
    tries = []

    def refuse() -> None:
        tries.append(1)
        raise Conflict("INTUSSEN_GEWIJZIGD")

    with pytest.raises(Conflict):
        herhaal(refuse)
    assert tries == [1]


# --- queue and clock --------------------------------------------------------------------------------------------------


def settled(aws: Provisioned) -> Stores:
    """Stores of an account of its own, with our school in it."""
    stores = stores_of(aws)
    stores.commit(work(stores).mutatie(Actie.SCHOOL_GEWIJZIGD, SCHOOL.onderwerp), None, replace(SCHOOL, version=1))
    return stores


def test_a_message_in_a_queue_holds_kind_school_and_id_and_nothing_else(aws: Provisioned) -> None:
    stores = settled(aws)
    vraag_op(work(stores), Verzoek(Vestiging("99EF00").brin, PGN), "sleutel", "id-1")
    url = aws.names["OSO_QUEUE_AANVRAGEN"]
    (message,) = aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"]) == {"soort": "AANVRAAG", "school": "14SS00", "id": "id-1"}
    assert not message.get("MessageAttributes")
    assert Nudge.parse(message["Body"]) == Nudge("AANVRAAG", "14SS00", "id-1")


@pytest.mark.parametrize("body", ["", "x", "[]", "null", '"x"', "{}", '{"soort": "AANVRAAG"}', "1"])
def test_a_message_that_is_no_nudge_is_refused(body: str) -> None:
    with pytest.raises(Invalid, match="NUDGE_ONLEESBAAR"):
        Nudge.parse(body)


def test_more_than_ten_nudges_all_arrive(aws: Provisioned) -> None:
    sent = {f"id-{number}" for number in range(23)}
    stores_of(aws).nudges.send_batch(Nudge("AANVRAAG", "14SS00", one) for one in sorted(sent))
    got: set[str] = set()
    sqs, url = aws.client("sqs"), aws.names["OSO_QUEUE_AANVRAGEN"]
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0}
    while messages := sqs.receive_message(**asked).get("Messages", []):
        got |= {json.loads(message["Body"])["id"] for message in messages}
    assert got == sent


def test_the_clock_nudges_what_waits_too_long_and_nothing_else(aws: Provisioned) -> None:
    stores = settled(aws)
    vraag_op(work(stores), Verzoek(Vestiging("99EF00").brin, PGN), "sleutel", "id-1")
    assert nudge_open(stores, NOW + timedelta(minutes=14)) == 0
    assert nudge_open(stores, NOW + timedelta(minutes=16)) == 1


# --- cursors ----------------------------------------------------------------------------------------------------------

KEY = b"k" * 32
PLACE = {"pk": "SCHOOL#14SS00", "sk": "DOSSIER#l-1"}


def test_a_cursor_gives_its_place_back_to_the_school_and_list_that_it_is_for() -> None:
    cursor = verzegel(KEY, "14SS00#leerlingen", PLACE)
    assert ontzegel(KEY, "14SS00#leerlingen", cursor) == PLACE
    assert verzegel(KEY, "14SS00#leerlingen", None) is None
    assert ontzegel(KEY, "14SS00#leerlingen", None) is None


@pytest.mark.parametrize("what", ["99EF00#leerlingen", "14SS00#dossieraanvragen", "14SS00#", "14SS00#leerlingen "])
def test_a_cursor_of_another_school_or_list_is_refused(what: str) -> None:
    cursor = verzegel(KEY, "14SS00#leerlingen", PLACE)
    with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
        ontzegel(KEY, what, cursor)


def test_a_cursor_with_anything_changed_is_refused() -> None:
    cursor = verzegel(KEY, "14SS00#leerlingen", PLACE)
    assert cursor is not None
    for place in range(0, len(cursor), 3):
        other = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
            ontzegel(KEY, "14SS00#leerlingen", other)
    for other in ("x", "é", "AAAA", cursor[:-4], cursor + "AAAA", "=" * 8):
        with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
            ontzegel(KEY, "14SS00#leerlingen", other)
    with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
        ontzegel(b"x" * 32, "14SS00#leerlingen", cursor)


def test_a_list_is_walked_page_by_page_without_a_hole(stores: Stores, here: Vestiging) -> None:
    for number in range(7):
        put(stores, here, f"l-{number}", None)
    seen, place = [], None
    while True:
        page = stores.dossiers(here, limiet=3, na=place)
        seen += [row["leerling_id"] for row in page.rijen]
        if not (place := page.volgende):
            break
    assert seen == [f"l-{number}" for number in range(7)]


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_full_card_comes_back_from_its_row_as_it_was() -> None:
    invulling = Invulling(
        contact_nodig=True,
        inzage=Inzage(Inzagewaarde.NIET_AKKOORD, NOW.date(), "Proef"),
        aandachtspunten="Let op.",
        uitschrijving=LEAVING,
    )
    full = card(invulling, status=Status.VERZAMELD, verzonden_op=NOW)
    row = from_attributes(to_attributes(dump(full)))
    assert load(Dossier, row) == full


def test_a_row_of_an_older_version_is_read_with_defaults_and_without_what_is_gone() -> None:
    old = {"school": {"code": "14SS00"}, "leerling_id": "l-1", "naam": "x", "veld_van_vroeger": 3}
    read = load(Dossier, old)
    assert (read.leerling_id, read.status, read.invulling.uitschrijving) == ("l-1", Status.NIET_KLAAR, Uitschrijving())


def test_no_row_key_object_or_entry_holds_the_number_or_name_of_a_pupil(aws: Provisioned) -> None:
    zet_record(work(stores_of(aws)), "l-1", Record("2019.1", record(PGN.nummer)), None)
    keys = [
        (item["pk"]["S"], item["sk"].get("S") or item["sk"]["N"])
        for name in ("OSO_TABEL_STATE", "OSO_TABEL_MUTATIELOG")
        for item in aws.client("dynamodb").scan(TableName=aws.names[name])["Items"]
    ]
    keys += [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=aws.names["OSO_BUCKET"])["Contents"]]
    log = aws.client("dynamodb").scan(TableName=aws.names["OSO_TABEL_MUTATIELOG"])["Items"]
    text = json.dumps([keys, log])
    assert len(keys) >= 4
    for secret in (PGN.nummer, "Proefleerling", "Verzonnenlaan"):
        assert secret not in text
