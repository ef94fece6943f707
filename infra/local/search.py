"""Look for personal data in what a run left behind: which values, in which spellings, and whether a text holds one.

A value shorter than seven characters must stand on its own to count: a postcode fits in a random id. The names of
schools and employees are no finds. Numbers are also looked for as bare hashes and in base64: nine digits are guessed in
seconds (house 7).
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from infra.local.issuer import MEDEWERKER
from infra.local.scholen import SCHOLEN, SWV, TESTSCHOOL

NUMMERS = ("bsn", "onderwijsnummer")
_VELDEN = {
    *NUMMERS,
    *("banknummer", "iban", "voornaam", "roepnaam", "achternaam", "gbavoornaam", "gbaachternaam", "geboortedatum"),
    *("straat", "postcode", "plaats", "gemeente", "adresbuitenland"),
}
_ZELFSTANDIG = 7  # a shorter value is looked for as a word of its own
_TEKST = range(20, 500)  # a leaf of this length with a blank in it is a text that somebody wrote


@dataclass(frozen=True)
class Needle:
    """One value of a pupil or verzorger, in one spelling; `kind` says what it is, and it is never shown in full."""

    kind: str
    value: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.value[:1]}{'•' * (len(self.value) - 1)}"


@dataclass(frozen=True)
class Place:
    """One thing to search: what it is, where in it, and the text. In some places a name may stand, a number never."""

    name: str
    where: str
    text: str = field(repr=False)
    numbers_only: bool = False


def needles(dossiers: Iterable[bytes]) -> tuple[Needle, ...]:
    """Every personal value of the pupils, their verzorgers and doctors, in each spelling that is looked for."""
    found = dict.fromkeys(one for data in dossiers for one in _values(etree.fromstring(data)))
    known = _known()
    unknown = [(kind, value) for kind, value in found if value.casefold() not in known]
    return tuple(
        dict.fromkeys(Needle(kind, spelling) for kind, value in unknown for spelling in _spellings(kind, value))
    )


def needles_of(nummers: Iterable[str]) -> tuple[Needle, ...]:
    """These numbers of persons, in each spelling."""
    return tuple(Needle("bsn", spelling) for nummer in nummers for spelling in _spellings("bsn", nummer))


def find(wanted: Iterable[Needle], text: str) -> list[Needle]:
    """The values that a text holds, also percent-encoded or escaped as in JSON."""
    hay = "\n".join(dict.fromkeys(form.casefold() for form in _forms(text)))
    found = [one for one in wanted if _in(one.value, hay)]
    if not found:
        return []
    for phrase in sorted(_known(), key=len, reverse=True):
        hay = hay.replace(phrase, "")
    return [one for one in found if _in(one.value, hay)]


def numbers(wanted: Iterable[Needle]) -> tuple[Needle, ...]:
    """Those that are a number of a person, or its hash."""
    return tuple(one for one in wanted if one.kind.split()[-1] in NUMMERS)


def _values(root: etree._Element) -> Iterator[tuple[str, str]]:
    for leerling in root.iterfind("{*}huidigeschool/{*}leerling"):
        for element in leerling.iter("{*}*"):
            value = (element.text or "").strip()
            naam = etree.QName(element).localname
            parent = element.getparent()
            contact = naam == "nummer" and parent is not None and etree.QName(parent).localname == "communicatie"
            if len(element) or len(value) < 3:
                continue
            if naam in _VELDEN or contact:
                yield "telefoon of e-mail" if contact else naam, value
            elif len(value) in _TEKST and " " in value:
                yield "tekst", value


def _spellings(kind: str, value: str) -> Iterator[str]:
    """The value as it is, a code also without blanks and hyphens, and what a number is guessed by."""
    yield value.casefold()
    if kind not in ("tekst", "voornaam", "roepnaam", "achternaam", "geboortedatum"):
        yield re.sub(r"[\s-]", "", value.casefold())
    if kind in NUMMERS:
        for hash_ in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            yield hash_(value.encode(), usedforsecurity=False).hexdigest()
        yield base64.b64encode(value.encode()).decode().rstrip("=").casefold()


def _known() -> frozenset[str]:
    """What schools and employees are called: that is no personal data of a pupil."""
    schools = (school.gegevens for school in (*SCHOLEN, TESTSCHOOL, SWV))
    values = [value for gegevens in schools for one in gegevens.values() for value in _strings(one)]
    return frozenset(value.casefold() for value in (*values, *MEDEWERKER.values()) if len(value) > 2)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (part for part in value.values() if isinstance(part, str))


def _forms(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote(text)
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: json.loads(f'"{found[0]}"'), text)


def _in(value: str, hay: str) -> bool:
    if value not in hay:
        return False
    return len(value) >= _ZELFSTANDIG or re.search(rf"(?<!\w){re.escape(value)}(?!\w)", hay) is not None
