"""Roles and rights, as 15.28 says them; `tests/e2e/test_authorisation.py` asks the same of every route."""

import pytest

from chalicelib.domain.rechten import RECHTEN, Recht, Rol, rechten

# a = administratie, i = intern begeleider, d = directie, b = beheerder, u = auditor, p = a portal's machine
_TABLE = """
RECORD_SCHRIJVEN   a i . . . p
RECORD_BEHEREN     a i . . . .
LEERLING_LEZEN     a i d . . .
OVERSTAP_BEWERKEN  a i . . . .
KLAARZETTEN        a i d . . .
INTREKKEN          a i d . . .
OPVRAGEN           a i . . . .
ZORGVRAAG          . i d . . .
SCHOOL_LEZEN       a i d b . .
SCHOOL_BEHEREN     . . . b . .
SCHOOLLOG_LEZEN    . . d b u .
OPDRACHTEN_LEZEN   a i d b . .
MUTATIELOG_LEZEN   a i d . u .
BEWAREN            . . d . . .
"""
ROWS = [line.split() for line in _TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_right_belongs_to_these_roles_alone(row: list[str]) -> None:
    right = Recht[row[0]]
    held = [right in rechten([rol.value], medewerker=True) for rol in Rol]
    held.append(right in rechten([rol.value for rol in Rol], medewerker=False))
    assert ["." if mark == "." else "x" for mark in row[1:]] == ["x" if one else "." for one in held]


def test_the_table_names_every_right_and_every_role() -> None:
    assert {row[0] for row in ROWS} == set(Recht.__members__)
    assert set(RECHTEN) == set(Rol)
    assert {rol.value for rol in Rol} == {"administratie", "intern_begeleider", "directie", "beheerder", "auditor"}


def test_roles_add_up_and_unknown_ones_give_nothing() -> None:
    both = rechten(["auditor", "beheerder"], medewerker=True)
    assert both == RECHTEN[Rol.AUDITOR] | RECHTEN[Rol.BEHEERDER]
    assert rechten(["admin", "", "ADMINISTRATIE"], medewerker=True) == frozenset()
    assert rechten([], medewerker=True) == frozenset()
