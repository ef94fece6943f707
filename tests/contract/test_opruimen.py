"""The clean-up over years: what must go is gone from tables, bucket versions and indexes; what must stay is there."""

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from chalicelib.domain.mutatielog import Actie, controleer_keten
from chalicelib.domain.termijnen import SOORTEN, Termijnen
from chalicelib.domain.zorgvraag import Zorgvraagstatus
from chalicelib.errors import Conflict, Refused
from chalicelib.flows import avg, bewaren, leerlingen, leerlingmap, opruimen_objecten, zorgvragen
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opruimen import Schoonmaak, ruim_op
from chalicelib.store import Stores, opruiming
from chalicelib.store.items import from_attributes, to_attributes
from infra import herstel
from tests.conftest import Provisioned
from tests.contract.years import BEGIN, HERE, after, fill, objects, rows
from tests.faults.seam import Died, stores_of
from tests.faults.town import work
from tests.pupil import NUMBERS, record

T = Termijnen()
LATER = after(years=20)
OKTOBER = BEGIN.replace(month=10, day=1)
MOMENTS = (OKTOBER, after(years=2), after(years=12))


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    found = stores_of(aws)
    fill(found)
    return found


def keys(stores: Stores) -> set[str]:
    return {f"{pk} {sk}" for pk, sk in rows(stores)}


def there(stores: Stores, pattern: str) -> bool:
    """Whether a row has such keys, or an object such a key."""
    return any(re.search(pattern, one) for one in (*keys(stores), *objects(stores)))


def clean(stores: Stores, now: datetime) -> None:
    ruim_op(stores, T, now)


# What (keys of rows, or of objects), until when it must be there, from when it must not.
TERMS: tuple[tuple[str, str, datetime, datetime], ...] = (
    ("the card", r"DOSSIER#weg", after(years=2, days=-1), after(years=2)),
    ("the pointer from the number", r"^PGN#", after(years=2, days=-1), LATER),
    ("the map", r"MAP#weg#notitie|/weg/notitie", after(years=2, days=-1), after(years=2)),
    ("the versions", r"VERSIE#weg#", after(years=2, days=-1), after(years=2)),
    ("the record", r"/weg/\w+/record.json", after(years=2, days=-1), after(years=2)),
    ("binnen brin", r" (DOSSIER|MAP|VERSIE)#binnen|/binnen/", OKTOBER.replace(month=9, day=30), OKTOBER),
    ("a version replaced and never sent", r"VERSIE#weg#000001", after(days=30), after(days=31)),
    ("its document", r"MAP#weg#dossier-1", after(days=30), after(days=31)),
    ("a version replaced and sent", r"VERSIE#weg#000002", after(years=2, days=-1), after(years=2)),
    ("an upload", r"MAP#\w+#wacht", after(days=0), LATER),
    ("an upload's object", r"upload/14SS00/(weg|binnen|blijft)", BEGIN, after(days=1)),
    ("the row of a request", r"SESSIE#s-weg", after(years=5, days=-1), after(years=5)),
    ("a received dossier, imported", r"aanvraag!weg-geimp", after(years=2, days=-1), after(years=2)),
    ("a received dossier, not imported", r"aanvraag!weg-ontv", OKTOBER.replace(month=9, day=30), OKTOBER),
    ("the record before an import", r"weg/ervoor", after(years=2, days=-1), after(years=2)),
    ("our own request", r"UIT#weg-afg", after(years=5, days=-1), after(years=5)),
    ("its session", r"EIGENSESSIE#e-weg", after(years=5, days=-1), after(years=5)),
    ("a zorgvraag that was answered", r"ZORGVRAAG#weg#z-True|weg/z-True", after(years=4, days=-1), after(years=4)),
    ("a zorgvraag that was not", r"ZORGVRAAG#weg#z-False|weg/z-False", after(years=3, days=-1), after(years=3)),
    ("the way in by koppelsleutel", r"KOPPEL#weg", after(days=51), after(days=52)),
    ("a notificatie", r"NOTIFICATIE#n-weg", after(years=5, days=-1), after(years=5)),
    ("an opdracht", r"OPDRACHT#o-1|OPDRACHT#14SS00#o-1 REGEL|opdracht!o-1", after(days=364), after(days=365)),
    ("when a dossier was received for a number", r"^ONTVANGST#", after(days=395), after(days=398)),
    ("whose a session was", r"^HOUDER#", after(days=30), after(days=31)),
    ("what was counted in a day", r"^TELLER#", after(days=1), after(days=3)),
    ("an export", r"export!", after(days=-400), after(days=1)),
    ("an object without a row", r"weg/verlaten", after(days=-400), after(days=1)),
    ("an old version of an object", r"weg/verwijderd", after(days=-400), after(days=1)),
    ("the mutatielog of who left", r"^DOSSIER#14SS00#weg", after(years=7, days=-1), after(years=7)),
)


def test_everything_is_there_until_its_term_is_over(stores: Stores) -> None:
    """The clean-up walks through the years, stopping the day before and the day on which each term ends."""
    wrong = []
    for moment in sorted({one for row in TERMS for one in row[2:] if BEGIN <= one < LATER}):
        clean(stores, moment)
        found = "\n".join((*keys(stores), *objects(stores)))
        for what, pattern, stays, gone in TERMS:
            is_there = re.search(pattern, found, re.MULTILINE) is not None
            if (moment <= stays and not is_there) or (moment >= gone and is_there):
                wrong.append((what, "there" if is_there else "gone", moment.date().isoformat()))
    assert wrong == []


def numbers_of(stores: Stores) -> set[str]:
    """The keys of requests that hold a number."""
    return {f"{pk} {sk}" for (pk, sk), row in rows(stores).items() if row.get("nummer") and "resultaat" in row}


def test_the_number_goes_from_a_request_long_before_its_row(stores: Stores) -> None:
    clean(stores, after(days=29))
    assert {"SESSIE#s-weg-True#14SS#0 VERZOEK", "SESSIE#s-weg-False#14SS#0 VERZOEK"} <= numbers_of(stores)
    clean(stores, after(days=30))
    assert "SESSIE#s-weg-False#14SS#0 VERZOEK" not in numbers_of(stores)
    clean(stores, after(days=182))
    assert {"SESSIE#s-weg-True#14SS#0 VERZOEK", "SCHOOL#14SS00 UIT#weg-afgewezen"} <= numbers_of(stores)
    clean(stores, after(days=183))
    left = numbers_of(stores)
    assert not any("s-weg" in one or "weg-afgewezen" in one for one in left)
    assert {"SESSIE#s-weg-True#14SS#0 VERZOEK", "SESSIE#s-weg-False#14SS#0 VERZOEK"} <= keys(stores)


def test_the_name_of_a_pupil_goes_from_a_request_with_the_pupil(stores: Stores) -> None:
    name = rows(stores)["SESSIE#s-weg-True#14SS#0", "VERZOEK"]["leerling_naam"]
    clean(stores, after(years=2))
    assert "leerling_naam" not in rows(stores)["SESSIE#s-weg-True#14SS#0", "VERZOEK"]
    assert not any(name in str(row) for (pk, sk), row in rows(stores).items() if "weg" in f"{pk}{sk}")


def test_a_legal_hold_keeps_everything_of_the_pupil_until_it_is_lifted(stores: Stores) -> None:
    def held() -> set[str]:
        found = {one for one in (*keys(stores), *objects(stores)) if "vast" in one}
        return {one for one in found if "#s-vast-False" not in one}

    before = held()
    for moment in MOMENTS:
        clean(stores, moment)
    assert held() == before
    bewaren.hef_op(work(stores, HERE, after(years=12)), "vast")
    clean(stores, after(years=12))
    chains = ("DOSSIER#", "AANVRAAG#", "VERZOEK#", "NOTIF", "KETEN#")
    assert {one for one in held() if not one.startswith(chains)} == set()


@pytest.mark.parametrize("destroy", [
    lambda werk: leerlingen.verwijder(werk, "vast", "*"),
    lambda werk: avg.vernietig(werk, "vast", "Op verzoek"),
])  # fmt: skip
def test_under_a_hold_nobody_destroys_on_request_either(stores: Stores, destroy: Any) -> None:
    with pytest.raises(Refused, match="BEWAREN_OPGELEGD"):
        destroy(work(stores, HERE, BEGIN))


def test_who_stays_stays_whole(stores: Stores) -> None:
    before = {one for one in (*keys(stores), *objects(stores)) if "blijft" in one}
    for moment in MOMENTS:
        clean(stores, moment)
    left = {one for one in (*keys(stores), *objects(stores)) if "blijft" in one}
    assert {one for one in before - left if "wacht" not in one and "verwijderd" not in one} == set()
    card = stores.dossier(HERE, "blijft")
    assert controleer_keten(card.onderwerp, stores.logregels(card.onderwerp), card.kop) == ()
    assert "lijsten/scholen.json" in objects(stores)


def test_a_chain_goes_whole_and_leaves_a_tombstone(stores: Stores) -> None:
    clean(stores, after(years=2))
    chain = stores.logregels("DOSSIER#14SS00#weg")
    assert chain[-1].actie == "GEGEVENS_VERNIETIGD"
    clean(stores, after(years=7))
    assert stores.logregels("DOSSIER#14SS00#weg") == []
    graves = [row for (pk, sk), row in rows(stores).items() if pk == "KETEN#DOSSIER#14SS00#weg" and "GRAF" in str(sk)]
    assert [(one["aantal"], one["hash"]) for one in graves] == [(len(chain), chain[-1].hash)]
    assert graves[0]["zegel"]


def proof(stores: Stores) -> dict[str, tuple[int, int]]:
    """Per kind: how many, and how many objects."""
    total: dict[str, tuple[int, int]] = {}
    for row in opruiming.bewijzen(stores, HERE):
        so_far = total.get(row["soort"], (0, 0))
        total[row["soort"]] = (so_far[0] + row["aantal"], so_far[1] + row["objecten"])
    return total


def test_the_proof_adds_up_and_says_nothing_about_anybody(stores: Stores) -> None:
    before = objects(stores)
    clean(stores, after(years=2))
    gone = len(before) - len(objects(stores))
    assert sum(count for _, count in proof(stores).values()) == gone
    assert proof(stores)["leerling"] == (2, 2)  # weg and binnen, each with one record
    for row in opruiming.bewijzen(stores, HERE):
        assert set(row) == {"pk", "sk", "soort", "aantal", "objecten", "op", "grond", "backups_tot"}
        assert row["grond"] == SOORTEN[row["soort"]]
        assert row["op"] == after(years=2).date().isoformat()
        assert row["backups_tot"] > row["op"]


def test_again_does_nothing(stores: Stores) -> None:
    clean(stores, after(years=3))
    before = rows(stores), objects(stores)
    assert ruim_op(stores, T, after(years=3)).gedaan.total() == 0
    assert (rows(stores), objects(stores)) == before


def shape(stores: Stores) -> tuple[set[str], int, dict[str, tuple[int, int]]]:
    """What is left, without the random names of maps; and the proof."""
    plain = {re.sub(r"[0-9a-f]{8,}", "*", one) for one in (*keys(stores), *objects(stores))}
    return {one for one in plain if not one.startswith("OPRUIMEN")}, len(objects(stores)), proof(stores)


def dying(aws: Provisioned, call: int) -> tuple[Stores, list[int]]:
    """The stores of a process that is gone right after its so-manieth call to AWS; and how many calls it made."""
    fresh = Provisioned(aws.endpoint, aws.account, aws.names)
    stores, made = stores_of(fresh), [0]

    def count(**_: Any) -> None:
        made[0] += 1
        if made[0] == call:
            raise Died

    for client in (stores.state.client, stores.inhoud.client):
        client.meta.events.register("after-call.*", count)
    return stores, made


def test_killed_anywhere_the_next_run_ends_the_same(stores: Stores, aws: Provisioned) -> None:
    """One run over two years dies at call after call, each time in a new process; it leaves what one run leaves."""
    now, call, died = after(years=2), 5, 0
    while True:
        mortal, made = dying(aws, call)
        with suppress(Died):
            ruim_op(mortal, T, now)
            assert made[0] < call
            break
        died += 1
        call += 7
    assert died > 10
    broken = shape(stores)
    print(f"{died} processes died on the way")
    again = stores_of(aws)
    assert ruim_op(again, T, now).gedaan.total() == 0
    assert shape(again) == broken
    assert broken == _whole(aws, now)


def _whole(aws: Provisioned, now: datetime) -> Any:
    """What one run without any death leaves, in an account of its own."""
    from infra.local.aws import Aws, provision

    other = Aws(aws.endpoint, str(int(aws.account) + 500_000_000))
    whole = stores_of(Provisioned(aws.endpoint, other.account, provision(other)))
    fill(whole)
    clean(whole, now)
    return shape(whole)


def test_a_run_stops_when_its_time_is_up_and_the_next_goes_on(stores: Stores) -> None:
    def short_run() -> None:
        left = iter([True] * 20)
        ruim_op(stores, T, after(years=2), lambda: next(left, False))

    short_run()
    assert there(stores, r"DOSSIER#weg|VERSIE#weg")
    for _ in range(30):
        short_run()
    assert not there(stores, r"DOSSIER#weg|VERSIE#weg|/weg/\w+/record")


def put(stores: Stores, row: dict[str, Any]) -> None:
    """A row past everything that guards the table."""
    stores.state.client.put_item(TableName=stores.state.naam, Item=to_attributes(row))


def night(stores: Stores, now: datetime, looks: int) -> bool:
    """A run that may look at its watch so often; whether it saw everything."""
    made = count(1)
    return ruim_op(stores, T, now, lambda: next(made) <= looks).klaar


def calls(stores: Stores, operation: str) -> list[dict[str, Any]]:
    """What is asked of DynamoDB by this name from now on."""
    made: list[dict[str, Any]] = []
    stores.state.client.meta.events.register(
        f"provide-client-params.dynamodb.{operation}", lambda params, **_: made.append(params)
    )
    return made


def chains_that_wait(stores: Stores, how_many: int) -> None:
    """Pupils who left at `BEGIN`, as a release of before remembered their chains: without the last moment."""
    for n in range(how_many):
        id_ = f"oud-{n}"
        zet_record(work(stores, HERE, BEGIN), id_, Record("2019.1", record(NUMBERS[9])), None)
        leerlingen.verwijder(work(stores, HERE, BEGIN), id_, "*")
        row = rows(stores)[f"KETEN#DOSSIER#{HERE}#{id_}", "KETEN"]
        put(stores, {name: value for name, value in row.items() if name != "laatste_op"})


def test_chains_that_wait_for_their_term_keep_no_run_from_the_rest(stores: Stores) -> None:
    chains_that_wait(stores, 30)
    for n in range(12):
        night(stores, after(days=200 + n), 40)
    queries = calls(stores, "Query")
    assert ruim_op(stores, T, after(days=300)).klaar
    assert not [one for one in queries if "oud-" in str(one)]  # nobody is read again to see that it must wait
    for n in range(20):
        night(stores, after(years=2, days=n), 40)
    assert not there(stores, r"DOSSIER#weg|/weg/\w+/record")
    clean(stores, after(years=5, days=1))
    assert not there(stores, r"^DOSSIER#14SS00#oud-")


def test_a_row_of_a_newer_release_stops_nobody_else_and_is_told(stores: Stores) -> None:
    strange = rows(stores)[f"SCHOOL#{HERE}", "UIT#weg-afgewezen"]
    put(stores, strange | {"sk": "UIT#000", "id": "000", "status": "TERUGGEZONDEN"})
    card = rows(stores)[f"SCHOOL#{HERE}", "DOSSIER#blijft"]
    put(stores, card | {"status": "OPGESCHORT"})
    begun = {"pk": "WEG#x", "sk": "WEG", "open_soort": "OPEN#WEG", "open_since": "2026", "school": HERE.code}
    put(stores, begun | {"soort": "leerplicht", "mappen": [], "aantal": 1, "objecten": 0})
    done = ruim_op(stores, T, after(years=9))
    assert done.klaar
    # with the card goes all that needs it to be judged: nobody can tell what may go
    beside = {"SCHOOL/MAP": 3, "SCHOOL/VERSIE": 1, "PGN/DOSSIER": 1, "OBJECT": 1}
    assert dict(done.onleesbaar) == {"SCHOOL/UIT": 1, "SCHOOL/DOSSIER": 1, "WEG": 1} | beside
    assert not there(stores, r"DOSSIER#weg|UIT#weg|export!weg|weg/verlaten|VERSIE#weg")
    assert there(stores, r"UIT#000")
    assert there(stores, r"/blijft/\w+/record.json")
    assert there(stores, r"^WEG#x")
    put(stores, card)
    put(stores, begun | {"soort": "leerplicht", "grond": "van later", "mappen": [], "aantal": 1, "objecten": 0})
    assert dict(ruim_op(stores, T, after(years=9, days=1)).onleesbaar) == {"SCHOOL/UIT": 1}
    assert proof(stores)["leerplicht"] == (1, 0)


def test_what_was_begun_is_finished_whatever_its_number(stores: Stores) -> None:
    for n in range(230):
        weg = opruiming.Weg("export", HERE, f"begonnen-{n}")
        stores.transact(opruiming.begin(stores, weg, BEGIN))
    ruim_op(stores, T, after(days=1))
    assert not there(stores, r"^WEG#")


def dead_half_way(stores: Stores) -> str:
    """The chain of who left is being destroyed; the process is gone when its entries are, all but the last two."""
    leerlingen.verwijder(work(stores, HERE, BEGIN), "weg", "*")
    name = f"DOSSIER#{HERE}#weg"
    row = rows(stores)[f"KETEN#{name}", "KETEN"]
    opruiming.begin_keten(stores, row, stores.logregels(name)[-1])
    for entry in stores.logregels(name)[:-2]:
        drop(stores, name, entry.volgnummer)
    return name


def drop(stores: Stores, name: str, nummer: int) -> None:
    stores.log.client.delete_item(TableName=stores.log.naam, Key=to_attributes({"pk": name, "sk": nummer}))


def test_a_pupil_cannot_come_back_onto_a_chain_that_is_being_destroyed(stores: Stores) -> None:
    name = dead_half_way(stores)
    with pytest.raises(Conflict):
        zet_record(work(stores, HERE, after(years=6)), "weg", Record("2019.1", record(NUMBERS[0])), None)
    clean(stores, after(years=6))
    zet_record(work(stores, HERE, after(years=6)), "weg", Record("2019.1", record(NUMBERS[0])), None)
    clean(stores, after(years=6, days=1))
    assert [entry.volgnummer for entry in stores.logregels(name)] == [1]


def test_no_entry_of_a_chain_that_lives_is_destroyed(stores: Stores) -> None:
    """As a release of before could leave it: the old entries gone, the pupil back, the end not noted."""
    name = dead_half_way(stores)
    for entry in stores.logregels(name):
        drop(stores, name, entry.volgnummer)
    back = work(stores, HERE, after(years=6))
    zet_record(back, "weg", Record("2019.1", record(NUMBERS[0])), None)
    leerlingen.log_lezen(back, "weg", Actie.LEERLING_BEKEKEN)
    clean(stores, after(years=6, days=1))
    card = stores.dossier(HERE, "weg")
    assert controleer_keten(name, stores.logregels(name), card.kop) == ()
    assert card.kop.aantal == 2
    assert not there(stores, rf"KETEN#{name} KETEN")
    assert there(stores, rf"KETEN#{name} GRAF#")


def test_under_a_hold_the_record_of_the_day_it_was_laid_stays(stores: Stores) -> None:
    record_then = stores.dossier(HERE, "vast").record_map
    again = Record("2019.1", record(NUMBERS[1]), {"x": 1})
    zet_record(work(stores, HERE, BEGIN), "vast", again, "*")
    stores.inhoud.put(f"{HERE}/export!vast/e2", "gegevens.zip", b"x")
    stores.inhoud.put(f"{HERE}/aanvraag!vast-ontvangen/los", "dossier.xml", b"x")
    loose = rf"{record_then}|export!vast|aanvraag!vast-ontvangen/los"
    before = [one for one in objects(stores) if re.search(loose, one)]
    assert len(before) == 3
    clean(stores, after(days=3))
    assert [one for one in objects(stores) if re.search(loose, one)] == before
    bewaren.hef_op(work(stores, HERE, BEGIN), "vast")
    clean(stores, after(days=4))
    assert not there(stores, loose)


def test_the_requests_of_a_school_are_read_once_for_all_its_pupils(stores: Stores) -> None:
    for n in range(40):
        stores.inhoud.put(f"{HERE}/los-{n}/m", "record.json", b"x")
    queries = calls(stores, "Query")
    page, _ = opruiming.objecten(stores, "")
    work_ = Schoonmaak(stores, T, after(days=2))
    assert opruimen_objecten.beoordeel(work_, page)[0]
    assert work_.gedaan["los object"] > 40
    asked = [from_attributes(one["ExpressionAttributeValues"]) for one in queries]
    assert len([one for one in asked if one.get(":s") == "UIT#"]) == 1


def test_a_page_of_objects_ends_when_the_time_is_up_and_goes_on_there(stores: Stores) -> None:
    for n in range(20):
        stores.inhoud.put(f"{HERE}/los-{n:02}/m", "record.json", b"x")
    page, _ = opruiming.objecten(stores, "")
    left = iter([True] * 7)
    work_ = Schoonmaak(stores, T, after(days=2), lambda: next(left, False))
    ready, until = opruimen_objecten.beoordeel(work_, page)
    assert not ready
    assert until is None or until in {one.sleutel for one in page}
    nights = 0
    while not night(stores, after(days=2), 40):
        nights += 1
        assert nights < 60
    assert not there(stores, r"/los-\d\d/")


def test_an_import_that_is_undone_meanwhile_keeps_the_record(stores: Stores) -> None:
    """The record is on the request when the card is read, and on the card when the requests are."""
    card = stores.dossier(HERE, "blijft")
    key = (f"SCHOOL#{HERE}", "UIT#vast-geimporteerd")
    held = rows(stores)[key]
    put(stores, held | {"record_ervoor": [card.record_map, "h", "2019.1"]})
    row = rows(stores)[f"SCHOOL#{HERE}", "DOSSIER#blijft"]
    put(stores, row | {"record_map": f"{HERE}/blijft/geimporteerd"})

    def undo(params: dict[str, Any], **_: Any) -> None:
        if "record_ervoor" in params.get("ExpressionAttributeNames", {}).values():
            put(stores, row)
            put(stores, held)

    stores.state.client.meta.events.register("provide-client-params.dynamodb.Query", undo)
    page, _ = opruiming.objecten(stores, "")
    opruimen_objecten.beoordeel(Schoonmaak(stores, T, after(days=2)), page)
    assert there(stores, rf"{card.record_map}/record.json")


def test_the_pointer_of_a_zorgvraag_that_was_withdrawn_goes_on_1_august_too(stores: Stores) -> None:
    zorgvragen.verwijder(work(stores, HERE, BEGIN), "weg", "z-False")
    clean(stores, after(days=51))
    assert there(stores, r"KOPPEL#weg-z-False")
    clean(stores, after(days=52))
    assert not there(stores, r"KOPPEL#weg-z-False")
    assert ruim_op(stores, T, after(days=52)).gedaan.total() == 0


def test_a_zorgvraag_that_was_answered_leaves_a_tombstone_after_1_august_too(stores: Stores) -> None:
    clean(stores, after(days=52))
    rest = zorgvragen.verwijder(work(stores, HERE, after(days=53)), "weg", "z-True")
    assert rest is not None
    assert rest.status is Zorgvraagstatus.INGETROKKEN
    assert there(stores, r"ZORGVRAAG#weg#z-True")
    assert not there(stores, r"weg/z-True/")


def test_a_pupil_whose_datum_uitschrijving_stands_in_the_record_alone_goes_too(stores: Stores) -> None:
    """infra/decisions/card-over-record.md: an empty field of the card leaves the value of the record."""
    put = Record("2019.1", record(NUMBERS[9], datumuitschrijving="2020-07-31"))
    zet_record(work(stores, HERE, BEGIN), "elders", put, None)
    clean(stores, after(days=1))
    assert not there(stores, r"DOSSIER#elders$")


def test_the_chain_of_a_pupil_is_read_once_for_a_version_that_was_sent(stores: Stores) -> None:
    clean(stores, after(days=40))
    queries = calls(stores, "Query")
    clean(stores, after(days=41))
    read = [from_attributes(one["ExpressionAttributeValues"])[":p"] for one in queries]
    assert f"DOSSIER#{HERE}#weg" not in read
    assert there(stores, r"VERSIE#weg#000002")


def test_after_a_restore_every_row_without_its_object_is_named_and_what_is_hidden_comes_back(
    stores: Stores, aws: Provisioned, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**aws.environment(), **aws.names, "OSO_STAGE": "sandbox"}.items():
        monkeypatch.setenv(name, value)
    waiting = {f"upload/{HERE}/{one}/wacht" for one in ("weg", "vast", "binnen", "blijft")}
    assert herstel.main(["objecten"]) == 0  # an upload that waits needs no object
    capsys.readouterr()
    card = stores.dossier(HERE, "blijft")
    stores.inhoud.vernietig(f"{card.record_map}/")
    for map_ in waiting:
        stores.inhoud.vernietig(f"{map_}/")
    stores.inhoud.verwijder(f"{HERE}/blijft/notitie", "bestand")
    assert herstel.main(["objecten"]) == 1
    told = {f"WEG SCHOOL#{HERE} DOSSIER#blijft", f"VERBORGEN SCHOOL#{HERE} MAP#blijft#notitie"}
    assert set(capsys.readouterr().out.splitlines()) == told | {"1 WEG, 1 VERBORGEN"}
    assert herstel.main(["objecten", "--doe"]) == 1
    assert stores.inhoud.get(f"{HERE}/blijft/notitie", "bestand") == b"x"
    capsys.readouterr()
    assert herstel.main(["objecten"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"WEG SCHOOL#{HERE} DOSSIER#blijft", "1 WEG"]


def test_a_chain_that_an_earlier_release_left_without_a_row_is_found_and_goes(
    stores: Stores, aws: Provisioned, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**aws.environment(), **aws.names, "OSO_STAGE": "sandbox"}.items():
        monkeypatch.setenv(name, value)
    assert herstel.main(["ketens"]) == 0
    for sk in ("UIT#weg-afgewezen", "NOTIFICATIE#n-weg"):
        key = to_attributes({"pk": f"SCHOOL#{HERE}", "sk": sk})
        stores.state.client.delete_item(TableName=stores.state.naam, Key=key)
    assert [herstel.main(["ketens", *doe]) for doe in ([], ["--doe"], [])] == [1, 0, 0]
    orphans = r"^(AANVRAAG#14SS00#weg-afgewezen|NOTIFICATIE#14SS00#n-weg)"
    clean(stores, after(years=5, days=-1))
    assert there(stores, orphans)
    clean(stores, after(years=5))
    assert not there(stores, orphans)


def test_a_run_that_could_not_read_a_row_ends_as_failed_and_says_only_its_kind(
    stores: Stores, aws: Provisioned
) -> None:
    """What the alarm hears, and what stands in the log: a key could name a pupil."""
    card = rows(stores)[f"SCHOOL#{HERE}", "DOSSIER#blijft"]
    put(stores, card | {"status": "OPGESCHORT"})
    env = {**os.environ, **aws.environment(), **aws.names, "OSO_STAGE": "sandbox"}
    parts = ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
    event = dict.fromkeys(parts, "")
    command = [sys.executable, "-c", f"from chalicelib.web import schedules; schedules.opruimen({event}, None)"]
    run = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("RuntimeError: opruimen: ")
    line = json.loads(next(one for one in run.stdout.splitlines() if '"opruimen"' in one))
    assert (line["code"], line["klaar"]) == ("ONLEESBAAR", True)
    assert line["onleesbaar"]["SCHOOL/DOSSIER"] == 1
    assert "blijft" not in run.stdout + run.stderr
    put(stores, card)
    again = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert again.returncode == 0, again.stderr


def test_before_a_restore_what_people_destroyed_since_is_named_with_how_to_do_it_again(
    stores: Stores, aws: Provisioned, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**aws.environment(), **aws.names, "OSO_STAGE": "sandbox"}.items():
        monkeypatch.setenv(name, value)
    moment, later = after(days=2), after(days=3)
    zorgvragen.verwijder(work(stores, HERE, after(days=1)), "weg", "z-False")  # the tables of `moment` know of this
    avg.vernietig(work(stores, HERE, later), "weg", "verzoek")
    leerlingmap.verwijder(work(stores, HERE, later), "blijft", "notitie")
    clean(stores, after(years=3))  # does its own work again
    asked = ["vernietigd", "--sinds", moment.isoformat()]
    assert herstel.main(asked) == 1
    destroyed = f"{later.isoformat()} DOSSIER#{HERE}#weg DELETE /leerlingen/{{leerlingId}}/gegevens"
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(" objecten=")[0] for line in told if "#weg" in line] == [destroyed]
    assert [line.rpartition(" ")[2] for line in told if "#blijft" in line] == ["document=notitie"]
    assert told[-1] == "2 VERNIETIGD"
    assert herstel.main(["vernietigd", "--sinds", later.isoformat()]) == 0


def test_after_a_restore_the_settings_of_a_table_that_aws_leaves_out_are_named_and_set(
    aws: Provisioned, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**aws.environment(), **aws.names, "OSO_STAGE": "sandbox"}.items():
        monkeypatch.setenv(name, value)
    assert herstel.main(["tabellen"]) == 0
    capsys.readouterr()
    dynamodb, table = aws.client("dynamodb"), aws.names["OSO_TABEL_STATE"]
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    off = {"Enabled": False, "AttributeName": "verloopt"}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=off)
    off = {"PointInTimeRecoveryEnabled": False}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off)
    assert herstel.main(["tabellen"]) == 1
    settings = ["DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "TimeToLiveSpecification"]
    assert capsys.readouterr().out.splitlines() == [*(f"TabelState.{one}" for one in settings), "3 UIT"]
    assert [herstel.main(["tabellen", *doe]) for doe in (["--doe"], [])] == [0, 0]
