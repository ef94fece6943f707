"""Protocol 2.1 to 2.3, sentence by sentence: what must, always, before, only and never happen.

`make guards` (tests/guards_protocol.py) breaks each of them in turn, and sees that its test here turns red.
"""

import json
import re
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.invulling import Uitschrijving, Vervolgschool
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.notificatie import Notificatiestatus
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.domain.opdracht import Bulksoort, Taak
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.errors import Invalid
from chalicelib.flows import binnengekomen, bulk, importeren, notificaties
from chalicelib.flows.afmaken import sluit_afgebroken
from chalicelib.flows.balie import Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.bijlage import haal_bijlage
from chalicelib.flows.klaarzetten import trek_in, zet_klaar
from chalicelib.flows.leerlingen import haal_record
from chalicelib.flows.opdrachten import Bulkvraag, geef_opdracht
from chalicelib.flows.ophalen import PDF, XML, haal_op
from chalicelib.flows.opvragen import Verzoek, vraag_op
from chalicelib.flows.scholen import registreer
from chalicelib.flows.verzamelen import vul_in
from chalicelib.messages import soap
from chalicelib.messages.berichten import (
    Adressen,
    DocumentRequest,
    Doel,
    NotificatieResponse,
    OverdrachtRequest,
    RegistratieRequest,
    SessiecontroleResponse,
)
from chalicelib.store import Nudge
from chalicelib.store.lezen import SCHOLENLIJST
from chalicelib.traffic_center import TrafficCenter
from tests.conftest import Provisioned
from tests.contract.schools import ISSUER, KEY, OIN, PROFIEL, Reply, World, reply
from tests.pupil import NOW, NUMBERS

NUMBER, OTHER = NUMBERS[0], NUMBERS[1]
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(aws: Provisioned) -> World:
    return World(aws)


def ask(world: World, number: str = NUMBER, brin: str = "14SS", **fields: Any) -> Dossieraanvraag:
    """99EF asks for a pupil, and the worker does its work."""
    werk, verzoek = world.work("99EF00"), Verzoek(Brin(brin), Pgn(PgnType.BSN, number), **fields)
    row = vraag_op(werk, verzoek, uuid.uuid4().hex, uuid.uuid4().hex)
    haal_op(world.stores, world.tc["99EF"], Nudge("AANVRAAG", "99EF00", row.id), LATER)
    return world.stores.aanvraag(werk.school, row.id)


def outcome(world: World, **how: Any) -> tuple[Stand, str | None]:
    row = ask(world, **how)
    return row.status, row.resultaat


def card(world: World, leerling_id: str = "l-1") -> Dossier:
    return world.stores.dossier(world.work("14SS00").school, leerling_id)


def messages(world: World, what: str) -> list[Any]:
    return [call.of for call in world.calls if call.what == what]


# --- 2.1, 1 to 4: sessions --------------------------------------------------------------------------------------------


def test_a_session_that_was_not_granted_is_never_signed_off(world: World) -> None:
    assert outcome(world, brin="77ZZ") == (Stand.AFGEWEZEN, "VERSTREKKER_NIET_BEKEND")
    assert messages(world, "afmeldingRequest") == []


def test_a_session_is_asked_for_by_one_kind_of_key_only() -> None:
    adressen = Adressen(Brin("14SS"), None, Brin("99EF"), Aanleverpunt("0"))
    zoeksleutel, koppelsleutel = KEY(Pgn(PgnType.BSN, NUMBER)), str(uuid.uuid4())
    with pytest.raises(Invalid):
        OverdrachtRequest(adressen, Overdrachtsoort.OVERSTAPDOSSIER, zoeksleutel, koppelsleutel)
    with pytest.raises(Invalid):
        OverdrachtRequest(adressen, Overdrachtsoort.OVERSTAPDOSSIER)


def test_the_number_never_reaches_the_traffic_center(world: World) -> None:
    world.publish("l-1", NUMBER)
    sent: list[bytes] = []
    for name in ("overdrachtRequest", "sessiecontroleRequest", "afmeldingRequest"):
        world.says[name] = lambda bericht: sent.append(soap.encode(PROFIEL, bericht))
    assert outcome(world)[0] is Stand.ONTVANGEN
    assert len(sent) == 3
    assert not [data for data in sent if NUMBER.encode() in data]
    assert messages(world, "documentRequest")[0].pgn.nummer == NUMBER  # the source gets it plain


def test_one_dossier_per_request_and_always_in_a_session(world: World) -> None:
    world.publish("l-1", NUMBER)
    ask(world)
    (request,) = messages(world, "documentRequest")
    assert request.sessie_id in world.register.sessies


def test_the_session_is_controlled_before_any_other_check(world: World) -> None:
    world.publish("l-1", NUMBER)
    world.calls.clear()
    ask(world)
    asked = next(n for n, call in enumerate(world.calls) if call.what == "documentRequest")
    controlled = next(n for n, call in enumerate(world.calls) if call.what == "sessiecontroleRequest")
    assert not [call for call in world.calls[asked + 1 : controlled] if call.about_a_pupil]


@pytest.mark.parametrize("code", ["SESSIE_ONBEKEND", "SESSIE_AFWIJKEND", "SESSIE_REEDS_AFGEMELD"])
def test_only_in_a_valid_session_a_dossier_is_delivered(world: World, code: str) -> None:
    world.publish("l-1", NUMBER)
    world.says["sessiecontroleRequest"] = lambda _: reply(RESULTATEN[code])
    row = ask(world)
    assert (row.status is Stand.ONTVANGEN, row.resultaat) == (False, code)


def test_a_session_belongs_to_the_first_certificate_and_pupil_that_used_it(world: World) -> None:
    world.publish("l-1", NUMBER)
    world.publish("l-2", OTHER)
    ask(world)
    asked = messages(world, "documentRequest")[0]
    world.register.sessies[asked.sessie_id].resultaat = None  # the Traffic Center would not see the difference
    world.says["sessiecontroleRequest"] = lambda bericht: reply(yes(bericht))
    first = Beller(ISSUER, OIN["99EF"], "certificaat 99EF")
    assert isinstance(beantwoord(world.desk(), first, asked), bytes)
    assert beantwoord(world.desk(), replace(first, vingerafdruk="een ander"), asked) is uitkomst.SESSIE_AFWIJKEND
    other = replace(asked, pgn=Pgn(PgnType.BSN, OTHER))
    assert beantwoord(world.desk(), first, other) is uitkomst.SESSIE_AFWIJKEND
    world.stores.transact(world.stores.claim_punt("14SS", "1", Vestiging("14SS00")))
    for message, caller, found in (
        (asked, replace(first, vingerafdruk="een ander"), uitkomst.SESSIE_AFWIJKEND),
        (other, first, uitkomst.SESSIE_AFWIJKEND),
        (asked, first, bytes),
    ):
        elsewhere = replace(message, adressen=replace(message.adressen, bron_aanleverpunt=Aanleverpunt("1")))
        answer = beantwoord(world.desk(), caller, elsewhere)
        assert isinstance(answer, bytes) if found is bytes else answer is found
    assert len(binnengekomen.zoek(world.work("14SS00"), binnengekomen.Filter())) == 2


def yes(bericht: Any) -> SessiecontroleResponse:
    """A Traffic Center that says yes to everything."""
    return SessiecontroleResponse("PO", bericht.sessie_id)


# --- 2.1, 5 and 6: keeping and deciding -------------------------------------------------------------------------------


def test_the_request_is_stored_before_the_decision(world: World) -> None:
    world.publish("l-1", NUMBER)
    world.calls.clear()
    ask(world)
    names = [f"{call.what} {'PGN' if chr(39) + 'PGN#' in str(call.of) else ''}".strip() for call in world.calls]
    start = names.index("sessiecontroleRequest")
    assert names.index("TransactWriteItems", start) < names.index("GetItem PGN", start)


def test_what_the_request_was_is_kept_for_a_later_notificatie(world: World) -> None:
    world.publish("l-1", NUMBER, "16VO")
    ask(world)
    (request,) = messages(world, "documentRequest")
    kept = world.stores.find_verzoek(request.sessie_id, "14SS", "0")
    assert kept is not None
    assert (kept.doel_brin, kept.doel_aanleverpunt, kept.op) == ("99EF", "0", NOW)
    assert world.stores.geheim.ontsleutel(kept.school, kept.nummer, kept.nummer_type).nummer == NUMBER


def test_only_the_school_that_was_marked_may_fetch(world: World) -> None:
    world.publish("l-1", NUMBER, "16VO")
    assert outcome(world)[1] == "LEERLINGINFO_NIET_OPVRAAGBAAR"


def test_only_what_is_set_ready_is_delivered(world: World) -> None:
    world.publish("l-1", NUMBER)
    trek_in(world.work("14SS00"), "l-1", "Proef")
    assert outcome(world)[1] == "LEERLINGINFO_NIET_BESCHIKBAAR"


def test_an_aanvraagdatum_asks_for_something_newer_only_and_a_bron_must_obey(world: World) -> None:
    world.publish("l-1", NUMBER)
    assert outcome(world, alleen_als_nieuwer_dan=NOW)[1] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    assert outcome(world, alleen_als_nieuwer_dan=NOW - timedelta(seconds=1))[0] is Stand.ONTVANGEN


# --- 2.1, 8 and 9: signing off and showing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (None, uitkomst.NIET_BEKEND),
        ((200, b"<html/>"), uitkomst.TECHNISCHE_FOUT),
        (reply(uitkomst.GESLAAGD), uitkomst.TECHNISCHE_FOUT),
        (reply(uitkomst.NIET_OPVRAAGBAAR), uitkomst.NIET_OPVRAAGBAAR),
        (reply(b"<dossier/>"), uitkomst.DOSSIER_ONGELDIG),
    ],
)
def test_a_granted_session_is_always_signed_off_also_after_faults_only(
    world: World, answer: Any, result: uitkomst.Resultaat
) -> None:
    world.says["documentRequest"] = lambda _: answer
    ask(world)
    (signed_off,) = messages(world, "afmeldingRequest")
    assert signed_off.resultaat is result


def test_the_best_result_is_reported_and_of_equal_ones_the_last(world: World) -> None:
    for number in ("1", "2"):
        world.point("14SS", number)
    said = {"0": uitkomst.NIET_BEKEND, "1": uitkomst.NIET_OPVRAAGBAAR, "2": uitkomst.NIET_OPVRAAGBAAR}

    def answer(asked: Any) -> Reply:
        return reply(said[asked.adressen.bron_aanleverpunt.nummer])

    world.says["documentRequest"] = answer
    ask(world)
    (signed_off,) = messages(world, "afmeldingRequest")
    assert (signed_off.resultaat, str(signed_off.adressen.bron_aanleverpunt)) == (uitkomst.NIET_OPVRAAGBAAR, "2")
    assert len(messages(world, "documentRequest")) == 3
    assert len(messages(world, "overdrachtRequest")) == 1


def test_signed_off_is_done_when_nobody_is_left_to_ask(world: World) -> None:
    world.point("14SS", "1")
    ask(world)
    names = [call.what for call in world.calls]
    last = max(n for n, name in enumerate(names) if name == "documentRequest")
    assert names.index("afmeldingRequest") > last


def test_nothing_is_shown_when_the_traffic_center_says_that_the_data_deviate(world: World) -> None:
    world.publish("l-1", NUMBER)
    world.says["afmeldingRequest"] = lambda _: reply(uitkomst.SESSIE_AFWIJKEND)
    row = ask(world)
    assert (row.status, row.resultaat, row.map) == (Stand.AFGEWEZEN, "SESSIE_AFWIJKEND", None)


def test_the_content_that_was_received_must_be_shown(world: World) -> None:
    world.publish("l-1", NUMBER)
    row = ask(world)
    assert row.map is not None
    assert world.stores.inhoud.get(row.map, XML).startswith(b"<dossier")
    assert world.stores.inhoud.get(row.map, PDF).startswith(b"%PDF-")
    _, name, kind = haal_bijlage(world.work("99EF00"), row.id, 1)
    assert kind == "pdf"
    assert world.stores.inhoud.get(row.map, name).startswith(b"%PDF-")


def test_the_dossier_of_another_pupil_is_never_kept(world: World) -> None:
    world.publish("l-1", NUMBER)
    world.publish("l-2", OTHER)
    assert outcome(world, number=OTHER)[0] is Stand.ONTVANGEN
    collected = card(world, "l-2").versie
    assert collected is not None
    wrong = world.stores.inhoud.get(collected.map, "dossier.xml")
    world.says["documentRequest"] = lambda _: reply(wrong)
    row = ask(world)
    assert (row.status, row.resultaat, row.map) == (Stand.AFGEWEZEN, "DOSSIER_ANDERE_LEERLING", None)


def test_what_a_received_dossier_breaks_of_the_rules_as_written_is_a_warning_and_keeps_nothing_out(
    world: World,
) -> None:
    """15.37: received is what the official validator accepts."""
    world.publish("l-1", NUMBER)
    collected = card(world).versie
    assert collected is not None
    good = world.stores.inhoud.get(collected.map, "dossier.xml")
    wrong = re.sub(rb"<contactnodig>\w+</contactnodig>", b"", good)
    assert wrong != good
    world.says["documentRequest"] = lambda _: reply(wrong)
    row = ask(world)
    assert row.status is Stand.ONTVANGEN
    said = importeren.plan(world.work("99EF00"), row.id).meldingen
    assert [(one.code, one.ernst) for one in said] == [("OVa.OA03", "waarschuwing")]


def test_blanks_around_a_date_keep_a_received_dossier_out_of_nothing(world: World) -> None:
    """XML Schema drops them, and so does the official validator; ours is kept as it came."""
    world.publish("l-1", NUMBER)
    collected = card(world).versie
    assert collected is not None
    good = world.stores.inhoud.get(collected.map, "dossier.xml")
    blank = re.sub(rb"<(geboortedatum|datum)>([^<]+)<", rb"<\1> \2\n<", good)
    world.says["documentRequest"] = lambda _: reply(blank)
    row = ask(world)
    assert (row.status, row.verzameld_op) == (Stand.ONTVANGEN, NOW.date())
    werk = world.work("99EF00")
    plan = importeren.plan(werk, row.id)
    assert {one.code for one in plan.meldingen} == {"STRUCTUUR.WAARDE"}
    importeren.importeer(werk, row.id, "nieuw-1", {})
    leerling = haal_record(werk, world.stores.dossier(werk.school, "nieuw-1")).dossier["huidigeschool"]["leerling"]
    assert leerling["geboortedatum"].strip() == leerling["geboortedatum"]
    assert world.stores.inhoud.get(row.map or "", XML) == blank


def test_our_own_request_names_the_school_from_the_list_and_else_from_what_it_sent(world: World) -> None:
    world.publish("l-1", NUMBER)
    assert ask(world).schoolnaam == "Basisschool De Proefballon"
    assert ask(world, number=OTHER).schoolnaam is None
    world.stores.inhoud.put(*SCHOLENLIJST, json.dumps([{"brin": "14SS", "naam": "De Proef"}]).encode())
    world.stores._scholen.clear()
    assert [ask(world, number=one).schoolnaam for one in (OTHER, NUMBER)] == 2 * ["De Proef"]


# --- 2.2: binnen BRIN -------------------------------------------------------------------------------------------------


def test_within_the_brin_both_must_have_the_same_brin(world: World) -> None:
    """The Traffic Center says so; the bron says so too, should the Traffic Center not."""
    world.publish("l-1", NUMBER)
    asked = DocumentRequest(
        Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0")),
        Pgn(PgnType.BSN, NUMBER),
        None,
        Overdrachtsoort.BINNENBRIN,
        str(uuid.uuid4()),
    )
    world.says["sessiecontroleRequest"] = lambda bericht: reply(yes(bericht))
    kaart, werk = card(world), world.work("14SS00")
    binnen = replace(kaart, invulling=replace(kaart.invulling, binnen_brin=True), version=kaart.version + 1)
    world.stores.commit(werk.mutatie(Actie.KAART_OPGESLAGEN, kaart.onderwerp), kaart, binnen)
    answer = beantwoord(world.desk(), Beller(ISSUER, OIN["99EF"], "certificaat 99EF"), asked)
    assert answer is uitkomst.NIET_OPVRAAGBAAR


def test_a_school_asks_its_own_brin_within_the_brin_and_any_other_for_an_overstap(world: World) -> None:
    ask(world, brin="99EF")
    ask(world, brin="14SS")
    kinds = [request.overdrachtsoort for request in messages(world, "overdrachtRequest")]
    assert kinds == [Overdrachtsoort.BINNENBRIN, Overdrachtsoort.OVERSTAPDOSSIER]


# --- 2.3: notificatie -------------------------------------------------------------------------------------------------


def early(world: World) -> None:
    """99EF asked too early; then the dossier is ready."""
    world.publish("l-1", NUMBER, "16VO")
    ask(world)
    ready(world)


def ready(world: World, brin: str = "99EF") -> None:
    werk = world.work("14SS00")
    leaving = Uitschrijving(NOW.date(), vervolgschool=Vervolgschool(brin, "Het Schijnpad"))
    vul_in(werk, "l-1", lambda oud: replace(oud, uitschrijving=leaving), "*")
    zet_klaar(werk, "l-1")


def possible(world: World) -> list[str]:
    return [one.id for one in notificaties.mogelijk(world.work("14SS00"), card(world))]


def send(world: World) -> Notificatiestatus:
    """Ask for it, and let the worker send it."""
    werk = world.work("14SS00")
    (row,) = notificaties.verstuur(werk, "l-1", possible(world), uuid.uuid4().hex, uuid.uuid4().hex)
    notificaties.bezorg(world.stores, world.tc["14SS"], Nudge("NOTIFICATIE", "14SS00", row.id), LATER)
    return world.stores.notificatie(werk.school, row.id).status


def test_only_a_school_that_asked_before_can_be_told(world: World) -> None:
    world.publish("l-1", NUMBER)
    assert possible(world) == []
    with pytest.raises(Invalid):
        notificaties.verstuur(world.work("14SS00"), "l-1", ["verzonnen"], "sleutel", "n")
    ask(world)
    assert len(possible(world)) == 1


@pytest.mark.parametrize("asked", [True, False])
def test_setting_ready_in_bulk_says_of_whom_a_school_asked_before_and_can_be_told(world: World, asked: bool) -> None:
    world.publish("l-1", NUMBER, "16VO")
    werk = world.work("14SS00")
    if asked:
        ask(world)
    leaving = Uitschrijving(NOW.date(), vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
    vul_in(werk, "l-1", lambda oud: replace(oud, uitschrijving=leaving), "*")
    assert card(world).status is Status.VERZAMELD
    opdracht = geef_opdracht(werk, Bulkvraag(Bulksoort.KLAARZETTEN, (Taak("l-1"),)), "sleutel", uuid.uuid4().hex)
    nudge = Nudge("PUBLICATIE", "14SS00", f"{opdracht.id}.0")
    assert bulk.doe(world.stores, bulk.Batch.van([nudge], {}), nudge, LATER) == "GELUKT"
    said = [(one.code, one.ernst) for one in world.stores.regels(opdracht, [0])[0].meldingen]
    assert said == ([("NOTIFICATIE_MOGELIJK", "waarschuwing")] if asked else [])
    assert len(possible(world)) == asked


def test_a_notificatie_that_breaks_its_worker_at_the_last_try_too_is_ended_by_the_clock(world: World) -> None:
    early(world)
    werk = world.work("14SS00")
    (row,) = notificaties.verstuur(werk, "l-1", possible(world), uuid.uuid4().hex, uuid.uuid4().hex)

    def break_off(url: str, data: bytes) -> tuple[int, bytes]:
        raise MemoryError

    broken = TrafficCenter(break_off, PROFIEL, KEY, "https://tc.invalid")
    with pytest.raises(MemoryError):
        notificaties.bezorg(world.stores, broken, Nudge("NOTIFICATIE", "14SS00", row.id), LATER, laatste_keer=True)
    assert sluit_afgebroken(world.stores, LATER + timedelta(minutes=10)) == 1
    ended = world.stores.notificatie(werk.school, row.id)
    assert (ended.status, ended.code) == (Notificatiestatus.MISLUKT, "TECHNISCHE_FOUT")
    assert world.stores.logregels(card(world).onderwerp)[-1].actie == "NOTIFICATIE_MISLUKT"


def test_only_the_aanleverpunt_that_asked_is_told_and_only_the_school_that_may_fetch(world: World) -> None:
    world.point("99EF", "5", "Ander systeem")
    early(world)
    assert send(world) is Notificatiestatus.BEVESTIGD
    (told,) = messages(world, "notificatieRequest")
    assert (str(told.adressen.doel_brin), str(told.adressen.doel_aanleverpunt)) == ("99EF", "0")
    ready(world, "16VO")
    assert possible(world) == []


def test_sending_must_be_an_act_of_its_own(world: World) -> None:
    early(world)
    assert messages(world, "meldenNotificatieRequest") == []
    assert world.stores.notificaties(world.work("14SS00").school, "UIT") == []
    send(world)
    assert len(messages(world, "meldenNotificatieRequest")) == 1


def test_a_second_notificatie_about_the_same_request_is_to_be_read_again(world: World) -> None:
    early(world)
    school = Vestiging("99EF00")

    def told(minutes: int) -> tuple[str, datetime]:
        message = messages(world, "notificatieRequest")[0]
        desk = replace(world.desk("99EF"), nu=LATER + timedelta(minutes=minutes))
        assert isinstance(
            notificaties.ontvang(desk, Beller(ISSUER, OIN["14SS"], "certificaat 14SS"), message), NotificatieResponse
        )
        (row,) = world.stores.notificaties(school, "IN")
        return row.status.value, row.op

    send(world)
    (first,) = world.stores.notificaties(school, "IN")
    assert told(0) == told(0) == ("ONTVANGEN", LATER)  # the same message twice at one moment
    assert told(1) == ("ONTVANGEN", LATER + timedelta(minutes=1))
    notificaties.lees(world.work("99EF00"), first.id)
    assert told(2) == ("ONTVANGEN", LATER + timedelta(minutes=2))
    (row,) = world.stores.notificaties(school, "IN")
    assert (row.id, row.afgehandeld_op) == (first.id, None)
    log = [regel.actie for regel in world.stores.logregels(row.onderwerp)]
    assert log == [*3 * ["NOTIFICATIE_ONTVANGEN"], "NOTIFICATIE_GELEZEN", "NOTIFICATIE_ONTVANGEN"]


def test_a_request_of_more_than_six_months_ago_offers_no_notificatie(world: World) -> None:
    early(world)
    (verzoek,) = notificaties.mogelijk(world.work("14SS00"), card(world))
    for days, still in ((170, [verzoek.id]), (190, [])):
        later = replace(world.work("14SS00"), nu=verzoek.op + timedelta(days=days))
        assert [one.id for one in notificaties.mogelijk(later, card(world))] == still
        if not still:
            with pytest.raises(Invalid):
                notificaties.verstuur(later, "l-1", [verzoek.id], "sleutel", "n")


def test_a_failed_notificatie_never_changes_klaarzetten(world: World) -> None:
    early(world)
    world.says["notificatieRequest"] = lambda _: (500, b"<html/>")
    before = card(world)
    assert send(world) is Notificatiestatus.MISLUKT
    after = card(world)
    assert (after.status, after.version, after.versie) == (before.status, before.version, before.versie)


def test_a_notificatie_is_announced_at_the_traffic_center_before_it_is_sent_and_only_then(world: World) -> None:
    early(world)
    send(world)
    names = [call.what for call in world.calls]
    assert names.index("meldenNotificatieRequest") < names.index("notificatieRequest")
    world.says["meldenNotificatieRequest"] = lambda _: reply(uitkomst.ONBEKEND_AANLEVERPUNT)
    assert send(world) is Notificatiestatus.MISLUKT
    assert len(messages(world, "notificatieRequest")) == 1


def test_a_school_always_registers_a_url(world: World) -> None:
    werk = world.work("99EF00")
    registreer(werk, world.tc["99EF"], Aanleverpunt("0"), "https://ons.invalid/oso/18")
    (sent,) = messages(world, "registratieRequest")
    assert sent == RegistratieRequest(Brin("99EF"), Aanleverpunt("0"), "https://ons.invalid/oso/18")
    assert Doel.OV is world.register.punten[Brin("99EF"), Aanleverpunt("0")].doel
