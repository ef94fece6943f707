"""The test school and the SWV system of the sandbox, as a doel and a school meet them, in both generations."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import GESLAAGD, Resultaat
from chalicelib.errors import PeerError
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from chalicelib.messages import berichten as b
from chalicelib.messages.soorten import lees_pgn
from infra.local.pki import OIN, Pki, make_pki
from infra.local.processes import wait_until
from infra.local.scenarios import SCENARIOS, VERZAMELD, Scenario
from tests.contract.parties import Partij, client, partij, partijen, traffic_center

YY = Brin("00YY")
ONS = Aanleverpunt("9")
PUNTEN = [
    {"brin": "00YY", "nummer": "0", "naam": "Testschool", "doel": "OV", "leverancier": OIN["testschool"]},
    {"brin": "00YY", "nummer": "10", "naam": "SWV", "doel": "PaO", "leverancier": OIN["swv"]},
    {
        "brin": "00YY",
        "nummer": "9",
        "naam": "wij",
        "doel": "OV",
        "leverancier": OIN["leverancier-a"],
        "url": "https://x",
    },
]


class Wereld(NamedTuple):
    generatie: str
    pki: Pki
    tc: Partij
    school: Partij
    swv: Partij


@pytest.fixture(scope="module", params=["18", "22"])
def wereld(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wereld]:
    map_ = tmp_path_factory.mktemp("wereld")
    pki = make_pki(map_ / "pki")
    with partijen() as children:
        tc = traffic_center(children, pki, map_, PUNTEN)
        school = partij(children, pki, map_, tc, "test_school", f"--generatie={request.param}")
        swv = partij(children, pki, map_, tc, "swv", "--punt=00YY/10", f"--generatie={request.param}")
        yield Wereld(request.param, pki, tc, school, swv)


def vraag(wereld: Wereld, nummer: str, aanvraagdatum: object = None) -> bytes | Resultaat:
    """Ask the test school for one dossier as a doel does, sign off, and give what came."""
    doel = client(wereld.pki, wereld.tc, "leverancier-a", wereld.generatie)
    scenario, pgn = SCENARIOS.get(nummer), lees_pgn(nummer)
    binnen = isinstance(scenario, Scenario) and scenario.profiel.startswith("BB")
    soort = Overdrachtsoort.BINNENBRIN if binnen else Overdrachtsoort.OVERSTAPDOSSIER
    sessie = doel.open_sessie(b.Adressen(YY, None, YY, ONS), pgn, soort)
    assert isinstance(sessie, b.OverdrachtResponse), sessie
    (punt,) = sessie.aanleverpunten
    assert punt.aanleverpunt == Aanleverpunt("0"), "the index, in both generations"
    datum = VERZAMELD + aanvraagdatum if isinstance(aanvraagdatum, timedelta) else None
    aanvraag = b.DocumentRequest(b.Adressen(YY, punt.aanleverpunt, YY, ONS), pgn, None, soort, sessie.sessie_id, datum)
    try:
        antwoord = doel.vraag_dossier(punt.url, aanvraag)
    finally:
        doel.meld_af(aanvraag, GESLAAGD)
    return antwoord


@pytest.mark.parametrize(
    ("nummer", "verwacht"),
    [
        ("101211151", "POVO"),
        ("662460613", "VOVO"),
        ("482782481", "POPO"),
        ("613543439", "POPO"),
        ("238521436", "BB-POPO"),
        ("559144428", "NAAMRUIMTE_ONBEKEND"),
        ("991904862", "NAAMRUIMTE_ONBEKEND"),
        ("097902378", "LEERLINGINFO_NIET_BESCHIKBAAR"),
        ("334390205", "LEERLINGINFO_NIET_OPVRAAGBAAR"),
        ("019907758", "LEERLING_NIET_BEKEND"),
    ],
)
def test_every_published_number_has_its_published_outcome(wereld: Wereld, nummer: str, verwacht: str) -> None:
    """Protocol 7.2."""
    antwoord = vraag(wereld, nummer)
    if isinstance(antwoord, Resultaat):
        assert antwoord.code == verwacht
        return
    verslag = controleer(antwoord)
    assert verwacht in (verslag.profiel, *(melding.code for melding in verslag.meldingen))
    assert verslag.geldig == verwacht.endswith(("VO", "PO"))
    if verslag.geldig:
        leerling = decode(antwoord).dossier["huidigeschool"]["leerling"]
        assert nummer in (leerling.get("bsn"), leerling.get("onderwijsnummer"))


def test_the_well_filled_dossier_has_many_bijlagen(wereld: Wereld) -> None:
    antwoord = vraag(wereld, "613543439")
    assert isinstance(antwoord, bytes)
    assert antwoord.count(b"<bestandsinhoud>") > 10


def test_the_request_date_decides_between_the_older_dossier_the_newer_one_and_none(wereld: Wereld) -> None:
    """Protocol 2.1 step 6 and 7.2."""
    oud, nieuw = vraag(wereld, "388483763"), vraag(wereld, "388483763", timedelta(seconds=-1))
    assert isinstance(oud, bytes)
    assert isinstance(nieuw, bytes)
    assert b"<eindtoets_basisonderwijs>" not in oud
    assert b"<eindtoets_basisonderwijs>" in nieuw
    geen = vraag(wereld, "388483763", timedelta())
    assert isinstance(geen, Resultaat)
    assert geen.code == "LEERLINGINFO_NIET_BESCHIKBAAR"


def test_the_test_school_checks_the_session_before_it_answers(wereld: Wereld) -> None:
    """Protocol 2.1 step 4."""
    doel = client(wereld.pki, wereld.tc, "leverancier-a", wereld.generatie)
    verzonnen = b.DocumentRequest(
        b.Adressen(YY, Aanleverpunt("0"), YY, ONS),
        lees_pgn("482782481"),
        None,
        Overdrachtsoort.OVERSTAPDOSSIER,
        "00000000-0000-4000-8000-000000000000",
    )
    antwoord = doel.vraag_dossier(f"{wereld.school.adres}/oso/{wereld.generatie}", verzonnen)
    assert isinstance(antwoord, Resultaat)
    assert antwoord.code == "SESSIE_ONBEKEND"


def test_the_test_school_answers_wrongly_on_request(wereld: Wereld) -> None:
    wereld.school.doe("antwoord", soort="ander")
    ander = vraag(wereld, "662460613")
    assert isinstance(ander, bytes)
    assert b"662460613" not in ander
    wereld.school.doe("antwoord", soort="ongeldig")
    ongeldig = vraag(wereld, "662460613")
    assert isinstance(ongeldig, bytes)
    assert not controleer(ongeldig).geldig
    for soort in ("diep", "veel"):
        wereld.school.doe("antwoord", soort=soort)
        with pytest.raises(PeerError, match="PEER_ANTWOORD"):
            vraag(wereld, "662460613")


def test_a_zorgvraag_is_fetched_by_itself_and_answered_once(wereld: Wereld) -> None:
    """Protocol 2.4 and 2.5."""
    nr = len(wereld.swv.stand()["zorgvragen"])
    ontvangen = wereld.school.stand()["ontvangen"].get("terugkoppeling", 0)
    assert wereld.school.doe("zorgvraag", doelAanleverpunt="10", generatie=wereld.generatie) == "NotificatieOntvangen"
    wait_until(
        lambda: wereld.swv.stand()["zorgvragen"][nr]["toestand"] == "OPGEHAALD", 10, "the fetch by koppelsleutel"
    )
    zorgvraag = wereld.swv.stand()["zorgvragen"][nr]
    assert zorgvraag["resultaat"] == "SUCCESVOL_ONTVANGEN"
    assert zorgvraag["sha256"] == wereld.school.stand()["geleverd"][-1]["sha256"]
    assert wereld.tc.stand()["sessies"][-1]["toestand"] == "afgemeld"
    assert wereld.swv.doe("terugkoppeling", nr=nr, tekst="Verzonnen advies") == "TerugkoppelingOntvangen"
    assert wereld.swv.stand()["zorgvragen"][nr]["toestand"] == "TERUGGEKOPPELD"
    assert wereld.school.stand()["ontvangen"]["terugkoppeling"] == ontvangen + 1


def test_an_earlier_asker_is_told_that_the_dossier_is_ready(wereld: Wereld) -> None:
    """Protocol 2.3; the test school plays both sides."""
    vraag(wereld, "482782481")
    wereld.tc.doe("aanleverpunt", **{**PUNTEN[2], "url": f"{wereld.school.adres}/oso/{wereld.generatie}"})
    sessie = wereld.school.stand()["sessies"][-1]
    assert wereld.school.doe("notificatie", sessieId=sessie, generatie=wereld.generatie) == "NotificatieOntvangen"
    assert wereld.school.stand()["ontvangen"]["notificatie"] == 1


def test_no_log_of_a_party_shows_a_number(wereld: Wereld) -> None:
    vraag(wereld, "482782481")
    logs = "".join(Path(een.log).read_text() for een in (wereld.tc, wereld.school, wereld.swv))
    assert "documentRequest" in logs
    assert not any(nummer in logs for nummer in SCENARIOS)
