"""The leerlingmap: files by presigned POST and judged by content, notes, our own PDF, the one Toelichting."""

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.codec import decode
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.walk import MOMENT, TO_PO, content, text_of

LEAVING = {"datum": "2026-07-31", "adviesVo": "40", "vervolgschool": TO_PO}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@pytest.fixture
def known(bron: Client, pupil: str, number: str) -> str:
    """A pupil of 14SS00 who was written out."""
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving=LEAVING)
    return pupil


def upload(client: Client, pupil: str, name: str, data: bytes) -> tuple[str, int]:
    """Ask for a form and send the file with it: the document, and what S3 answered."""
    answer = client.ask("POST", f"/leerlingen/{pupil}/map", {"soort": "BESTAND", "naam": name})
    assert answer.status == 202, answer.data
    form: Mapping[str, Any] = answer.json()
    sent = HTTP.request("POST", form["url"], fields={**form["velden"], "file": (name, data)})
    return form["documentId"], sent.status


def confirm(client: Client, pupil: str, document: str) -> Any:
    return client.ask("POST", f"/leerlingen/{pupil}/map/{document}/bevestigen")


def added(client: Client, pupil: str, name: str, data: bytes) -> str:
    """A document that is in the map."""
    document, status = upload(client, pupil, name, data)
    assert status in (200, 204)
    assert confirm(client, pupil, document).status == 200
    return document


def choose(client: Client, pupil: str, **body: Any) -> Any:
    path = f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht=POPO"
    return client.ask("PUT", path, body, if_match="*")


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return packed.getvalue()


def test_a_file_counts_only_after_its_content_was_judged(bron: Client, known: str) -> None:
    """R45, R47a, 15.30: until then it is in no list of what may go along."""
    document, status = upload(bron, known, "verslag.pdf", PDF)
    assert status in (200, 204)
    (waiting,) = bron.get(f"/leerlingen/{known}/map")["items"]
    assert (waiting["status"], waiting["sha256"]) == ("WACHT_OP_UPLOAD", None)
    problem(choose(bron, known, bijlagen=[document]), 422, "DOCUMENT_NIET_GEVONDEN")
    confirmed = confirm(bron, known, document).json()
    assert (confirmed["status"], confirmed["bestandssoort"], confirmed["grootte"]) == ("BESCHIKBAAR", "PDF", len(PDF))
    assert re.fullmatch(r"[0-9a-f]{64}", confirmed["sha256"])
    assert confirm(bron, known, document).json() == confirmed, "again is the same"
    link = bron.get(f"/leerlingen/{known}/map/{document}")
    assert "verslag" not in link["url"]
    assert HTTP.request("GET", link["url"]).data == PDF


def test_a_file_that_was_never_sent_is_not_there(bron: Client, known: str) -> None:
    document = bron.ask("POST", f"/leerlingen/{known}/map", {"soort": "BESTAND", "naam": "a.pdf"}).json()["documentId"]
    problem(confirm(bron, known, document), 409, "UPLOAD_ONTBREEKT")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("programma.pdf", b"MZ\x90\x00" + bytes(60), "BIJLAGE_SOORT"),
        ("plaatje.png", PDF, "BIJLAGE_NAAM"),
        ("pagina.html", b"\xff\xfe\x00\x00<html>", "BIJLAGE_SOORT"),
        ("brief.docx", zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "BIJLAGE_MACRO"),
    ],
    ids=["a program", "another kind than the name says", "a page", "macros"],
)
def test_a_file_is_judged_by_what_it_is_and_not_by_its_name(
    bron: Client, known: str, name: str, data: bytes, code: str
) -> None:
    document, status = upload(bron, known, name, data)
    assert status in (200, 204)
    answer = problem(confirm(bron, known, document), 422, code)
    (melding,) = answer["meldingen"]
    assert (melding["code"], melding["pad"]) == (code, "/bestand")
    assert melding["watNu"].endswith(".")
    assert name not in str(answer)
    problem(choose(bron, known, bijlagen=[document]), 422, "DOCUMENT_NIET_GEVONDEN")


@pytest.mark.parametrize("data", [b"", bytes(3 * 1024 * 1024 + 1)])
def test_an_empty_or_too_large_file_never_gets_in(bron: Client, known: str, data: bytes) -> None:
    """The form itself allows 1 byte to 3 MiB; where a store does not hold to that, judging does."""
    document, status = upload(bron, known, "groot.txt", data)
    if status in (200, 204):
        assert problem(confirm(bron, known, document), 422)["code"] in ("BIJLAGE_TE_GROOT", "BIJLAGE_LEEG")
    else:
        problem(confirm(bron, known, document), 409, "UPLOAD_ONTBREEKT")


def test_a_name_with_a_folder_is_refused_before_anything_is_sent(bron: Client, known: str) -> None:
    for name in ("../x.pdf", "map/x.pdf", "a:b.pdf"):
        body = {"soort": "BESTAND", "naam": name}
        problem(bron.ask("POST", f"/leerlingen/{known}/map", body), 422, "BIJLAGE_PAD")
    problem(bron.ask("POST", f"/leerlingen/{known}/map", {"soort": "NOTITIE"}), 422, "VELD_ONTBREEKT")


def test_a_note_becomes_a_pdf_with_the_name_of_the_manual_and_travels(bron: Client, known: str) -> None:
    """R47a."""
    answer = bron.ask("POST", f"/leerlingen/{known}/map", {"soort": "NOTITIE", "tekst": "Fijn gesprek gehad."})
    assert answer.status == 201
    note = answer.json()
    start, end = "Notities Fictief Proefleerling ", ".pdf"
    assert note["naam"].startswith(start)
    assert MOMENT.fullmatch(note["naam"][len(start) : -len(end)])
    link = bron.get(f"/leerlingen/{known}/map/{note['documentId']}")
    assert "Fijn gesprek gehad." in text_of(HTTP.request("GET", link["url"]).data)
    assert choose(bron, known, bijlagen=[note["documentId"]]).status == 200
    bron.act(known, "verzamelen", overdracht="POPO")
    assert documents(bron, known)[0]["bestandsnaam"] == note["naam"]


def documents(client: Client, pupil: str) -> Any:
    leerling = decode(content(client, pupil, "xml")).dossier["huidigeschool"]["leerling"]
    return leerling["overigdocumentlijst"]["document"]


def test_the_pdf_of_a_collection_is_in_the_map_and_is_the_last_bijlage(bron: Client, known: str) -> None:
    """R49-R51."""
    document = added(bron, known, "verslag.pdf", PDF)
    choose(bron, known, bijlagen=[document])
    bron.act(known, "verzamelen", overdracht="POPO")
    (own,) = [one for one in bron.get(f"/leerlingen/{known}/map")["items"] if one["soort"] == "DOSSIER"]
    assert re.fullmatch(r"OSO-14SS-Fictief-Proefleerling-\d{4}-\d\d-\d\d\.pdf", own["naam"])
    pdf = content(bron, known, "pdf")
    assert HTTP.request("GET", bron.get(f"/leerlingen/{known}/map/{own['documentId']}")["url"]).data == pdf
    sent = documents(bron, known)
    assert [one["bestandsnaam"] for one in sent] == ["verslag.pdf", own["naam"]]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(sent[-1]["bestandsinhoud"]))) as archive:
        assert archive.read(archive.namelist()[0]) == pdf
    problem(bron.ask("DELETE", f"/leerlingen/{known}/map/{own['documentId']}"), 409, "DOCUMENT_IN_DOSSIER")
    assert bron.ask("DELETE", f"/leerlingen/{known}/map/{document}").status == 204
    assert documents(bron, known) == sent, "a version never changes (R36)"


def test_bijlages_unticked_sends_neither_a_file_nor_our_pdf(bron: Client, known: str) -> None:
    """The tick of the block decides, and what stays behind is said (15.40)."""
    document = added(bron, known, "verslag.pdf", PDF)
    blocks = bron.get(f"/leerlingen/{known}/overstapdossier/selectie?overdracht=POPO")["blokken"]
    next(one for one in blocks if one["blok"] == "bijlagedocs")["gekozen"] = False
    assert choose(bron, known, blokken=blocks, bijlagen=[document]).status == 200
    made = bron.act(known, "verzamelen", overdracht="POPO").json()
    assert [(one["code"], one["reden"]) for one in made["weggelaten"]] == [
        ("BLOK_NIET_GEKOZEN", "Bijlages is niet gekozen.")
    ]
    assert b"<document>" not in content(bron, known, "xml")


def test_the_dry_run_says_that_a_dossier_is_too_large_as_collecting_does(bron: Client, known: str) -> None:
    """15.30: and which bijlagen make it so; our own PDF counts."""
    noise = [base64.b64encode(Random(seed).randbytes(2_000_000)) for seed in range(2)]
    files = [added(bron, known, f"{nr}.txt", data) for nr, data in enumerate(noise)]
    assert choose(bron, known, bijlagen=files).status == 200
    checked = bron.get(f"/leerlingen/{known}/overstapdossier/controle?overdracht=POPO")
    refused = problem(bron.act(known, "verzamelen", overdracht="POPO"), 409, "DOSSIER_TE_GROOT")
    assert not checked["geldig"]
    assert [m for m in checked["meldingen"] if m["ernst"] == "fout"] == refused["meldingen"]
    assert len(refused["meldingen"]) == 3


def test_a_second_toelichting_gives_a_choice(bron: Client, pupil: str, number: str) -> None:
    """15.30: replace it, or add it as bijlage."""
    own = {"toelichting_onderwijsbehoeften": {"document": maak_bijlage("eigen.txt", b"van de school zelf\n")}}
    bron.put_pupil(pupil, number, onderwijsondersteuning=own)
    document = added(bron, pupil, "toelichting.txt", b"uit de leerlingmap\n")
    refused = problem(choose(bron, pupil, toelichtingDocumentId=document), 409, "TOELICHTING_BESTAAT_AL")
    assert refused["meldingen"][0]["pad"] == "/toelichtingDocumentId"
    assert "vervangen" in refused["meldingen"][0]["watNu"]
    assert "bijlage" in refused["meldingen"][0]["watNu"]
    assert choose(bron, pupil, toelichtingDocumentId=document, toelichtingVervangen=True).status == 200
    bron.act(pupil, "verzamelen", overdracht="POPO")
    support = decode(content(bron, pupil, "xml")).dossier["huidigeschool"]["leerling"]["onderwijsondersteuning"]
    assert support["toelichting_onderwijsbehoeften"]["document"]["bestandsnaam"] == "toelichting.txt"


def test_secret_addresses_are_in_neither_xml_nor_pdf(bron: Client, pupil: str, number: str) -> None:
    """15.32, 15.33."""
    address = {"soortadres": "gba", "straat": "Geheimeweg", "nummer": "9", "postcode": "0009ZZ", "plaats": "Nergens"}
    secret = {"adresgeheim": "true", "adreslijst": {"adres": [address]}}
    numbers = [
        {"soort": "telefoon", "nummer": "000-5559876", "geheim": "true"},
        {"soort": "e-mail", "nummer": "verborgen@proef.example", "geheim": "true"},
    ]
    carer = {"achternaam": "Proefouder", "wettigevertegenwoordiger": "true", **secret}
    carer["communicatielijst"] = {"communicatie": numbers}
    forbidden = {"geboorteplaats": "Verzonnen aan Zee", "nationaliteit": ["0001"]}
    bron.put_pupil(pupil, number, **secret, verzorger=[carer], **forbidden)
    bron.fill_in(pupil, uitschrijving=LEAVING)
    made = bron.act(pupil, "verzamelen", overdracht="POPO").json()
    left = {one["code"] for one in made["weggelaten"]}
    assert left == {"ADRES_GEHEIM", "NUMMER_GEHEIM", "VELD_VERBODEN"}
    shown = content(bron, pupil, "xml").decode(), text_of(content(bron, pupil, "pdf"))
    for text in shown:
        for hidden in ("Geheimeweg", "000-5559876", "verborgen@proef.example", "Verzonnen aan Zee"):
            assert hidden not in text
        assert "9999999999" in text
        assert "geheim@geheim.geheim" in text
