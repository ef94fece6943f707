"""A day that comes every year, written MM-DD: a season, the end of a key (ch. 16)."""

import re
from datetime import date

_DAG = re.compile(r"[0-9]{2}-[0-9]{2}", re.ASCII)
_GEWOON_JAAR = 2001


def is_dag(tekst: str) -> bool:
    """Whether this is MM-DD of a day that every year has; 29 February is none."""
    if not _DAG.fullmatch(tekst):
        return False
    try:
        _in(_GEWOON_JAAR, tekst)
    except ValueError:
        return False
    return True


def eerstvolgende(na: date, dag: str) -> date:
    """The first such day after this one."""
    dit_jaar = _in(na.year, dag)
    return dit_jaar if na < dit_jaar else _in(na.year + 1, dag)


def _in(jaar: int, dag: str) -> date:
    maand, in_maand = dag.split("-")
    return date(jaar, int(maand), int(in_maand))
