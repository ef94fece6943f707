"""Who may do what: one table of roles and rights (15.28), also printed in the README."""

from collections.abc import Iterable
from enum import StrEnum


class Rol(StrEnum):
    """The roles that a token may carry."""

    ADMINISTRATIE = "administratie"
    INTERN_BEGELEIDER = "intern_begeleider"
    DIRECTIE = "directie"
    BEHEERDER = "beheerder"
    AUDITOR = "auditor"


class Recht(StrEnum):
    """What a route asks for."""

    RECORD_SCHRIJVEN = "RECORD_SCHRIJVEN"
    RECORD_BEHEREN = "RECORD_BEHEREN"
    LEERLING_LEZEN = "LEERLING_LEZEN"
    OVERSTAP_BEWERKEN = "OVERSTAP_BEWERKEN"
    KLAARZETTEN = "KLAARZETTEN"
    INTREKKEN = "INTREKKEN"
    OPVRAGEN = "OPVRAGEN"
    ZORGVRAAG = "ZORGVRAAG"
    SCHOOL_LEZEN = "SCHOOL_LEZEN"
    SCHOOL_BEHEREN = "SCHOOL_BEHEREN"
    SCHOOLLOG_LEZEN = "SCHOOLLOG_LEZEN"
    OPDRACHTEN_LEZEN = "OPDRACHTEN_LEZEN"
    MUTATIELOG_LEZEN = "MUTATIELOG_LEZEN"
    BEWAREN = "BEWAREN"


_ADMINISTRATIE = frozenset(
    {
        Recht.RECORD_SCHRIJVEN,
        Recht.RECORD_BEHEREN,
        Recht.LEERLING_LEZEN,
        Recht.OVERSTAP_BEWERKEN,
        Recht.KLAARZETTEN,
        Recht.INTREKKEN,
        Recht.OPVRAGEN,
        Recht.SCHOOL_LEZEN,
        Recht.OPDRACHTEN_LEZEN,
        Recht.MUTATIELOG_LEZEN,
    }
)

RECHTEN: dict[Rol, frozenset[Recht]] = {
    Rol.ADMINISTRATIE: _ADMINISTRATIE,
    Rol.INTERN_BEGELEIDER: _ADMINISTRATIE | {Recht.ZORGVRAAG},
    Rol.DIRECTIE: frozenset(
        {
            Recht.LEERLING_LEZEN,
            Recht.KLAARZETTEN,
            Recht.INTREKKEN,
            Recht.ZORGVRAAG,
            Recht.SCHOOL_LEZEN,
            Recht.SCHOOLLOG_LEZEN,
            Recht.OPDRACHTEN_LEZEN,
            Recht.MUTATIELOG_LEZEN,
            Recht.BEWAREN,
        }
    ),
    Rol.BEHEERDER: frozenset({Recht.SCHOOL_LEZEN, Recht.SCHOOL_BEHEREN, Recht.SCHOOLLOG_LEZEN, Recht.OPDRACHTEN_LEZEN}),
    Rol.AUDITOR: frozenset({Recht.MUTATIELOG_LEZEN, Recht.SCHOOLLOG_LEZEN}),
}

RECHTEN_VAN_EEN_PORTAAL = frozenset({Recht.RECORD_SCHRIJVEN})


def rechten(rollen: Iterable[str], *, medewerker: bool) -> frozenset[Recht]:
    """All rights of these roles; a token without an employee may only put records (15.28)."""
    if not medewerker:
        return RECHTEN_VAN_EEN_PORTAAL
    bekend = {rol.value: rol for rol in Rol}
    return frozenset().union(*(RECHTEN[bekend[rol]] for rol in rollen if rol in bekend))
