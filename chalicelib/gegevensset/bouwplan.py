"""Whether one block or leaf is in order, told quickly, so that the exact walk stops only where something is wrong.

The children of a block are spelled as a word, one letter per name, and held against a regular expression that is made
from the table once: order, number, choice and repeating group in one go.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from itertools import groupby

from lxml import etree

from chalicelib.gegevensset.tabel import Element
from chalicelib.gegevensset.waarde import past

Deel = tuple[etree._Element, Element]
_GEWOON = {
    "xs:boolean": "true|false|0|1",
    "xs:date": "[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
    "xs:integer": "[0-9]{1,9}",
    "xs:int": "[0-9]{1,9}",
    "xs:decimal": r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?",
}
_EERSTE_LETTER = 0x4E00  # far from everything that means something in a pattern


class Bouwplan:
    """What one block of the table looks like when nothing is wrong with it."""

    __slots__ = ("_patroon", "_tags")

    def __init__(self, blok: Element, kop: str) -> None:
        letters = {kind.naam: chr(_EERSTE_LETTER + nummer) for nummer, kind in enumerate(blok.kinderen)}
        self._tags = {
            f"{kop}{kind.naam}": (letters[kind.naam], kind, None if kind.is_blok else _toets(kind))
            for kind in blok.kinderen
        }
        patroon = "".join(
            _reeks([(letters[kind.naam], kind) for kind in groep])
            for _, groep in groupby(blok.kinderen, key=lambda kind: kind.keuze)
        )
        self._patroon = re.compile(f"(?:{patroon})+" if blok.heeft_groep else patroon)

    def verdacht(self, knoop: etree._Element) -> list[Deel] | None:
        """The children to look into, blocks and leaves that are not in order; None if anything at all is wrong here."""
        if knoop.keys() or _tekst(knoop.text):
            return None
        tags, woord, verder = self._tags, "", []
        for kind in knoop:
            gevonden = tags.get(kind.tag)
            if gevonden is None or (kind.tail is not None and _tekst(kind.tail)):
                return None
            letter, deel, toets = gevonden
            woord += letter
            if toets is None or len(kind) or kind.keys() or not toets(kind.text or ""):
                verder.append((kind, deel))
        return verder if self._patroon.fullmatch(woord) else None


@cache
def bouwplan(blok: Element, kop: str) -> Bouwplan:
    """The plan of a block, made once per process; `kop` is `{namespace}`."""
    return Bouwplan(blok, kop)


def blad_in_orde(knoop: etree._Element, blad: Element) -> bool:
    """Whether this is a leaf without attributes and children, and its text a value of its type."""
    return not len(knoop) and not knoop.keys() and _toets(blad)(knoop.text or "")


@cache
def _toets(blad: Element) -> Callable[[str], bool]:
    """A test of the text of one leaf: a pattern for what is common first, then the exact judgement."""
    if blad.basis == "xs:string" and dict(blad.facetten) in ({}, {"minLength": "1"}):
        return bool if blad.facetten else lambda _: True
    gewoon = _GEWOON.get(str(blad.basis), "") if not blad.facetten else _eigen_patroon(blad)
    if not gewoon:
        return partial(past, element=blad)
    klopt = re.compile(gewoon).fullmatch
    return lambda tekst: klopt(tekst) is not None or past(tekst, blad)


def _eigen_patroon(blad: Element) -> str:
    alleen = blad.basis == "xs:string" and blad.facetten.keys() == {"pattern"} and "\\p" not in blad.facetten["pattern"]
    return blad.facetten["pattern"] if alleen else ""


def _tekst(tekst: str | None) -> bool:
    return tekst is not None and not tekst.isspace() and tekst != ""


def _reeks(groep: list[tuple[str, Element]]) -> str:
    """The pattern of one child, or of the alternatives of one choice."""
    delen = [f"{letter}{{{kind.min},{'' if kind.max is None else kind.max}}}" for letter, kind in groep]
    keuze = groep[0][1].keuze
    if not keuze:
        return "".join(delen)
    return f"(?:{'|'.join(delen)}){'' if groep[0][1].keuze_verplicht else '?'}"
