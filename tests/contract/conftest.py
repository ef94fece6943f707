"""One account for all store tests of a run; each test has a school of its own."""

import itertools
from dataclasses import replace

import pytest

from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Vestiging
from chalicelib.store import Stores
from infra.local.aws import Aws, provision
from tests.conftest import Provisioned
from tests.faults.seam import stores_of
from tests.faults.town import work
from tests.pupil import SCHOOL

_SCHOOLS = (Vestiging(f"{number:02d}ST00") for number in itertools.count(1))


@pytest.fixture(scope="module")
def account(ministack: str) -> Provisioned:
    """One account for all: each test has a school of its own."""
    plain = Aws(ministack, "400000000001")
    return Provisioned(ministack, plain.account, provision(plain))


@pytest.fixture(scope="module")
def stores(account: Provisioned) -> Stores:
    return stores_of(account)


@pytest.fixture
def here(stores: Stores) -> Vestiging:
    """A school with an aanleverpunt that nobody used before."""
    school = replace(SCHOOL, vestiging=next(_SCHOOLS), version=1)
    mutatie = work(stores, school.vestiging).mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp)
    stores.commit(mutatie, None, school)
    return school.vestiging
