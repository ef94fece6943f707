"""Overview, work that waits, voorgeschiedenis, versions, and the rights of the pupil (R82, R83, R98, AVG 15, 17)."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.gegevensset.codec import encode
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.walk import MOMENT, NAME, TO_PO, content, settings
from tests.pupil import record


@pytest.fixture
def put(bron: Client, number: str) -> Iterator[Callable[..., None]]:
    """Put a pupil of 14SS00 with what the portal knows beside the dossier."""
    made: list[str] = []

    def one(pupil: str, number_: str | None = number, portaal: Any = None, **elements: Any) -> None:
        body = {"dossier": record(number_, **elements), "portaal": portaal or {}}
        answer = bron.ask("PUT", f"/leerlingen/{pupil}", body)
        assert answer.status == 201, answer.data
        made.append(pupil)

    yield one
    for pupil in made:
        bron.ask("DELETE", f"/leerlingen/{pupil}", if_match="*")


def search(client: Client, **fields: Any) -> list[str]:
    answer = client.ask("POST", "/leerlingen/zoeken", fields)
    assert answer.status == 200, answer.data
    return [one["leerlingId"] for one in answer.json()["items"]]


def test_every_filter_of_the_overview_finds_and_leaves_out(
    bron: Client, pupil: str, number: str, put: Callable[..., None]
) -> None:
    """R82."""
    portal = {"status": "ingeschreven", "leerjaar": "8", "groep": f"groep van {pupil}"}
    put(pupil, portaal=portal, roepnaam="Zoë", voorvoegsel="van der", achternaam="Filter")
    other = f"{pupil}-b"
    put(other, None, portaal={**portal, "status": "uitgeschreven", "leerjaar": "7"}, roepnaam="Bram")
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": TO_PO})
    bron.fill_in(other, binnenBrin=True)
    group = {"groep": portal["groep"]}
    assert set(search(bron, **group)) == {pupil, other}
    for fields in (
        {"roepnaam": "zo"},
        {"achternaam": "Van der Filter"},
        {"achternaam": "der filt"},
        {"achternaam": "filter"},
        {"pgn": number, "pgnType": "BSN"},
        {"leerjaar": "8"},
        {"status": "ingeschreven"},
        {"vervolgschool": "99EF"},
        {"vervolgschool": "schijnpad"},
        {"inzageVerzorgers": "NEE"},
        {"werk": "TE_VERZAMELEN", "leerjaar": "8"},
    ):
        assert search(bron, **group, **fields) == [pupil], fields
    assert search(bron, **group, inzageVerzorgers="NVT") == [other]
    assert search(bron, **group, statusOsoDossier="KLAAR") == []
    assert problem(bron.ask("POST", "/leerlingen/zoeken", {"pgn": "123456789"}), 422, "PGN_ONGELDIG")
    shown = bron.get(f"/leerlingen?groep={portal['groep'].replace(' ', '%20')}&leerjaar=8")
    assert [one["leerlingId"] for one in shown["items"]] == [pupil]


def test_the_columns_of_the_overview(bron: Client, pupil: str, put: Callable[..., None]) -> None:
    """R83, 15.3."""
    group = f"groep van {pupil}"
    put(pupil, portaal={"groep": group})
    bron.publish(pupil)
    (row,) = bron.ask("POST", "/leerlingen/zoeken", {"groep": group}).json()["items"]
    assert (row["naam"], row["groep"], row["datumInschrijving"]) == (NAME, group, "2020-08-01")
    assert (row["vervolgschoolBrin"], row["datumUitschrijving"]) == ("99EF", "2026-07-31")
    assert (row["inzageVerzorgers"], row["statusTekst"]) == ("Ja, inzage geweest", "Klaar voor verzenden")
    assert MOMENT.fullmatch(row["laatstVerzameldTekst"])
    assert row["laatstVerzondenTekst"] == "Nog niet eerder verzonden"
    bron.act(pupil, "verzamelen", overdracht="POPO")
    (row,) = bron.ask("POST", "/leerlingen/zoeken", {"groep": group}).json()["items"]
    assert (row["statusTekst"], row["inzageVerzorgers"]) == ("Dossier verzameld", "Nee, geen inzage geweest")


def test_pages_follow_on_each_other_and_a_cursor_is_for_one_filter(
    bron: Client, pupil: str, put: Callable[..., None]
) -> None:
    group = f"groep van {pupil}"
    pupils = [f"{pupil}-{n}" for n in range(3)]
    for n, one in enumerate(pupils):
        put(one, None, portaal={"groep": group}, achternaam=f"Proef {n}")
    first = bron.ask("POST", "/leerlingen/zoeken", {"groep": group, "limiet": 2}).json()
    assert ([one["leerlingId"] for one in first["items"]], first["totaal"]) == (pupils[:2], 3)
    rest = bron.ask("POST", "/leerlingen/zoeken", {"groep": group, "limiet": 2, "na": first["volgende"]}).json()
    assert ([one["leerlingId"] for one in rest["items"]], rest["volgende"]) == (pupils[2:], None)
    body = {"groep": "een andere", "na": first["volgende"]}
    problem(bron.ask("POST", "/leerlingen/zoeken", body), 422, "CURSOR_ONGELDIG")


@pytest.mark.parametrize("act", ["fill in", "remove"])
def test_a_list_that_is_emptied_while_one_pages_goes_on_where_one_was(
    bron: Client, pupil: str, put: Callable[..., None], act: str
) -> None:
    """The last of a page leaves the filter, or the school, before the next page is asked for."""
    filter_ = {"groep": f"groep van {pupil}", "inzageVerzorgers": "NEE", "limiet": 2}
    pupils = [f"{pupil}-{n}" for n in range(4)]
    for n, one in enumerate(pupils):
        put(one, None, portaal={"groep": filter_["groep"]}, achternaam=f"Geheimwoord {n}")
    first = bron.ask("POST", "/leerlingen/zoeken", filter_).json()
    assert [one["leerlingId"] for one in first["items"]] == pupils[:2]
    if act == "remove":
        assert bron.ask("DELETE", f"/leerlingen/{pupils[1]}", if_match="*").status == 204
    else:
        assert bron.fill_in(pupils[1], binnenBrin=True).status == 200
    assert search(bron, **filter_, na=first["volgende"]) == pupils[2:]
    sealed = base64.urlsafe_b64decode(first["volgende"] + "==")
    assert b"geheimwoord" not in sealed.lower(), "a cursor stands in a query, a name does not"


def test_the_work_that_waits_is_counted_and_its_filter_shows_it(
    bron: Client, doel: Client, pupil: str, number: str, put: Callable[..., None]
) -> None:
    group = {"groep": f"groep van {pupil}"}
    put(pupil, portaal=group)

    def waiting(kind: str) -> bool:
        (one,) = [one for one in bron.get("/werkvoorraad")["items"] if one["werk"] == kind]
        found = search(bron, **one["filter"], **group) == [pupil]
        assert not found or one["aantal"] >= 1
        return found

    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": TO_PO})
    assert waiting("TE_VERZAMELEN")
    bron.act(pupil, "verzamelen", overdracht="POPO")
    assert waiting("INZAGE_ONTBREEKT")
    assert not waiting("TE_VERZAMELEN")
    assert not waiting("GEVRAAGD_NIET_KLAAR")
    doel.fetch(number)
    assert waiting("GEVRAAGD_NIET_KLAAR")
    bron.fill_in(pupil, inzage={"waarde": "JA"})
    assert waiting("KLAAR_TE_ZETTEN")

    def put_again(leerjaar: str, **elements: Any) -> bool:
        """Put the record again; whether the card says that it changed since it was collected."""
        body = {"dossier": record(number, **elements), "portaal": {**group, "leerjaar": leerjaar}}
        assert bron.ask("PUT", f"/leerlingen/{pupil}", body, if_match="*").status == 200
        changed: bool = bron.card(pupil)["gewijzigdSindsVerzamelen"]
        return changed

    assert put_again("7") is False, "15.41: portaal feeds screens and filters only"
    assert not waiting("GEWIJZIGD_SINDS_INZAGE")
    assert put_again("7", roepnaam="Anders") is True
    assert waiting("GEWIJZIGD_SINDS_INZAGE")
    bron.fill_in(pupil, inzage={"waarde": "NEE"})
    assert not waiting("GEWIJZIGD_SINDS_INZAGE"), "without inzage there is nothing that changed since"
    assert waiting("INZAGE_ONTBREEKT")


def test_the_school_of_herkomst(bron: Client, pupil: str, put: Callable[..., None]) -> None:
    """R98, R99."""
    put(pupil)
    path = f"/leerlingen/{pupil}/voorgeschiedenis"
    assert bron.get(path)["tekst"] == ""
    came = {
        "brinnummer": "99EF",
        "schoolnaam": "Demoschool Effi",
        "onderwijssoort": "BO",
        "onderwijsSinds": "2019-08-01",
    }
    saved = bron.ask("PATCH", path, came, if_match="*").json()
    assert saved["tekst"] == "(99EF) Demoschool Effi"
    assert {name: saved[name] for name in came} == came
    problem(bron.ask("PATCH", path, {"brinnummer": "x"}, if_match="*"), 422)


# --- versions ---------------------------------------------------------------------------------------------------------


def test_versions_say_who_saw_and_got_them_and_what_differs(
    bron: Client, doel: Client, pupil: str, number: str, put: Callable[..., None]
) -> None:
    """R36, 15.40."""
    put(pupil)
    bron.publish(pupil)
    doel.fetch(number)
    changed = record(number, roepnaam="Roepnaam", voornaam=["Ander"], leerlinggewicht=None)
    assert bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": changed}, if_match="*").status == 200
    bron.act(pupil, "verzamelen", overdracht="POPO")
    versions = bron.get(f"/leerlingen/{pupil}/overstapdossier/versies")["items"]
    assert [one["versie"] for one in versions] == [2, 1, 1], "collected, and the same one with its inzage"
    newest, seen, first = versions
    assert [one["huidig"] for one in versions] == [True, False, False]
    assert (newest["gezienOp"], newest["verzondenAan"]) == ([], [])
    assert len(seen["gezienOp"]) == 1
    assert [one["brin"] for one in seen["verzondenAan"]] == ["99EF"]
    assert first["verzondenAan"] == []
    assert first["inhoudHash"] == seen["inhoudHash"] != newest["inhoudHash"]
    found = bron.get(f"/leerlingen/{pupil}/overstapdossier/versies/1/verschil/2")["items"]
    fields = {one["pad"].rpartition("/")[2]: (one["soort"], one["oud"], one["nieuw"]) for one in found}
    assert fields["roepnaam"] == ("GEWIJZIGD", "Fictief", "Roepnaam")
    assert fields["voornaam[1]"] == ("GEWIJZIGD", "Fictief", "Ander")
    assert "bestandsinhoud" not in fields
    missing = bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier/versies/1/verschil/9")
    problem(missing, 404, "VERSIE_NIET_GEVONDEN")


def test_a_pupil_who_was_removed_and_comes_back_can_be_collected_again(
    bron: Client, pupil: str, number: str, put: Callable[..., None]
) -> None:
    """The clean-up may not have taken the versions of before yet: the count goes on."""
    for version in (1, 2):
        put(pupil)
        bron.publish(pupil)
        assert bron.card(pupil)["versie"] == version
        assert bron.ask("DELETE", f"/leerlingen/{pupil}", if_match="*").status == 204


# --- the rights of the pupil and the parents --------------------------------------------------------------------------


def test_the_export_holds_everything_that_is_kept(
    bron: Client, doel: Client, pupil: str, number: str, put: Callable[..., None]
) -> None:
    put(pupil)
    bron.ask("POST", f"/leerlingen/{pupil}/map", {"soort": "NOTITIE", "tekst": "Fijn gesprek."})
    bron.publish(pupil)
    doel.fetch(number)
    xml = content(bron, pupil, "xml")
    link = bron.get(f"/leerlingen/{pupil}/export")
    assert NAME not in link["url"]
    with zipfile.ZipFile(io.BytesIO(HTTP.request("GET", link["url"]).data)) as archive:
        names = archive.namelist()
        held = {name: archive.read(name) for name in names}
    assert {"kaart.json", "leerlinggegevens.json", "aanvragen.json", "mutatielog.csv"} <= set(names)
    assert xml in held.values()
    assert any(name.startswith("leerlingmap/") and "Notities" in name for name in names)
    assert json.loads(held["leerlinggegevens.json"])["dossier"]["huidigeschool"]["leerling"]["bsn"] == number
    assert "99EF" in held["aanvragen.json"].decode()
    assert not [name for name, data in held.items() if b"vingerafdruk" in data or b"pgnSleutel" in data]
    assert "zorgvragen.weg.txt" in names  # administratie may not see those (15.28)
    of_who_may = bron.as_("intern_begeleider").get(f"/leerlingen/{pupil}/export")
    with zipfile.ZipFile(io.BytesIO(HTTP.request("GET", of_who_may["url"]).data)) as archive:
        assert set(names) - set(archive.namelist()) == {"zorgvragen.weg.txt"}


def test_destruction_leaves_nothing_but_the_proof_and_the_chain(
    sandbox: Stack, bron: Client, doel: Client, pupil: str, number: str, put: Callable[..., None]
) -> None:
    pupil = f"vernietigd-{pupil}"  # a key that no other row can hold by chance
    put(pupil, roepnaam="Vernietigd")
    bron.ask("POST", f"/leerlingen/{pupil}/map", {"soort": "BESTAND", "naam": "nooit.pdf"})
    bron.publish(pupil)
    doel.fetch(number)
    (possible,) = bron.act(pupil, "klaarzetten").json()["notificatieMogelijk"]
    path = f"/leerlingen/{pupil}/overstapdossier/notificaties"
    sent = bron.ask("POST", path, {"aanvraagIds": [possible["aanvraagId"]]}, idempotency_key=pupil)
    assert sent.status in (200, 202), sent.data
    bron.get(f"/leerlingen/{pupil}/export")
    assert keys(sandbox, pupil)
    answer = bron.ask("DELETE", f"/leerlingen/{pupil}/gegevens", {"grond": "verzoek van de ouders"})
    assert answer.status == 200, answer.data
    proof = answer.json()
    assert (proof["leerlingId"], proof["grond"]) == (pupil, "verzoek van de ouders")
    assert all(number_ > 0 for number_ in proof["aantallen"].values())
    assert proof["logAantal"] > 0
    assert proof["backupsTot"] > proof["op"]

    assert keys(sandbox, pupil) == []
    kept = [row for row in rows(sandbox) if row["pk"]["S"] != "SCHOOL#99EF00"]  # the receiver keeps what it received
    assert not [row["sk"]["S"] for row in kept if "Vernietigd" in json.dumps(row)]
    about = sorted(row["sk"]["S"].partition("#")[0] for row in kept if pupil in json.dumps(row))
    assert about == ["KETEN", "VERNIETIGD"]  # when the chain itself goes, and the proof
    (request,) = [
        one
        for one in bron.get("/dossieraanvragen/binnengekomen?limiet=100")["items"]
        if one["id"] == possible["aanvraagId"]
    ]
    assert (request["leerling"], request["leerlingId"], request["nummer"]) == (None, None, "")
    assert request["brinAanvragendeSchool"] == "99EF"
    problem(bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier"), 404, "LEERLING_NIET_GEVONDEN")
    assert doel.fetch(number)["resultaat"]["code"] == "LEERLING_NIET_BEKEND"
    put(f"{pupil}-opnieuw")  # the number is free again


def keys(sandbox: Stack, pupil: str) -> list[str]:
    """Every version of every object under a prefix of this pupil."""
    s3 = sandbox.aws.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=sandbox.env["OSO_BUCKET"])
    found = [one["Key"] for page in pages for kind in ("Versions", "DeleteMarkers") for one in page.get(kind, [])]
    return [key for key in found if f"/{pupil}/" in key or f"-{pupil}/" in key]


def rows(sandbox: Stack) -> list[Any]:
    """Every row of the state table."""
    pages = sandbox.aws.client("dynamodb").get_paginator("scan").paginate(TableName=sandbox.env["OSO_TABEL_STATE"])
    return [row for page in pages for row in page["Items"]]


# --- a school on 2018.1 -----------------------------------------------------------------------------------------------


def in_2018_1(number: str, **pupil: Any) -> Any:
    """The record of a pupil in the older version of the standard."""
    old = record(number, **pupil)
    old["metadata"] |= {"standaardversie": "2018.1", "validatieversie": "2018.1.1"}
    blocks = old["metadata"]["categorie_uitlevering"]
    blocks["cat_zorgenbegeleiding"] = blocks.pop("cat_onderwijsondersteuning")
    return old


def test_a_school_on_2018_1_gets_its_own_blocks_and_its_text_is_not_sent(
    client_of: Callable[[str], Client], pupil: str, number: str
) -> None:
    """R118, 15.2, 15.38."""
    school = client_of("14SS01")
    old = in_2018_1(number)
    try:
        settings(school, standaardversie="2018.1")
        answer = school.ask("PUT", f"/leerlingen/{pupil}", raw=encode(old, "2018.1"), kind="application/xml")
        assert answer.status == 201, answer.data
        page = school.get(f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht=POPO")
        named = {one["blok"]: (one["label"], one["eis"]) for one in page["blokken"]}
        assert named["zorgenbegeleiding"] == ("Zorg & Begeleiding", "VERPLICHT")
        assert "onderwijsondersteuning" not in named
        settings(school, standaardversie="2019.1")
        problem(school.act(pupil, "verzamelen", overdracht="POPO"), 409, "STANDAARDVERSIE_ANDERS")
        settings(school, standaardversie="2018.1")
        school.fill_in(pupil, binnenBrin=True)
        assert school.act(pupil, "verzamelen", overdracht="BB-POPO").status == 200
        saved = school.fill_in(pupil, aandachtspunten="Let op de bril.").json()
        assert [m["code"] for m in saved["meldingen"]] == ["AANDACHTSPUNTEN_NIET_VERSTUURD"]
        again = school.act(pupil, "verzamelen", overdracht="BB-POPO").json()
        assert "AANDACHTSPUNTEN_NIET_VERSTUURD" in [m["code"] for m in again["meldingen"]]
        assert b"Let op de bril." not in content(school, pupil, "xml")
    finally:
        settings(school, standaardversie="2019.1")
        school.ask("DELETE", f"/leerlingen/{pupil}", if_match="*")


def test_a_choice_of_blocks_holds_when_the_school_changes_its_version(
    client_of: Callable[[str], Client], pupil: str, number: str
) -> None:
    """R42, R43, R118: mandatory blocks are on, unknown ones count for nothing, what was unticked stays so."""
    school = client_of("14SS01")
    school.put_pupil(pupil, number)
    school.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": TO_PO})
    where = f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht=POPO"
    text = school.ask("POST", f"/leerlingen/{pupil}/map", {"soort": "NOTITIE", "tekst": "hallo"}).json()["documentId"]
    shown = school.get(where) | {"toelichtingDocumentId": text}
    for one in shown["blokken"]:
        one["gekozen"] = one["gekozen"] and one["blok"] != "verzuim"
    first = school.ask("PUT", where, shown, if_match="*")
    assert first.status == 200, first.data
    try:
        settings(school, standaardversie="2018.1")
        refused = school.ask("PUT", where, shown | {"toelichtingDocumentId": None}, if_match=first.headers["ETag"])
        problem(refused, 409, "STANDAARDVERSIE_ANDERS")
        assert school.ask("GET", where.partition("/selectie")[0]).headers["ETag"] == first.headers["ETag"], "not saved"

        old = in_2018_1(number, zorg={"naamib": "Proef"})
        kind = "application/xml"
        answer = school.ask("PUT", f"/leerlingen/{pupil}", raw=encode(old, "2018.1"), kind=kind, if_match="*")
        assert answer.status == 200, answer.data
        page = school.get(where)
        off = {one["blok"] for one in page["blokken"] if not one["gekozen"]}
        assert off == {"verzuim", "cijferlijsten", "vombo"}
        reason = ("TOELICHTING_BESTAAT_NIET", "/toelichtingDocumentId")
        assert [(one["code"], one["pad"]) for one in page["meldingen"]] == [reason]
        told = problem(school.act(pupil, "verzamelen", overdracht="POPO"), 409, "TOELICHTING_BESTAAT_NIET")
        assert [(one["code"], one["pad"]) for one in told["meldingen"]] == [reason]
        assert school.ask("PUT", where, page, if_match="*").status == 200, "as it came"
        made = school.act(pupil, "verzamelen", overdracht="POPO")
        assert made.status == 200, made.data
    finally:
        settings(school, standaardversie="2019.1")
        school.ask("DELETE", f"/leerlingen/{pupil}", if_match="*")
