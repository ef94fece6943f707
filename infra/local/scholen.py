"""The schools of the sandbox (api.md, "The sandbox"): all invented, in a place that does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sandboxschool:
    """One vestiging of the sandbox: its aanleverpunten, and what a beheerder fills in at `PATCH /v1/school`."""

    vestiging: str
    aanleverpunten: tuple[str, ...]
    gegevens: Mapping[str, Any]

    @property
    def brin(self) -> str:
        """The four positions of the school; the vestiging adds two."""
        return self.vestiging[:4]


def _school(vestiging: str, aanleverpunten: tuple[str, ...], soort: str, naam: str, nummer: int) -> Sandboxschool:
    """Fill in an address and contact data that show at a glance that they are invented (555 is in no number plan)."""
    domein = f"{naam.lower().replace(' ', '-')}.example"
    gegevens = {
        "naam": naam,
        "soort": soort,
        "adres": {
            "straat": "Verzonnenlaan",
            "nummer": str(nummer),
            "postcode": f"00{nummer:02d}ZZ",
            "plaats": "Nergenshuizen",
        },
        "telefoon": f"000-555{nummer:04d}",
        "email": f"administratie@{domein}",
        "naamDirecteur": f"Directeur Voorbeeld {nummer}",
        "telefoonDirecteur": f"000-555{nummer + 1000:04d}",
        "aangeslotenOpRegionaalInitiatief": False,
        "standaardversie": "2019.1",
    }
    return Sandboxschool(vestiging, aanleverpunten, gegevens)


SCHOLEN = (
    _school("14SS00", ("0", "1"), "BO", "Basisschool De Proefballon", 1),
    _school("14SS01", ("2",), "BO", "Basisschool De Proefballon Noord", 2),
    _school("99EF00", ("0",), "BO", "Basisschool Het Schijnpad", 3),
    _school("16VO00", ("0",), "VO", "Voorbeeld College", 4),
)
TESTSCHOOL = _school("00YY00", ("0",), "BO", "Testschool", 5)
SWV = _school("14SS10", ("10",), "SWV", "Samenwerkingsverband Verzonnen", 6)
