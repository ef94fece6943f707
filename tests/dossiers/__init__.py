"""Our own example dossiers: every profile, both versions, all blocks (`_vol`) or the mandatory ones (`_minimaal`).

All pupils, schools and carers are made up; the numbers are those that OSO publishes for tests. `met_fouten/` holds
dossiers that are wrong on purpose.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
OWN = tuple(sorted(FOLDER.glob("*.xml")))
THREE_FAULTS = FOLDER / "met_fouten" / "2019.1_POPO_drie_fouten.xml"
PUBLISHED_FOLDER = FOLDER.parents[2] / "shared" / "oso" / "examples"
PUBLISHED = tuple(sorted(PUBLISHED_FOLDER.glob("*.xml")))  # empty where the folder is absent


def full(version: str = "2019.1", profiel: str = "POPO") -> bytes:
    """The own example with everything that the profile allows."""
    return (FOLDER / f"{version}_{profiel}_vol.xml").read_bytes()
