"""A number in an attachment that is damaged or no good one: it travels, so it is looked into (15.30, 15.34)."""

import base64
import io
import struct
import zipfile

import pytest

from chalicelib.errors import Invalid
from chalicelib.gegevensset.bijlagen import keur_bijlage
from chalicelib.gegevensset.leestekst import bijlagen_met_nummer
from chalicelib.gegevensset.tabel import standaard
from tests.pupil import record

NUMBER = "310008475"
TEXT = b"<a><b>310</b><c>008</c>475</a>"
ODT = b"application/vnd.oasis.opendocument.text"


def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as zipped:
        for name, data in files:
            zipped.writestr(name, data)
    return bytearray(buffer.getvalue())


def docx(method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    return archive(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", TEXT), method=method)


def directory_elsewhere(data: bytearray) -> bytes:
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 16, struct.unpack_from("<L", data, end + 16)[0] + 1000)
    return bytes(data)


def without_directory(data: bytearray) -> bytes:
    return bytes(data[: data.find(b"PK\x01\x02")])


def wrong_checksum(data: bytearray) -> bytes:
    place = data.rfind(b"PK\x01\x02") + 16
    data[place] ^= 1
    return bytes(data)


def unknown_method(data: bytearray) -> bytes:
    struct.pack_into("<H", data, data.rfind(b"PK\x01\x02") + 10, 77)
    return bytes(data)


def cut_short(data: bytearray) -> bytes:
    return bytes(data[: data.rfind(b"475</a>") + 7]) if b"475</a>" in data else bytes(data[:-10])


def with_macros() -> bytes:
    return bytes(archive(("[Content_Types].xml", b""), ("word/document.xml", TEXT), ("word/vbaProject.bin", b"")))


def dossier(name: str, data: bytes) -> dict[str, object]:
    """As it may be received: nothing of it was judged."""
    inside = base64.b64encode(bytes(archive((name, data)))).decode()
    return record(overigdocumentlijst={"document": [{"bestandsnaam": name, "bestandsinhoud": inside}]})


FILES = {
    "directory elsewhere": ("a.docx", directory_elsewhere(docx())),
    "no directory": ("a.docx", without_directory(docx())),
    "wrong checksum": ("a.docx", wrong_checksum(docx())),
    "unknown method": ("a.docx", unknown_method(docx())),
    "stored and cut short": ("a.docx", cut_short(docx(zipfile.ZIP_STORED))),
    "no such directory in ODF": ("a.odt", without_directory(archive(("mimetype", ODT), ("content.xml", TEXT)))),
    "utf-16": ("a.docx", bytes(archive(("word/document.xml", TEXT.decode().encode("utf-16"))))),
    "macros": ("a.docx", with_macros()),
    "another name": ("a.docx", b"Het nummer is 310 008 475."),
    "another kind": ("a.bin", b"\0\1Het nummer is 310.008.475"),
    "something before": ("a.pdf", b"\x01%PDF-1.4\n(310) (008) <343735>"),
    "no end of the stream": ("a.pdf", b"%PDF-1.4\nstream\n[(310) 5 (00\\070) (475)"),
    "a string that never closes": ("a.pdf", b"%PDF-1.4\nstream\n(\\( <333130> (008) <34 37 3 5>\nendstream"),
}


@pytest.mark.parametrize("what", FILES)
def test_the_number_in_a_file_that_is_damaged_or_no_good_attachment_is_found(what: str) -> None:
    tabel = standaard("2019.1")
    place = "/dossier/huidigeschool/leerling/overigdocumentlijst/document[1]/bestandsinhoud"
    assert bijlagen_met_nummer(dossier(*FILES[what]), tabel, NUMBER) == [place]
    assert bijlagen_met_nummer(dossier(*FILES[what]), tabel, "123456782") == []


def test_an_odf_of_which_nobody_can_tell_what_is_in_it_is_refused() -> None:
    """Its macros, for one, cannot be seen."""
    bare = b"PK\x03\x04" + b"\0" * 26 + b"mimetype" + ODT
    whole = archive(("mimetype", ODT), ("content.xml", TEXT), method=zipfile.ZIP_STORED)
    assert keur_bijlage("a.odt", bytes(whole)) == "ODF"
    for data in (bare, without_directory(whole)):
        with pytest.raises(Invalid, match="BIJLAGE_SOORT"):
            keur_bijlage("a.odt", data)
    assert bijlagen_met_nummer(dossier("a.odt", bare), standaard("2019.1"), NUMBER) == []
