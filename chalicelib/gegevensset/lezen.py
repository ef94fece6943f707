"""Bytes from outside, hostile until proven: XML and JSON are opened here, within limits.

Before a tree is built, the size, the number of elements and attributes and the document type are judged on the
bytes themselves, so that a bomb costs a few scans of memory and nothing else.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from chalicelib.errors import Invalid, Melding

MIB: Final = 1024 * 1024
LIMIET: Final = 16 * MIB
MAX_ELEMENTEN: Final = 50_000  # the largest published example holds 1,105
MAX_KENMERKEN: Final = 32  # attributes of one element; the standard knows one, checking them costs their square
MAX_DIEPTE_JSON: Final = 64  # the standard is 12 levels deep
_GROTE_TEKST: Final = 9_000_000  # libxml2 refuses one text above 10 MB unless told otherwise


def _parser(huge_tree: bool) -> etree.XMLParser:
    """Comments and processing instructions go, and join the text around them, as XML Schema and XPath read it."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=huge_tree,
    )


_PARSER: Final = _parser(huge_tree=False)
_PARSER_GROOT: Final = _parser(huge_tree=True)
_DECLARATIE: Final = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CODERINGEN: Final = frozenset(
    b"utf-8 utf8 us-ascii ascii iso-8859-1 iso8859-1 latin1 latin-1 iso-8859-15 windows-1252".split()
)
_VOORWERK: Final = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_XML_KOP: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_ALLE_KENMERKEN: Final = etree.XPath(f"count(//*/@*) > {MAX_KENMERKEN}")
_KENMERKEN_BIJEEN: Final = etree.XPath(f"boolean(//@*[{MAX_KENMERKEN + 1}])")
_SURROGAAT: Final = re.compile("[\ud800-\udfff]")


def lees_xml(data: bytes, limiet: int = LIMIET) -> etree._Element:
    """Parse a document of at most `limiet` bytes, comments and processing instructions left out.

    Raises Invalid: TE_GROOT, XML_DTD (a DTD makes a dossier invalid), XML_ONLEESBAAR. The error quotes nothing.
    """
    bewaak_grootte(data, limiet)
    data = _als_bytes_van_ascii(data)
    if _telt_te_veel(data):
        raise Invalid("TE_GROOT", f"het bestand telt meer dan {MAX_ELEMENTEN} elementen of attributen")
    groot = len(data) > _GROTE_TEKST
    if _begint_met_dtd(data) or (groot and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)):
        raise _dtd()
    try:
        wortel = etree.fromstring(data, _PARSER_GROOT if groot else _PARSER)
    except etree.XMLSyntaxError as fout:
        raise _onleesbaar(fout) from None
    if wortel.getroottree().docinfo.internalDTD is not None:  # a second lock: what the bytes could hide, the tree shows
        raise _dtd()
    if _ALLE_KENMERKEN(wortel) and _KENMERKEN_BIJEEN(wortel):  # the first one is the cheaper of the two
        raise Invalid("TE_GROOT", f"een element heeft meer dan {MAX_KENMERKEN} kenmerken")
    return wortel


def _begint_met_dtd(data: bytes) -> bool:
    """Whether a DTD stands in front of the root."""
    plek = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while voor := _VOORWERK.match(data, plek):
        plek = voor.end()
    return data.startswith(b"<!DOCTYPE", plek)


def _telt_te_veel(data: bytes) -> bool:
    """A whole element has two `<` and at least four bytes; an attribute has a `=`."""
    if len(data) <= 4 * MAX_ELEMENTEN:
        return False
    return max(data.count(b"<"), data.count(b"=")) > 2 * MAX_ELEMENTEN


def bewaak_grootte(data: bytes, limiet: int) -> None:
    """Raise Invalid("TE_GROOT") when there are more bytes than the limit."""
    if len(data) > limiet:
        raise Invalid("TE_GROOT", f"het bestand is groter dan {limiet // MIB} MB")


def _als_bytes_van_ascii(data: bytes) -> bytes:
    """The same document in an encoding in which every ASCII character is one byte, so that bytes can be judged."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        codering = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else f"utf-16-{'bl'[data[0] == 60]}e"
        try:
            return _XML_KOP.sub("", data.decode(codering), count=1).encode()
        except UnicodeError:
            raise _onleesbaar() from None
    declaratie = _DECLARATIE.match(data.removeprefix(b"\xef\xbb\xbf"))
    if declaratie and declaratie[1].lower() not in _CODERINGEN:
        raise Invalid("XML_ONLEESBAAR", "de tekencodering van het bestand wordt niet ondersteund; gebruik UTF-8")
    return data


def _dtd() -> Invalid:
    return Invalid("XML_DTD", "een dossier mag geen DTD (DOCTYPE) bevatten")


def _onleesbaar(fout: etree.XMLSyntaxError | None = None) -> Invalid:
    regel, kolom = fout.position if fout else (0, 0)
    waar = f" (regel {regel}, positie {kolom})" if regel else ""
    return Invalid("XML_ONLEESBAAR", f"het bestand is geen goed gevormde XML{waar}")


GEEN_OBJECT: Final = "de inhoud is geen JSON-object"


def lees_json(data: bytes, limiet: int = LIMIET) -> dict[str, Any]:
    """Parse a JSON object of at most `limiet` bytes in UTF-8.

    Raises Invalid with the pad of the fault: TE_GROOT, JSON_ONLEESBAAR, JSON_TE_DIEP, JSON_DUBBEL (a key twice),
    JSON_GETAL (more than 18 digits, NaN or Infinity), JSON_TEKEN (a lone surrogate).
    """
    bewaak_grootte(data, limiet)
    if data.count(b"{") + data.count(b"[") > 2 * MAX_ELEMENTEN or data.count(b",") > 10 * MAX_ELEMENTEN:
        raise Invalid("TE_GROOT", f"de JSON telt meer dan {2 * MAX_ELEMENTEN} objecten en lijsten, of te veel waarden")
    dubbel: dict[int, tuple[dict[str, Any], str]] = {}  # the object too: an id means something while it lives

    def als_object(paren: list[tuple[str, Any]]) -> dict[str, Any]:
        waarden = dict(paren)
        if len(waarden) < len(paren):
            dubbel[id(waarden)] = waarden, _eerste_dubbele(naam for naam, _ in paren)
        return waarden

    try:
        inhoud = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=als_object,
            parse_int=_getal,
            parse_float=_getal,
            parse_constant=_getal,
        )
    except RecursionError:
        raise Invalid("JSON_TE_DIEP", f"de JSON is dieper dan {MAX_DIEPTE_JSON} niveaus") from None
    except ValueError:
        raise Invalid("JSON_ONLEESBAAR", "de inhoud is geen geldige JSON in UTF-8") from None
    if not isinstance(inhoud, dict):
        raise Invalid("JSON_ONLEESBAAR", GEEN_OBJECT)
    _bewaak(inhoud, dubbel, b"\\ud" in data or b"\\uD" in data)
    return inhoud


def _eerste_dubbele(namen: Iterable[str]) -> str:
    gezien: set[str] = set()
    for naam in namen:
        if naam in gezien:
            return naam
        gezien.add(naam)
    return ""


def _getal(tekst: str) -> int | float:
    if len(tekst) > 18 or tekst[-1].isalpha():
        raise Invalid("JSON_GETAL", "een getal heeft meer dan 18 tekens of is geen getal")
    return int(tekst) if tekst.lstrip("-").isdigit() else float(tekst)


def _bewaak(inhoud: dict[str, Any], dubbel: Mapping[int, tuple[object, str]], surrogaten: bool) -> None:
    for pad, waarde, diepte in _containers(inhoud):
        if diepte > MAX_DIEPTE_JSON:
            raise Invalid(
                "JSON_TE_DIEP", f"de JSON is dieper dan {MAX_DIEPTE_JSON} niveaus", [_json_melding("JSON_TE_DIEP", pad)]
            )
        if id(waarde) in dubbel:
            plek = f"{pad}/{_kort(dubbel[id(waarde)][1])}"
            raise Invalid(
                "JSON_DUBBEL", "een naam komt twee keer voor in een object", [_json_melding("JSON_DUBBEL", plek)]
            )
        if surrogaten and (naam := _met_surrogaat(waarde)) is not None:
            plek = f"{pad}/{_kort(naam)}"
            raise Invalid("JSON_TEKEN", "een tekst bevat een half teken", [_json_melding("JSON_TEKEN", plek)])


def _containers(inhoud: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | list[Any], int]]:
    """Every object and array with its pad and depth, without recursion."""
    stapel: list[tuple[str, dict[str, Any] | list[Any], int]] = [("", inhoud, 1)]
    while stapel:
        pad, waarde, diepte = stapel.pop()
        yield pad, waarde, diepte
        stapel.extend(
            (f"{pad}/{_kort(naam)}", kind, diepte + 1) for naam, kind in _leden(waarde) if isinstance(kind, dict | list)
        )


def _leden(waarde: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(waarde, dict):
        yield from waarde.items()
    else:
        yield from ((str(nummer), kind) for nummer, kind in enumerate(waarde, 1))


def _met_surrogaat(waarde: dict[str, Any] | list[Any]) -> str | None:
    for naam, kind in _leden(waarde):
        if _SURROGAAT.search(naam) or (isinstance(kind, str) and _SURROGAAT.search(kind)):
            return naam
    return None


def _kort(naam: str) -> str:
    """A key, fit for a pad: no control characters, no halves of characters, no lengths."""
    return "".join(teken for teken in naam[:40] if teken.isprintable())


_JSON_TEKST: Final = {
    "JSON_TE_DIEP": "De gegevens zijn dieper genest dan een dossier ooit is.",
    "JSON_DUBBEL": "Deze naam komt twee keer voor in hetzelfde object.",
    "JSON_TEKEN": "Deze tekst bevat een half teken (een losse surrogate).",
}


def _json_melding(code: str, pad: str) -> Melding:
    return Melding(code, _JSON_TEKST[code], pad=pad, wat_nu="Laat uw leverancier de aanroep verbeteren.")
