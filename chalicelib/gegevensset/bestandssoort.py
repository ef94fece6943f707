"""The kind of a file by its content, for the kinds that may travel in a dossier (15.30). One list is unpacked."""

import zipfile
import zlib
from io import BytesIO
from typing import Final

from chalicelib.gegevensset.zipkop import ZipKop

EXTENSIES: Final = {
    **{
        extensie: extensie.upper()
        for extensie in ["pdf", "jpg", "png", "doc", "docx", "xls", "xlsx", "txt", "ppt", "pptx"]
    },
    "jpeg": "JPG",
    **dict.fromkeys(["odf", "odt", "ods", "odp", "odg"], "ODF"),
}
_BEGIN: Final = {b"\xff\xd8\xff": "JPG", b"\x89PNG\r\n\x1a\n": "PNG"}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE: Final = {"WordDocument": "DOC", "Workbook": "XLS", "Book": "XLS", "PowerPoint Document": "PPT"}
_IN_OOXML: Final = {"word/document.xml": "DOCX", "xl/workbook.xml": "XLSX", "ppt/presentation.xml": "PPTX"}
_ODF: Final = b"mimetypeapplication/vnd.oasis.opendocument."
_MACRO_OLE: Final = ("_VBA_PROJECT", "Macros")
_MACRO_ZIP: Final = ("vbaproject.bin", "vbadata.xml")
_MACRO_SOORTEN: Final = (b"vbaproject", b"macroenabled")
_GROOTSTE_INDEX: Final = 512 * 1024
_GROOTSTE_SOORTEN: Final = 256 * 1024
_VOOR_PDF: Final = 1024
_LEEG: Final = b"\xef\xbb\xbf\x00\t\n\f\r "
_BESTURING: Final = bytes(code for code in range(32) if code not in (9, 10, 12, 13))  # not in a text


def soort_van(data: bytes) -> str:
    """`PDF`, `JPG`, `PNG`, `DOC`, `DOCX`, `ODF`, `XLS`, `XLSX`, `TXT`, `PPT` or `PPTX`; "" for anything else."""
    if data[:_VOOR_PDF].lstrip(_LEEG).startswith(b"%PDF-"):  # anything else in front makes it another kind too
        return "PDF"
    for begin, soort in _BEGIN.items():
        if data.startswith(begin):
            return soort
    if data.startswith(_OLE):
        return next((soort for naam, soort in _IN_OLE.items() if naam.encode("utf-16-le") in data), "")
    if data.startswith(b"PK"):
        return _soort_van_zip(data)
    return "TXT" if _is_tekst(data) else ""


def met_macros(soort: str, data: bytes) -> bool:
    """Whether an office document carries macros."""
    if soort in ("DOC", "XLS", "PPT"):
        return any(naam.encode("utf-16-le") in data for naam in _MACRO_OLE)
    if soort in ("DOCX", "XLSX", "PPTX"):
        genoemd = any(naam.rpartition("/")[2].lower() in _MACRO_ZIP for naam in _namen(data))
        return genoemd or any(soort in _soorten(data).lower() for soort in _MACRO_SOORTEN)
    return soort == "ODF" and any(naam.startswith(("Basic/", "Scripts/")) for naam in _namen(data))


def _soort_van_zip(data: bytes) -> str:
    namen = _namen(data)
    if data[30 : 30 + len(_ODF)] == _ODF:
        return "ODF" if namen else ""  # what is in it cannot be told: no macros, for one
    return next((soort for naam, soort in _IN_OOXML.items() if naam in namen), "")


def _namen(data: bytes) -> frozenset[str]:
    """The names in a ZIP; none where it is damaged or its index is larger than a document ever needs."""
    kop = ZipKop.lees(data)
    if kop is None or kop.is_zip64 or kop.grootte_index > _GROOTSTE_INDEX:
        return frozenset()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archief:
            return frozenset(archief.namelist())
    # all that zipfile raises on a damaged index
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()


def _soorten(data: bytes) -> bytes:
    """The list of what is in an office document: it names macros, whatever their file is called."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archief, archief.open("[Content_Types].xml") as lijst:
            return lijst.read(_GROOTSTE_SOORTEN)
    # all that zipfile and zlib raise on damaged archives
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
        return b""


def _is_tekst(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _is_utf16(data)
    return len(data.translate(None, _BESTURING)) == len(data)


def _is_utf16(data: bytes) -> bool:
    try:
        tekst = data.decode("utf-16")
    except UnicodeDecodeError:
        return False
    return not any(chr(code) in tekst for code in _BESTURING)
