"""The slow, exact walk: why a tree does not have the structure of the standard, all of it in one run.

Runs only where the compiled schema said no; the texts are in `structuurtekst.py`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, islice, pairwise
from typing import Final

from lxml import etree

from chalicelib.errors import Invalid
from chalicelib.gegevensset import structuurtekst as zeg
from chalicelib.gegevensset.bouwplan import Deel, blad_in_orde, bouwplan
from chalicelib.gegevensset.plaats import Plaatsen
from chalicelib.gegevensset.regel import Bevinding, boolean, tekst_van
from chalicelib.gegevensset.tabel import Element, Standaard, standaard_van
from chalicelib.gegevensset.waarde import past

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_OVERAL: Final = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})


def standaard_van_wortel(wortel: etree._Element) -> Standaard:
    """The version of a document; raises Invalid: NAAMRUIMTE_ONBEKEND, or WORTEL_ONBEKEND (any root but `dossier`)."""
    naam = etree.QName(wortel)
    tabel = standaard_van(naam.namespace or "")
    if tabel is None:
        raise Invalid("NAAMRUIMTE_ONBEKEND", "dit is geen dossier van een bekende versie van de gegevensset")
    if naam.localname != tabel.wortel.naam:
        raise Invalid("WORTEL_ONBEKEND", "het bestand begint niet met het element dossier")
    return tabel


def structuurfouten(plaatsen: Plaatsen, wortel: etree._Element, tabel: Standaard, meeste: int) -> list[Bevinding]:
    """Every structural fault of a tree, up to `meeste` of them."""
    return list(islice(_Loop(plaatsen, tabel.namespace).fouten(wortel, tabel.wortel), meeste))


class _Loop:
    """One walk over one tree."""

    def __init__(self, plaatsen: Plaatsen, namespace: str) -> None:
        self._titel = plaatsen.titel
        self._kop = f"{{{namespace}}}"

    def fouten(self, wortel: etree._Element, blok: Element) -> Iterator[Bevinding]:
        """Every fault of the tree, block by block, not in document order."""
        stapel: list[Deel] = [(wortel, blok)]
        while stapel:
            knoop, blok = stapel.pop()
            delen = bouwplan(blok, self._kop).verdacht(knoop)
            if delen is None:
                delen = []
                yield from self._inhoud(knoop, blok, delen)
            for kind, deel in delen:
                if not deel.is_blok and not blad_in_orde(kind, deel):
                    yield from self._blad(kind, deel, knoop)
            stapel.extend((kind, deel) for kind, deel in reversed(delen) if deel.is_blok)

    def _inhoud(self, knoop: etree._Element, blok: Element, bekend: list[Deel]) -> Iterator[Bevinding]:
        """What is wrong at this one level; fills `bekend` with the children that the table knows."""
        if knoop.keys():
            yield from self._attributen(knoop, blok)
        if tekst := _losse_tekst(knoop):
            yield zeg.losse_tekst(knoop, self._titel(knoop), tekst)
        for kind in knoop.iterchildren(tag=etree.Element):
            deel = self._deel(kind, blok)
            if deel is None:
                yield zeg.onbekend(kind, blok, self._titel(knoop), self._kop)
            else:
                bekend.append((kind, deel))
        for reeks in _groepen(bekend, blok.kinderen[0]) if blok.heeft_groep else [bekend]:
            yield from self._reeks(knoop, blok, reeks)

    def _deel(self, kind: etree._Element, blok: Element) -> Element | None:
        tag = str(kind.tag)
        return blok.bij_naam.get(tag[len(self._kop) :]) if tag.startswith(self._kop) else None

    def _blad(self, knoop: etree._Element, blad: Element, ouder: etree._Element) -> Iterator[Bevinding]:
        if knoop.keys():
            yield from self._attributen(knoop, blad)
        kinderen = list(knoop.iterchildren(tag=etree.Element)) if len(knoop) else []
        for kind in kinderen:
            yield zeg.onbekend(kind, blad, self._titel(knoop), self._kop)
        tekst = tekst_van(knoop)
        if not kinderen and not past(tekst, blad):
            geheim = blad.naam == "nummer" and boolean(ouder.findtext(f"{self._kop}geheim") or "") is True
            yield zeg.waarde(knoop, blad, self._titel(knoop), tekst, geheim)

    def _attributen(self, knoop: etree._Element, element: Element) -> Iterator[Bevinding]:
        toegelaten = {attribuut.naam[1:]: attribuut for attribuut in element.attributen}
        for naam, waarde in knoop.attrib.items():
            attribuut = toegelaten.get(str(naam))
            if attribuut is not None:
                if not past(str(waarde), attribuut):
                    yield zeg.attribuutwaarde(knoop, attribuut)
            elif str(naam) not in _OVERAL:
                yield zeg.attribuut(knoop, self._titel(knoop), str(naam), element)

    def _reeks(self, knoop: etree._Element, blok: Element, delen: Sequence[Deel]) -> Iterator[Bevinding]:
        """Order, number and choice among the known children of one block, or of one repetition of its group."""
        volgorde, groepen = _opbouw(blok)
        op_volgorde = _langste_stijgende([volgorde[deel.naam] for _, deel in delen])
        gezien: dict[str, int] = {}
        for index, (kind, deel) in enumerate(delen):
            aantal = gezien[deel.naam] = gezien.get(deel.naam, 0) + 1
            if deel.max is not None and aantal > deel.max:
                yield zeg.te_veel(kind, deel, self._titel(knoop))
            elif index not in op_volgorde:
                yield zeg.verkeerde_plek(kind, deel, blok)
        for groep in groepen:
            if groep[0].keuze:
                yield from self._keuze(knoop, groep, delen, groep[0].keuze_verplicht)
            else:
                for deel in groep:
                    if deel.min and gezien.get(deel.naam, 0) < deel.min:
                        yield zeg.ontbreekt(knoop, deel, self._titel(knoop))

    def _keuze(
        self, knoop: etree._Element, mogelijk: Sequence[Element], delen: Sequence[Deel], verplicht: bool
    ) -> Iterator[Bevinding]:
        gekozen = [(kind, deel) for kind, deel in delen if deel in mogelijk]
        if not gekozen and verplicht:
            yield zeg.geen_keuze(knoop, mogelijk, self._titel(knoop))
        for kind, deel in gekozen:
            if deel is not gekozen[0][1]:
                yield zeg.dubbele_keuze(kind, deel, gekozen[0][1], mogelijk)


def _losse_tekst(knoop: etree._Element) -> str:
    delen = [knoop.text, *[kind.tail for kind in knoop]]
    return " ".join([deel.strip() for deel in delen if deel and not deel.isspace()])


def _groepen(delen: Sequence[Deel], eerste: Element) -> Iterator[Sequence[Deel]]:
    """The repetitions of a repeating group: each begins at the first element of the group."""
    groep: list[Deel] = []
    for kind, deel in delen:
        if deel is eerste and groep:
            yield groep
            groep = []
        groep.append((kind, deel))
    yield groep


@cache
def _opbouw(blok: Element) -> tuple[Mapping[str, int], tuple[tuple[Element, ...], ...]]:
    """The rank of each child of a block, and the children in runs: each choice apart."""
    groepen = groupby(blok.kinderen, key=lambda kind: kind.keuze)
    return {naam: nummer for nummer, naam in enumerate(blok.bij_naam)}, tuple(tuple(groep) for _, groep in groepen)


def _langste_stijgende(nummers: Sequence[int]) -> frozenset[int]:
    """The indexes of a longest run that never goes down: what is not in it stands out of order."""
    if all(eerst <= dan for eerst, dan in pairwise(nummers)):
        return frozenset(range(len(nummers)))
    staart: list[int] = []
    staart_index: list[int] = []
    vorige: list[int] = []
    for index, nummer in enumerate(nummers):
        plek = bisect_right(staart, nummer)
        vorige.append(staart_index[plek - 1] if plek else -1)
        staart[plek : plek + 1] = [nummer]
        staart_index[plek : plek + 1] = [index]
    goed: set[int] = set()
    index = staart_index[-1] if staart_index else -1
    while index >= 0:
        goed.add(index)
        index = vorige[index]
    return frozenset(goed)
