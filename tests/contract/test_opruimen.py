"""The clean-up over years: what must go is gone from tables, bucket versions and indexes; what must stay is there."""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.mutatielog import controleer_keten
from chalicelib.domain.termijnen import SOORTEN, Termijnen
from chalicelib.errors import Refused
from chalicelib.flows import avg, bewaren, leerlingen
from chalicelib.flows.opruimen import ruim_op
from chalicelib.store import Stores, opruiming
from tests.conftest import Provisioned
from tests.contract.years import BEGIN, HERE, after, fill, objects, rows
from tests.faults.seam import Died, stores_of
from tests.faults.town import work

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
        return {one for one in found if "#s-vast-False" not in one and "verwijderd" not in one}

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
    assert ruim_op(stores, T, after(years=3)).total() == 0
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
    assert ruim_op(again, T, now).total() == 0
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
