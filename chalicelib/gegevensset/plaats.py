"""Where something stands in a dossier: its pad with positions, its place in document order, its name for a person."""

import re
from functools import cached_property
from typing import Final

from lxml import etree

from chalicelib.gegevensset.tabel import Element, Standaard

_LANGSTE_NAAM: Final = 60
_STAP: Final = re.compile(r"([^\[]+)(?:\[(\d+)\])?")
_ACHTERAAN: Final = 10_000


def lokaal(knoop: etree._Element) -> str:
    """The name of an element without its namespace, fit for a pad."""
    return str(knoop.tag).rpartition("}")[2][:_LANGSTE_NAAM]


class Plaatsen:
    """Answers for one tree. Everything is looked up once, however often it is asked for."""

    def __init__(self, wortel: etree._Element, tabel: Standaard) -> None:
        self._wortel = wortel
        self._kop = f"{{{tabel.namespace}"
        self._nummers: dict[tuple[etree._Element, str], dict[etree._Element, int]] = {}
        self._elementen: dict[etree._Element, Element | None] = {wortel: tabel.wortel}
        self._omgevingen: dict[etree._Element, str] = {}
        self._paden: dict[etree._Element, str] = {}

    @cached_property
    def _rang(self) -> dict[etree._Element, int]:
        """The rank of every element in document order."""
        return {knoop: rang for rang, knoop in enumerate(self._wortel.iter(etree.Element))}

    def element(self, knoop: etree._Element) -> Element | None:
        """What the table says of this element, or None where the standard does not know it at this place."""
        if knoop not in self._elementen:
            ouder = knoop.getparent()
            boven = self.element(ouder) if ouder is not None else None
            kop, _, naam = str(knoop.tag).rpartition("}")
            self._elementen[knoop] = boven.bij_naam.get(naam) if boven and kop == self._kop else None
        return self._elementen[knoop]

    def _gelijknamigen(self, knoop: etree._Element) -> dict[etree._Element, int]:
        """The element and its siblings of the same name, numbered from 1."""
        ouder, tag = knoop.getparent(), str(knoop.tag)
        if ouder is None:
            return {knoop: 1}
        if (ouder, tag) not in self._nummers:
            self._nummers[ouder, tag] = {kind: nummer for nummer, kind in enumerate(ouder.iterchildren(tag), 1)}
        return self._nummers[ouder, tag]

    def pad(self, knoop: etree._Element, kind: str = "") -> str:
        """`/dossier/huidigeschool/leerling/verzorger[2]`, with the name of a missing child behind it if given."""
        if knoop not in self._paden:
            ouder = knoop.getparent()
            self._paden[knoop] = f"{self.pad(ouder) if ouder is not None else ''}/{self._stap(knoop)}"
        return f"{self._paden[knoop]}/{kind}" if kind else self._paden[knoop]

    def _stap(self, knoop: etree._Element) -> str:
        element, nummers = self.element(knoop), self._gelijknamigen(knoop)
        telt = len(nummers) > 1 or (element is not None and (element.herhaalt or element.groep))
        return f"{lokaal(knoop)}[{nummers[knoop]}]" if telt else lokaal(knoop)

    def sleutel(self, knoop: etree._Element, kind: str = "") -> tuple[float, int]:
        """Sorts in document order; a missing child sorts where it should have stood."""
        if not kind:
            return self._rang[knoop], 0
        element = self.element(knoop)
        volgorde = list(element.bij_naam) if element else []
        if kind not in volgorde:  # an attribute
            return self._rang[knoop], 1
        plek = volgorde.index(kind)
        later = set(volgorde[plek + 1 :])
        erna = next((broer for broer in knoop if lokaal(broer) in later), None)
        return (self._einde(knoop) if erna is None else self._rang[erna] - 0.5), plek

    def _einde(self, knoop: etree._Element) -> float:
        """Just behind the last element inside this one."""
        laatste = knoop
        while len(laatste):
            laatste = laatste[-1]
        return self._rang[laatste] + 0.5

    def titel(self, knoop: etree._Element) -> str:
        """The label, numbered where it may repeat, with the repeating blocks it stands in: `Afname (Toets 2)`."""
        omgeving = self.omgeving(knoop.getparent())
        return f"{self._label(knoop)} ({omgeving})" if omgeving else self._label(knoop)

    def omgeving(self, knoop: etree._Element | None) -> str:
        """The blocks that may repeat, from this one up: `Verzorger 1, ...`."""
        if knoop is None:
            return ""
        if knoop not in self._omgevingen:
            boven = self.omgeving(knoop.getparent())
            eigen = self._label(knoop) if self._herhaalt(knoop) else ""
            self._omgevingen[knoop] = ", ".join(filter(None, (eigen, boven)))
        return self._omgevingen[knoop]

    def _herhaalt(self, knoop: etree._Element) -> bool:
        element = self.element(knoop)
        return element is not None and element.herhaalt

    def _label(self, knoop: etree._Element) -> str:
        element = self.element(knoop)
        label = element.label if element else lokaal(knoop)
        return f"{label} {self._gelijknamigen(knoop)[knoop]}" if self._herhaalt(knoop) else label


def sleutel_van_pad(pad: str, tabel: Standaard) -> tuple[tuple[int, int], ...]:
    """Sorts pads in the order of the table, for values that come from no document."""
    sleutel = []
    element: Element | None = None
    for stap in pad.strip("/").split("/"):
        past = _STAP.fullmatch(stap)
        naam, nummer = (past[1], int(past[2] or 0)) if past else (stap, 0)
        plek = list(element.bij_naam).index(naam) if element and naam in element.bij_naam else _ACHTERAAN
        element = element.bij_naam.get(naam) if element else tabel.wortel
        sleutel.append((plek, nummer))
    return tuple(sleutel)
