"""One leaf value against its type: the judgement of the compiled schema, and in Dutch what would have been right.

Equal to libxml2, which refuses blanks around a plain date where the recommendation of XML Schema would drop them; what
we receive may have them (`meldingen.py`).
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from chalicelib.gegevensset.tabel import Element

BLANK: Final = " \t\n\r"
_DATUM: Final = re.compile(r"-?([1-9]\d{3,}|0\d{3})-(\d\d)-(\d\d)(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?", re.ASCII)
_CIJFERS_JAAR: Final = 4
_GEHEEL: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_INT: Final = (-(2**31), 2**31 - 1)

_SOORT: Final = {
    "xs:boolean": "ja of nee (true of false)",
    "xs:date": "een datum zoals 2019-06-04",
    "xs:integer": "een geheel getal",
    "xs:int": "een geheel getal",
    "xs:decimal": "een getal, met een punt voor de decimalen, zoals 7.5",
}
_PATRONEN: Final = {
    "[0-9][0-9][A-Z][A-Z]": "een BRIN: twee cijfers en twee hoofdletters, zoals 14SS",
    "[0-9][0-9]": "twee cijfers, zoals 00",
    "[0-9][0-9][0-9][0-9]": "vier cijfers, zoals 0110",
    "[0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]": "een schooljaar zoals 2018-2019",
    "[0-9][0-9][0-9][0-9]-07-31": "een datum op 31 juli, zoals 2019-07-31",
    r"\p{Nd}{4}-\p{Nd}{2}": "een jaar en een maand, zoals 2010-05",
    r"\d{2}-\d{2}-\d{4}": "een datum met de dag voorop, zoals 31-12-2010",
}


def past(tekst: str, element: Element) -> bool:
    """Whether the text is a value of the type of this leaf, by the compiled schema."""
    if element.basis != "xs:string" and (element.basis != "xs:date" or element.facetten):
        tekst = tekst.strip(BLANK)
    return _BASIS[str(element.basis)](tekst) and _facetten(tekst, element.facetten)


@cache
def toegestaan(element: Element) -> str:
    """What the type of this leaf allows, in words."""
    facetten = element.facetten
    if "pattern" in facetten:
        return _PATRONEN.get(facetten["pattern"], f"een waarde volgens het patroon {facetten['pattern']}")
    if "maxInclusive" in facetten:
        return f"een geheel getal van {facetten['minInclusive']} tot en met {facetten['maxInclusive']}"
    if "maxLength" in facetten:
        minstens = "1 tot en met" if facetten.get("minLength") == "1" else "hoogstens"
        return f"een tekst van {minstens} {facetten['maxLength']} tekens"
    if "minLength" in facetten:
        return "een tekst van ten minste één teken"
    return _SOORT.get(str(element.basis), "een tekst")


def dag(tekst: str) -> date:
    """The day of a valid xs:date, its time zone dropped; beyond what a date can hold, the first or the last day."""
    tekst = tekst.strip()
    if tekst.startswith("-"):
        return date.min
    return date.fromisoformat(tekst[:10]) if tekst.find("-") == _CIJFERS_JAAR else date.max


def _is_datum(tekst: str) -> bool:
    delen = _DATUM.fullmatch(tekst)
    if delen is None or not delen[1].strip("0"):
        return False
    maand, dag = int(delen[2]), int(delen[3])
    jaar = int(delen[1][-4:]) or 2000  # the calendar repeats every 400 years
    return 1 <= maand <= 12 and 1 <= dag <= monthrange(jaar, maand)[1]


def _is_geheel(tekst: str) -> bool:
    return _GEHEEL.fullmatch(tekst) is not None


def _is_int(tekst: str) -> bool:
    if not _is_geheel(tekst):
        return False
    cijfers = tekst.lstrip("+-").lstrip("0")
    return len(cijfers) <= 10 and _INT[0] <= int(tekst) <= _INT[1]


def _is_decimaal(tekst: str) -> bool:
    return _DECIMAAL.fullmatch(tekst) is not None


_BASIS: Final[Mapping[str, Callable[[str], bool]]] = {
    "xs:string": lambda _: True,
    "xs:boolean": lambda tekst: tekst in ("true", "false", "1", "0"),
    "xs:date": _is_datum,
    "xs:integer": _is_geheel,
    "xs:int": _is_int,
    "xs:decimal": _is_decimaal,
}
_GRENS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "minLength": lambda tekst, grens: len(tekst) >= int(grens),
    "maxLength": lambda tekst, grens: len(tekst) <= int(grens),
    "minInclusive": lambda tekst, grens: Decimal(tekst) >= Decimal(grens),
    "maxInclusive": lambda tekst, grens: Decimal(tekst) <= Decimal(grens),
    "pattern": lambda tekst, grens: re.fullmatch(grens.replace(r"\p{Nd}", r"\d"), tekst) is not None,
}


def _facetten(tekst: str, facetten: Mapping[str, str]) -> bool:
    return all(_GRENS[naam](tekst, grens) for naam, grens in facetten.items())
