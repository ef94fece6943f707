"""The record of an obviously fictional pupil, as a portal puts it: small, and good enough to be collected.

`record()` gives the values of the standard, `card()` and `SCHOOL` what goes with them where no store is needed.
"""

import copy
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.nummers import Aanleverpunt, Vestiging
from chalicelib.domain.school import Adres, School
from chalicelib.gegevensset.tabel import standaard
from infra.local.nummers import NUMMERS

Waarden = dict[str, Any]

NUMBERS = NUMMERS
EDUCATION_NUMBER = "101211151"
NOW = datetime(2026, 6, 10, 9, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))

_ADDRESS = {"soortadres": "gba", "straat": "Verzonnenlaan", "nummer": "7", "postcode": "0000ZZ", "plaats": "Nergens"}
_RECORD: Waarden = {
    "metadata": {
        "deeldossier": "LAS",
        "pakketnaam": "Proefpakket",
        "pakketversie": "1",
        "datum": "2026-06-01",
        "standaardversie": "2019.1",
        "validatieversie": "2019.1.1",
        "categorie_uitlevering": {
            name: "VERBODEN" if name in ("cat_vombo", "cat_vve") else "OPTIONEEL"
            for name in standaard("2019.1").wortel.bij_naam["metadata"].bij_naam["categorie_uitlevering"].bij_naam
        },
        "overstap": "POVO",
    },
    "overdrachtsoort": "overstapdossier",
    "huidigeschool": {
        "naam": "School uit het record",
        "brincode": "14SS",
        "vestigingscode": "00",
        "aanleverpunt": "0",
        "leerling": {
            "voornaam": ["Fictief"],
            "roepnaam": "Fictief",
            "achternaam": "Proefleerling",
            "geboortedatum": "2015-03-07",
            "geslacht": "1",
            "adresgeheim": "false",
            "adreslijst": {"adres": [_ADDRESS]},
            "datuminschrijving": "2020-08-01",
            "verzorgersaansprakelijk": "true",
            "verzorger": [
                {
                    "achternaam": "Proefouder",
                    "wettigevertegenwoordiger": "true",
                    "adresgeheim": "false",
                    "adreslijst": {"adres": [_ADDRESS]},
                    "communicatielijst": {"communicatie": [{"soort": "telefoon", "nummer": "000-5550001"}]},
                }
            ],
            "schoolloopbaanlijst": {
                "schoolloopbaan": [
                    {
                        "schooljaar": "2025-2026",
                        "groepscode": "8a",
                        "jaargroep": "8",
                        "brincode": "14SS",
                        "vestigingscode": "00",
                    }
                ]
            },
        },
    },
}

SCHOOL = School(
    Vestiging("14SS00"),
    naam="Basisschool De Proefballon",
    soort="BO",
    adres=Adres("Verzonnenlaan", "1", "0001ZZ", "Nergenshuizen"),
    telefoon="000-5550001",
    email="administratie@proefballon.example",
    naam_directeur="Directeur Voorbeeld",
    telefoon_directeur="000-5551001",
    aanleverpunten=(Aanleverpunt("0"),),
)


def record(number: str | None = None, **pupil: Any) -> Waarden:
    """A record that can be collected for POPO and POVO; `pupil` sets elements of `leerling`, None removes one."""
    made = copy.deepcopy(_RECORD)
    elements = made["huidigeschool"]["leerling"] | ({"bsn": number} if number else {}) | copy.deepcopy(pupil)
    made["huidigeschool"]["leerling"] = {name: value for name, value in elements.items() if value is not None}
    return made


def card(invulling: Invulling | None = None, **fields: Any) -> Dossier:
    """The card of this pupil at 14SS00, nothing collected yet."""
    plain: dict[str, Any] = {
        "school": SCHOOL.vestiging,
        "leerling_id": "l-1",
        "naam": "Fictief Proefleerling",
        "record_versie": "2019.1",
    }
    return Dossier(**{**plain, "invulling": invulling or Invulling(), **fields})


def taken_on(day: date) -> Waarden:
    """One niet-methodetoets, taken on `day`."""
    return {
        "toetsidentificatie": {"eldtoetscode": "proef", "toetsnaam": "Verzonnen toets"},
        "afname": {"afnamedatum": day.isoformat()},
        "resultaat": {"toetsscore": {"aantalopgaven": "20", "aantalgoed": "17"}},
    }
