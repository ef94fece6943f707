"""Destruction on request reaches what was ordered in bulk too (AVG 17)."""

import io
import json
import re
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Pgn, PgnType
from chalicelib.domain.opdracht import Bulksoort, Opdracht, Opdrachtstatus, Taak, Vraagtaak
from chalicelib.domain.termijnen import Termijnen
from chalicelib.errors import NotFound, Refused
from chalicelib.flows import avg, bewaren, importeren, leerlingmap, opdrachten, opdrachtlijst, pakket, zorgvragen
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
    assert [taak.leerling_id for taak in opdrachtlijst.lees_taken(stores, stores.opdracht(HERE, "inzage"))] == [
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
    too_late = 0
    for call in count(1):
        at = BEGIN + timedelta(hours=call)
        zet_record(work(stores, HERE, at), "terug", Record("2019.1", record(NUMBERS[5])), None)
        mortal, made = dying(aws, call)
        with suppress(Died):
            avg.vernietig(work(mortal, HERE, at), "terug", "Op verzoek")
        if stores.find_dossier(HERE, "terug") is not None:
            assert len(proofs(stores)) == call - 1
            avg.vernietig(work(stores, HERE, at), "terug", "Op verzoek")  # somebody does it again
        elif made[0] == call:
            too_late += 1
        assert stores.find_dossier(HERE, "terug") is None
        assert len(proofs(stores)) == call
        if made[0] < call:
            break
    assert call > 10
    assert too_late


LOOSE = "los"


@pytest.fixture
def loose(stores: Stores) -> Stores:
    """The same, and a dossier that was asked for by number and received before `weg` was put, and one of `vast`."""
    for id_, number in ((LOOSE, NUMBERS[0]), ("los-vast", NUMBERS[1])):
        map_ = f"{HERE}/aanvraag!{id_}/m"
        secret = stores.geheim.versleutel(HERE, Pgn(PgnType.BSN, number))
        asked = Dossieraanvraag(
            id_, HERE, "16VO", secret, "*****", "BSN", BEGIN, "A. Proef", "m-1",
            status=Stand.ONTVANGEN, resultaat="x", ontvangen_op=BEGIN, map=map_, version=1,
        )  # fmt: skip
        stores.commit(work(stores, HERE, BEGIN).mutatie(Actie.DOSSIER_OPGEVRAAGD, asked.onderwerp), None, asked)
        stores.inhoud.put(map_, "ontvangen.xml", b"<dossier/>")
        print_of = stores.geheim.vingerafdruk("pgn", "BSN", number)
        session = "s-weg-False" if id_ == LOOSE else "s-vast-False"
        row = rows(stores)[f"SESSIE#{session}#14SS#0", "VERZOEK"]
        stores.transact(stores.state.set_if(row["pk"], row["sk"], {"vingerafdruk": print_of}, version=row["version"]))
    secrets = [stores.geheim.versleutel(HERE, Pgn(PgnType.BSN, number)) for number in NUMBERS[:2]]
    asks = tuple(Taak(f"#{n}", vraag=Vraagtaak(n, "16VO", one, "BSN")) for n, one in enumerate(secrets))
    _order(stores, "vraag", Bulksoort.OPVRAGEN, asks)
    return stores


def received(stores: Stores) -> list[str]:
    """The keys of what remembers that a dossier was received for a number."""
    return [str(pk) for pk, _ in rows(stores) if str(pk).startswith("ONTVANGST#")]


def numbers_in_list(stores: Stores) -> list[bool]:
    return [taak.met_nummer for taak in opdrachtlijst.lees_taken(stores, stores.opdracht(HERE, "vraag"))]


def test_what_is_kept_under_the_number_alone_is_shown_and_goes(loose: Stores) -> None:
    who = work(loose, HERE, after(days=1))
    map_ = avg.exporteer(who, "weg", zorgvragen=True)
    with zipfile.ZipFile(io.BytesIO(loose.inhoud.get(map_, avg.EXPORT))) as found:
        assert f"uit/{LOOSE}/ontvangen.xml" in found.namelist()
        other = json.loads(found.read("overig.json"))
        asked = json.loads(found.read("aanvragen.json"))
    assert {"UIT", "ONTVANGST", "NOTIFICATIE"} <= {one["rij"] for one in other}
    assert [one["resultaat"] for one in asked].count("LEERLING_NIET_BEKEND") == 1
    avg.vernietig(who, "weg", "Op verzoek")
    left = rows(loose)
    assert ("SCHOOL#14SS00", f"UIT#{LOOSE}") not in left
    assert ("SCHOOL#14SS00", "UIT#los-vast") in left
    assert received(loose) == []
    assert not [one for one in objects(loose) if f"aanvraag!{LOOSE}/" in one]
    anonymous = left["SESSIE#s-weg-False#14SS#0", "VERZOEK"]
    assert (anonymous["nummer"], anonymous["vingerafdruk"]) == ("", "")
    assert left["SESSIE#s-vast-False#14SS#0", "VERZOEK"]["nummer"]
    assert numbers_in_list(loose) == [False, True]


def test_a_hold_keeps_what_is_under_the_number_alone(loose: Stores) -> None:
    with pytest.raises(Refused, match="BEWAREN_OPGELEGD"):
        importeren.plaats_niet(work(loose, HERE, after(days=1)), "los-vast")
    ruim_op(loose, Termijnen(), after(years=6))
    left = rows(loose)
    assert left["SCHOOL#14SS00", "UIT#los-vast"]["map"]
    assert left["SESSIE#s-vast-False#14SS#0", "VERZOEK"]["nummer"]
    assert ("SCHOOL#14SS00", f"UIT#{LOOSE}") not in left
    assert [one for one in objects(loose) if "aanvraag!los-vast/" in one]


def test_niet_geplaatst_forgets_when_a_dossier_was_received_for_the_number(loose: Stores) -> None:
    assert received(loose)
    importeren.plaats_niet(work(loose, HERE, after(days=1)), LOOSE)
    assert received(loose) == []


def test_the_list_of_a_bulk_question_loses_its_numbers_the_night_after_it_is_done(loose: Stores) -> None:
    assert numbers_in_list(loose) == [True, True]
    ruim_op(loose, Termijnen(), NOW + timedelta(days=1))
    assert numbers_in_list(loose) == [False, False]
    assert len(every_version(loose, f"{HERE}/opdracht!vraag/m/opdracht.json")) == 1
    proven = [row for row in opruiming.bewijzen(loose, HERE) if row.get("soort") == "nummer"]
    assert [row["aantal"] for row in proven] == [2]


def test_a_hold_is_laid_before_destruction_begins_or_not_at_all(stores: Stores) -> None:
    who, refused = work(stores, HERE, after(days=2)), list[str]()

    def lay(**_: object) -> None:
        if not refused:
            with pytest.raises(Refused) as said:
                bewaren.leg_op(who, "weg", "Klacht")
            refused.append(said.value.code)

    stores.inhoud.client.meta.events.register("before-call.s3.DeleteObject", lay)
    avg.vernietig(who, "weg", "Op verzoek")
    assert refused == ["VERNIETIGING_BEGONNEN"]
    assert stores.find_dossier(HERE, "weg") is None


def test_proofs_have_a_term(stores: Stores) -> None:
    avg.vernietig(work(stores, HERE, BEGIN), "blijft", "Op verzoek")
    ruim_op(stores, Termijnen(), after(years=5, days=-1))
    assert proofs(stores) == ["blijft"]
    ruim_op(stores, Termijnen(), after(years=5))
    assert proofs(stores) == []


def test_a_hold_stops_people_too(stores: Stores) -> None:
    who, before = work(stores, HERE, BEGIN), objects(stores)
    with pytest.raises(Refused, match="BEWAREN_OPGELEGD"):
        zorgvragen.verwijder(who, "vast", "z-True")
    with pytest.raises(Refused, match="BEWAREN_OPGELEGD"):
        leerlingmap.verwijder(who, "vast", "notitie")
    assert objects(stores) == before
    assert stores.zorgvraag(HERE, "vast", "z-True").omschrijving
    bewaren.hef_op(who, "vast")
    assert zorgvragen.verwijder(who, "vast", "z-True") is not None
    leerlingmap.verwijder(who, "vast", "notitie")
