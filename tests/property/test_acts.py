"""Three employees of two schools act in any order, on real stores (`acts.py`); a few runs here, many by the command."""

from tests.conftest import Provisioned
from tests.property.acts import run

STEPS, SEED = 40, "20261124"


def test_whatever_three_employees_do_what_is_open_was_seen_and_every_change_is_logged(aws: Provisioned) -> None:
    world = run(aws, SEED, STEPS)
    stores = world.town.stores()
    acts = [entry.actie for employee in world.employees for entry in stores.logregels(f"DOSSIER#{employee.school}#l-1")]
    print(f"\n1 run of {STEPS} steps, SEED={SEED}: {len(acts)} entries")
    assert {"VERZAMELD", "INZAGE_VASTGELEGD", "KLAARGEZET"} <= set(acts)
    assert {"VERZONDEN", "AANVRAAG_GEWEIGERD"} & set(acts)
