"""The texts of a PDF, well enough to find a number in it: no layout, no fonts, bounded.

Most PDFs show text by glyph numbers of a subset of a font; a ToUnicode map of that font says which characters they
are. Every piece of content is read plainly and through each such map of the file, whichever font it names: a number
is nine digits on end, so a wrong map does not make one.
"""

import base64
import re
import zlib
from collections.abc import Iterator, Mapping

_GROOTST = 8 * 1024 * 1024
_ALLES = 32 * 1024 * 1024
_KAARTEN = 24
_STREAM = re.compile(rb"(?<!end)stream\r?\n(.*?)endstream", re.DOTALL)
_STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]+)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b"", b"\r": b""}
_BEREIK = re.compile(rb"beginbf(range|char)(.*?)endbf", re.DOTALL)
_TEKEN = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_REEKS = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")

Kaart = Mapping[bytes, str]


def teksten_van_pdf(data: bytes) -> Iterator[str]:
    """What the strings of each piece say, plainly and through the maps of the file."""
    stukken = [data, *_stukken(data)]
    kaarten = [kaart for stuk in stukken[1:] if (kaart := _kaart(stuk))][:_KAARTEN]
    over = _GROOTST
    for stuk in stukken:
        strings = b"".join(_strings(stuk))
        yield strings.decode("latin-1")
        yield strings.decode("utf-16-be", "replace")
        for kaart in kaarten if over > 0 else ():
            over -= len(strings)
            yield _lees(strings, kaart)


def _stukken(data: bytes) -> Iterator[bytes]:
    """The streams of the file, unpacked where they are packed in a way that texts are."""
    over = _ALLES
    for gevonden in _STREAM.finditer(data):
        stuk = _pak_uit(gevonden[1], min(_GROOTST, over))
        over -= len(stuk)
        yield stuk
        if over <= 0:
            return


def _pak_uit(stuk: bytes, limiet: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(stuk, limiet)
    except zlib.error:
        pass
    try:
        ruw = base64.a85decode(stuk.strip().removeprefix(b"<~").removesuffix(b"~>"))
    except ValueError:
        return stuk[:limiet]
    try:
        return zlib.decompressobj().decompress(ruw, limiet)
    except zlib.error:
        return ruw[:limiet]


def _strings(stuk: bytes) -> Iterator[bytes]:
    """The strings in a piece of content, without what stands between them (kerning, positions)."""
    for letterlijk, hexadecimaal in _STRING.findall(stuk):
        yield _hex(hexadecimaal) if hexadecimaal else _ESCAPE.sub(_teken, letterlijk)


def _hex(tekst: bytes) -> bytes:
    cijfers = b"".join(tekst.split())
    return bytes.fromhex((cijfers + b"0" * (len(cijfers) % 2)).decode())


def _teken(gevonden: re.Match[bytes]) -> bytes:
    code = gevonden[1]
    return bytes([int(code, 8) & 0xFF]) if code[:1].isdigit() and code[:1] < b"8" else _LETTERS.get(code, code)


def _kaart(stuk: bytes) -> Kaart:
    """The digits of a ToUnicode map, by glyph number; empty when the piece is none."""
    kaart: dict[bytes, str] = {}
    for soort, inhoud in _BEREIK.findall(stuk):
        if soort == b"char":
            kaart |= {_hex(van): tekst for van, naar in _TEKEN.findall(inhoud) if (tekst := _tekst(naar)).isdigit()}
            continue
        for eerste, laatste, naar, lijst in _REEKS.findall(inhoud):
            kaart |= _reeks(_hex(eerste), _hex(laatste), naar, lijst)
    return kaart


def _reeks(eerste: bytes, laatste: bytes, naar: bytes, lijst: bytes) -> Kaart:
    begin, einde, breedte = int.from_bytes(eerste), int.from_bytes(laatste), len(eerste)
    codes = range(begin, min(einde, begin + 0xFFFF) + 1)
    if naar:
        doelen = [int(naar, 16) + n for n in range(len(codes))]
        paren = zip(codes, map(chr, (doel for doel in doelen if doel < 0x11_0000)), strict=False)
    else:
        paren = zip(codes, (_tekst(een) for een in re.findall(rb"<([0-9A-Fa-f]+)>", lijst)), strict=False)
    return {code.to_bytes(breedte): tekst for code, tekst in paren if tekst.isdigit()}


def _tekst(hexadecimaal: bytes) -> str:
    return _hex(hexadecimaal).decode("utf-16-be", "replace")


def _lees(strings: bytes, kaart: Kaart) -> str:
    """The strings with each glyph as its digit; anything else stands between them."""
    breedte = len(next(iter(kaart)))
    codes = (strings[plek : plek + breedte] for plek in range(0, len(strings), breedte))
    return "".join(kaart.get(code, "?") for code in codes)
