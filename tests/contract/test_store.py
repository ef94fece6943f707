"""The store keeps its word on a real table: conditions, pointers, chains, rows, and races (house 7, 9)."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import Conflict, Invalid, NotFound, OsoError, Refused
from chalicelib.flows.leerlingen import Record, log_lezen, record_etag, verwijder, zet_record
from chalicelib.flows.opvragen import Verzoek, vraag_op
from chalicelib.flows.verzamelen import kaart_etag, vul_in
from chalicelib.flows.zorgvraag import zet
from chalicelib.store import Stores, herhaal
from chalicelib.store.items import dump, from_attributes, load, to_attributes
from tests.conftest import Provisioned
from tests.contract.desk import PGN, at_once, chain, contact, put
from tests.faults.seam import stores_of
from tests.faults.town import LEAVING, requests_of, work
from tests.pupil import NOW, NUMBERS, card, record

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


def test_a_pupil_who_stands_there_under_a_written_number_can_be_read_and_put_again(
    stores: Stores, here: Vestiging
) -> None:
    """Of before such keys were refused; a new pupil does not get one."""
    old, own = replace(card(), school=here, leerling_id="97902378"), Record("2019.1", record(None))
    stores.commit(work(stores, here).mutatie(Actie.LEERLING_AANGEMAAKT, old.onderwerp), None, old)
    put_again, new, _ = zet_record(work(stores, here), old.leerling_id, own, "*")
    assert not new
    assert log_lezen(work(stores, here), old.leerling_id, Actie.LEERLING_BEKEKEN).naam == put_again.naam
    with pytest.raises(Invalid, match="LEERLING_ID_ONGELDIG"):
        zet_record(work(stores, here), "097.902.378", own, None)


def test_a_row_of_an_older_version_is_read_with_defaults_and_without_what_is_gone() -> None:
    old = {"school": {"code": "14SS00"}, "leerling_id": "l-1", "naam": "x", "veld_van_vroeger": 3}
    read = load(Dossier, old)
    assert (read.leerling_id, read.status, read.invulling.uitschrijving) == ("l-1", Status.NIET_KLAAR, Uitschrijving())


def _with_a_newer_field(stores: Stores, pk: str, sk: str) -> None:
    """The row as a newer release of this service keeps it."""
    row = {**(stores.state.find(pk, sk) or {}), "van_straks": "x"}
    stores.state.client.put_item(TableName=stores.state.naam, Item=to_attributes(row))


def _newer_field(stores: Stores, pk: str, sk: str) -> object:
    return (stores.state.find(pk, sk) or {}).get("van_straks")


def test_what_a_newer_release_keeps_in_a_zorgvraag_stays_when_an_older_one_writes_it(
    stores: Stores, here: Vestiging
) -> None:
    put(stores, here)
    made = Zorgvraag(
        "z-1", here, "l-1", "Proef", "10", "SWV", Profiel.POSWV, "2019.1", NOW, "A. Proef", "m-1", "map", "i", "v",
        koppelsleutel="geheim", pointer="KOPPEL#1.x",
    )  # fmt: skip
    stores.transact(stores.bewaar_zorgvraag(None, made))
    key = (f"SCHOOL#{here}", "ZORGVRAAG#l-1#z-1")
    _with_a_newer_field(stores, *key)
    after = zet(work(stores, here), Actie.ZORGVRAAG_VERWIJDERD, made, lambda one: one.ingetrokken(NOW))
    row = stores.state.find(*key) or {}
    assert row["van_straks"] == "x"
    assert stores.zorgvraag(here, "l-1", "z-1") == after
    assert {"koppelsleutel", "open_soort", "open_since"} & row.keys() == set()
    with pytest.raises(Conflict):  # a late writer who still holds the one before
        stores.transact(stores.bewaar_zorgvraag(made, made.mislukt("PEER_ONBEREIKBAAR")))


def test_what_a_newer_release_keeps_in_a_document_stays_when_an_older_one_confirms_it(
    stores: Stores, here: Vestiging
) -> None:
    waits = Document(
        "d-1", here, "l-1", Documentsoort.BESTAND, Documentstatus.WACHT_OP_UPLOAD, "a.pdf", NOW, "A", verloopt=1
    )
    stores.transact(stores.leg_document_vast(waits))
    key = (f"SCHOOL#{here}", "MAP#l-1#d-1")
    _with_a_newer_field(stores, *key)
    there = replace(waits, status=Documentstatus.BESCHIKBAAR, sha256="s", verloopt=None)
    stores.transact(stores.leg_document_vast(there, waits))
    assert _newer_field(stores, *key) == "x"
    assert stores.document(here, "l-1", "d-1") == there
    with pytest.raises(Conflict):  # confirmed already
        stores.transact(stores.leg_document_vast(there, waits))


def test_of_what_was_received_the_newest_counts_also_in_the_hour_that_comes_twice(
    stores: Stores, here: Vestiging
) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    first = datetime(2026, 10, 25, 2, 40, tzinfo=zone)
    second = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=zone)  # half an hour later
    for moment in (first, second, first):
        stores.onthoud_ontvangst(here, PGN, "16VO", moment)
    found = stores.laatste_ontvangst(here, PGN, "16VO")
    assert found is not None
    assert found.timestamp() == second.timestamp()


def test_what_one_school_gave_says_nothing_of_another(stores: Stores, here: Vestiging) -> None:
    stores.onthoud_ontvangst(here, PGN, "16VO", NOW)
    old = {"pk": stores.ontvangst_partities(here, PGN)[0], "sk": "ONTVANGST", "gevraagd_op": NOW.isoformat()}
    assert stores.probeer(stores.state.put_new({**old, "verloopt": 1}))  # as a release of before wrote it
    assert stores.laatste_ontvangst(here, PGN, "16VO") == NOW
    assert stores.laatste_ontvangst(here, PGN, "14SS") is None


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
