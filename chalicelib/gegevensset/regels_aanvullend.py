"""Our own additions in the mode `intended`: what the standard means and no official rule says (business rules 4).

Their ids are stable:

* `OSO.STATUS` a status of a gegevensblok does not fit the profile (R119, R120);
* `OSO.VERZORGERS`, `OSO.ONDERSTEUNING` a zorgvraag without this mandatory block (R117), an overstapdossier
  of 2018.1 without the latter (R118);
* `OSO.VVE` the playgroup in a dossier for secondary education, where the block VVE is forbidden;
* `OSO.VOMBO` data of the block VO-MBO in a dossier of a primary school, where it is forbidden;
* `OSO.PGN` a BSN or onderwijsnummer that fails its check (protocol 5).

Those on blocks and statuses are made from the table, in `regels_uitlevering.py`.
"""

from chalicelib.domain.nummers import PgnType, pgn_fout
from chalicelib.gegevensset.regel import Context, Knoop, regel
from chalicelib.gegevensset.regels_blokken import VOMBO, verbied

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
