"""One session, however its letters are written: who used it first has it (protocol 2.1), also in rows of before."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.nummers import Aanleverpunt, Brin, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.flows import binnengekomen
from chalicelib.flows.balie import Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.notificaties import ontvang
from chalicelib.messages.berichten import (
    Adressen,
    Doel,
    NotificatieRequest,
    NotificatieResponse,
    SessiecontroleResponse,
)
from chalicelib.store.rijen import verzoek_sleutel
from tests.conftest import Provisioned
from tests.contract.schools import ISSUER, OIN, Reply, World, reply
from tests.contract.test_protocol import NUMBER, ask, messages, yes
from tests.pupil import NOW


@pytest.fixture
def world(aws: Provisioned) -> World:
    made = World(aws)
    made.publish("l-1", NUMBER)
    ask(made)
    return made


def test_a_session_is_one_however_its_letters_are_written(world: World) -> None:
    """Other capitals made a session of its own of it, for whoever had another certificate."""
    asked = messages(world, "documentRequest")[0]
    upper = replace(asked, sessie_id=asked.sessie_id.upper())
    assert upper != asked
    said: list[str] = []

    def center(bericht: Any) -> Reply:
        said.append(bericht.sessie_id)
        return reply(SessiecontroleResponse("PO", asked.sessie_id))

    world.says["sessiecontroleRequest"] = center
    first = Beller(ISSUER, OIN["99EF"], "certificaat 99EF")
    assert isinstance(beantwoord(world.desk(), first, upper), bytes)
    assert beantwoord(world.desk(), replace(first, vingerafdruk="een ander"), upper) is uitkomst.SESSIE_AFWIJKEND
    assert said == [upper.sessie_id] * 2, "the Traffic Center gets it as it was received"
    assert len(binnengekomen.zoek(world.work("14SS00"), binnengekomen.Filter())) == 1


def test_a_request_of_before_is_found_under_the_session_as_it_was_sent(world: World) -> None:
    """Its row keeps its key; the same text again makes no second row."""
    asked = messages(world, "documentRequest")[0]
    upper = replace(asked, sessie_id=asked.sessie_id.upper())
    world.says["sessiecontroleRequest"] = lambda bericht: reply(yes(bericht))
    stores = world.stores
    row = stores.state.find(**verzoek_sleutel(asked.sessie_id, "14SS", "0"))
    assert row is not None
    stores.transact(stores.state.delete_if(row["pk"], row["sk"], version=row["version"]))
    del row["sleutel"]
    key = verzoek_sleutel(upper.sessie_id, "14SS", "0")
    stores.transact(stores.state.put_new({**row, **key, "sessie_id": upper.sessie_id}))
    first = Beller(ISSUER, OIN["99EF"], "certificaat 99EF")
    for asker, found in ((first, bytes), (replace(first, vingerafdruk="een ander"), Resultaat)):
        assert isinstance(beantwoord(world.desk(), asker, upper), found)
    (kept,) = binnengekomen.zoek(world.work("14SS00"), binnengekomen.Filter())
    assert (kept.sessie_id, kept.version) == (upper.sessie_id, row["version"] + 1)
    assert stores.state.find(**key) is not None


def test_a_notificatie_in_a_session_with_other_capitals_is_the_same_one(world: World) -> None:
    session = messages(world, "documentRequest")[0].sessie_id
    adressen = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
    for text in (session, session.upper()):
        told = NotificatieRequest(adressen, None, text, NOW, Doel.OV)
        answer = ontvang(world.desk("99EF"), Beller(ISSUER, OIN["14SS"], "c"), told)
        assert isinstance(answer, NotificatieResponse)
    assert len(world.stores.notificaties(Vestiging("99EF00"), "IN")) == 1
