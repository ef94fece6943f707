"""Which of the forms of an answer the caller wants most (Accept; RFC 9110, 12.5.1)."""

import re
from collections.abc import Sequence

_ALIAS = {"text/xml": "application/xml"}
_Q = re.compile(r"q\s*=\s*([0-9]*\.?[0-9]+)", re.ASCII | re.IGNORECASE)


def kies(accept: str, soorten: Sequence[str]) -> str:
    """One of `soorten`: the best by quality, then by how exactly it is named, then by which is named first.

    The first of them where the caller does not care or wants none: an answer in another form says more than a refusal.
    """
    bereiken = [_lees(deel) for deel in accept.split(",")]
    beste = max(soorten, key=lambda soort: _wens(bereiken, soort))
    return beste if _wens(bereiken, beste)[0] > 0 else soorten[0]


def eerste(accept: str) -> str:
    """The kind that stands first; API Gateway looks at that one alone, where it decides whether an answer is bytes."""
    return accept.partition(",")[0].partition(";")[0].strip().lower()


def _lees(deel: str) -> tuple[str, float]:
    """A range with its quality."""
    bereik, *parameters = (stuk.strip() for stuk in deel.split(";"))
    gevonden = next(filter(None, map(_Q.fullmatch, parameters)), None)
    return bereik.lower(), min(float(gevonden[1]), 1.0) if gevonden else 1.0


def _wens(bereiken: Sequence[tuple[str, float]], soort: str) -> tuple[float, int, int]:
    """How much a kind is wanted; what is said most exactly of it counts."""
    namen = (soort, *(alias for alias, zelfde in _ALIAS.items() if zelfde == soort))
    families = [f"{naam.partition('/')[0]}/*" for naam in namen]
    for precies, gezocht in ((2, namen), (1, families), (0, ("*/*", "*"))):
        gevonden = [(q, precies, -plek) for plek, (bereik, q) in enumerate(bereiken) if bereik in gezocht]
        if gevonden:
            return max(gevonden)
    return 0.0, 0, 0
