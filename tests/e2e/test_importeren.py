"""Importing as a school does it: read what came, a plan, one act, the way back (R95, R101-R104, 15.21)."""

import base64
import io
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.gegevensset.codec import decode
from tests.e2e.client import HTTP, Client, problem
from tests.pupil import record

PUPIL = "/dossier/huidigeschool/leerling"


def zipped(name: str, content: bytes) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return base64.b64encode(packed.getvalue()).decode()


def fetch(bron: Client, doel: Client, pupil: str, number: str, **elements: Any) -> str:
    """A dossier at the source, received here: the id of our request."""
    bron.put_pupil(pupil, number, **elements)
    bron.publish(pupil)
    found = doel.fetch(number)
    assert found["status"] == "ONTVANGEN", found
    return str(found["id"])


def act(doel: Client, request: str, what: str, **body: Any) -> Any:
    return doel.ask("POST", f"/dossieraanvragen/{request}/{what}", body)


def plan(doel: Client, request: str) -> dict[str, Any]:
    """The lines of the plan by place."""
    return {line["pad"]: line for line in doel.get(f"/dossieraanvragen/{request}/importplan")["regels"]}


def imported(doel: Client, request: str, leerling_id: str, **choices: str) -> Any:
    answer = act(doel, request, "importeren", leerlingId=leerling_id, keuzes=choices)
    assert answer.status == 200, answer.data
    doel._made.append(leerling_id)
    return answer.json()


def elements(client: Client, leerling_id: str) -> Any:
    """What the record of a pupil holds."""
    return client.get(f"/leerlingen/{leerling_id}")["dossier"]["huidigeschool"]["leerling"]


def download(client: Client, path: str) -> bytes:
    return bytes(HTTP.request("GET", client.get(path)["url"]).data)


# --- a new pupil ------------------------------------------------------------------------------------------------------


def test_a_new_pupil_is_imported_in_one_logged_act_and_doing_it_again_is_the_same(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    lines = plan(doel, request)
    assert lines[f"{PUPIL}/achternaam"]["voorstel"] == "NEEM_OVER"
    assert lines[f"{PUPIL}/datuminschrijving"]["voorstel"] == "KAN_NIET"
    assert "afzender" in lines[f"{PUPIL}/datuminschrijving"]["reden"]
    assert number not in str(lines)
    problem(doel.ask("GET", "/leerlingen/nieuw-1/overstapdossier"), 404)  # nothing is written before the act (R101)
    for _ in range(2):
        answer = imported(doel, request, "nieuw-1")
        assert answer["tekst"] == f"Het dossier van {answer['naam']} is geïmporteerd."
    got = elements(doel, "nieuw-1")
    assert (got["achternaam"], got["bsn"]) == (record()["huidigeschool"]["leerling"]["achternaam"], number)
    assert "datuminschrijving" not in got
    codes = [one["code"] for one in doel.get("/leerlingen/nieuw-1/overstapdossier/mutatielogs")["items"]]
    assert codes.count("DOSSIER_GEIMPORTEERD") == 1
    assert doel.get(f"/dossieraanvragen/{request}")["status"] == "GEIMPORTEERD"
    problem(doel.request(number), 409, "LEERLING_BESTAAT_AL")


def test_undoing_takes_the_new_pupil_away_and_importing_again_is_possible(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    problem(act(doel, request, "ongedaan-maken"), 409, "NIET_GEIMPORTEERD")
    imported(doel, request, "nieuw-2")
    assert act(doel, request, "ongedaan-maken").json()["status"] == "ONTVANGEN"
    problem(doel.ask("GET", "/leerlingen/nieuw-2/overstapdossier"), 404)
    assert doel.request(number).status == 202  # the number is free again
    imported(doel, request, "nieuw-2")


def test_undoing_is_refused_when_somebody_changed_the_record_since(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    imported(doel, request, "nieuw-3")
    body = {"dossier": record(number, roepnaam="Anders")}
    assert doel.ask("PUT", "/leerlingen/nieuw-3", body, if_match="*").status == 200
    problem(act(doel, request, "ongedaan-maken"), 409, "RECORD_GEWIJZIGD")
    assert elements(doel, "nieuw-3")["roepnaam"] == "Anders"


@pytest.mark.parametrize("work", ["map", "card", "choice"])
def test_undoing_is_refused_when_somebody_went_on_with_the_new_pupil(
    bron: Client, doel: Client, pupil: str, number: str, work: str
) -> None:
    request, made = fetch(bron, doel, pupil, number), f"nieuw-{pupil}"
    imported(doel, request, made)
    selection = f"/leerlingen/{made}/overstapdossier/selectie?overdracht=POPO"
    done = {
        "map": lambda: doel.ask("POST", f"/leerlingen/{made}/map", {"soort": "NOTITIE", "tekst": "Verzonnen."}),
        "card": lambda: doel.fill_in(made, aandachtspunten="Verzonnen."),
        "choice": lambda: doel.ask("PUT", selection, {}, if_match="*"),
    }[work]()
    assert done.status in (200, 201), done.data
    problem(act(doel, request, "ongedaan-maken"), 409, "LEERLING_BEWERKT")
    assert doel.card(made)["leerlingId"] == made
    assert doel.get(f"/dossieraanvragen/{request}")["status"] == "GEIMPORTEERD"


def test_reading_a_new_pupil_changes_nothing_and_the_import_can_be_undone(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request, made = fetch(bron, doel, pupil, number), f"nieuw-{pupil}"
    imported(doel, request, made)
    elements(doel, made)
    for page in ("selectie", "controle"):
        doel.get(f"/leerlingen/{made}/overstapdossier/{page}?overdracht=POPO")
    assert act(doel, request, "ongedaan-maken").json()["status"] == "ONTVANGEN"


def test_a_new_pupil_comes_from_the_school_that_was_asked(bron: Client, doel: Client, pupil: str, number: str) -> None:
    """R98: so the dossier can be asked for again."""
    request, made = fetch(bron, doel, pupil, number), f"van-{pupil}"
    assert doel.get(f"/dossieraanvragen/{request}")["leerlingId"] is None
    imported(doel, request, made)
    assert doel.get(f"/dossieraanvragen/{request}")["leerlingId"] == made
    page = doel.get(f"/leerlingen/{made}/overstapdossier/opvragen")
    assert page["titel"].endswith(" opvragen bij (14SS) Basisschool De Proefballon")
    assert page["schoolVanHerkomst"]["brinnummer"] == "14SS"
    assert [one["kan"] for one in page["acties"] if one["naam"] == "opvragen"] == [True]


# --- a pupil who is here already --------------------------------------------------------------------------------------


def test_nothing_is_overwritten_unasked_and_a_choice_is_followed(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    theirs = {"roepnaam": "Hunnaam", "voorvoegsel": "van", "datumuitschrijving": "2026-07-31"}
    request = fetch(bron, doel, pupil, number, **theirs)
    doel.put_pupil(pupil, number, roepnaam="Onzenaam", achternaam="Onzeachternaam")
    lines = plan(doel, request)
    own = lines[f"{PUPIL}/roepnaam"]
    assert (own["ontvangen"], own["eigen"], own["voorstel"]) == ("Hunnaam", "Onzenaam", "BEHOUD")
    assert lines[f"{PUPIL}/voorvoegsel"]["voorstel"] == "NEEM_OVER"
    assert doel.get(f"/dossieraanvragen/{request}/importplan")["leerlingId"] == pupil
    problem(act(doel, request, "importeren", leerlingId="iemand-anders", keuzes={}), 409, "LEERLING_BESTAAT_AL")
    imported(doel, request, pupil, **{f"{PUPIL}/achternaam": "NEEM_OVER"})
    got = elements(doel, pupil)
    assert (got["roepnaam"], got["voorvoegsel"]) == ("Onzenaam", "van")
    assert got["achternaam"] == record()["huidigeschool"]["leerling"]["achternaam"]
    assert got["datuminschrijving"] == record()["huidigeschool"]["leerling"]["datuminschrijving"]
    assert act(doel, request, "ongedaan-maken").status == 200
    back = elements(doel, pupil)
    assert (back["achternaam"], back.get("voorvoegsel")) == ("Onzeachternaam", None)


def test_the_school_of_herkomst_is_filled_in_where_it_was_empty_and_undoing_takes_it_back(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    doel.put_pupil(pupil, number)
    path = f"/leerlingen/{pupil}/voorgeschiedenis"
    imported(doel, request, pupil)
    assert doel.get(path)["brinnummer"] == "14SS"
    assert act(doel, request, "ongedaan-maken").status == 200
    assert doel.get(path)["brinnummer"] is None
    own = {"brinnummer": "16VO", "schoolnaam": "Verzonnen college"}
    assert doel.ask("PATCH", path, own, if_match="*").status == 200
    imported(doel, request, pupil)
    assert act(doel, request, "ongedaan-maken").status == 200
    assert doel.get(path)["brinnummer"] == "16VO"


def test_a_record_without_what_the_service_writes_itself_takes_over_too(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number, voorvoegsel="van")
    leerling = record(number)["huidigeschool"]["leerling"]
    assert doel.ask("PUT", f"/leerlingen/{pupil}", {"dossier": {"huidigeschool": {"leerling": leerling}}}).status == 201
    doel._made.append(pupil)
    imported(doel, request, pupil)
    assert elements(doel, pupil)["voorvoegsel"] == "van"


def test_a_dossier_of_the_other_version_is_imported_by_its_own_plan(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    advice = {"advies": "11", "aandachtspunten": "Verzonnen aandachtspunt."}
    request = fetch(bron, doel, pupil, number, overstapadvies=advice)
    own = record(number, overstapadvies=None)
    own["metadata"] |= {"standaardversie": "2018.1", "validatieversie": "2018.1.1"}
    blocks = own["metadata"]["categorie_uitlevering"]
    blocks["cat_zorgenbegeleiding"] = blocks.pop("cat_onderwijsondersteuning")
    answer = doel.ask("PUT", f"/leerlingen/{pupil}", {"dossier": own})
    assert answer.status == 201, answer.data
    doel._made.append(pupil)
    lines = plan(doel, request)
    assert lines[f"{PUPIL}/overstapadvies/aandachtspunten"]["voorstel"] == "KAN_NIET"
    imported(doel, request, pupil)
    assert "aandachtspunten" not in elements(doel, pupil)["overstapadvies"]


def test_who_was_removed_while_the_answer_came_is_imported_as_a_new_pupil(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    doel.put_pupil(pupil, number)
    history = {"brinnummer": "14SS", "schoolnaam": "Basisschool De Proefballon"}
    assert doel.ask("PATCH", f"/leerlingen/{pupil}/voorgeschiedenis", history, if_match="*").status == 200
    asked = doel.ask("POST", f"/leerlingen/{pupil}/overstapdossier/opvragen", {}, idempotency_key=f"weg-{pupil}")
    request = asked.json()["id"]
    assert doel.outcome(request)["status"] == "ONTVANGEN"
    doel.forget_pupils_made()
    assert doel.get(f"/dossieraanvragen/{request}/importplan")["leerlingId"] is None
    imported(doel, request, f"terug-{pupil}")
    assert elements(doel, f"terug-{pupil}")["bsn"] == number


def test_a_choice_that_cannot_be_made_is_refused_by_place_and_nothing_is_written(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    doel.put_pupil(pupil, number)
    before = elements(doel, pupil)
    for place in (f"{PUPIL}/datuminschrijving", f"{PUPIL}/verzonnen"):
        answer = act(doel, request, "importeren", leerlingId=pupil, keuzes={place: "NEEM_OVER"})
        assert problem(answer, 422, "KEUS_KAN_NIET")["meldingen"][0]["pad"] == place
    assert elements(doel, pupil) == before
    assert doel.get(f"/dossieraanvragen/{request}")["status"] == "ONTVANGEN"


def test_a_leerling_id_of_somebody_else_is_refused(bron: Client, doel: Client, pupil: str, number: str) -> None:
    request = fetch(bron, doel, pupil, number)
    doel.put_pupil(f"{pupil}-ander")
    problem(act(doel, request, "importeren", leerlingId=f"{pupil}-ander", keuzes={}), 409, "LEERLING_ID_BESTAAT")
    problem(act(doel, request, "importeren", leerlingId=number, keuzes={}), 422, "LEERLING_ID_ONGELDIG")
    written = f"{number[:4]}.{number[4:6]}.{number[6:]}"
    problem(act(doel, request, "importeren", leerlingId=written, keuzes={}), 422, "LEERLING_ID_ONGELDIG")


def test_persons_are_matched_by_evidence_and_never_by_position(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    (parent,) = record()["huidigeschool"]["leerling"]["verzorger"]
    first = parent | {"achternaam": "Proefouder", "voornaam": ["Aagje"], "geslacht": "2"}
    second = parent | {"achternaam": "Proefouder", "voornaam": ["Bram"], "geslacht": "1", "titelnavoor": "BSc"}
    third = parent | {"achternaam": "Nieuwouder", "voornaam": ["Cornelia"]}
    second.pop("titelnavoor")
    request = fetch(bron, doel, pupil, number, verzorger=[third, second, first])
    doel.put_pupil(pupil, number, verzorger=[first, second | {"adresgeheim": "true"}])
    lines = {place: line for place, line in plan(doel, request).items() if "/verzorger" in place}
    assert [place for place, line in lines.items() if line["voorstel"] == "NEEM_OVER"] == [f"{PUPIL}/verzorger[1]"]
    imported(doel, request, pupil)
    names = [one["voornaam"] for one in elements(doel, pupil)["verzorger"]]
    assert names == [["Aagje"], ["Bram"], ["Cornelia"]]


def test_the_newest_of_several_stands_beside_the_older(bron: Client, doel: Client, pupil: str, number: str) -> None:
    first = fetch(bron, doel, pupil, number)
    hash_before = bron.card(pupil)["verzendHash"]
    body = {"dossier": record(number, roepnaam="Nieuwer")}
    assert bron.ask("PUT", f"/leerlingen/{pupil}", body, if_match="*").status == 200
    bron.publish(pupil)
    second = doel.fetch(number)
    assert doel.get(f"/dossieraanvragen/{first}")["verzendHash"] == hash_before != second["verzendHash"]
    names = [
        decode(download(doel, f"/dossieraanvragen/{one}/xml")).dossier["huidigeschool"]["leerling"].get("roepnaam")
        for one in (first, second["id"])
    ]
    assert names == [record()["huidigeschool"]["leerling"].get("roepnaam"), "Nieuwer"]


# --- not at all -------------------------------------------------------------------------------------------------------


def test_who_does_not_come_has_the_dossier_destroyed_at_once(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    download(doel, f"/dossieraanvragen/{request}/pdf")
    closed = act(doel, request, "niet-geplaatst").json()
    assert (closed["status"], closed["nummer"], closed["bijlagen"]) == ("NIET_GEPLAATST", "", [])
    s3 = doel.stack.aws.client("s3")
    left = s3.list_object_versions(Bucket=doel.stack.env["OSO_BUCKET"], Prefix=f"99EF00/aanvraag!{request}/")
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")
    assert closed["resultaat"]["watNu"].startswith("U hoeft niets te doen")
    assert {one["naam"]: one["waaromNiet"]["code"] for one in closed["acties"] if not one["kan"]} == {
        "xml": "INHOUD_WEG",
        "pdf": "INHOUD_WEG",
        "importeren": "NIET_ONTVANGEN",
        "ongedaanMaken": "NIET_GEIMPORTEERD",
        "nietGeplaatst": "NIET_ONTVANGEN",
        "opnieuw": "NUMMER_WEG",
    }
    again = doel.ask("POST", f"/dossieraanvragen/{request}/opnieuw", {}, idempotency_key=f"weg-{pupil}")
    problem(again, 409, "NUMMER_WEG")
    for what in ("xml", "pdf", "bijlagen/1"):
        problem(doel.ask("GET", f"/dossieraanvragen/{request}/{what}"), 404, "INHOUD_WEG")
    problem(act(doel, request, "importeren", leerlingId="nieuw-4", keuzes={}), 409, "NIET_ONTVANGEN")
    problem(act(doel, request, "niet-geplaatst"), 409, "NIET_ONTVANGEN")


def test_a_legal_hold_keeps_what_was_received_for_the_pupil(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    doel.put_pupil(pupil, number)
    history = {"brinnummer": "14SS", "schoolnaam": "Basisschool De Proefballon"}
    assert doel.ask("PATCH", f"/leerlingen/{pupil}/voorgeschiedenis", history, if_match="*").status == 200
    asked = doel.ask("POST", f"/leerlingen/{pupil}/overstapdossier/opvragen", {}, idempotency_key=f"houd-{pupil}")
    request = asked.json()["id"]
    assert doel.outcome(request)["status"] == "ONTVANGEN"
    board = doel.as_("directie")
    assert board.ask("PUT", f"/leerlingen/{pupil}/bewaren", {"reden": "Er loopt een bezwaar."}).status == 200
    problem(act(doel, request, "niet-geplaatst"), 409, "BEWAREN_OPGELEGD")
    assert download(doel, f"/dossieraanvragen/{request}/xml")
    assert board.ask("DELETE", f"/leerlingen/{pupil}/bewaren").status == 204
    assert act(doel, request, "niet-geplaatst").status == 200


# --- what came along --------------------------------------------------------------------------------------------------


def test_attachments_count_from_one_and_one_that_cannot_be_opened_comes_as_it_was(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    documents = [
        {"bestandsnaam": "leesbaar.txt", "bestandsinhoud": zipped("leesbaar.txt", b"Verzonnen verslag.")},
        {"bestandsnaam": "kapot.pdf", "bestandsinhoud": base64.b64encode(b"dit is geen zip").decode()},
    ]
    request = fetch(bron, doel, pupil, number, overigdocumentlijst={"document": documents})
    path = f"/dossieraanvragen/{request}"
    listed = doel.get(path)["bijlagen"]
    kinds = {one["naam"]: (place, one["soort"]) for place, one in enumerate(listed, 1)}
    assert kinds["leesbaar.txt"][1] == "TXT"
    assert kinds["kapot.pdf"][1] == "ONLEESBAAR"
    assert download(doel, f"{path}/bijlagen/{kinds['leesbaar.txt'][0]}") == b"Verzonnen verslag."
    assert download(doel, f"{path}/bijlagen/{kinds['kapot.pdf'][0]}") == documents[1]["bestandsinhoud"].encode()
    for wrong in ("0", str(len(listed) + 1)):
        problem(doel.ask("GET", f"{path}/bijlagen/{wrong}"), 404, "BIJLAGE_NIET_GEVONDEN")
    for wrong in ("-1", "een", "99999"):
        problem(doel.ask("GET", f"{path}/bijlagen/{wrong}"), 422, "VELD_ONJUIST")


def test_what_was_received_and_waits_is_in_the_list_that_the_work_names(doel: Client) -> None:
    asked = [doel.fetch("310008475", "00YY")["id"] for _ in range(3)]
    (work,) = [one for one in doel.get("/werkvoorraad")["items"] if one["werk"] == "ONTVANGEN_NIET_GEIMPORTEERD"]
    path = work["lijst"].removeprefix("/v1") + "?" + urlencode(work["filter"])
    everything = doel.get(f"{path}&limiet=100")
    assert {one["status"] for one in everything["items"]} == {"ONTVANGEN"}
    assert everything["totaal"] == len(everything["items"]) == work["aantal"]
    assert [one["id"] for one in everything["items"]][:3] == asked[::-1]
    first = doel.get(f"{path}&limiet=2")
    rest = doel.get(f"{path}&limiet=100&na={first['volgende']}")
    assert [one["id"] for one in rest["items"]] == [one["id"] for one in everything["items"]][2:]
    act(doel, asked[1], "niet-geplaatst")  # the last of that page leaves the list
    rest = doel.get(f"{path}&limiet=100&na={first['volgende']}")
    assert [one["id"] for one in rest["items"]] == [one["id"] for one in everything["items"]][2:]
    assert rest["volgende"] is None
    problem(doel.ask("GET", f"/dossieraanvragen?status=AFGEWEZEN&na={first['volgende']}"), 422, "CURSOR_ONGELDIG")
    problem(doel.ask("GET", "/dossieraanvragen?status=VERZONNEN"), 422, "VELD_ONJUIST")


def test_a_pdf_is_made_where_none_came_along(doel: Client) -> None:
    received = doel.fetch("310008475", "00YY")  # the test school sends no PDF of the dossier itself
    assert received["status"] == "ONTVANGEN"
    assert not [one for one in received["bijlagen"] if one["naam"].startswith("OSO-")]
    pdf = download(doel, f"/dossieraanvragen/{received['id']}/pdf")
    assert pdf.startswith(b"%PDF-")
    assert b"310008475" not in pdf


@pytest.mark.parametrize(
    ("what", "act_logged"),
    [
        ("xml", "XML_BEKEKEN"),
        ("pdf", "PDF_BEKEKEN"),
        ("importplan", "IMPORTPLAN_BEKEKEN"),
        ("bijlagen/1", "BIJLAGE_BEKEKEN"),
    ],
)
def test_reading_is_logged_and_another_school_finds_nothing(
    bron: Client, doel: Client, pupil: str, number: str, what: str, act_logged: str
) -> None:
    request = fetch(bron, doel, pupil, number)
    problem(bron.ask("GET", f"/dossieraanvragen/{request}/{what}"), 404)
    doel.get(f"/dossieraanvragen/{request}/{what}")
    codes = [one["code"] for one in doel.get(f"/dossieraanvragen/{request}/mutatielogs")["items"]]
    assert codes[-1] == act_logged
