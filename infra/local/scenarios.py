"""The published scenarios of the OSO test school (protocol 7.2): which number, which dossier, which refusal.

The content is that of the project's own example dossiers with number and school replaced; nothing of it is about a
real pupil.
"""

import base64
import io
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chalicelib.domain.resultaat import NIET_BEKEND, NIET_BESCHIKBAAR, NIET_OPVRAAGBAAR, Resultaat
from chalicelib.gegevensset.codec import Waarden, decode, encode
from chalicelib.gegevensset.controle import controleer

BRIN = "00YY"
VERZAMELD = datetime.fromisoformat("2017-04-06T13:34:30+02:00")
_BIJLAGEN = 12


@dataclass(frozen=True)
class Scenario:
    """A profile, and what is special: `bijlagen`, `herzien` (two versions in time), or the year of an old standard."""

    profiel: str
    bijzonder: str = ""


SCENARIOS: Mapping[str, Scenario | Resultaat] = {
    "101211151": Scenario("POVO"),
    "662460613": Scenario("VOVO"),
    "482782481": Scenario("POPO"),
    "613543439": Scenario("POPO", "bijlagen"),
    "559144428": Scenario("POPO", "2015"),
    "991904862": Scenario("POPO", "2016"),
    "388483763": Scenario("POVO", "herzien"),
    "118716943": Scenario("BB-POPO"),  # the published number of this one was cut off; this choice is ours
    "310008475": Scenario("POPO"),
    "274957462": Scenario("POVO"),
    "088584574": Scenario("VOVO"),
    "238521436": Scenario("BB-POPO"),
    "097902378": NIET_BESCHIKBAAR,
    "334390205": NIET_OPVRAAGBAAR,
}
_ONDERWIJSNUMMER = "101211151"


@dataclass(frozen=True)
class Voorraad:
    """The example dossiers, by profile, of the newest version of the standard that each comes in."""

    waarden: Mapping[str, tuple[str, Waarden]]

    @classmethod
    def lees(cls, map_: Path) -> "Voorraad":
        """Every valid dossier in the directory; where a profile has more than one, the fullest counts."""
        gevonden: dict[str, tuple[str, int, Waarden]] = {}
        for bestand in sorted(map_.glob("*.xml")):
            data = bestand.read_bytes()
            verslag = controleer(data)
            if not verslag.geldig or not verslag.profiel:
                continue
            gegevens = decode(data)
            gevonden[verslag.profiel] = max(
                gevonden.get(verslag.profiel, ("", 0, {})),
                (gegevens.versie, len(data), gegevens.dossier),
                key=lambda een: een[:2],
            )
        return cls({profiel: (versie, waarden) for profiel, (versie, _, waarden) in gevonden.items()})

    def dossier(self, profiel: str, nummer: str, bijzonder: str = "", *, nieuw: bool = False) -> bytes:
        """The bytes of one dossier. Raises KeyError where the directory has no dossier of this profile."""
        if bijzonder.isdigit():
            return _verouderd(bijzonder)
        versie, voorbeeld = self.waarden[profiel]
        waarden = deepcopy(voorbeeld)
        school = waarden["huidigeschool"]
        school |= {"brincode": BRIN, "vestigingscode": "00", "aanleverpunt": "0"}
        _nummer(school["leerling"], nummer)
        if bijzonder == "bijlagen":
            _bijlagen(waarden)
        if bijzonder == "herzien":
            waarden["metadata"]["datum"] = VERZAMELD.date().isoformat()
            _herzien(waarden, nieuw=nieuw)
        return encode(waarden, versie)


def antwoord(voorraad: Voorraad, nummer: str, aanvraagdatum: datetime | None) -> bytes | Resultaat:
    """What the test school says to a valid session. `aanvraagdatum`: only a dossier collected after it (2.1 step 6)."""
    scenario = SCENARIOS.get(nummer, NIET_BEKEND)
    if isinstance(scenario, Resultaat):
        return scenario
    if aanvraagdatum is not None and aanvraagdatum >= VERZAMELD:
        return NIET_BESCHIKBAAR
    return voorraad.dossier(scenario.profiel, nummer, scenario.bijzonder, nieuw=aanvraagdatum is not None)


def _nummer(leerling: Waarden, nummer: str) -> None:
    """The number in the place of its kind; a zorgvraag holds none (PaO.LL12)."""
    had = [leerling.pop(naam, None) for naam in ("bsn", "onderwijsnummer")]
    if nummer and any(had):
        leerling["onderwijsnummer" if nummer == _ONDERWIJSNUMMER else "bsn"] = nummer


def _herzien(waarden: Waarden, *, nieuw: bool) -> None:
    """Before the eindtoets: no eindtoets and no herzien advies. Afterwards: as the example has them."""
    leerling = waarden["huidigeschool"]["leerling"]
    if not nieuw:
        leerling.pop("eindtoets_basisonderwijs", None)
        for naam in ("herzienadvies", "motivatie_herzienadvies"):
            leerling.get("overstapadvies", {}).pop(naam, None)
        waarden["metadata"]["categorie_uitlevering"]["cat_eindtoetsbo"] = "OPT-UIT"


def _bijlagen(waarden: Waarden) -> None:
    documenten = [
        {
            "bestandsnaam": f"Voorbeeldbijlage {nummer}.txt",
            "omschrijving": "Verzonnen bijlage van de testschool",
            "bestandsinhoud": _zip(f"Voorbeeldbijlage {nummer}.txt", f"Verzonnen inhoud {nummer}.\n" * 500),
        }
        for nummer in range(1, _BIJLAGEN + 1)
    ]
    lijst = waarden["huidigeschool"]["leerling"].setdefault("overigdocumentlijst", {}).setdefault("document", [])
    lijst.extend(documenten)
    waarden["metadata"]["categorie_uitlevering"]["cat_bijlagedocs"] = "OPTIONEEL"


def _zip(naam: str, tekst: str) -> str:
    bestand = io.BytesIO()
    with zipfile.ZipFile(bestand, "w", zipfile.ZIP_DEFLATED) as archief:
        archief.writestr(zipfile.ZipInfo(naam), tekst)
    return base64.b64encode(bestand.getvalue()).decode("ascii")


def _verouderd(jaar: str) -> bytes:
    """A dossier of a standard that no system reads any more; its namespace is composed after the later ones."""
    naamruimte = f"http://www.edustandaard.nl/oso_gegevensset/{jaar}/dossier"
    return (
        f'<dossier xmlns="{naamruimte}"><metadata><standaardversie>{jaar}.1</standaardversie></metadata>'
        "<overdrachtsoort>overstapdossier</overdrachtsoort></dossier>"
    ).encode()
