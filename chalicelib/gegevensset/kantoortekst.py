"""The text of office files of the kinds that are ZIP files of XML (DOCX, XLSX, PPTX, ODF), to find a number in it.

Not by the directory of the archive but by what stands in front of each file in it: so what is in a damaged archive,
which other programs repair, is read too. Nothing is too damaged to be looked at, and nothing raises.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from chalicelib.gegevensset.tegoed import Tegoed

UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_KOP: Final = struct.Struct("<4s5HLLLHH")
_BEGIN: Final = b"PK\x03\x04"
_TAG: Final = re.compile("<[^>]*>")
_TEKEN: Final = re.compile("&#(?:0*+([0-9]{1,7})|[xX]0*+([0-9A-Fa-f]{1,6}));")


def teksten_van_kantoor(data: bytes, tegoed: Tegoed) -> Iterator[str]:
    """The text of each XML file in the archive, without tags."""
    begin = data.find(_BEGIN)
    while begin >= 0 and begin + _KOP.size <= len(data) and tegoed.over > 0:
        volgende = data.find(_BEGIN, begin + 4)
        _, _, _, methode, *_, ingepakt, _, naam, extra = _KOP.unpack_from(data, begin)
        inhoud = begin + _KOP.size + naam
        if data[begin + _KOP.size : inhoud].lower().endswith((b".xml", b".rels")):
            yield _zonder_tags(_lees(data, methode, inhoud + extra, ingepakt, volgende, tegoed))
        begin = volgende


def _lees(data: bytes, methode: int, begin: int, ingepakt: int, volgende: int, tegoed: Tegoed) -> bytes:
    if methode:
        return tegoed.pak_uit(data, begin, -zlib.MAX_WBITS)
    # the size in front is 0 where it stands behind, and may be damaged: then to the next file, too much does no harm
    return tegoed.neem(data, begin, max(begin + ingepakt, volgende if volgende >= 0 else len(data)))


def _zonder_tags(inhoud: bytes) -> str:
    tekst = inhoud.decode("utf-16" if inhoud.startswith(UTF16) else "utf-8", "replace")
    einde = tekst.rfind(">") + 1  # behind it no tag ends: looking for one from every < there would never be done
    return _TEKEN.sub(_teken, _TAG.sub("", tekst[:einde]) + tekst[einde:])


def _teken(gevonden: re.Match[str]) -> str:
    code = int(gevonden[1]) if gevonden[1] else int(gevonden[2], 16)
    return chr(code) if code < 0x11_0000 else ""
