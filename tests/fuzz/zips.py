"""The opener of attachments and the readers of their text: base64 of a ZIP of strangers, files that a school adds."""

import base64
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random

from chalicelib.errors import Invalid
from chalicelib.gegevensset.bijlagen import TEKSTEN, keur_bijlage, maak_bijlage, open_bijlage, pak_alle_uit
from chalicelib.gegevensset.leestekst import bevat_nummer, leesbaar
from chalicelib.gegevensset.tegoed import Tegoed
from tests.fuzz.engine import Target, must

_LIMIT = 64 * 1024
_TEXT = 1024 * 1024
_NUMBER = "123456782"
_XML = (b"<", b">", b"<a>1", b"&#52;", b"&#", b"&#x", b"]]>", b"<!--", b"1 ")
_PDF = (
    *(
        b"(",
        b")",
        b"\\",
        b"\\(",
        b"(\\",
        b"(1)",
        b"<",
        b">",
        b"<3",
        b"<31>",
        b"<00><ff>",
        b"[",
        b"]",
        b"<~",
        b"~>",
        b"z",
    ),
    *(b"beginbfchar", b"beginbfrange", b"endbf", b"<0000><ffff><0030>", b"stream\n", b"endstream", b"\\061", b"1 "),
)
_NAMES = ("verslag.pdf", "verslag.docx", "verslag.txt", "verslag", "foto.png", "../x.pdf")
_WORDS = (
    *(b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08", b"\xff\xff\xff\xff"),
    *(b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"[Content_Types].xml"),
    *(
        b"word/document.xml",
        b"vbaProject.bin",
        b"mimetype",
        b"\x08\0",
        b"\x0c\0",
        b"\x63\0",
        b"../",
        b"\0",
        b"\x01\x08",
    ),
    b"application/vnd.oasis.opendocument.text",
)


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)
    return buffer.getvalue()


def _seeds() -> Iterator[bytes]:
    types = b"<Types><Override ContentType='application/vnd.openxmlformats.document.main+xml'/></Types>"
    docx = _zip({"[Content_Types].xml": types, "word/document.xml": b"<x/>"})
    odt = _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}, zipfile.ZIP_STORED)
    pdf = b"%PDF-1.4\nverzonnen\n%%EOF\n"
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield _zip({"verslag.pdf": pdf}, method)
    yield _zip({"verslag.pdf": pdf}, comment=b"PK\x05\x06" * 9)
    yield _zip({"a.pdf": pdf, "b.pdf": pdf})
    yield _zip({"verslag.docx": docx})
    yield _zip({"verslag.odt": odt})
    yield _zip({"bom.txt": b"a" * 3_000_000})
    yield _zip({})
    yield from (docx, odt, pdf)


@contextmanager
def target() -> Iterator[Target]:
    """Seeds: archives of every method, office files (archives themselves), a bomb, and plain files.

    Most inputs from nothing are tokens of XML or PDF on end: a reader that looks from every place never ends.
    """
    yield Target("zip", run, list(_seeds()), (*_WORDS, *_XML, *_PDF), _repeated)


def _repeated(rnd: Random) -> bytes:
    """A few tokens of a format, each many times over, in a file of that format; often the file inside a ZIP."""
    pdf = rnd.random() < 0.6
    tokens = _PDF if pdf else _XML
    runs = (rnd.choice(tokens) * rnd.choice((1, 1, 3, 1 << rnd.randrange(17))) for _ in range(rnd.randint(1, 4)))
    content = b"".join(runs)[:_TEXT]
    if not pdf:
        return _zip({"word/document.xml": content})
    if rnd.random() < 0.6:
        content = b"stream\n" + zlib.compress(content) + b"\nendstream"
    return _zip({"verslag.pdf": b"%PDF-1.4\n" + content})


def run(data: bytes) -> str:
    """The same bytes as an attachment that was received, as damaged base64, and as a file that a school adds."""
    name = _NAMES[sum(data[:64]) % len(_NAMES)]
    text = base64.b64encode(data).decode()
    told = (_received(name, text), _received(name, _text(data)), _own(name, data))
    pieces = _read(data) + sum(_read(inside) for inside in pak_alle_uit([text]) if isinstance(inside, bytes))
    return " ".join((*told, str(min(pieces, 9))))


def _read(data: bytes) -> int:
    """How many pieces of text there are in a file; its cost is bounded by what it may unpack, whatever it holds."""
    return len([bevat_nummer(piece, _NUMBER) for piece in leesbaar(data, Tegoed(_TEXT))])


def _text(data: bytes) -> str:
    return data[:2000].decode("latin-1")


def _received(name: str, text: str) -> str:
    try:
        file = open_bijlage(name, text, _LIMIT)
    except Invalid as fault:
        must(fault.code in TEKSTEN, fault.code)
        return fault.code
    assert 0 < len(file.data) <= _LIMIT
    return file.soort


def _own(name: str, data: bytes) -> str:
    try:
        kind = keur_bijlage(name, data)
        made = maak_bijlage(name, data)
    except Invalid as fault:
        must(fault.code in TEKSTEN, fault.code)
        return fault.code
    assert open_bijlage(name, made["bestandsinhoud"]).data == data, "what we packed is not what comes out"
    return kind
