"""A regionaal platform within the BRIN: asked with the setting only, and served only when named (15.35)."""

import uuid
from dataclasses import replace

import pytest

from chalicelib.config import Leverancier, Settings
from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.aanvraag import Stand
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import BinnenBrinDoel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import Resultaat
from chalicelib.flows.balie import Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.ophalen import Regionaal, haal_op
from chalicelib.flows.opvragen import Verzoek, vraag_op
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.messages.berichten import Adressen, DocumentRequest, SessiecontroleResponse
from chalicelib.store import Nudge
from tests.conftest import Provisioned
from tests.contract.schools import ISSUER, World, reply
from tests.pupil import NOW, NUMBERS, record

PLATFORM = "3" * 20
NUMBER = NUMBERS[0]


@pytest.fixture
def world(aws: Provisioned) -> World:
    made = World(aws)
    made.point("14SS", "7", "Verzonnen platform", PLATFORM, "https://platform.invalid/7")
    made.says["documentRequest"] = lambda _: reply(uitkomst.NIET_BEKEND)
    return made


def ask(world: World) -> tuple[Stand, str | None]:
    """14SS00 asks its own BRIN; the platform is known to be one."""
    werk = world.work("14SS00")
    row = vraag_op(werk, Verzoek(Brin("14SS"), Pgn(PgnType.BSN, NUMBER)), uuid.uuid4().hex, uuid.uuid4().hex)
    regional = Regionaal(world.overview, frozenset({PLATFORM}))
    haal_op(world.stores, world.tc["14SS"], Nudge("AANVRAAG", "14SS00", row.id), NOW, regionaal=regional)
    done = world.stores.aanvraag(werk.school, row.id)
    return done.status, done.resultaat


def asked_points(world: World) -> list[str]:
    return [str(call.of.adressen.bron_aanleverpunt) for call in world.calls if call.what == "documentRequest"]


def connect(world: World, *, on: bool = True) -> None:
    werk = world.work("14SS00")
    school = world.stores.school(werk.school)
    mutatie = werk.mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp)
    world.stores.commit(mutatie, school, school.wijzig(aangesloten_op_regionaal_initiatief=on))


def test_without_the_setting_nothing_is_asked_of_a_platform_and_no_session_is_opened(world: World) -> None:
    assert ask(world) == (Stand.AFGEWEZEN, "REGIONAAL_INITIATIEF_UIT")
    assert "overdrachtRequest" not in [call.what for call in world.calls]


def test_with_the_setting_a_platform_is_asked(world: World) -> None:
    connect(world)
    assert ask(world) == (Stand.AFGEWEZEN, "LEERLING_NIET_BEKEND")
    assert asked_points(world) == ["7"]


def test_without_the_setting_a_nevenvestiging_is_asked_all_the_same(world: World) -> None:
    world.point("14SS", "2", "Noord")
    assert ask(world) == (Stand.AFGEWEZEN, "LEERLING_NIET_BEKEND")
    assert asked_points(world) == ["2"]


def set_ready(world: World, doel: BinnenBrinDoel, point: str | None) -> None:
    """l-1 within the BRIN, for this aanleverpunt."""
    werk = world.work("14SS00")
    zet_record(werk, "l-1", Record("2019.1", record(NUMBER)), None)
    vul_in(
        werk,
        "l-1",
        lambda oud: replace(oud, binnen_brin=True, binnen_brin_doel=doel, doel_aanleverpunt=point),
        "*",
    )
    verzamel(werk, "l-1", Profiel.BB_POPO)
    zet_klaar(werk, "l-1")


def fetch(world: World) -> bytes | Resultaat:
    """The platform at aanleverpunt 7 asks for it."""
    world.says["sessiecontroleRequest"] = lambda asked: reply(SessiecontroleResponse("PO"))
    adressen = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("14SS"), Aanleverpunt("7"))
    pgn, session = Pgn(PgnType.BSN, NUMBER), str(uuid.uuid4())
    desk = replace(world.desk(), leveranciers=(Leverancier(ISSUER, PLATFORM, None, platform=True),))
    asked = DocumentRequest(adressen, pgn, None, Overdrachtsoort.BINNENBRIN, session)
    return beantwoord(desk, Beller(ISSUER, PLATFORM, "certificaat"), asked)


@pytest.mark.parametrize("named", [False, True])
def test_a_platform_fetches_only_what_the_card_meant_for_a_platform(world: World, named: bool) -> None:
    connect(world)
    set_ready(
        world, BinnenBrinDoel.REGIONAAL_PLATFORM if named else BinnenBrinDoel.NEVENVESTIGING, "7" if named else None
    )
    answer = fetch(world)
    assert isinstance(answer, bytes) is named
    assert named or answer is uitkomst.NIET_OPVRAAGBAAR


def test_a_platform_fetches_nothing_while_the_setting_is_off(world: World) -> None:
    """R134: also what was set ready while it was on; switched on again it is delivered."""
    connect(world)
    set_ready(world, BinnenBrinDoel.REGIONAAL_PLATFORM, "7")
    connect(world, on=False)
    assert fetch(world) is uitkomst.NIET_OPVRAAGBAAR
    connect(world)
    assert isinstance(fetch(world), bytes)


def test_the_setting_says_which_suppliers_are_platforms() -> None:
    rows = '[{"issuer": "CN=x", "oin": "1", "platform": true}, {"issuer": "CN=x", "oin": "2"}]'
    found = Settings.from_env({"OSO_LEVERANCIERS": rows}).leveranciers
    assert [one.platform for one in found] == [True, False]
