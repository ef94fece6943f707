"""One account and one town for all fault tests: each case has its own pupil or its own asking school."""

import pytest

from chalicelib.domain.nummers import Vestiging
from infra.local.aws import Aws, provision
from infra.local.register import Register
from tests.conftest import Provisioned
from tests.faults.town import BRON, Town

_ACCOUNT = "300000000001"


@pytest.fixture(scope="session")
def town(ministack: str) -> Town:
    made = Town(Provisioned(ministack, _ACCOUNT, provision(Aws(ministack, _ACCOUNT))), Register({}))
    made.settle(BRON, "0")
    made.settle(Vestiging("99EF00"), "0")
    return made
