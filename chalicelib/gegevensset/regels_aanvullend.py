"""Our own additions in the mode `intended`: what the standard means and no official rule says (business rules 4).

The additions on statuses (OSO.STATUS, OSO.VERZORGERS, OSO.ONDERSTEUNING) are in `regels_uitlevering.py`.
"""

from chalicelib.domain.nummers import PgnType, pgn_fout
from chalicelib.gegevensset.regel import Context, Knoop, regel
from chalicelib.gegevensset.regels_leerling import VOMBO, verbied

verbied(
    "OSO.VVE",
    "vanpeuterspeelzaal",
    "De peuterspeelzaal",
    ("POVO", "VOVO"),
    "een dossier voor het voortgezet onderwijs",
    families=("OVa",),
)
verbied(
    "OSO.VVE",
    "naampeuterspeelzaal",
    "De naam van de peuterspeelzaal",
    ("POVO", "VOVO"),
    "een dossier voor het voortgezet onderwijs",
    families=("OVa",),
)
for element, omschrijving in VOMBO.items():
    verbied(
        "OSO.VOMBO",
        element,
        omschrijving,
        ("POPO", "POVO"),
        "een dossier van een basisschool",
        families=("OVa",),
    )


def _nummer(kind: str, soort: PgnType, naam: str) -> None:
    @regel(
        "OSO.PGN",
        op="leerling",
        kind=kind,
        families=("OVa", "OVb"),
        tekst=f"Dit is geen geldig {naam}.",
        wat_nu="Controleer het nummer op de papieren van de leerling en verbeter het.",
    )
    def nummer_ongeldig(leerling: Knoop, _: Context) -> str:
        """The number passes the check of its kind (protocol 5)."""
        fout = pgn_fout(soort, leerling.tekst(kind)) if kind in leerling else ""
        return f"Dit is geen geldig {naam}: {fout}." if fout else ""


_nummer("bsn", PgnType.BSN, "BSN")
_nummer("onderwijsnummer", PgnType.ONDERWIJSNUMMER, "onderwijsnummer")
