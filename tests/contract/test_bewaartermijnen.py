"""Years of data of three schools, each a year later than the other; the clock walks through, and everything is counted.

What must go is gone from tables, from every version of every object and from the indexes; what must stay is there; the
proof adds up to what is gone; a run that was killed and done again, and a run done twice, come to the same.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.termijnen import SOORTEN, Termijnen
from chalicelib.flows.opruimen import ruim_op
from chalicelib.store import Stores, opruiming
from chalicelib.store.items import from_attributes
from tests.conftest import Provisioned
from tests.contract.test_opruimen import LATER, TERMS, dying
from tests.contract.years import BEGIN, At, after, fill, objects, rows
from tests.faults.seam import Died, stores_of

SCHOOLS = [At(Vestiging(code), after(years=n)) for n, code in enumerate(("14SS01", "99EF00", "16VO00"))]
YEARS = 9


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    found = stores_of(aws)
    for at in SCHOOLS:
        fill(found, at)
    return found


def found_of(stores: Stores, at: At) -> str:
    """Every key of a row and of an object of one school, as that of the first school would be spelled."""
    keys = [f"{pk} {sk}" for pk, sk in rows(stores)] + objects(stores)
    low = at.school.code.lower()  # a session stands in a key in small letters
    keys = [one.replace(f"-{low}", f"-{at.school.code}") for one in keys]
    here = [one for one in keys if at.school.code in one]
    return "\n".join(one.replace(at.tag, "").replace(at.school.code, "14SS00") for one in here)


def wrong_terms(stores: Stores, now: datetime) -> list[tuple[str, str, str]]:
    """What is there and should be gone, or the other way round."""
    wrong = []
    for at in SCHOOLS:
        found = found_of(stores, at)
        local = now.replace(year=now.year - (at.begin.year - BEGIN.year))
        for what, pattern, stays, gone in TERMS:
            there = re.search(pattern, found, re.MULTILINE) is not None
            if (BEGIN <= local <= stays and not there) or (gone != LATER and local >= gone and there):
                wrong.append((at.school.code, what, "there" if there else "gone"))
    return wrong


def indexed(stores: Stores) -> Counter[tuple[str, str]]:
    """Every key that an index shows."""
    found: Counter[tuple[str, str]] = Counter()
    for index in ("lijst", "open"):
        pages = stores.state.client.get_paginator("scan").paginate(TableName=stores.state.naam, IndexName=index)
        for page in pages:
            found.update((row["pk"], str(row["sk"])) for row in map(from_attributes, page["Items"]))
    return found


def proofs(stores: Stores) -> dict[tuple[str, str], dict[str, Any]]:
    """The proofs of all schools that are still there, by their keys."""
    return {(row["pk"], row["sk"]): row for at in SCHOOLS for row in opruiming.bewijzen(stores, at.school)}


def proven(rows_: Iterable[Mapping[str, Any]]) -> tuple[int, Counter[str]]:
    """By these proofs: how many versions of objects went, and how many of each kind."""
    total, kinds = 0, Counter[str]()
    for row in rows_:
        total += row["objecten"]
        kinds[row["soort"]] += row["aantal"]
        assert row["grond"] == SOORTEN[row["soort"]]
    return total, kinds


def test_the_clock_walks_through_the_years(stores: Stores, aws: Provisioned) -> None:
    begin, call, seen = objects(stores), 3, dict[tuple[str, str], dict[str, Any]]()
    for year in range(YEARS + 1):
        now = after(years=year, days=1)
        mortal, _ = dying(aws, call)
        with suppress(Died):
            ruim_op(mortal, Termijnen(), now)
        call += 11
        ruim_op(stores, Termijnen(), now)
        before = rows(stores), objects(stores)
        assert ruim_op(stores, Termijnen(), now).gedaan.total() == 0, year
        assert (rows(stores), objects(stores)) == before
        assert wrong_terms(stores, now) == [], year
        kept = proofs(stores)
        over = after(years=year - 5, days=1).date().isoformat()
        assert all(one["op"] > over for one in kept.values()), year
        seen |= kept  # a proof goes as a mutatielog does; until then what it said counts
        assert proven(seen.values())[0] == len(begin) - len(objects(stores)), year
        assert set(indexed(stores)) <= {(pk, str(sk)) for pk, sk in rows(stores)}
    total, kinds = proven(seen.values())
    assert total > 0
    assert kinds["leerling"] == 2 * len(SCHOOLS)  # per school: who left, and who was binnen brin
    assert kinds["mutatielog"] > len(SCHOOLS)
    left = {f"{pk} {sk}" for pk, sk in rows(stores)} | set(objects(stores))
    gone = [one for one in left if re.search(r"#weg|/weg/|#binnen|/binnen/", one) and "GRAF" not in one]
    assert gone == []
    assert not [pk for pk, _ in indexed(stores) if "weg" in pk]
    assert len([one for one in left if "DOSSIER#blijft" in one or "DOSSIER#vast" in one]) == 2 * len(SCHOOLS)


def test_nothing_goes_a_day_early_whatever_the_order_of_the_schools(stores: Stores) -> None:
    """On the day before the first school's pupils go, nobody's are gone; a year later those of the first are."""
    day = after(years=2) - timedelta(days=1)
    ruim_op(stores, Termijnen(), day)
    cards = [pk for pk, sk in rows(stores) if sk == "DOSSIER#weg"]
    assert len(cards) == len(SCHOOLS)
    ruim_op(stores, Termijnen(), day + timedelta(days=1))
    assert sorted(pk for pk, sk in rows(stores) if sk == "DOSSIER#weg") == ["SCHOOL#16VO00", "SCHOOL#99EF00"]
