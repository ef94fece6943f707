"""Whatever call of removing a zorgvraag or sending it again goes wrong, and whoever is at it at the same time.

At most one koppelsleutel is kept and notified (9b.12), the SWV acts upon one notification, and the state is right.
"""

import hashlib
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import CERTIFICAAT_ONBEKEND, SESSIE_AFWIJKEND, Resultaat
from chalicelib.domain.zorgvraag import Zorgvraag, reden
from chalicelib.errors import NotFound, Refused
from chalicelib.flows.afmaken import sluit_afgebroken
from chalicelib.flows.leerlingen import verwijder
from chalicelib.flows.zorgvraag_melden import meld
from chalicelib.flows.zorgvragen import stuur_opnieuw
from chalicelib.messages.berichten import Adressen, DocumentRequest, Doel, TerugkoppelingRequest, TerugkoppelingResponse
from chalicelib.store import Nudge
from chalicelib.traffic_center import TrafficCenter
from infra.local.register import Punt
from tests.faults.seam import Seam, sweep
from tests.faults.town import CENTER, KEY, PROFIEL, PUPIL, Town, intact, work
from tests.faults.zorgvraag import ANSWER, SWV_DOOR, SWV_OIN, Village, drain, press
from tests.pupil import NOW

ONCE = ("ZORGVRAAG_VERZONDEN", "ZORGVRAAG_SLEUTEL", "ZORGVRAAG_TERUGGEKOPPELD")


def only(village: Village) -> Zorgvraag:
    """The one zorgvraag that there is."""
    (found,) = village.town.stores().zorgvragen(village.school, PUPIL)
    return found


def acts(village: Village) -> Counter[str]:
    stores = village.town.stores()
    card = stores.dossier(village.school, PUPIL)
    return Counter(intact(stores, card.onderwerp, card.kop))


def settled(village: Village) -> Counter[str]:
    """Check what must be so however it went, and count what was left over on the way."""
    stores, zorgvraag, done = village.town.stores(), only(village), acts(village)
    assert (zorgvraag.status, zorgvraag.notificatie_verstuurd) == ("TERUGGEKOPPELD", "Ja")
    (key,) = village.kept()
    assert [told for told, _ in village.swv.told] == [key], "one koppelsleutel was told, and it is the one we keep"
    assert stores.geheim.ontsleutel_tekst(village.school, zorgvraag.koppelsleutel or "") == key
    assert hashlib.sha256(village.swv.fetched[key]).hexdigest() == zorgvraag.verzend_hash
    (answer,) = zorgvraag.terugkoppelingen
    assert stores.inhoud.get(zorgvraag.map, answer.object).decode() == ANSWER
    assert {"dossier.xml", "dossier.pdf", answer.object} == set(village.objects(zorgvraag.map))
    assert [done[act] for act in ONCE] == [1, 1, 1]
    assert done["ZORGVRAAG_OPGEHAALD"] >= 1
    assert done["ZORGVRAAG_GENOTIFICEERD"] <= 1
    assert done["ZORGVRAAG_MISLUKT"] == 0
    nothing_waits(village.town)
    boxes = {name.partition("/")[0] for name in village.objects(f"{village.school}/{PUPIL}")}
    return Counter(
        orphan_keys=len(village.issued()) - 1,
        orphan_boxes=len(boxes) - 2,  # that of the record and that of the zorgvraag
        notified_again=village.swv.notifications - 1,
        fetched_again=done["ZORGVRAAG_OPGEHAALD"] - 1,
    )


def nothing_waits(town: Town) -> None:
    sqs = town.aws.client("sqs")
    for name in ("oso-sandbox-zorgvragen", "oso-sandbox-zorgvragen-dood"):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        assert set(left.values()) == {"0"}, (name, left)
    assert town.stores().open_sinds("ZORGVRAAG", "9999") == []


@pytest.mark.parametrize("told", [False, True])
def test_no_fault_of_removing_leaves_content_or_an_open_door(town: Town, told: bool) -> None:
    """R114, 15.22-26: before the notification nothing stays, afterwards a tombstone that opens nothing."""

    def removed(seam: Seam | None) -> Village:
        village = Village.make(town)
        sent = village.send()
        village.swv.down = True
        if told:
            village.work_queue()  # the koppelsleutel is kept; whether the SWV heard of it nobody knows
            village.swv.told.append((village.kept()[0], town.register.koppelsleutels[village.kept()[0]]))
        faulty = Village(town, village.school, village.swv, seam)
        try:
            press(lambda: faulty.remove(sent.id))
        except NotFound:
            assert not told  # the first time did it, and its answer was lost
        assert list(village.objects(sent.map)) == []
        if told:
            assert (only(village).status, only(village).omschrijving) == ("INGETROKKEN", "")
            village.swv_fetches()
            assert set(village.swv.refused.values()) == {"KOPPELSLEUTEL_ONBEKEND"}
        else:
            assert town.stores().zorgvragen(village.school, PUPIL) == []
        village.live(1)
        assert acts(village)["ZORGVRAAG_VERWIJDERD"] == 1
        assert village.swv.fetched == {}
        nothing_waits(town)
        return village

    seam = Seam()
    removed(seam)
    cases = 0
    for at, way in sweep(seam.names):
        removed(Seam(at, way))
        cases += 1
    print(f"\nverwijderen ({'na' if told else 'voor'} de notificatie): {len(seam.names)} calls, {cases} cases")


def test_a_door_that_stays_shut_ends_as_failed_and_can_be_sent_again_with_the_same_koppelsleutel(town: Town) -> None:
    """Five receives, then MISLUKT; `opnieuw` with every call going wrong in every way arrives once."""

    def failed_and_sent_again(seam: Seam | None) -> Village:
        village = Village.make(town)
        sent = village.send()
        village.swv.down = True
        for _ in range(4):
            village.work_queue()
            assert only(village).status == "VERZONDEN"
        village.work_queue()
        assert (only(village).status, only(village).code) == ("MISLUKT", "PEER_ONBEREIKBAAR")
        drain(town)
        village.swv.down = False
        faulty = Village(town, village.school, village.swv, seam)
        press(lambda: faulty.send_again(sent.id))
        faulty.work_queue()
        village.live()
        (key,) = village.kept()
        assert [key] == village.issued() == [told for told, _ in village.swv.told]
        assert only(village).status == "TERUGGEKOPPELD"
        assert acts(village)["ZORGVRAAG_OPNIEUW"] == 1
        return village

    seam = Seam()
    failed_and_sent_again(seam)
    cases = 0
    for at, way in sweep(seam.names):
        failed_and_sent_again(Seam(at, way))
        cases += 1
    print(f"\nopnieuw: {len(seam.names)} calls, {cases} cases")


def test_what_breaks_its_worker_at_the_last_try_too_is_ended_by_the_clock_and_can_be_sent_again(town: Town) -> None:
    village = Village.make(town)
    sent = village.send()
    stores, nudge = town.stores(), Nudge("ZORGVRAAG", village.school.code, f"{PUPIL}/{sent.id}")

    def break_off(url: str, data: bytes) -> tuple[int, bytes]:
        raise MemoryError

    with pytest.raises(MemoryError):
        meld(stores, TrafficCenter(break_off, PROFIEL, KEY, CENTER), nudge, NOW, laatste_keer=True)
    assert sluit_afgebroken(stores, NOW + timedelta(minutes=10)) == 1
    assert (only(village).status, only(village).code) == ("MISLUKT", "TECHNISCHE_FOUT")
    assert reden("TECHNISCHE_FOUT")[1].startswith("Verstuur de zorgvraag opnieuw")
    drain(town)
    village.send_again(sent.id)
    assert sluit_afgebroken(stores, NOW + timedelta(days=1)) == 0, "that was the last try of before"
    village.live()
    assert only(village).status == "TERUGGEKOPPELD"


def test_one_whose_pupil_was_removed_is_closed_and_asks_for_no_koppelsleutel(town: Town) -> None:
    village = Village.make(town)
    sent = village.send()
    stores = town.stores()
    verwijder(work(stores, village.school), PUPIL, "*")
    village.work_queue()
    assert (only(village).status, only(village).code) == ("MISLUKT", "TECHNISCHE_FOUT")
    village.clock()
    assert village.issued() == []
    nothing_waits(town)
    assert meld(stores, village.center("worker"), Nudge("ZORGVRAAG", village.school.code, f"{PUPIL}/{sent.id}"), NOW)


def test_one_whose_pupil_was_removed_and_put_again_is_closed(town: Town) -> None:
    village = Village.make(town)
    sent = village.send()
    verwijder(work(town.stores(), village.school), PUPIL, "*")
    village.put_pupil()
    assert town.stores().open_sinds("ZORGVRAAG", "9999") == []
    drain(town)
    assert list(village.objects(sent.map)), "it waits for its own term"


def test_eight_workers_with_the_same_nudge_keep_and_tell_one_koppelsleutel(town: Town) -> None:
    """A nudge delivered twice, and one of the clock: whoever loses throws its koppelsleutel away."""
    village = Village.make(town)
    sent = village.send()
    nudge = Nudge("ZORGVRAAG", village.school.code, f"{PUPIL}/{sent.id}")
    gate = threading.Barrier(8)

    def worker(_: int) -> bool:
        gate.wait(20)
        return village.worker(nudge)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(worker, range(8)))
    village.live()
    over = settled(village)
    print(f"\n8 workers at once: {dict(over)}")


def test_the_same_key_used_at_the_same_moment_sends_one_zorgvraag(town: Town) -> None:
    village = Village.make(town)
    gate = threading.Barrier(4)

    def send(_: int) -> str:
        gate.wait(20)
        return village.send().id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    village.live()
    assert settled(village)["orphan_boxes"] == 0


def test_an_answer_by_another_pair_or_with_an_expired_koppelsleutel_is_refused(town: Town) -> None:
    """Protocol 2.5 step 2, ch. 16: the key binds one school, one SWV, and one season."""
    village = Village.make(town)
    village.send()
    village.live()
    ((key, addresses),) = village.swv.told
    in_august = NOW.replace(month=8, day=1)

    def answer(changed: Adressen, now: datetime = NOW) -> object:
        message = TerugkoppelingRequest(changed, key, NOW.replace(microsecond=0), "Nog een.")
        outcome = village.wire(message, now)
        return outcome.code if isinstance(outcome, Resultaat) else outcome

    other_swv = Punt(village.school.brin, Aanleverpunt("901"), "SWV Ander", Doel.PAO, SWV_OIN, SWV_DOOR)
    town.register.punten[village.school.brin, other_swv.nummer] = other_swv
    for changed in (
        replace(addresses, doel_aanleverpunt=other_swv.nummer),
        replace(addresses, bron_aanleverpunt=Aanleverpunt("77")),
        replace(addresses, bron_brin=Brin("99EF")),
    ):
        assert answer(changed) == "KOPPELSLEUTEL_ONBEKEND"
    assert answer(addresses, in_august) == "KOPPELSLEUTEL_ONBEKEND"
    assert len(only(village).terugkoppelingen) == 1
    assert answer(addresses) == TerugkoppelingResponse()
    assert len(only(village).terugkoppelingen) == 2


def test_an_answer_is_taken_whichever_of_both_it_calls_the_source(town: Town) -> None:
    """Protocol 2.5: the sources contradict each other; the koppelsleutel says who is who."""
    village = Village.make(town)
    village.send()
    village.live()
    ((key, addresses),) = village.swv.told
    message = TerugkoppelingRequest(addresses.omgekeerd, key, NOW.replace(microsecond=0), "Andersom.")
    assert village.wire(message) == TerugkoppelingResponse()
    assert len(only(village).terugkoppelingen) == 2
    stranger = replace(addresses.omgekeerd, bron_aanleverpunt=Aanleverpunt("77"))
    assert village.wire(replace(message, adressen=stranger)) is CERTIFICAAT_ONBEKEND
    unknown = village.wire(replace(message, koppelsleutel=str(uuid.uuid4()).upper()))
    assert isinstance(unknown, Resultaat)
    assert unknown.code == "KOPPELSLEUTEL_ONBEKEND"


def test_the_session_of_a_zorgvraag_belongs_to_the_first_certificate_that_used_it(town: Town) -> None:
    """Protocol 9b.7."""
    village = Village.make(town)
    village.send()
    village.work_queue()
    ((key, addresses),) = village.swv.told
    session = village.center("swv", SWV_OIN).open_sessie(
        replace(addresses, bron_aanleverpunt=None), key, Overdrachtsoort.SWV
    )
    assert not isinstance(session, Resultaat)
    asked = DocumentRequest(addresses, None, key, Overdrachtsoort.SWV, session.sessie_id)
    first = village.wire(asked)
    assert isinstance(first, bytes)
    assert village.wire(asked, certificate="een ander") is SESSIE_AFWIJKEND
    assert village.wire(asked) == first


def test_a_failed_one_whose_koppelsleutel_has_expired_cannot_be_sent_again(town: Town) -> None:
    village = Village.make(town)
    sent = village.send()
    village.swv.down = True
    for _ in range(5):
        village.work_queue()
    drain(town)
    in_august = work(town.stores(), village.school, NOW.replace(month=8, day=1))
    with pytest.raises(Refused, match="ZORGVRAAG_VERLOPEN"):
        stuur_opnieuw(in_august, PUPIL, sent.id, "te laat")
    assert village.send_again(sent.id).status == "VERZONDEN"
    assert village.send_again(sent.id).status == "VERZONDEN", "the same key is the same act"
    with pytest.raises(Refused, match="ZORGVRAAG_NIET_MISLUKT"):
        village.send_again(sent.id, "nog eens")
