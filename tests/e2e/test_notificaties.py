"""Notificaties as both schools see them: asked for by hand, sent once, failed and sent again, read (R69-R72, 15.13)."""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import Resultaat
from chalicelib.messages.berichten import Adressen, Doel, NotificatieRequest
from infra.local.pki import OIN
from infra.local.stack import Stack
from tests.e2e.client import Client, problem
from tests.e2e.stand import Stand
from tests.e2e.wire import Wire


def asked_in_vain(bron: Client, doel: Client, pupil: str, number: str) -> str:
    """A request that came too early; then the dossier is set ready. Gives the id of our own request."""
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": doel.school[:4]}})
    refused = doel.fetch(number)
    assert refused["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    return str(refused["id"])


def set_ready(bron: Client, pupil: str) -> Any:
    """Collect, inzage, and the answer of klaarzetten."""
    bron.act(pupil, "verzamelen", overdracht="POPO")
    bron.fill_in(pupil, inzage={"waarde": "JA"})
    answer = bron.act(pupil, "klaarzetten")
    assert answer.status == 200, answer.data
    return answer.json()


def send(bron: Client, pupil: str, ids: list[str], key: str = "") -> Any:
    path = f"/leerlingen/{pupil}/overstapdossier/notificaties"
    return bron.ask("POST", path, {"aanvraagIds": ids}, idempotency_key=key or uuid.uuid4().hex)


def settled(bron: Client, pupil: str, count: int = 1) -> list[Any]:
    """Wait until none of the notificaties of a pupil waits any more; newest first."""
    end = time.monotonic() + 20
    while True:
        found = list(bron.card(pupil)["notificaties"])
        if len(found) == count and all(one["status"] != "WACHT" for one in found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.05)


def received(doel: Client, request: str) -> list[Any]:
    return [one for one in doel.get("/notificaties")["items"] if one["aanvraagId"] == request]


def test_a_notificatie_is_asked_after_klaarzetten_sent_by_hand_received_and_read(
    bron: Client, doel: Client, center: Stand, pupil: str, number: str
) -> None:
    request, before = asked_in_vain(bron, doel, pupil, number), center.count("meldenNotificatieRequest")
    ready = set_ready(bron, pupil)
    assert ready["notificatieVraag"] == ("Wil je een notificatie sturen dat het dossier gewijzigd is en klaar staat?")
    ids = [one["aanvraagId"] for one in ready["notificatieMogelijk"]]
    assert [one["school"] for one in ready["notificatieMogelijk"]] == ["(99EF) Basisschool Het Schijnpad"]
    assert bron.card(pupil)["notificaties"] == []  # klaarzetten by itself sends nothing (9b.5)
    assert center.count("meldenNotificatieRequest") == before
    answer = send(bron, pupil, ids)
    assert answer.status == 202, answer.data
    (sent,) = settled(bron, pupil)
    assert (sent["status"], sent["school"], sent["door"]) == (
        "BEVESTIGD",
        "Basisschool Het Schijnpad",
        "Adriaan Administratie",
    )
    (arrived,) = received(doel, request)
    assert (arrived["status"], arrived["brin"], arrived["richting"]) == ("ONTVANGEN", "14SS", "IN")
    assert doel.get(f"/dossieraanvragen/{arrived['aanvraagId']}")["id"] == request  # R71: to the request of that pupil
    assert arrived["leerlingId"] is None
    pages = [doel.get("/notificaties?limiet=1")]
    while pages[-1]["volgende"]:
        pages.append(doel.get(f"/notificaties?limiet=1&na={pages[-1]['volgende']}"))
    assert [len(one["items"]) for one in pages[:-1]] == [1] * len(pages[:-1])
    listed = [row for one in pages for row in one["items"]]
    assert (listed[0], len(listed)) == (arrived, pages[0]["totaal"])
    for _ in range(2):
        read = doel.ask("POST", f"/notificaties/{arrived['id']}/gelezen", {})
        assert (read.status, read.json()["status"]) == (200, "GELEZEN")
    codes = [one["code"] for one in bron.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs")["items"]]
    assert codes[-2:] == ["NOTIFICATIE_GEVRAAGD", "NOTIFICATIE_BEVESTIGD"]
    assert doel.fetch(number)["status"] == "ONTVANGEN"


def test_a_notificatie_leads_to_the_pupil_who_was_asked_for(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    """R71."""
    doel.put_pupil(pupil, number)
    history = {"brinnummer": "14SS", "schoolnaam": "Basisschool De Proefballon"}
    assert doel.ask("PATCH", f"/leerlingen/{pupil}/voorgeschiedenis", history, if_match="*").status == 200
    asked = doel.ask("POST", f"/leerlingen/{pupil}/overstapdossier/opvragen", {}, idempotency_key=f"leidt-{pupil}")
    request = asked.json()["id"]
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": "99EF"}})
    assert doel.outcome(request)["status"] == "AFGEWEZEN"
    again = doel.ask("POST", f"/dossieraanvragen/{request}/opnieuw", {}, idempotency_key=f"nog-eens-{pupil}")
    request = again.json()["id"]
    assert doel.outcome(request)["leerlingId"] == pupil
    ready = set_ready(bron, pupil)
    send(bron, pupil, [one["aanvraagId"] for one in ready["notificatieMogelijk"]])
    settled(bron, pupil)
    (arrived,) = received(doel, request)
    assert arrived["leerlingId"] == pupil
    read = doel.ask("POST", f"/notificaties/{arrived['id']}/gelezen", {})
    assert read.json()["leerlingId"] == pupil


def test_who_asked_before_the_pupil_was_put_can_be_told(bron: Client, doel: Client, pupil: str, number: str) -> None:
    """R69, protocol 2.1 step 5."""
    refused = doel.fetch(number)
    assert refused["resultaat"]["code"] == "LEERLING_NIET_BEKEND"
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": "99EF"}})
    ids = [one["aanvraagId"] for one in set_ready(bron, pupil)["notificatieMogelijk"]]
    assert len(ids) == 1
    assert send(bron, pupil, ids).status == 202
    assert [one["status"] for one in settled(bron, pupil)] == ["BEVESTIGD"]
    assert len(received(doel, refused["id"])) == 1


def test_no_question_when_nobody_asked(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": "99EF"}})
    ready = set_ready(bron, pupil)
    assert ready["notificatieMogelijk"] == []
    assert ready["notificatieVraag"] is None


@pytest.mark.parametrize(
    ("message", "trouble", "code"),
    [
        ("meldenNotificatieRequest", "verbreek", "TRAFFIC_CENTER_ONBEREIKBAAR"),
        ("meldenNotificatieRequest", "500", "TRAFFIC_CENTER_ONBEREIKBAAR"),
        ("meldenNotificatieRequest", "html", "TRAFFIC_CENTER_ANTWOORD"),
    ],
)
def test_one_that_fails_stays_failed_changes_nothing_and_can_be_sent_again(
    bron: Client, doel: Client, center: Stand, pupil: str, number: str, message: str, trouble: str, code: str
) -> None:
    request = asked_in_vain(bron, doel, pupil, number)
    (one,) = set_ready(bron, pupil)["notificatieMogelijk"]
    center.trouble(message, trouble)
    before = center.count(message)
    send(bron, pupil, [one["aanvraagId"]])
    (failed,) = settled(bron, pupil)
    assert (failed["status"], failed["code"]) == ("MISLUKT", code)
    assert failed["statusTekst"] == "niet aangekomen; u kunt de notificatie opnieuw versturen"
    assert bron.card(pupil)["status"] == "KLAAR"  # never rolled back (9b.5)
    assert center.count(message) == before + 1  # one attempt
    assert received(doel, request) == []
    send(bron, pupil, [one["aanvraagId"]])
    assert [each["status"] for each in settled(bron, pupil, 2)] == ["BEVESTIGD", "MISLUKT"]
    assert len(received(doel, request)) == 1


def test_the_same_key_sends_once(bron: Client, doel: Client, center: Stand, pupil: str, number: str) -> None:
    asked_in_vain(bron, doel, pupil, number)
    (one,) = set_ready(bron, pupil)["notificatieMogelijk"]
    before, key = center.count("meldenNotificatieRequest"), uuid.uuid4().hex
    first, again = (send(bron, pupil, [one["aanvraagId"]], key) for _ in range(2))
    assert [each["id"] for each in first.json()["items"]] == [each["id"] for each in again.json()["items"]]
    settled(bron, pupil)
    assert center.count("meldenNotificatieRequest") == before + 1
    problem(send(bron, pupil, ["iets-anders"], key), 409, "SLEUTEL_HERGEBRUIKT")


def test_only_who_asked_before_and_may_fetch_now_can_be_told(
    bron: Client, doel: Client, client_of: Callable[[str], Client], pupil: str, number: str
) -> None:
    asked_in_vain(bron, doel, pupil, number)
    client_of("16VO00").fetch(number)  # asked too, but is not the vervolgschool
    ready = set_ready(bron, pupil)
    assert [one["school"] for one in ready["notificatieMogelijk"]] == ["(99EF) Basisschool Het Schijnpad"]
    other = next(
        one
        for one in bron.get("/dossieraanvragen/binnengekomen?limiet=100")["items"]
        if one["brinAanvragendeSchool"] == "16VO" and one["leerlingId"] == pupil
    )
    answer = problem(send(bron, pupil, [other["id"]]), 422, "AANVRAAG_ONBEKEND")
    assert answer["meldingen"][0]["pad"] == "/aanvraagIds/0"
    bron.act(pupil, "intrekken", reden="Proef")
    problem(send(bron, pupil, [ready["notificatieMogelijk"][0]["aanvraagId"]]), 409, "NIET_KLAAR")


# --- received from others ---------------------------------------------------------------------------------------------


@pytest.fixture
def asked(doel: Client, center: Stand) -> tuple[str, str]:
    """A request of 99EF to the test school: our id of it, and its session."""
    found = doel.fetch("097902378", "00YY")
    return found["id"], center.sessions()[-1]["sessieId"]


def test_a_notificatie_of_another_vendor_is_received(doel: Client, test_school: Stand, asked: tuple[str, str]) -> None:
    request, session = asked
    for _ in range(2):  # the same one twice is kept once
        assert test_school.make("notificatie", sessieId=session) == "NotificatieOntvangen"
    (arrived,) = received(doel, request)
    assert (arrived["brin"], arrived["school"]) == ("00YY", "Testschool")


class Other(Wire):
    """Somebody who sends a notificatie without being asked to."""

    def tell(self, adressen: Adressen, session: str) -> str:
        answer = self._center(self.certificaat).notificeer(
            self.stack.wire, NotificatieRequest(adressen, None, session, None, Doel.OV)
        )
        return answer.code if isinstance(answer, Resultaat) else answer.resultaat


def test_a_notificatie_of_somebody_who_has_no_business_there_is_refused_and_not_kept(
    sandbox: Stack, doel: Client, center: Stand, asked: tuple[str, str]
) -> None:
    request, session = asked
    right = Adressen(Brin("00YY"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
    source = Other(sandbox, "testschool")
    no_session = str(uuid.uuid4())
    found = [
        Other(sandbox, "onbekend").tell(right, session),
        Other(sandbox, "leverancier-b").tell(right, session),  # does not serve that aanleverpunt
        source.tell(right, no_session),
        source.tell(replace(right, doel_brin=Brin("16VO")), session),
        source.tell(replace(right, doel_aanleverpunt=Aanleverpunt("9")), session),
        Other(sandbox, "leverancier-a").tell(replace(right, bron_brin=Brin("14SS")), session),  # not who was asked
    ]
    assert found == [
        "CLIENTCERTIFICAAT_ONBEKEND",
        "CLIENTCERTIFICAAT_ONBEKEND",
        "SESSIE_ONBEKEND",
        "SESSIE_ONBEKEND",
        "ONBEKEND_AANLEVERPUNT",
        "SESSIE_ONBEKEND",
    ]
    assert received(doel, request) == []
    assert source.tell(right, session) == "NotificatieOntvangen"
    assert OIN["testschool"] not in str(received(doel, request))


def test_a_notificatie_of_another_school_is_not_found(
    doel: Client, bron: Client, test_school: Stand, asked: tuple[str, str]
) -> None:
    request, session = asked
    test_school.make("notificatie", sessieId=session)
    (arrived,) = received(doel, request)
    problem(bron.ask("POST", f"/notificaties/{arrived['id']}/gelezen", {}), 404, "NIET_GEVONDEN")
    assert received(doel, request)[0]["status"] == "ONTVANGEN"
