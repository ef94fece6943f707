"""The texts of a PDF, well enough to find a number in it: no layout, no fonts, bounded.

Most PDFs show text by glyph numbers of a subset of a font; a ToUnicode map of that font says which characters they
are. Every piece of content is read plainly and through each such map of the file, whichever font it names: a number
is nine digits on end, so a wrong map does not make one.

Everything is done in one pass from front to back: what a stranger leaves open is looked for once, not from every place
where it could begin.
"""

import base64
import re
from collections.abc import Iterator, Mapping

from chalicelib.gegevensset.tegoed import Tegoed

_DOOR_KAARTEN = 16 * 1024 * 1024
_GROOTSTE_ASCII85 = 2 * 1024 * 1024  # decoded by Python itself
_KAARTEN = 24
_LANGSTE_CODE = 8  # hexadecimal digits: four bytes (ISO 32000-1, 9.7.5)
_WIT = b" \t\n\r\f\v"
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
# what matters outside a literal string, and inside one; no group is possessive: Python 3.11.2 gets those wrong
_BUITEN = re.compile(rb"(\(+)|<([0-9A-Fa-f\s]++)>")
_BINNEN = re.compile(rb"(\)|\(+)|<([0-9A-Fa-f\s]++)>|\\.", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b"", b"\r": b""}
_BEREIK = re.compile(rb"beginbf(range|char)")
_TEKEN = re.compile(rb"<([0-9A-Fa-f]++)>\s*+<([0-9A-Fa-f]++)>")
_REEKS = re.compile(rb"<([0-9A-Fa-f]++)>\s*+<([0-9A-Fa-f]++)>\s*+(?:<([0-9A-Fa-f]++)>|\[([^\[\]]*+)\])")
_DOEL = re.compile(rb"<([0-9A-Fa-f]++)>")

Kaart = Mapping[bytes, str]


def teksten_van_pdf(data: bytes, tegoed: Tegoed) -> Iterator[str]:
    """What the strings of each piece say, plainly and through the maps of the file; at last the file itself."""
    stukken = list(_stukken(data, tegoed))
    kaarten = [kaart for stuk in stukken if (kaart := _kaart(stuk))][:_KAARTEN]
    over = _DOOR_KAARTEN
    for stuk in (*stukken, data):
        strings = _strings(stuk)
        yield strings.decode("latin-1")
        yield strings.decode("utf-16-be", "replace")
        for kaart in kaarten:
            deel = strings[: max(0, over)]
            over -= len(deel)
            yield _lees(deel, kaart)


def _stukken(data: bytes, tegoed: Tegoed) -> Iterator[bytes]:
    """The streams of the file, unpacked where they are packed in a way that texts are; a last one may have no end."""
    einde = 0
    while tegoed.over > 0 and einde >= 0 and (kop := _STREAM.search(data, einde)):
        einde = data.find(b"endstream", kop.end())
        yield _pak_uit(data[kop.end() : einde] if einde >= 0 else data[kop.end() :], tegoed)


def _pak_uit(stuk: bytes, tegoed: Tegoed) -> bytes:
    if uit := tegoed.pak_uit(stuk):
        return uit
    try:
        ruw = base64.a85decode(stuk[:_GROOTSTE_ASCII85].strip().removeprefix(b"<~").removesuffix(b"~>"))
    except ValueError:
        return tegoed.neem(stuk)
    return tegoed.pak_uit(ruw) or tegoed.neem(ruw)


def _strings(stuk: bytes) -> bytes:
    """The strings in a piece of content, without what stands between them (kerning, positions)."""
    uit, plek, begin = bytearray(), 0, -1
    hexadecimaal: list[
        bytes
    ] = []  # seen since a literal string began: part of it if it closes, else strings themselves
    while gevonden := (_BUITEN if begin < 0 else _BINNEN).search(stuk, plek):
        plek = gevonden.end()
        if gevonden[1] == b")":
            letterlijk = stuk[begin : gevonden.start()]
            uit += _ESCAPE.sub(_teken, letterlijk) if b"\\" in letterlijk else letterlijk
            begin, hexadecimaal = -1, []
        elif gevonden[1]:
            uit += b"".join(map(_hex, hexadecimaal))
            begin, hexadecimaal = plek, []
        elif gevonden[2]:
            hexadecimaal.append(gevonden[2])
            if begin < 0:
                uit += _hex(hexadecimaal.pop())
    return bytes(uit + b"".join(map(_hex, hexadecimaal)))


def _hex(tekst: bytes) -> bytes:
    cijfers = tekst.translate(None, _WIT)
    return bytes.fromhex((cijfers + b"0" if len(cijfers) % 2 else cijfers).decode())


def _teken(gevonden: re.Match[bytes]) -> bytes:
    code = gevonden[1]
    return bytes([int(code, 8) & 0xFF]) if code[:1].isdigit() and code[:1] < b"8" else _LETTERS.get(code, code)


def _kaart(stuk: bytes) -> Kaart:
    """The digits of a ToUnicode map, by glyph number; empty when the piece is none."""
    kaart: dict[bytes, str] = {}
    for soort, inhoud in _bereiken(stuk):
        if soort == b"char":
            for teken in _TEKEN.finditer(inhoud):
                if len(teken[1]) <= _LANGSTE_CODE and (tekst := _cijfers(teken[2])):
                    kaart[_hex(teken[1])] = tekst
            continue
        for reeks in _REEKS.finditer(inhoud):
            if len(reeks[1]) <= _LANGSTE_CODE >= len(reeks[2]):
                kaart |= _reeks(_hex(reeks[1]), _hex(reeks[2]), reeks[3], reeks[4])
    return kaart


def _bereiken(stuk: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the content of each list in a map."""
    einde = 0
    while (kop := _BEREIK.search(stuk, einde)) and (einde := stuk.find(b"endbf", kop.end())) >= 0:
        yield kop[1], stuk[kop.end() : einde]


def _reeks(eerste: bytes, laatste: bytes, naar: bytes | None, lijst: bytes | None) -> Kaart:
    begin, einde, breedte = int.from_bytes(eerste), int.from_bytes(laatste), len(eerste)
    if naar is None:
        doelen = (_cijfers(een[1]) for een in _DOEL.finditer(lijst or b""))
        paren = [(code, tekst) for code, tekst in zip(range(begin, einde + 1), doelen, strict=False) if tekst]
    elif len(naar) > _LANGSTE_CODE:
        paren = []
    else:
        verschil = begin - int(naar, 16)
        paren = [(ord(cijfer) + verschil, cijfer) for cijfer in "0123456789"]
    grens = min(einde, 256**breedte - 1)
    return {code.to_bytes(breedte): tekst for code, tekst in paren if begin <= code <= grens}


def _cijfers(hexadecimaal: bytes) -> str:
    """The characters, where they are digits and nothing else; else ""."""
    tekst = _hex(hexadecimaal).decode("utf-16-be", "replace")
    return tekst if tekst.isascii() and tekst.isdigit() else ""


def _lees(strings: bytes, kaart: Kaart) -> str:
    """The strings with each glyph as its digit; anything else stands between them."""
    breedte = len(next(iter(kaart)))
    codes = (strings[plek : plek + breedte] for plek in range(0, len(strings), breedte))
    return "".join(kaart.get(code, "?") for code in codes)
