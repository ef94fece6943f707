"""Attachments: made the same every time, opened within limits, judged by content (15.30)."""

import base64
import io
import tracemalloc
import zipfile

import pytest

from chalicelib.errors import Invalid
from chalicelib.gegevensset.bestandssoort import EXTENSIES
from chalicelib.gegevensset.bijlagen import (
    GROOTSTE_EIGEN,
    bijlagemeldingen,
    documenten,
    maak_bijlage,
    open_alle,
    open_bijlage,
)
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.tabel import standaard
from tests.dossiers import full

PDF = b"%PDF-1.4 verzonnen"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as zipped:
        for name, data in entries:
            zipped.writestr(name, data)
    return buffer.getvalue()


def wide(name: str) -> bytes:
    return name.encode("utf-16-le")


CONTENT = {
    "PDF": PDF,
    "JPG": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "PNG": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "TXT": "Beste juf Zoë,\r\n".encode(),
    "DOC": OLE + wide("WordDocument"),
    "XLS": OLE + wide("Workbook"),
    "PPT": OLE + wide("PowerPoint Document"),
    "DOCX": archive(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")),
    "XLSX": archive(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")),
    "PPTX": archive(("[Content_Types].xml", b"<x/>"), ("ppt/presentation.xml", b"<x/>")),
    "ODF": archive(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b""), method=0),
}


MACRO = archive(("word/document.xml", b""), ("word/vbaProject.bin", b""))


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def code_of(name: str, data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        open_bijlage(name, packed(data))
    return caught.value.code


@pytest.mark.parametrize("kind", CONTENT)
def test_each_allowed_kind_is_known_by_its_content(kind: str) -> None:
    extension = next(found for found, soort in EXTENSIES.items() if soort == kind)
    document = maak_bijlage(f"bestand.{extension}", CONTENT[kind], "Omschrijving")
    opened = open_bijlage(document["bestandsnaam"], document["bestandsinhoud"])
    assert (opened.soort, opened.data) == (kind, CONTENT[kind])
    assert "verzonnen" not in repr(opened)


def test_the_same_file_always_gives_the_same_text() -> None:
    once, again = (maak_bijlage("a.pdf", PDF)["bestandsinhoud"] for _ in range(2))
    assert once == again
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(once))) as zipped:
        assert [entry.date_time for entry in zipped.infolist()] == [(1980, 1, 1, 0, 0, 0)]
    assert list(maak_bijlage("a.pdf", PDF)) == ["bestandsnaam", "bestandsinhoud"]
    assert list(maak_bijlage("a.pdf", PDF, "x")) == ["bestandsnaam", "omschrijving", "bestandsinhoud"]


def test_lines_and_indentation_around_base64_are_allowed() -> None:
    text = packed(archive(("a.pdf", PDF)))
    assert open_bijlage("a.pdf", f"\n    {text[:20]}\n    {text[20:]}\n  ").data == PDF


def lying_about_its_number() -> bytes:
    """3,000 entries where the end record says one: its index is larger than one entry ever needs."""
    data = archive(*((f"{number}.pdf", b"") for number in range(3000)))
    end = data.rindex(b"PK\x05\x06")
    return data[: end + 8] + b"\1\0\1\0" + data[end + 12 :]


def encrypted() -> bytes:
    data = bytearray(archive(("a.pdf", PDF)))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"geen zip", "BIJLAGE_ZIP"),
        ("a.pdf", b"", "BIJLAGE_ZIP"),
        ("a.pdf", archive(("a.pdf", PDF))[:-30], "BIJLAGE_ZIP"),
        ("a.pdf", archive(("a.pdf", PDF), method=0).replace(b"verzonnen", b"verzonken"), "BIJLAGE_ZIP"),
        ("a.pdf", archive(("a.pdf", PDF), method=zipfile.ZIP_BZIP2), "BIJLAGE_ZIP"),
        ("a.pdf", archive(), "BIJLAGE_LEEG"),
        ("a.pdf", archive(("a.pdf", b"")), "BIJLAGE_LEEG"),
        ("a.pdf", archive(("a.pdf", PDF), ("b.pdf", PDF)), "BIJLAGE_MEER"),
        ("a.pdf", archive(*((f"{number}.pdf", b"") for number in range(3000))), "BIJLAGE_MEER"),
        ("a.pdf", lying_about_its_number(), "BIJLAGE_ZIP"),
        ("a.pdf", encrypted(), "BIJLAGE_VERSLEUTELD"),
        ("a.pdf", archive(("../../etc/passwd", PDF)), "BIJLAGE_PAD"),
        ("a.pdf", archive(("C:\\a.pdf", PDF)), "BIJLAGE_PAD"),
        ("a.pdf", archive(("map/", b"")), "BIJLAGE_PAD"),
        ("a.exe", archive(("a.exe", b"MZ\x90\0\3")), "BIJLAGE_SOORT"),
        ("a.exe", archive(("a.exe", PDF)), "BIJLAGE_NAAM"),
        ("a.pdf", archive(("a.pdf", b"gewone tekst")), "BIJLAGE_NAAM"),
        ("a.docx", archive(("a.docx", archive(("x.txt", b"")))), "BIJLAGE_SOORT"),
        ("a.docx", archive(("a.docx", MACRO)), "BIJLAGE_MACRO"),
        ("a.doc", archive(("a.doc", CONTENT["DOC"] + wide("_VBA_PROJECT"))), "BIJLAGE_MACRO"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_an_archive_has_its_own_code(name: str, data: bytes, code: str) -> None:
    assert code_of(name, data) == code


@pytest.mark.parametrize("text", ["geen base64!!", "QQ", "é", "a=b=", "====", "\ud800"])
def test_junk_instead_of_base64_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="BIJLAGE_BASE64"):
        open_bijlage("a.pdf", text)


def test_a_gigabyte_behind_a_megabyte_costs_no_memory() -> None:
    bomb = archive(("a.txt", b"0" * 64 * 1024 * 1024))
    assert len(bomb) < 100_000
    text = packed(bomb)
    tracemalloc.start()
    with pytest.raises(Invalid, match="BIJLAGE_TE_GROOT"):
        open_bijlage("a.txt", text, limiet=1024 * 1024)
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("../a.pdf", PDF, "BIJLAGE_PAD"),
        ("", PDF, "BIJLAGE_PAD"),
        ("a\x00.pdf", PDF, "BIJLAGE_PAD"),
        ("a.pdf", PDF + b" " * GROOTSTE_EIGEN, "BIJLAGE_TE_GROOT"),
        ("a.pdf", b"", "BIJLAGE_LEEG"),
        ("a.bin", b"\0\1", "BIJLAGE_SOORT"),
    ],
)
def test_what_we_add_ourselves_is_judged_before_it_is_added(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        maak_bijlage(name, data)


def test_every_attachment_of_a_dossier_is_found_with_its_pad() -> None:
    found = [pad.rpartition("leerling/")[2] for pad, _ in documenten(decode(full()).dossier, standaard("2019.1"))]
    assert found == [
        "onderwijsondersteuning/toelichting_onderwijsbehoeften/document",
        "onderwijsondersteuning/diagnose[1]/document[1]",
        "onderwijsondersteuning/handelingsplan[1]/document",
        "onderwijsondersteuning/opp/document[1]",
        "verzuim/documentLijst/document[1]",
        "toetslijst/toets[4]/resultaat/document",
        "overigdocumentlijst/document[1]",
        "overigdocumentlijst/document[2]",
        "overigdocumentlijst/document[3]",
    ]


def test_a_broken_attachment_is_a_warning_on_what_is_received_and_a_fault_in_what_we_add() -> None:
    values = decode(full()).dossier
    document = values["huidigeschool"]["leerling"]["overigdocumentlijst"]["document"][1]
    intact = document["bestandsinhoud"]
    document["bestandsinhoud"] = "geen base64!!"
    (warning,) = bijlagemeldingen(values, standaard("2019.1"))
    (fault,) = bijlagemeldingen(values, standaard("2019.1"), ernst="fout")
    assert (warning.code, warning.ernst, fault.ernst) == ("BIJLAGE_BASE64", "waarschuwing", "fout")
    assert warning.pad == "/dossier/huidigeschool/leerling/overigdocumentlijst/document[2]/bestandsinhoud"
    data = full().replace(intact.encode(), b"geen base64!!")
    assert controleer(data).meldingen == ()
    lenient, strict = (controleer(data, "intended", bijlagen=ernst) for ernst in ("waarschuwing", "fout"))
    assert [melding.pad for melding in lenient.meldingen] == [warning.pad]
    assert lenient.geldig
    assert not strict.geldig


def test_many_small_bombs_share_one_budget() -> None:
    bomb = packed(archive(("a.txt", b"0" * 1024 * 1024)))
    opened = list(open_alle([("a.txt", bomb)] * 5, totaal=3 * 1024 * 1024 - 1))
    assert [getattr(found, "soort", None) for found in opened] == ["TXT"] * 2 + [None] * 3
    assert {found.code for found in opened if isinstance(found, Invalid)} == {"BIJLAGE_TE_GROOT"}
