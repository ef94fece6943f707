"""Compare what was put with what arrived, without a line of the code that made the dossier.

Comments, blanks between elements and prefixes do not count; every other leaf and attribute must be there, at its place
and letter for letter, apart from what the caller says is replaced, added or left out. Values are never shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from chalicelib.gegevensset.tabel import standaard

_PARSER = etree.XMLParser(
    remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
)
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_STAP = re.compile(r"([^/\[]+)(\[\d+\])?")
_SCHOOL = ("naam", "brincode", "vestigingscode", "aanleverpunt", "soort", "naamdirecteur")
_LEERLING = "/dossier/huidigeschool/leerling"
_CONTACT = ("contactpersoon", "contacttelefoon", "contactemail")
REPLACED = (
    "/dossier/metadata",
    "/dossier/overdrachtsoort",
    "/dossier/inzage",
    *(f"/dossier/huidigeschool/{naam}" for naam in (*_SCHOOL, "adreslijst", "communicatielijst")),
)
"""What the profile, the inzage and the school's own settings write anew (15.39): not compared on either side."""


@dataclass(frozen=True)
class Change:
    """What may differ: `card` gives path -> the value that must arrive, `left_out` is `weggelaten` of the API."""

    versie: str
    card: Mapping[str, str] = field(default_factory=dict, repr=False)
    left_out: Iterable[Mapping[str, Any]] = ()
    replaced: Iterable[str] = REPLACED


def differences(put: bytes, arrived: bytes, change: Change) -> list[str]:
    """Give the paths that differ for no known reason, in document order; empty when the rest is equal."""
    before, after = (etree.fromstring(data, _PARSER) for data in (put, arrived))
    odd = [f"{one['pad']} (weggelaten)" for one in change.left_out if not _take_out(before, after, one, change.versie)]
    for path in change.replaced:
        for root in (before, after):
            _remove(_find(root, path))
    for path, value in change.card.items():
        _put(before, path, value)
    if change.card:
        _remove([found for naam in _CONTACT for found in _find(before, f"{_LEERLING}/overstapadvies/{naam}")])
        _own_pdf(before, after)
    there, here = dict(_leaves(before)), dict(_leaves(after))
    return odd + [path for path in {**there, **here} if there.get(path) != here.get(path)]


def text_of(data: bytes, path: str) -> str:
    """The text at a path, or ""; the bytes must be well-formed."""
    found = _find(etree.fromstring(data, _PARSER), path)
    return (found[0].text or "").strip() if found else ""


def _take_out(before: etree._Element, after: etree._Element, said: Mapping[str, Any], versie: str) -> bool:
    """Do to what was put what the API says it did; False when that is not what happened."""
    path, count = said["pad"], said["aantal"]
    if path.startswith("/blokken/"):
        block = standaard(versie).blok[path.removeprefix("/blokken/")]
        found = [one for steps in block.paden for one in _find(before, "/".join(("", "dossier", *steps)))]
        _remove(found)
        return bool(found)
    if path == "//communicatie/nummer":
        return _hide_numbers(before) == int(count)
    found = _find(before, path)
    if len(found) > count:
        kept = [_content(one) for one in _find(after, path)]
        found = [one for one in found if _content(one) not in kept]
    _remove(found)
    return len(found) == int(count)


def _content(element: etree._Element) -> tuple[tuple[str, str], ...]:
    """All that an element holds, wherever it stands."""
    return tuple(_leaves(element, "."))


def _hide_numbers(root: etree._Element) -> int:
    """Replace every secret phone number and mail address as 15.32 says; gives how many were not so already."""
    count = 0
    for one in root.iter("{*}communicatie"):
        if one.findtext("{*}geheim") not in ("true", "1"):
            continue
        for number in one.iterfind("{*}nummer"):
            hidden = "9999999999" if one.findtext("{*}soort") == "telefoon" else "geheim@geheim.geheim"
            count += number.text != hidden
            number.text = hidden
    return count


def _own_pdf(before: etree._Element, after: etree._Element) -> None:
    """Drop the PDF of the dossier itself, which travels as one bijlage more (R51)."""
    path = f"{_LEERLING}/overigdocumentlijst/document"
    documents = _find(after, path)
    if len(documents) == len(_find(before, path)) + 1:
        _remove(documents[-1:])


def _find(root: etree._Element, path: str) -> list[etree._Element]:
    """The elements at a path of local names with positions, as `/dossier/huidigeschool/leerling/verzorger[2]`."""
    steps = [f"*[local-name()='{naam}']{nummer}" for naam, nummer in _STAP.findall(path)]
    found = root.getroottree().xpath("/" + "/".join(steps))
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, etree._Element)]


def _put(root: etree._Element, path: str, value: str) -> None:
    """Set the text at a path, making the last two elements of it where they lack."""
    found = _find(root, path)
    if not found:
        above, _, naam = path.rpartition("/")
        if not _find(root, above):
            _put(root, above, "")
        found = [etree.SubElement(_find(root, above)[0], f"{{{etree.QName(root).namespace}}}{naam}")]
    if value:
        found[0].text = value


def _remove(elements: Iterable[etree._Element]) -> None:
    """Take elements out, and what they leave empty above them."""
    for element in elements:
        parent = element.getparent()
        if parent is None:
            continue
        parent.remove(element)
        if not len(parent):
            _remove([parent])


def _leaves(element: etree._Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf and attribute below an element: its path with positions, and its text."""
    path = path or f"/{etree.QName(element).localname}"
    for name, value in element.attrib.items():
        if not str(name).startswith(_XSI):
            yield f"{path}/@{name!s}", str(value)
    if not len(element):
        yield path, element.text or ""
        return
    seen: dict[str, int] = {}
    for child in element:
        naam = etree.QName(child).localname
        seen[naam] = seen.get(naam, 0) + 1
        yield from _leaves(child, f"{path}/{naam}[{seen[naam]}]")
