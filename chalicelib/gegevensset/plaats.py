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
    """Answers for one tree. Each parent is looked through once, however many of its children are asked for."""

    def __init__(self, wortel: etree._Element, tabel: Standaard) -> None:
        self._wortel = wortel
        self._tabel = tabel
        self._nummers: dict[etree._Element, dict[etree._Element, tuple[int, int, bool]]] = {}
        self._elementen: dict[etree._Element, Element | None] = {wortel: tabel.wortel}

    @cached_property
    def _skip(self) -> int:
        return len(self._tabel.namespace) + 2

    def element(self, knoop: etree._Element) -> Element | None:
        """What the table says of this element, or None where the standard does not know it at this place."""
        if knoop not in self._elementen:
            ouder = knoop.getparent()
            boven = self.element(ouder) if ouder is not None else None
            eigen = str(knoop.tag).startswith(f"{{{self._tabel.namespace}}}")
            naam = str(knoop.tag)[self._skip :] if eigen else ""
            self._elementen[knoop] = boven.bij_naam.get(naam) if boven else None
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
                tag = str(kind.tag)
                aantallen[tag] = aantallen.get(tag, 0) + 1
                plaatsen.append((kind, index, aantallen[tag]))
            self._nummers[ouder] = {
                kind: (index, nummer, aantallen[str(kind.tag)] > 1) for kind, index, nummer in plaatsen
            }
        return self._nummers[ouder][knoop]

    def _lijn(self, knoop: etree._Element) -> list[etree._Element]:
        """The element and everything above it, root first."""
        return [*reversed(list(knoop.iterancestors())), knoop]

    def pad(self, knoop: etree._Element, kind: str = "") -> str:
        """`/dossier/huidigeschool/leerling/verzorger[2]`, with the name of a missing child behind it if given."""
        stappen = [self._stap(deel) for deel in self._lijn(knoop)]
        return "/" + "/".join([*stappen, kind] if kind else stappen)

    def _stap(self, knoop: etree._Element) -> str:
        element = self.element(knoop)
        _, nummer, meer = self._nummer(knoop)
        telt = meer or (element is not None and (element.herhaalt or element.groep))
        return f"{lokaal(knoop)}[{nummer}]" if telt else lokaal(knoop)

    def sleutel(self, knoop: etree._Element, kind: str = "") -> tuple[float, ...]:
        """Sorts in document order; a missing child sorts where it should have stood."""
        lijn = tuple(float(self._nummer(deel)[0]) for deel in self._lijn(knoop))
        return (*lijn, self._plek_van_gemis(knoop, kind)) if kind else lijn

    def _plek_van_gemis(self, knoop: etree._Element, kind: str) -> float:
        element = self.element(knoop)
        volgorde = list(element.bij_naam) if element else []
        later = set(volgorde[volgorde.index(kind) + 1 :]) if kind in volgorde else set()
        namen = map(lokaal, knoop)
        return next((index - 0.5 for index, naam in enumerate(namen) if naam in later), float(len(knoop)))

    def titel(self, knoop: etree._Element) -> str:
        """The label, numbered where it may repeat, with the repeating blocks it stands in: `Afname (Toets 2)`."""
        lijn = self._lijn(knoop)
        boven = [self._label(deel) for deel in lijn[:-1] if self._herhaalt(deel)]
        return self._label(knoop) + (f" ({', '.join(reversed(boven))})" if boven else "")

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
