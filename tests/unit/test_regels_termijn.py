"""The window of tests in a POVO dossier (OVa.TR04): the running school year and the two before it."""

from datetime import date

import pytest

from chalicelib.domain.termijnen import toets_venster


@pytest.mark.parametrize(
    ("made_on", "first"),
    [
        (date(2019, 6, 4), date(2016, 8, 1)),
        (date(2019, 7, 31), date(2016, 8, 1)),
        (date(2019, 8, 1), date(2017, 8, 1)),
        (date(2019, 12, 31), date(2017, 8, 1)),
        (date(2020, 2, 29), date(2017, 8, 1)),
    ],
)
def test_the_window_opens_on_the_first_of_august(made_on: date, first: date) -> None:
    assert toets_venster(made_on) == first
