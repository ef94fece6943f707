"""How much one other party, or one employee, can make us do, keep and show."""

import io
import zipfile
from datetime import timedelta

import pytest

from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.notificatie import Richting
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import RESULTATEN, Resultaat
from chalicelib.flows import avg, notificaties
from chalicelib.flows.balie import Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.ophalen import haal_op
from chalicelib.flows.opvragen import Verzoek, vraag_op
from chalicelib.flows.rekenblad import veilig
from chalicelib.messages.berichten import Adressen, Doel, NotificatieRequest, NotificatieResponse
from chalicelib.store import Nudge
from tests.conftest import Provisioned
from tests.contract.schools import ISSUER, OIN, World
from tests.contract.test_belofte import ASKER, request
from tests.contract.years import HERE, fill
from tests.faults.seam import stores_of
from tests.faults.town import work
from tests.pupil import NOW, NUMBERS

SENDER = Beller(ISSUER, OIN["14SS"], "certificaat 14SS")


@pytest.fixture
def world(aws: Provisioned) -> World:
    made = World(aws)
    made.publish("l-1", NUMBERS[0])
    return made


def adressen(doel: str) -> Adressen:
    return Adressen(Brin("14SS"), Aanleverpunt("0"), Brin(doel), Aanleverpunt("0"))


def test_no_act_is_larger_than_the_limit_of_a_day_not_even_the_first(world: World) -> None:
    school = world.work("14SS00").school
    for who, sizes in (("m-1", (501, 500, 1)), ("m-2", (1, 500, 499))):
        counted = [world.stores.tel_mee(school, who, NOW.date(), size, 500) for size in sizes]
        assert counted == ([False, True, False] if who == "m-1" else [True, False, True])


def test_a_request_that_is_repeated_in_its_session_is_looked_up_once(world: World) -> None:
    asked = request(world)
    for _ in range(5):
        assert isinstance(beantwoord(world.desk(), ASKER, asked), bytes)
    work = world.work("14SS00")
    dossier = world.stores.dossier(work.school, "l-1")
    assert sum(regel.actie == Actie.VERZONDEN for regel in world.stores.logregels(dossier.onderwerp)) == 5
    world.calls.clear()
    assert len(notificaties.mogelijk(work, dossier)) == 1
    assert world.calls.count()["dynamodb GetItem"] == 1


def test_of_one_session_twenty_notificaties_are_kept_and_the_same_one_still_counts_once(world: World) -> None:
    work = world.work("99EF00")
    made = vraag_op(work, Verzoek(Brin("14SS"), Pgn(PgnType.BSN, NUMBERS[0])), "k1", "a" * 32)
    haal_op(world.stores, world.tc["99EF"], Nudge("AANVRAAG", "99EF00", made.id), NOW)
    session = world.stores.aanvraag(work.school, made.id).sessie_id

    def tell(n: int) -> NotificatieResponse | Resultaat:
        told = NotificatieRequest(adressen("99EF"), None, session, NOW + timedelta(seconds=n), Doel.OV)
        return notificaties.ontvang(world.desk("99EF"), SENDER, told)

    assert [tell(n // 2) for n in range(40)] == 40 * [NotificatieResponse()]
    assert tell(20) == RESULTATEN["NOTIFICATIE_TE_VEEL"]
    assert tell(3) == NotificatieResponse()
    assert len(world.stores.notificaties(work.school, Richting.IN)) == 20


def test_who_may_not_see_zorgvragen_gets_none_in_an_export_and_nobody_what_was_not_judged(aws: Provisioned) -> None:
    stores = stores_of(aws)
    fill(stores)
    names = {}
    for allowed in (True, False):
        map_ = avg.exporteer(work(stores, HERE), "weg", zorgvragen=allowed)
        with zipfile.ZipFile(io.BytesIO(stores.inhoud.get(map_, avg.EXPORT))) as archive:
            names[allowed] = set(archive.namelist())
            assert ('"koppelsleutel"' in archive.read("overig.json").decode()) is False
            assert ("omschrijving" in archive.read("overig.json").decode()) is allowed
    of_care = {name for name in names[True] if name.startswith("zorgvraag/")}
    assert of_care
    assert names[True] - names[False] == of_care
    assert names[False] - names[True] == {"zorgvragen.weg.txt"}
    parts = {name.split("/")[1] for name in names[True] if name.startswith("leerlingmap/")}
    assert "notitie" in parts
    assert "wacht" not in parts


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("=1+1", "'=1+1"), ("Jan;=1+1", "Jan;'=1+1"), (";@x", ";'@x"), ("-2", "'-2"), ("a=b; c", "a=b; c"), ("", "")],
)
def test_a_cell_of_a_csv_is_never_a_formula(cell: str, safe: str) -> None:
    assert veilig(cell) == safe
