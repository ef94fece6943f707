"""The exchange as two schools see it: asking and answering by every road, and what each of them is told (ch. 7, 8)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.web.klok import NEDERLAND
from infra.local.pki import OIN
from infra.local.stack import Stack
from infra.local.swarm import Plan, zwerm
from tests.e2e.client import Client, problem
from tests.e2e.stand import Stand
from tests.e2e.wire import Wire
from tests.pupil import EDUCATION_NUMBER

ASKED = "/dossieraanvragen/binnengekomen"


def logs(client: Client, path: str) -> list[Any]:
    """The mutatielog of a card or a request, oldest first."""
    return list(client.get(f"{path}/mutatielogs")["items"])


def codes(entries: list[Any]) -> list[str]:
    return [entry["code"] for entry in entries]


@pytest.fixture
def asked_about(bron: Client) -> Callable[[str], list[Any]]:
    """The requests for a number, newest first, as the source school searches for them (R129).

    Only since the test began: there are few test numbers, so others asked for the same one before.
    """
    begin = datetime.now(UTC)

    def search(number: str) -> list[Any]:
        wanted = {"identificatietype": "BSN", "identificatienummer": number, "limiet": 100}
        answer = bron.ask("POST", f"{ASKED}/zoeken", wanted)
        assert answer.status == 200, answer.data
        return [row for row in answer.json()["items"] if datetime.fromisoformat(row["datum"]) >= begin]

    return search


def last_session(center: Stand, asker: str = "99EF") -> Any:
    return next(one for one in reversed(center.sessions()) if one["doelBrin"] == asker)


# --- a new pupil ------------------------------------------------------------------------------------------------------


def test_a_new_pupil_is_asked_for_and_both_mutatielogs_tell_the_same_tale(
    bron: Client, doel: Client, center: Stand, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    before = bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier")
    received = doel.fetch(number)
    after = bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier")
    assert received["status"] == "ONTVANGEN"
    assert received["resultaat"]["tekst"] == "succesvol ontvangen"
    assert received["verzendHash"] == before.json()["verzendHash"]
    # a delivery is an event: the card keeps its version, and whoever was editing it is not in the way (15.6, R17)
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.json()["status"] == "KLAAR"
    assert after.json()["laatstVerzondenTekst"] != before.json()["laatstVerzondenTekst"] == "Nog niet eerder verzonden"
    ours, theirs = logs(bron, f"/leerlingen/{pupil}/overstapdossier"), logs(doel, f"/dossieraanvragen/{received['id']}")
    sent = ours[-1]
    assert (sent["code"], sent["school"]) == ("VERZONDEN", "99EF")
    assert codes(theirs) == ["DOSSIER_OPGEVRAAGD", "DOSSIER_ONTVANGEN"]
    assert {entry["medewerker"] for entry in theirs} == {"Adriaan Administratie"}  # who ordered it (protocol 7)
    assert sent["details"]["verzendHash"] == theirs[-1]["details"]["verzendHash"] == received["verzendHash"]
    assert last_session(center) | {"sessieId": ""} == {
        "sessieId": "",
        "bronBrin": "14SS",
        "doelBrin": "99EF",
        "doelAanleverpunt": "0",
        "overdrachtsoort": "overstapdossier",
        "toestand": "afgemeld",
        "resultaat": "OverdrachtGeslaagd",
        "controles": 1,
    }


def test_a_pupil_who_is_here_already_is_not_asked_for(doel: Client, center: Stand, pupil: str, number: str) -> None:
    doel.put_pupil(pupil, number)
    before = center.count("overdrachtRequest")
    answer = problem(doel.request(number), 409, "LEERLING_BESTAAT_AL")
    (melding,) = answer["meldingen"]
    assert melding["tekst"] == "Er bestaat al een leerling op deze school met het ingevoerde bsn."
    assert melding["watNu"] == (
        "U kunt het huidige dossier inzien en eventueel opnieuw opvragen via 'School/OSO/Overstapdossiers opvragen'."
    )
    assert center.count("overdrachtRequest") == before


def test_the_same_key_asks_once_and_with_another_body_not_at_all(doel: Client, center: Stand, number: str) -> None:
    before = center.count("overdrachtRequest")
    first, again = doel.request(number, key="zelfde-sleutel-1"), doel.request(number, key="zelfde-sleutel-1")
    assert (first.status, again.status) == (202, 202)
    assert first.json() == again.json()
    problem(doel.request(number, "16VO", key="zelfde-sleutel-1"), 409, "SLEUTEL_HERGEBRUIKT")
    doel.outcome(first.json()["id"])
    assert center.count("overdrachtRequest") == before + 1


# --- refusals, on both sides ------------------------------------------------------------------------------------------


def test_a_number_that_nobody_knows_is_listed_masked_and_shown_only_by_a_logged_act(
    sandbox: Stack, bron: Client, doel: Client, center: Stand, number: str, asked_about: Callable[[str], list[Any]]
) -> None:
    refused = doel.fetch(number)
    assert (refused["status"], refused["resultaat"]["code"]) == ("AFGEWEZEN", "LEERLING_NIET_BEKEND")
    assert refused["resultaat"]["watNu"]
    nothing = [one["waaromNiet"] and one["waaromNiet"]["code"] for one in refused["acties"][:3]]
    assert nothing == ["GEEN_DOSSIER_ONTVANGEN", "GEEN_DOSSIER_ONTVANGEN", "NIET_ONTVANGEN"]
    for what in ("xml", "pdf", "bijlagen/1"):
        problem(doel.ask("GET", f"/dossieraanvragen/{refused['id']}/{what}"), 409, "GEEN_DOSSIER_ONTVANGEN")
    session = last_session(center)
    assert (session["toestand"], session["resultaat"]) == ("afgemeld", "LeerlingNietBekend")
    row = asked_about(number)[0]
    assert row["leerling"] is row["leerlingId"] is None
    assert row["nummer"] == f"••••••{number[-3:]}"
    assert row["reden"] == "Het gevraagde nummer is bij uw school niet bekend."
    assert row["resultaatTekst"] == "Het gevraagde nummer komt bij uw school niet voor."
    assert row["oplossing"] == "Controleer of de leerling bij uw school hoort en lever de gegevens dan aan."
    assert number not in str(bron.get(f"{ASKED}?limiet=100"))
    shown = bron.ask("POST", f"{ASKED}/{row['id']}/nummer", {})
    assert shown.json() == {"nummer": number, "type": "BSN"}
    log = sandbox.aws.client("dynamodb").query(
        TableName=sandbox.env["OSO_TABEL_MUTATIELOG"],
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": f"VERZOEK#14SS00#{row['id']}"}},
    )["Items"]
    assert [entry["actie"]["S"] for entry in log] == ["AANVRAAG_GEWEIGERD", "NUMMER_GETOOND"]
    assert number not in str(log)


def test_a_refusal_tells_the_asker_what_to_do_and_the_source_the_one_fix(
    bron: Client, doel: Client, pupil: str, number: str, asked_about: Callable[[str], list[Any]]
) -> None:
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": "16VO"}})
    refused = doel.fetch(number)
    assert refused["resultaat"]["code"] == "LEERLINGINFO_NIET_OPVRAAGBAAR"
    assert "(opnieuw) voor uw school klaar te zetten" in refused["resultaat"]["watNu"]
    rows = asked_about(number)
    on_card = bron.card(pupil)["binnengekomenAanvragen"]
    assert {row["id"] for row in on_card} == {row["id"] for row in rows}
    for row in on_card + rows:
        assert row["oplossing"] == "Controleer de vervolgschool op de kaart van de leerling."
        assert row["resultaatTekst"] == "De vragende school mag het dossier van deze leerling (nog) niet opvragen."
    assert {row["aanleverpuntBevraagdeSchool"] for row in rows} == {"0", "1"}  # every aanleverpunt in turn
    for row in rows:
        assert (row["resultaat"], row["schoolnaamAanvragendeSchool"]) == (
            "LEERLINGINFO_NIET_OPVRAAGBAAR",
            "Basisschool Het Schijnpad",
        )
    (entry, _) = [e for e in logs(bron, f"/leerlingen/{pupil}/overstapdossier") if e["code"] == "AANVRAAG_GEWEIGERD"]
    assert entry["details"]["reden"] == "ANDERE_SCHOOL"
    assert [row["resultaat"] for row in bron.card(pupil)["binnengekomenAanvragen"]] == [
        refused["resultaat"]["code"]
    ] * 2
    wanted = bron.ask("POST", f"{ASKED}/zoeken", {"verstrekkingfout": True, "brinAanvragendeSchool": "99EF"}).json()
    assert rows[0]["id"] in [row["id"] for row in wanted["items"]]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, True),
        ({"van": "2020-01-01"}, True),
        ({"tot": "2035-01-01"}, True),
        ({"van": "2035-01-01"}, False),
        ({"tot": "2020-01-01"}, False),
    ],
)
def test_a_schooljaar_and_a_day_narrow_each_other(doel: Client, bron: Client, fields: Any, found: bool) -> None:
    """R129: every field narrows."""
    number = EDUCATION_NUMBER
    doel.fetch(number, pgnType="ONDERWIJSNUMMER")
    today = datetime.now(UTC).astimezone(NEDERLAND)
    first = today.year - (today.month < 8)
    this, last = ({"schooljaar": f"{year}-{year + 1}"} for year in (first, first - 1))
    wanted = {"identificatienummer": number, **fields}  # of which type nobody said
    for year, there in ((this, found), (last, False)):
        answer = bron.ask("POST", f"{ASKED}/zoeken", {**wanted, **year})
        assert answer.status == 200, answer.data
        assert bool(answer.json()["items"]) is there


def test_a_session_that_was_refused_is_never_signed_off(doel: Client, center: Stand, number: str) -> None:
    before = center.count("afmeldingRequest")
    refused = doel.fetch(number, "77ZZ")
    assert (refused["status"], refused["resultaat"]["code"]) == ("AFGEWEZEN", "VERSTREKKER_NIET_BEKEND")
    assert center.count("afmeldingRequest") == before


def test_a_document_request_by_an_unknown_koppelsleutel_is_refused(sandbox: Stack, number: str) -> None:
    wire = Wire(sandbox)
    request = wire.message(number, wire.session(number))
    key = b"<os:koppelsleutel>5B2D0E54-2C1C-4B6E-9B61-0C6F1A7B9D10</os:koppelsleutel>"
    by_key = request.replace(f"<os:pgn>{number}</os:pgn>".encode(), key)
    assert by_key != request
    status, answer = wire.post(by_key)
    assert status == 500
    assert b"OverdrachtGeslaagd" not in answer
    assert number.encode() not in answer


# --- only if newer, and again -----------------------------------------------------------------------------------------


def test_only_something_newer_is_sent_when_that_is_asked(
    bron: Client, doel: Client, pupil: str, number: str, asked_about: Callable[[str], list[Any]]
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    collected = datetime.fromisoformat(bron.card(pupil)["laatstVerzameldOp"])
    same = doel.fetch(number, alleenAlsNieuwerDan=collected.isoformat())
    assert same["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    assert asked_about(number)[0]["oplossing"].startswith("Verzamel het dossier opnieuw")
    older = (collected - timedelta(seconds=1)).isoformat()
    assert doel.fetch(number, alleenAlsNieuwerDan=older)["status"] == "ONTVANGEN"


def test_each_delivery_has_its_own_entry_in_the_log(
    bron: Client, sandbox: Stack, pupil: str, number: str, asked_about: Callable[[str], list[Any]]
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    wire = Wire(sandbox)
    session = wire.session(number)
    first, again = wire.ask(number, session), wire.ask(number, session)
    assert isinstance(first, bytes)
    assert first == again
    assert len(asked_about(number)) == 1  # one row per session and aanleverpunt
    assert codes(logs(bron, f"/leerlingen/{pupil}/overstapdossier")).count("VERZONDEN") == 2
    assert bron.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs/controle")["geldig"]


# --- a pupil who is here already (R98-R103) ---------------------------------------------------------------------------


def test_the_page_of_an_existing_pupil_from_first_to_last_text(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    doel.put_pupil(pupil, number)
    page, history = f"/leerlingen/{pupil}/overstapdossier/opvragen", f"/leerlingen/{pupil}/voorgeschiedenis"
    name = doel.card(pupil)["naam"]
    first = doel.get(page)
    assert first["titel"] == f"Overstapdossier van {name} opvragen"
    assert first["laatstOpgevraagdTekst"] == "Nog niet eerder opgevraagd"
    assert first["laatstOntvangenTekst"] == "Nog niet eerder ontvangen"
    assert {one["naam"]: one["kan"] for one in first["acties"]} == {"opvragen": False, "importeren": False}
    problem(doel.ask("POST", page, {}, idempotency_key=f"eerst-{pupil}"), 409, "HERKOMST_ONTBREEKT")
    from_school = {"brinnummer": "14SS", "schoolnaam": "Basisschool De Proefballon", "onderwijssoort": "BO"}
    assert doel.ask("PATCH", history, from_school, if_match="*").status == 200
    assert doel.get(page)["titel"] == (f"Overstapdossier van {name} opvragen bij (14SS) Basisschool De Proefballon")
    answer = doel.ask("POST", page, {}, idempotency_key=f"vraag-{pupil}")
    assert answer.status == 202, answer.data
    assert doel.outcome(answer.json()["id"])["status"] == "ONTVANGEN"
    last = doel.get(page)
    assert last["laatstOpgevraagdTekst"].startswith("Laatst opgevraagd op ")
    assert last["laatstOntvangenTekst"].startswith("Ontvangen op ")
    assert "(laatst verzameld op " in last["laatstOntvangenTekst"]
    assert all(one["kan"] for one in last["acties"])
    assert [one["status"] for one in last["aanvragen"]] == ["ONTVANGEN"]
    assert [one["soort"] for one in last["bijlagen"]] == ["PDF"]  # the dossier's own PDF travels along (R51)


def test_the_page_numbers_its_files_as_their_links_do_and_offers_what_can_still_be_done(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    """R100: the Toelichting stands apart and counts first; after importing there is nothing left to import."""
    document = maak_bijlage("uitleg.txt", b"Fictieve toelichting\n")
    own = {"toelichting_onderwijsbehoeften": {"document": document}}
    bron.put_pupil(pupil, number, onderwijsondersteuning=own)
    bron.publish(pupil)
    doel.put_pupil(pupil, number)
    page = f"/leerlingen/{pupil}/overstapdossier/opvragen"
    from_school = {"brinnummer": "14SS", "schoolnaam": "Basisschool De Proefballon"}
    assert doel.ask("PATCH", f"/leerlingen/{pupil}/voorgeschiedenis", from_school, if_match="*").status == 200
    id_ = doel.ask("POST", page, {}, idempotency_key=f"blad-{pupil}").json()["id"]
    assert doel.outcome(id_)["status"] == "ONTVANGEN"

    def shown() -> tuple[list[tuple[int, str]], str | None]:
        found = doel.get(page)
        files = [(one["n"], one["soort"]) for one in found["toelichtingOnderwijsbehoeften"] + found["bijlagen"]]
        (act,) = [one for one in found["acties"] if one["naam"] == "importeren"]
        return files, act["waaromNiet"] and act["waaromNiet"]["code"]

    files, why_not = shown()
    assert files == [(1, "TXT"), (2, "PDF")]
    assert why_not is None
    for n, kind in files:
        assert doel.get(f"/dossieraanvragen/{id_}/bijlagen/{n}")["bestandsnaam"].endswith(kind.lower())
    body = {"leerlingId": pupil, "keuzes": {}}
    assert doel.ask("POST", f"/dossieraanvragen/{id_}/importeren", body).status == 200
    assert shown() == (files, "NIET_ONTVANGEN")
    assert doel.get(f"/dossieraanvragen/{id_}")["resultaat"]["watNu"].startswith("U hoeft niets te doen")


def test_a_request_is_asked_again_with_the_number_that_it_kept(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    """15.19."""
    first = doel.fetch(number)
    assert first["status"] == "AFGEWEZEN"
    assert {one["naam"]: one["kan"] for one in first["acties"]}["opnieuw"] is True
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    path, key = f"/dossieraanvragen/{first['id']}/opnieuw", f"weer-{pupil}"
    answers = [doel.ask("POST", path, {}, idempotency_key=key) for _ in range(2)]
    assert [one.status for one in answers] == [202, 202]
    (id_,) = {one.json()["id"] for one in answers}
    assert id_ != first["id"]
    assert answers[0].headers["Location"] == f"/v1/dossieraanvragen/{id_}"
    assert (doel.outcome(id_)["status"], doel.outcome(id_)["nummer"]) == ("ONTVANGEN", first["nummer"])
    codes = [one["code"] for one in doel.get(f"/dossieraanvragen/{id_}/mutatielogs")["items"]]
    assert codes[0] == "DOSSIER_OPGEVRAAGD"
    problem(doel.ask("POST", path, {}), 422, "SLEUTEL_ONTBREEKT")


# --- within one BRIN --------------------------------------------------------------------------------------------------


def test_a_nevenvestiging_asks_its_own_brin(
    bron: Client,
    client_of: Callable[[str], Client],
    center: Stand,
    pupil: str,
    number: str,
    asked_about: Callable[[str], list[Any]],
) -> None:
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, binnenBrin=True)
    for act, body in (("verzamelen", {"overdracht": "BB-POPO"}), ("klaarzetten", {})):
        assert bron.act(pupil, act, **body).status == 200
    north = client_of("14SS01")
    received = north.fetch(number, "14SS")
    assert (received["status"], received["profiel"]) == ("ONTVANGEN", "BB-POPO")
    session = last_session(center, "14SS")
    assert (session["overdrachtsoort"], session["doelAanleverpunt"]) == ("overdrachtbinnenbrin", "2")
    assert asked_about(number)[0]["soort"] == "Binnen brin"


def test_within_the_brin_only_the_named_aanleverpunt_may_fetch(
    bron: Client, client_of: Callable[[str], Client], pupil: str, number: str, asked_about: Callable[[str], list[Any]]
) -> None:
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, binnenBrin=True, doelAanleverpunt="7")
    bron.act(pupil, "verzamelen", overdracht="BB-POPO")
    assert bron.act(pupil, "klaarzetten").status == 200
    refused = client_of("14SS01").fetch(number, "14SS")
    assert refused["resultaat"]["code"] == "LEERLINGINFO_NIET_OPVRAAGBAAR"
    assert asked_about(number)[0]["oplossing"] == "Controleer het doel-aanleverpunt op de kaart van de leerling."
    bron.fill_in(pupil, doelAanleverpunt="2")
    assert bron.act(pupil, "klaarzetten").status == 200
    assert client_of("14SS01").fetch(number, "14SS")["status"] == "ONTVANGEN"


def test_another_school_gets_nothing_of_a_binnen_brin_dossier(
    bron: Client, doel: Client, sandbox: Stack, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, binnenBrin=True)
    bron.act(pupil, "verzamelen", overdracht="BB-POPO")
    assert bron.act(pupil, "klaarzetten").status == 200
    assert doel.fetch(number)["resultaat"]["code"] == "LEERLINGINFO_NIET_OPVRAAGBAAR"
    wire = Wire(sandbox)
    session = wire.session(number, Overdrachtsoort.BINNENBRIN)
    assert wire.ask(number, session, soort=Overdrachtsoort.BINNENBRIN) == "GEEN_RELATIE_MET_DOEL"


# --- several aanleverpunten, trouble at the other side ----------------------------------------------------------------


@pytest.fixture(scope="module")
def two_points(sandbox: Stack, center: Stand) -> str:
    """A school with two aanleverpunten, both served by the test school's system."""
    url = next(one["url"] for one in center.look()["aanleverpunten"] if one["brin"] == "00YY")
    for nummer in ("0", "1"):
        center.make(
            "aanleverpunt",
            brin="20XX",
            nummer=nummer,
            naam="Verzonnen Dubbelschool",
            doel="OV",
            leverancier=OIN["testschool"],
            url=url,
        )
    return "20XX"


@pytest.mark.parametrize("trouble", ["html", "verbreek", "afgekapt"])
def test_trouble_at_one_aanleverpunt_does_not_stop_the_next(
    doel: Client, center: Stand, test_school: Stand, two_points: str, trouble: str
) -> None:
    before = test_school.count("documentRequest")
    test_school.trouble("documentRequest", trouble)
    received = doel.fetch("482782481", two_points)
    assert received["status"] == "ONTVANGEN"
    assert test_school.count("documentRequest") == before + 2
    session = last_session(center)
    assert (session["toestand"], session["resultaat"]) == ("afgemeld", "OverdrachtGeslaagd")


def test_after_faults_alone_the_session_is_signed_off_too(
    doel: Client, center: Stand, test_school: Stand, two_points: str
) -> None:
    test_school.trouble("documentRequest", "html", 2)
    failed = doel.fetch("482782481", two_points)
    assert (failed["status"], failed["resultaat"]["code"]) == ("MISLUKT", "TECHNISCHE_FOUT")
    session = last_session(center)
    assert (session["toestand"], session["resultaat"]) == ("afgemeld", "TechnischeFout")


def test_who_did_not_answer_is_asked_again_even_when_another_aanleverpunt_said_no(
    doel: Client, center: Stand, test_school: Stand, two_points: str
) -> None:
    test_school.trouble("documentRequest", "verbreek")
    before = center.count("overdrachtRequest")
    refused = doel.fetch("097902378", two_points)
    assert refused["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    assert center.count("overdrachtRequest") == before + 2  # a session of its own for each attempt


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("ander", "DOSSIER_ANDERE_LEERLING"),
        ("ongeldig", "DOSSIER_ONGELDIG"),
        ("diep", "TECHNISCHE_FOUT"),
        ("veel", "TECHNISCHE_FOUT"),
    ],
)
def test_a_dossier_of_another_pupil_an_invalid_one_or_a_bomb_is_not_kept(
    sandbox: Stack, doel: Client, center: Stand, test_school: Stand, wrong: str, code: str
) -> None:
    test_school.make("antwoord", soort=wrong)
    refused = doel.fetch("662460613", "00YY")
    assert refused["resultaat"]["code"] == code
    assert refused["status"] in ("AFGEWEZEN", "MISLUKT")
    assert refused["bijlagen"] == []
    for what in ("xml", "pdf"):
        problem(doel.ask("GET", f"/dossieraanvragen/{refused['id']}/{what}"), 409, "GEEN_DOSSIER_ONTVANGEN")
    problem(doel.ask("GET", f"/dossieraanvragen/{refused['id']}/importplan"), 409, "NIET_ONTVANGEN")
    objects = sandbox.aws.client("s3").list_objects_v2(
        Bucket=sandbox.env["OSO_BUCKET"], Prefix=f"99EF00/aanvraag!{refused['id']}"
    )
    assert objects["KeyCount"] == 0
    assert last_session(center)["toestand"] == "afgemeld"


@pytest.mark.parametrize("trouble", ["500", "html", "verbreek", "afgekapt", "verlies"])
def test_a_traffic_center_in_trouble_loses_no_request(
    doel: Client, center: Stand, test_school: Stand, trouble: str
) -> None:
    center.trouble("overdrachtRequest", trouble)
    found = doel.fetch("310008475", "00YY")
    if trouble in ("html", "afgekapt"):  # an answer that breaks the protocol: asking again would not help
        assert (found["status"], found["resultaat"]["code"]) == ("MISLUKT", "TECHNISCHE_FOUT")
    else:
        assert found["status"] == "ONTVANGEN"


def test_an_answer_about_another_session_delivers_nothing(
    bron: Client,
    doel: Client,
    center: Stand,
    sandbox: Stack,
    pupil: str,
    number: str,
    asked_about: Callable[[str], list[Any]],
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    center.trouble("sessiecontroleRequest", "andere")
    wire = Wire(sandbox)
    status, answer = wire.post(wire.message(number, wire.session(number)))
    assert status == 500
    assert b"TechnischeFout" in answer
    assert asked_about(number) == []
    assert doel.fetch(number)["status"] == "ONTVANGEN"


def test_a_source_that_never_answers_ends_as_failed_and_in_the_dead_letter_queue(
    sandbox: Stack, doel: Client, center: Stand, test_school: Stand
) -> None:
    sqs, queue = sandbox.aws.client("sqs"), sandbox.env["OSO_QUEUE_AANVRAGEN"]
    dead = sqs.get_queue_url(QueueName=f"{queue.rpartition('/')[2]}-dood")["QueueUrl"]
    before = _waiting(sqs, dead)
    test_school.trouble("documentRequest", "verbreek", 5)
    id_ = doel.request("274957462", "00YY").json()["id"]
    failed = doel.outcome(id_)
    assert (failed["status"], failed["resultaat"]["code"]) == ("MISLUKT", "TECHNISCHE_FOUT")
    assert failed["resultaat"]["watNu"].startswith("Vraag het dossier later opnieuw op.")
    end = time.monotonic() + 20
    while _waiting(sqs, dead) == before and time.monotonic() < end:
        time.sleep(0.1)
    assert _waiting(sqs, dead) == before + 1
    assert codes(logs(doel, f"/dossieraanvragen/{id_}")) == ["DOSSIER_OPGEVRAAGD", "OPVRAGING_MISLUKT"]
    assert doel.fetch("274957462", "00YY")["status"] == "ONTVANGEN"  # asking again is all there is to do


def _waiting(sqs: Any, queue: str) -> int:
    names = ["ApproximateNumberOfMessages"]
    return int(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"][names[0]])


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "bad"), [("BSN", "662460614"), ("BSN", "12345678"), ("ONDERWIJSNUMMER", "662460613")])
def test_a_number_that_fails_its_check_is_refused_before_anything_is_sent(
    doel: Client, center: Stand, kind: str, bad: str
) -> None:
    before = center.count("overdrachtRequest")
    answer = doel.request(bad, pgnType=kind)
    assert problem(answer, 422, "PGN_ONGELDIG")["meldingen"][0]["pad"] == "/pgn"
    assert bad not in answer.data.decode()
    assert center.count("overdrachtRequest") == before


def test_an_onderwijsnummer_asks_like_a_bsn(bron: Client, doel: Client, pupil: str) -> None:
    bron.put_pupil(pupil, onderwijsnummer=EDUCATION_NUMBER)
    try:
        bron.publish(pupil)
        assert doel.fetch(EDUCATION_NUMBER, pgnType="ONDERWIJSNUMMER")["status"] == "ONTVANGEN"
    finally:
        bron.forget_pupils_made()


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", [Plan(20, 1, 1, 20), Plan(60, 4, 3, 30)])
def test_many_askers_at_once_each_get_the_right_answer_and_each_delivery_is_logged_once(
    sandbox: Stack, plan: Plan
) -> None:
    found = zwerm(sandbox, plan)
    assert found.fouten == []
    assert found.antwoorden["delivered"] == plan.vragen / plan.scholen
    assert found.seconden < 20  # twenty on one chain of the mutatielog: before API Gateway would give up
