"""Bytes to values and back: the dossier JSON of `api.md` (Bodies) on one side, the XML of the standard on the other.

`Waarden` is the content of `dossier`: names letter for letter, leaf values as they stand in the XML, an element that
may repeat always a list, a repeating group a list of objects, a leaf with an attribute `{"@omschrijving", "#text"}`.
Values make the round trip unchanged. What XML Schema allows beside the standard (`xsi:schemaLocation`) is not data
and is dropped, as are comments, processing instructions and the blanks between elements.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar, cast

from lxml import etree

from chalicelib.errors import Invalid
from chalicelib.gegevensset.lezen import LIMIET, lees_json, lees_xml
from chalicelib.gegevensset.meldingen import structuurmeldingen
from chalicelib.gegevensset.structuur import standaard_van_wortel
from chalicelib.gegevensset.tabel import Element, Standaard, standaard
from chalicelib.gegevensset.vorm import vorm

__all__ = ["Gegevens", "Waarden", "decode", "encode", "kopie", "lees_json", "waarden_van"]

T = TypeVar("T")

Waarden = dict[str, Any]

# control characters that no XML document can hold
_VERBODEN: Final = tuple(bytes([code]) for code in range(32) if code not in (9, 10, 13))


@dataclass(frozen=True)
class Gegevens:
    """What a dossier holds: the version of the standard, and the content of its root element."""

    versie: str
    dossier: Waarden = field(repr=False)


@dataclass(frozen=True, eq=False, slots=True)
class _Plek:
    """An element as reader and writer need it. `is_tekst`: a leaf without attributes."""

    naam: str
    herhaalt: bool
    is_tekst: bool
    attributen: tuple[str, ...]
    groep_start: str
    open: bytes
    sluit: bytes
    onder: Mapping[str, "_Plek"]
    tags: Mapping[str, "_Plek"]
    volgorde: Callable[[str], int]


def decode(data: bytes, limiet: int = LIMIET) -> Gegevens:
    """Read a dossier of any known version; `limiet` in bytes. Blanks around a date are not part of it.

    Raises Invalid: XML_ONLEESBAAR, XML_DTD, TE_GROOT, NAAMRUIMTE_ONBEKEND, or DOSSIER_ONGELDIG with every
    structural melding. Business rules are not judged here: see `controle.py`.
    """
    wortel = lees_xml(data, limiet)
    tabel = standaard_van_wortel(wortel)
    if meldingen := structuurmeldingen(wortel, tabel, ruim=True):
        raise Invalid("DOSSIER_ONGELDIG", "het dossier is niet opgebouwd volgens de gegevensset", meldingen)
    return Gegevens(tabel.versie, waarden_van(wortel, tabel))


def waarden_van(wortel: etree._Element, tabel: Standaard) -> Waarden:
    """The values of a tree that is valid against the schema of its version."""
    return _lees(wortel, _plan(tabel.versie).tags)


def encode(dossier: Waarden, versie: str) -> bytes:
    """Write a dossier: UTF-8, no XML declaration, the namespace on the root, elements in the order of the table.

    The same values always give the same bytes. Raises Invalid("DOSSIER_ONGELDIG") with the pad of every name that the
    standard does not know and every value that is not a text, list or object where it should be.
    """
    tabel = standaard(versie)
    plan = _plan(versie)
    uit = [f'<dossier xmlns="{tabel.namespace}">'.encode()]
    try:
        _schrijf(dossier, plan, uit)
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError):
        raise _onschrijfbaar(dossier, tabel) from None
    uit.append(plan.sluit)
    data = b"".join(uit)
    if any(teken in data for teken in _VERBODEN):
        raise _onschrijfbaar(dossier, tabel)
    return data


def kopie(waarden: T) -> T:
    """The same values, of which nothing is shared: what `deepcopy` gives, much faster."""
    if isinstance(waarden, dict):
        return cast(T, {naam: kopie(deel) for naam, deel in waarden.items()})
    if isinstance(waarden, list):
        return cast(T, [kopie(deel) for deel in waarden])
    return waarden


def _onschrijfbaar(dossier: Waarden, tabel: Standaard) -> Invalid:
    return Invalid("DOSSIER_ONGELDIG", "de gegevens passen niet in een dossier", vorm(dossier, tabel)[1])


@cache
def _plan(versie: str) -> _Plek:
    tabel = standaard(versie)
    return _plek(tabel.wortel, tabel.namespace)


def _plek(element: Element, namespace: str) -> _Plek:
    onder = {kind.naam: _plek(kind, namespace) for kind in element.kinderen}
    return _Plek(
        naam=element.naam,
        herhaalt=element.herhaalt,
        is_tekst=not element.is_blok and not element.attributen,
        attributen=tuple(attribuut.naam[1:] for attribuut in element.attributen),
        groep_start=element.kinderen[0].naam if element.heeft_groep else "",
        open=f"<{element.naam}>".encode(),
        sluit=f"</{element.naam}>".encode(),
        onder=onder,
        tags={f"{{{namespace}}}{naam}": plek for naam, plek in onder.items()},
        volgorde={naam: nummer for nummer, naam in enumerate(onder)}.__getitem__,
    )


def _lees(blok: etree._Element, tags: Mapping[str, _Plek]) -> Waarden:
    waarden: Waarden = {}
    for kind in blok:
        _neem_op(waarden, kind, tags[str(kind.tag)])
    return waarden


def _neem_op(waarden: Waarden, kind: etree._Element, plek: _Plek) -> None:
    waarde = (kind.text or "") if plek.is_tekst else _lees_waarde(kind, plek)
    if plek.herhaalt:
        waarden.setdefault(plek.naam, []).append(waarde)
    else:
        waarden[plek.naam] = waarde


def _lees_waarde(kind: etree._Element, plek: _Plek) -> Any:
    if plek.attributen:
        namen = [naam for naam in plek.attributen if naam in kind.keys()]  # noqa: SIM118 - an lxml element is no dict
        tekst = kind.text or ""
        return {**{f"@{naam}": kind.get(naam) for naam in namen}, "#text": tekst} if namen else tekst
    return _lees_groepen(kind, plek) if plek.groep_start else _lees(kind, plek.tags)


def _lees_groepen(blok: etree._Element, plek: _Plek) -> list[Waarden]:
    """A new object begins at each element that starts the group."""
    groepen: list[Waarden] = []
    for kind in blok:
        deel = plek.tags[str(kind.tag)]
        if deel.naam == plek.groep_start:
            groepen.append({})
        _neem_op(groepen[-1], kind, deel)
    return groepen


def _schrijf(waarden: Waarden, plek: _Plek, uit: list[bytes]) -> None:
    for naam in sorted(waarden.keys(), key=plek.volgorde):
        kind = plek.onder[naam]
        waarde = waarden[naam]
        if not kind.herhaalt:
            _schrijf_een(waarde, kind, uit)
        elif type(waarde) is list:
            for een in waarde:
                _schrijf_een(een, kind, uit)
        else:
            raise TypeError


def _schrijf_een(waarde: Any, plek: _Plek, uit: list[bytes]) -> None:
    if plek.is_tekst:
        uit += (plek.open, _tekst(waarde), plek.sluit)
    elif plek.attributen:
        uit.append(_blad_met_attributen(waarde, plek))
    else:
        uit.append(plek.open)
        _schrijf_blok(waarde, plek, uit)
        uit.append(plek.sluit)


def _schrijf_blok(waarde: Any, plek: _Plek, uit: list[bytes]) -> None:
    if not plek.groep_start:
        _schrijf(waarde, plek, uit)
    elif type(waarde) is list:
        for groep in waarde:
            _schrijf(groep, plek, uit)
    else:
        raise TypeError


def _tekst(waarde: str) -> bytes:
    data = waarde.encode()
    if data.isalnum():
        return data
    if not waarde.isascii() and ("\ufffe" in waarde or "\uffff" in waarde):
        raise TypeError
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b"\r", b"&#13;")


def _blad_met_attributen(waarde: str | Waarden, plek: _Plek) -> bytes:
    if isinstance(waarde, str):
        return plek.open + _tekst(waarde) + plek.sluit
    namen = [naam for naam in plek.attributen if f"@{naam}" in waarde]
    if len(waarde) != len(namen) + 1:
        raise KeyError
    attributen = b"".join(b' %b="%b"' % (naam.encode(), _attribuut(waarde[f"@{naam}"])) for naam in namen)
    return b"<%b%b>%b%b" % (plek.naam.encode(), attributen, _tekst(waarde["#text"]), plek.sluit)


def _attribuut(waarde: str) -> bytes:
    return _tekst(waarde).replace(b'"', b"&quot;").replace(b"\t", b"&#9;").replace(b"\n", b"&#10;")
