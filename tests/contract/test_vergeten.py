"""Destruction on request reaches what was ordered in bulk too (AVG 17)."""

import json
from dataclasses import replace

import pytest

from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.opdracht import Bulksoort, Opdracht, Opdrachtstatus, Taak
from chalicelib.flows import avg, opdrachten, pakket
from chalicelib.store import Stores
from tests.conftest import Provisioned
from tests.contract.years import HERE, fill, objects
from tests.faults.seam import stores_of
from tests.faults.town import work
from tests.pupil import NOW

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
