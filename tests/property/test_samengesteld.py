"""Whatever a school puts, chooses and fills in: what is stored obeys every rule, or it is refused.

See `samengesteld.py`, which makes as many as you like.
"""

import pytest

from chalicelib.domain.gegevensblok import Profiel
from tests.property.samengesteld import KINDS, main
from tests.property.trial_maker import trial


def test_twenty_of_every_profile_and_version_are_valid_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["N=20", "SEED=20 of each"]) == 0
    printed = capsys.readouterr().out
    valid = [int(line.split()[2]) for line in printed.splitlines() if line.endswith(" refused")]
    with capsys.disabled():
        print(f"\n{printed.splitlines()[-1]}")
    assert len(valid) == len(KINDS)
    assert min(valid) >= 6, "too few records come through to prove anything"


def test_the_trials_differ_and_can_be_had_again() -> None:
    first, again, other = (trial("2019.1", Profiel.POVO, seed, 1) for seed in ("a", "a", "b"))
    assert first == again
    assert first.record != other.record
