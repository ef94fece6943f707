"""Destruction on request reaches what was ordered in bulk too (AVG 17)."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.opdracht import Bulksoort, Opdracht, Opdrachtstatus, Taak
from chalicelib.domain.termijnen import Termijnen
from chalicelib.errors import NotFound
from chalicelib.flows import avg, opdrachten, pakket
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.store import Stores, opruiming
from tests.conftest import Provisioned
from tests.contract.test_opruimen import dying
from tests.contract.years import BEGIN, HERE, after, fill, objects, rows
from tests.faults.seam import Died, stores_of
from tests.faults.town import work
from tests.pupil import NOW, NUMBERS, record

REASON = "omdat het niet klopt"
INZAGE = Inzage(Inzagewaarde.NIET_AKKOORD, reden_niet_akkoord=REASON)


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    """Pupils, and what was ordered for two of them: inzage with a reason each, and a pakket on paper."""
    found = stores_of(aws)
    fill(found)
    both = tuple(Taak(pupil, inzage=INZAGE) for pupil in ("weg", "blijft"))
    _order(found, "inzage", Bulksoort.INZAGE, both)
    papers = _order(found, "pakket", Bulksoort.INZAGEPAKKET, (Taak("weg"), Taak("blijft")))
    found.inhoud.put(papers.map, pakket.PDF, b"weg en blijft")
    _order(found, "ander", Bulksoort.INZAGE, both[1:])
    return found


def _order(stores: Stores, id_: str, kind: Bulksoort, tasks: tuple[Taak, ...]) -> Opdracht:
    map_ = f"{HERE}/opdracht!{id_}/m"
    stores.inhoud.put(map_, "opdracht.json", opdrachten.Bulkvraag(kind, tasks).bytes())
    order = Opdracht(id_, HERE, kind, len(tasks), map_, NOW, "A. Proef", "m-1", version=1)
    order = replace(order, status=Opdrachtstatus.GEREED)
    return stores.commit(work(stores, HERE).mutatie(Actie.OPDRACHT_GEGEVEN, order.onderwerp), None, order)


def every_version(stores: Stores, key: str) -> list[bytes]:
    s3, bucket = stores.inhoud.client, stores.inhoud.bucket
    found = s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
    return [s3.get_object(Bucket=bucket, Key=key, VersionId=one["VersionId"])["Body"].read() for one in found]


def test_what_was_ordered_for_the_pupil_is_gone_in_every_version(stores: Stores) -> None:
    untouched = every_version(stores, f"{HERE}/opdracht!ander/m/opdracht.json")
    before = len(objects(stores))
    proof = avg.vernietig(work(stores, HERE), "weg", "Op verzoek")
    (left,) = every_version(stores, f"{HERE}/opdracht!inzage/m/opdracht.json")
    gone, stays = json.loads(left)
    assert gone == {"leerling_id": "weg", "ook_overstap": False}
    assert stays["inzage"]["reden_niet_akkoord"] == REASON
    assert every_version(stores, f"{HERE}/opdracht!pakket/m/{pakket.PDF}") == []
    assert every_version(stores, f"{HERE}/opdracht!ander/m/opdracht.json") == untouched
    # what was put in the place of a list is one more object than there would be
    assert dict(proof.aantallen)["objecten"] == before - len(objects(stores)) + 1
    assert [taak.leerling_id for taak in opdrachten.lees_taken(stores, stores.opdracht(HERE, "inzage"))] == [
        "weg",
        "blijft",
    ]


def test_again_finds_nothing_to_forget(stores: Stores) -> None:
    assert opdrachten.vergeet(stores, HERE, "weg") == 2
    assert opdrachten.vergeet(stores, HERE, "weg") == 0


def chains_of(stores: Stores, pupil: str) -> set[str]:
    """Every chain with an entry left that names this pupil, or what was asked for or told about them."""
    return {pk for pk, sk in rows(stores) if isinstance(sk, int) and re.search(rf"\b{pupil}\b", pk)}


def test_the_chains_of_what_went_wait_for_their_own_term_and_go(stores: Stores) -> None:
    avg.vernietig(work(stores, HERE, after(days=2)), "weg", "Op verzoek")
    waiting = {pk.removeprefix("KETEN#") for pk, sk in rows(stores) if sk == "KETEN"}
    asked = {f"AANVRAAG#{HERE}#weg-{state}" for state in ("geimporteerd", "ontvangen", "afgewezen")}
    assert waiting == {f"DOSSIER#{HERE}#weg", f"NOTIFICATIE#{HERE}#n-weg", *asked}
    ruim_op(stores, Termijnen(), after(years=4))
    assert waiting <= chains_of(stores, "weg")
    ruim_op(stores, Termijnen(), after(years=6))
    assert chains_of(stores, "weg") & waiting == set()


def test_somebody_who_works_with_a_request_meanwhile_does_not_stop_it(stores: Stores) -> None:
    """The request is changed between being read and being taken away; it is read again."""
    request = stores.aanvraag(HERE, "weg-ontvangen")
    raced: list[bool] = []

    def change(**_: object) -> None:
        if not raced:
            raced.append(True)
            other = stores.aanvraag(HERE, request.id)
            act = work(stores, HERE).mutatie(Actie.IMPORTPLAN_BEKEKEN, other.onderwerp)
            stores.commit(act, other, replace(other, version=other.version + 1))

    s3 = stores.inhoud.client
    s3.meta.events.register("after-call.s3.DeleteObject", change)
    avg.vernietig(work(stores, HERE, after(days=2)), "weg", "Op verzoek")
    with pytest.raises(NotFound):
        stores.aanvraag(HERE, request.id)
    head = rows(stores)[f"KETEN#{request.onderwerp}", "KETEN"]["kop"]["aantal"]
    assert head == len(stores.logregels(request.onderwerp)) == 2


def proofs(stores: Stores) -> list[str]:
    return sorted(row["leerling_id"] for row in opruiming.bewijzen(stores, HERE) if "leerling_id" in row)


def test_each_destruction_of_a_pupil_who_came_back_has_its_own_proof(stores: Stores) -> None:
    for n in range(3):
        at = work(stores, HERE, after(days=n))
        zet_record(at, "terug", Record("2019.1", record(NUMBERS[5])), None)
        avg.vernietig(at, "terug", "Op verzoek")
        assert stores.find_dossier(HERE, "terug") is None
        assert proofs(stores) == ["terug"] * (n + 1)


def test_killed_anywhere_the_card_is_there_or_the_proof(stores: Stores, aws: Provisioned) -> None:
    """The process dies after call after call; whoever finds no card finds the proof, never neither and never both."""
    gone = 0
    for call in count(1):
        there = stores.find_dossier(HERE, "terug") is not None
        at = BEGIN + timedelta(hours=call)
        zet_record(work(stores, HERE, at), "terug", Record("2019.1", record(NUMBERS[5])), "*" if there else None)
        mortal, made = dying(aws, call)
        with suppress(Died):
            avg.vernietig(work(mortal, HERE, at), "terug", "Op verzoek")
        gone += stores.find_dossier(HERE, "terug") is None
        assert len(proofs(stores)) == gone
        if made[0] < call:
            break
    assert call > 10
    assert gone > 1
