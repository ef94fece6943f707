"""The order of answering (protocol 9b.3): nothing is looked up about the pupil before the Traffic Center said yes."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.domain.resultaat import NIET_BEKEND, Resultaat
from chalicelib.flows.klaarzetten import trek_in, zet_klaar
from chalicelib.messages.berichten import (
    Adressen,
    AfmeldingRequest,
    DocumentRequest,
    OverdrachtRequest,
    OverdrachtResponse,
)
from infra.local.register_rules import behandel
from tests.faults.seam import WRONG, Seam, Way
from tests.faults.town import KEY, OIN, PUPIL, Town, intact, publish, work
from tests.pupil import NUMBERS

_SESSIONS = itertools.count(1)
PGN = Pgn(PgnType.BSN, NUMBERS[1])
OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER
FROM, TO = Brin("14SB"), Brin("99EF")
SCHOOL = Vestiging("14SB00")


@pytest.fixture(scope="module", autouse=True)
def _published(town: Town) -> None:
    town.settle(SCHOOL, "0")
    publish(town, SCHOOL, PGN.nummer)


def session(town: Town, pgn: Pgn = PGN) -> str:
    """A session that the Traffic Center granted to 99EF."""
    asked = OverdrachtRequest(Adressen(FROM, None, TO, Aanleverpunt("0")), OVERSTAP, KEY(pgn))
    granted = behandel(town.register, asked, OIN)
    assert isinstance(granted, OverdrachtResponse)
    return granted.sessie_id


def message(session_id: str, pgn: Pgn = PGN, soort: Overdrachtsoort = OVERSTAP, punt: str = "0") -> DocumentRequest:
    adressen = Adressen(FROM, Aanleverpunt("0"), TO, Aanleverpunt(punt))
    return DocumentRequest(adressen, pgn, None, soort, session_id)


def signed_off(town: Town) -> str:
    session_id = session(town)
    adressen = message(session_id).adressen
    off = AfmeldingRequest(adressen, OVERSTAP, KEY(PGN), sessie_id=session_id, resultaat=NIET_BEKEND)
    assert not isinstance(behandel(town.register, off, OIN), Resultaat)
    return session_id


def looked_up(seam: Seam) -> list[str]:
    """Reads of the pupil, and anything that would keep or show something about one."""
    return [
        name
        for name in seam.names
        if any(one in name for one in ("PGN", "SCHOOL", "encrypt", "put", "transact", "get_object"))
    ]


def test_of_an_invalid_session_the_pupil_is_never_looked_up_and_nothing_is_kept(town: Town) -> None:
    refused = {
        "SESSIE_ONBEKEND": message("0f0e0d0c-0b0a-4908-8706-050403020100"),
        "SESSIE_AFWIJKEND": message(session(town, Pgn(PgnType.BSN, NUMBERS[2]))),
        "SESSIE_REEDS_AFGEMELD": message(signed_off(town)),
        "ONBEKEND_AANLEVERPUNT": message(session(town), punt="9"),
    }
    for code, request in refused.items():
        seam = Seam()
        answer = town.deliver(request, seam)
        assert isinstance(answer, Resultaat)
        assert answer.code == code
        assert looked_up(seam) == [], (code, seam.names)
        assert any("send" in name for name in seam.names)


def test_with_a_valid_session_the_pupil_is_looked_up_only_after_the_yes_and_after_the_request_was_kept(
    town: Town,
) -> None:
    seam = Seam()
    assert isinstance(town.deliver(message(session(town)), seam), bytes)
    first_yes = next(n for n, name in enumerate(seam.names) if "send" in name)
    kept, written = (n for n, name in enumerate(seam.names) if name == "bron transact_write_items")
    pupil = next(n for n, name in enumerate(seam.names) if name == "bron get_item PGN")
    assert first_yes < kept < pupil < written
    assert not any(looked_up(Seam(names=seam.names[:first_yes])))


def test_a_caller_that_is_not_on_the_list_or_asks_for_no_school_of_ours_does_not_even_reach_the_traffic_center(
    town: Town,
) -> None:
    seam = Seam()
    elsewhere = DocumentRequest(
        Adressen(FROM, Aanleverpunt("77"), TO, Aanleverpunt("0")), PGN, None, OVERSTAP, session(town)
    )
    answer = town.deliver(elsewhere, seam)
    assert isinstance(answer, Resultaat)
    assert (answer.code, seam.names) == ("VERSTREKKER_AANLEVERPUNT_NIET_BEKEND", ["bron get_item PUNT"])


def test_a_session_belongs_to_the_first_certificate_and_pupil_that_used_it(town: Town) -> None:
    session_id = session(town)
    assert isinstance(town.deliver(message(session_id), fingerprint="eerste"), bytes)
    stolen = town.deliver(message(session_id), fingerprint="tweede")
    assert isinstance(stolen, Resultaat)
    assert stolen.code == "SESSIE_AFWIJKEND"
    assert isinstance(town.deliver(message(session_id), fingerprint="eerste"), bytes)


def test_twenty_deliveries_at_once_are_all_logged_once_and_the_chain_is_intact(town: Town) -> None:
    """Twenty askers of one dossier, each in a session of its own, and four more in one and the same session."""
    stores = town.stores()
    before = stores.dossier(SCHOOL, PUPIL)
    requests = [message(session(town)) for _ in range(16)] + [message(session(town))] * 4
    gate = threading.Barrier(len(requests))

    def deliver(request: DocumentRequest) -> object:
        gate.wait(20)
        return town.deliver(request)

    with ThreadPoolExecutor(len(requests)) as pool:
        answers = list(pool.map(deliver, requests))
    assert len(set(map(type, answers))) == 1
    assert len(set(answers)) == 1  # the same bytes for everybody
    after = stores.dossier(SCHOOL, PUPIL)
    acts = intact(stores, after.onderwerp, after.kop)
    assert after.kop.aantal == before.kop.aantal + 20
    assert acts[-20:] == ["VERZONDEN"] * 20
    entries = stores.logregels(after.onderwerp)[-20:]
    assert len({entry.details["verzoek"] for entry in entries}) == 17
    assert (after.version, after.status, after.versie) == (before.version, before.status, before.versie)


def test_a_withdrawal_between_two_deliveries_is_never_lost(town: Town) -> None:
    """Deliveries and a withdrawal at once: whoever comes after it in the chain is refused."""
    stores = town.stores()
    requests = [message(session(town)) for _ in range(8)]
    gate = threading.Barrier(9)

    def deliver(request: DocumentRequest) -> object:
        gate.wait(20)
        return town.deliver(request)

    def withdraw() -> object:
        gate.wait(20)
        return trek_in(work(town.stores(), SCHOOL), PUPIL, "Proef")

    with ThreadPoolExecutor(9) as pool:
        delivered = [pool.submit(deliver, request) for request in requests]
        pool.submit(withdraw).result(60)
        answers = [one.result(60) for one in delivered]
    card = stores.dossier(SCHOOL, PUPIL)
    acts = intact(stores, card.onderwerp, card.kop)[-9:]
    after = acts[acts.index("INGETROKKEN") + 1 :]
    assert set(after) <= {"AANVRAAG_GEWEIGERD"}
    assert acts.count("VERZONDEN") == sum(isinstance(answer, bytes) for answer in answers)
    assert card.reden_intrekken == "Proef"
    zet_klaar(work(town.stores(), SCHOOL), PUPIL)


def test_a_call_that_goes_wrong_on_the_answer_side_keeps_the_chain_intact(town: Town) -> None:
    """The request is kept or not, the delivery logged or not: but never half."""
    for at, way in itertools.product(range(1, 12), Way):
        with suppress(*WRONG):
            town.deliver(message(session(town)), Seam(at, way))
    card = town.stores().dossier(SCHOOL, PUPIL)
    intact(town.stores(), card.onderwerp, card.kop)
    assert isinstance(town.deliver(message(session(town))), bytes)
