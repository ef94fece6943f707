"""Dossier JSON against the table: what cannot be written as XML at all, and a copy without it."""

import re
from collections import Counter
from typing import Any, Final

from chalicelib.errors import Melding
from chalicelib.gegevensset import structuurtekst as zeg
from chalicelib.gegevensset.meldingen import MEESTE
from chalicelib.gegevensset.tabel import Element, Standaard

Waarden = dict[str, Any]

_GEEN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGSTE_NAAM: Final = 60


def vorm(dossier: Waarden, tabel: Standaard) -> tuple[Waarden, list[Melding]]:
    """The values as far as they can be written, an empty one in the place of each that cannot, and a Melding for it."""
    loop = _Loop()
    return loop.blok(dossier, tabel.wortel, f"/{tabel.wortel.naam}", Counter()), loop.meldingen


class _Loop:
    """One walk over one set of values."""

    def __init__(self) -> None:
        self.meldingen: list[Melding] = []

    def blok(self, waarde: Any, blok: Element, pad: str, nummers: Counter[str]) -> Waarden:
        """The good part of one block. `nummers` counts on where a group repeats, so that pads are those of the XML."""
        if not isinstance(waarde, dict):
            self._geen("een object met gegevens", blok, pad)
            return {}
        uit: Waarden = {}
        for naam, inhoud in waarde.items():
            kind = blok.bij_naam.get(naam)
            if kind is None:
                self._onbekend(str(naam), blok, pad)
            else:
                uit[naam] = self._kind(inhoud, kind, f"{pad}/{naam}", nummers)
        return uit

    def _kind(self, waarde: Any, kind: Element, pad: str, nummers: Counter[str]) -> Any:
        if not kind.herhaalt:
            nummers[kind.naam] += 1
            return self._een(waarde, kind, f"{pad}[{nummers[kind.naam]}]" if kind.groep else pad)
        if not isinstance(waarde, list):
            self._geen("een lijst", kind, pad)
            return []
        uit = []
        for een in waarde:
            nummers[kind.naam] += 1
            uit.append(self._een(een, kind, f"{pad}[{nummers[kind.naam]}]"))
        return uit

    def _een(self, waarde: Any, kind: Element, pad: str) -> Any:
        if not kind.is_blok:
            return self._blad(waarde, kind, pad)
        if not kind.heeft_groep:
            return self.blok(waarde, kind, pad, Counter())
        if not isinstance(waarde, list):
            self._geen("een lijst van objecten", kind, pad)
            return []
        nummers: Counter[str] = Counter()
        return [self.blok(groep, kind, pad, nummers) for groep in waarde]

    def _blad(self, waarde: Any, blad: Element, pad: str) -> Any:
        if isinstance(waarde, dict) and blad.attributen:
            return self._blad_met_attributen(waarde, blad, pad)
        if not isinstance(waarde, str):
            self._geen("een tekst tussen aanhalingstekens", blad, pad)
            return ""
        if _GEEN_XML.search(waarde):
            self._meld("STRUCTUUR.TEKEN", f"{blad.label} bevat een teken dat niet in een dossier kan staan.", pad)
            return ""
        return waarde

    def _blad_met_attributen(self, waarde: Waarden, blad: Element, pad: str) -> Waarden:
        namen = {"#text": blad, **{attribuut.naam: attribuut for attribuut in blad.attributen}}
        uit: Waarden = {"#text": ""}
        for naam, inhoud in waarde.items():
            if naam not in namen:
                self._onbekend(str(naam), blad, pad)
                continue
            uit[naam] = self._blad(inhoud, namen[naam], pad if naam == "#text" else f"{pad}/{naam}")
        return uit

    def _onbekend(self, naam: str, blok: Element, pad: str) -> None:
        if len(self.meldingen) >= MEESTE:  # to say what was meant costs more than all the rest
            return
        kort = "".join(teken for teken in naam[:_LANGSTE_NAAM] if teken.isprintable())
        tekst, doe = zeg.onbekende_naam(kort, blok, blok.label)
        self._meld("STRUCTUUR.ONBEKEND", tekst, f"{pad}/{kort}", zeg.mogelijke_namen(blok), doe)

    def _geen(self, wat: str, element: Element, pad: str) -> None:
        self._meld("STRUCTUUR.VORM", f"{element.label} moet {wat} zijn.", pad, wat)

    def _meld(self, code: str, tekst: str, pad: str, mag: str = "", doe: str = zeg.LEVERANCIER) -> None:
        if len(self.meldingen) < MEESTE:
            self.meldingen.append(Melding(code, tekst, pad=pad, toegestaan=mag, wat_nu=doe))
