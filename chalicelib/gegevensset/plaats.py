"""Where something stands in a dossier: its pad with positions, its place in document order, its name for a person."""

import re
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
    """Answers for one tree. Each parent is looked through once, however many of its children are asked for."""

    def __init__(self, wortel: etree._Element, tabel: Standaard) -> None:
        self._wortel = wortel
        self._kop = f"{{{tabel.namespace}"
        self._nummers: dict[etree._Element, dict[etree._Element, tuple[int, int, bool]]] = {}
        self._elementen: dict[etree._Element, Element | None] = {wortel: tabel.wortel}
        self._omgevingen: dict[etree._Element, str] = {}
        self._paden: dict[etree._Element, str] = {}
        self._sleutels: dict[etree._Element, tuple[float, ...]] = {}

    def element(self, knoop: etree._Element) -> Element | None:
        """What the table says of this element, or None where the standard does not know it at this place."""
        if knoop not in self._elementen:
            ouder = knoop.getparent()
            boven = self.element(ouder) if ouder is not None else None
            kop, _, naam = str(knoop.tag).rpartition("}")
            self._elementen[knoop] = boven.bij_naam.get(naam) if boven and kop == self._kop else None
        return self._elementen[knoop]

    def _nummer(self, knoop: etree._Element) -> tuple[int, int, bool]:
        """Position among all siblings and among those of the same name (from 1), and whether there are more."""
        ouder = knoop.getparent()
        if ouder is None:
            return 0, 1, False
        if ouder not in self._nummers:
            aantallen: dict[str, int] = {}
            plaatsen = []
            for index, kind in enumerate(ouder):
                tag = kind.tag
                nummer = aantallen[tag] = aantallen.get(tag, 0) + 1
                plaatsen.append((kind, index, nummer, tag))
            self._nummers[ouder] = {kind: (index, nummer, aantallen[tag] > 1) for kind, index, nummer, tag in plaatsen}
        return self._nummers[ouder][knoop]

    def pad(self, knoop: etree._Element, kind: str = "") -> str:
        """`/dossier/huidigeschool/leerling/verzorger[2]`, with the name of a missing child behind it if given."""
        if knoop not in self._paden:
            ouder = knoop.getparent()
            self._paden[knoop] = f"{self.pad(ouder) if ouder is not None else ''}/{self._stap(knoop)}"
        return f"{self._paden[knoop]}/{kind}" if kind else self._paden[knoop]

    def _stap(self, knoop: etree._Element) -> str:
        element = self.element(knoop)
        _, nummer, meer = self._nummer(knoop)
        telt = meer or (element is not None and (element.herhaalt or element.groep))
        return f"{lokaal(knoop)}[{nummer}]" if telt else lokaal(knoop)

    def sleutel(self, knoop: etree._Element, kind: str = "") -> tuple[float, ...]:
        """Sorts in document order; a missing child sorts where it should have stood."""
        if knoop not in self._sleutels:
            ouder = knoop.getparent()
            self._sleutels[knoop] = (*(self.sleutel(ouder) if ouder is not None else ()), self._nummer(knoop)[0])
        lijn = self._sleutels[knoop]
        return (*lijn, self._plek_van_gemis(knoop, kind)) if kind else lijn

    def _plek_van_gemis(self, knoop: etree._Element, kind: str) -> float:
        element = self.element(knoop)
        volgorde = list(element.bij_naam) if element else []
        later = set(volgorde[volgorde.index(kind) + 1 :]) if kind in volgorde else set()
        namen = map(lokaal, knoop)
        return next((index - 0.5 for index, naam in enumerate(namen) if naam in later), float(len(knoop)))

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
        return f"{label} {self._nummer(knoop)[1]}" if self._herhaalt(knoop) else label


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
