"""Examples for the OpenAPI document of what goes in. The pupil is fictional, the number a published test number."""

from typing import Any

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.gegevensset.tabel import standaard

_ADRES = {"soortadres": "gba", "straat": "Verzonnenlaan", "nummer": "7", "postcode": "0000ZZ", "plaats": "Nergens"}
RECORD: dict[str, Any] = {
    "huidigeschool": {
        "leerling": {
            "bsn": "097902378",
            "voornaam": ["Fictief"],
            "roepnaam": "Fictief",
            "achternaam": "Voorbeeld",
            "geboortedatum": "2015-03-07",
            "geslacht": "1",
            "adresgeheim": "false",
            "adreslijst": {"adres": [_ADRES]},
            "datuminschrijving": "2020-08-01",
            "verzorgersaansprakelijk": "true",
            "verzorger": [
                {
                    "achternaam": "Voorbeeld",
                    "wettigevertegenwoordiger": "true",
                    "adresgeheim": "false",
                    "adreslijst": {"adres": [_ADRES]},
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
        }
    },
}
_BLOKKEN = [
    {"blok": blok.naam, "gekozen": blok.eisen[Profiel.POPO] is Eis.VERPLICHT}
    for blok in standaard("2019.1").blokken
    if blok.eisen[Profiel.POPO] is not Eis.VERBODEN
]
CSV_LIJST = "brin,pgnType,pgn\n14SS,BSN,019907758\n"
VOORBEELDEN: dict[str, Any] = {
    "SchoolWijziging": {"naamDirecteur": "D. Directeur", "telefoonDirecteur": "010-0000000"},
    "KaartWijziging": {
        "uitschrijving": {
            "datum": "2026-07-31",
            "reden": "Verhuizing",
            "adviesVo": "40",
            "vervolgschool": {"brin": "99EF", "naam": "Demoschool"},
        },
    },
    "VerzamelVorm": {"overdracht": "POPO"},
    "BewarenVorm": {"reden": "Er loopt een bezwaarprocedure."},
    "LeegVorm": {},
    "IntrekVorm": {"reden": "De leerling blijft toch op onze school."},
    "DossieraanvraagVorm": {"brin": "14SS", "pgnType": "BSN", "pgn": "019907758"},
    "BulkVorm": {"leerlingIds": ["l-1", "l-2"]},
    "PakketVorm": {"leerlingIds": ["l-1", "l-2"]},
    "BulkBinnenBrinVorm": {"leerlingIds": ["l-1", "l-2"], "overdracht": "BB-POPO", "ookOverstap": ["l-2"]},
    "BulkVerzamelVorm": {"leerlingIds": ["l-1", "l-2"], "overdracht": "POPO"},
    "BulkInzageVorm": {
        "inzagen": [
            {"leerlingId": "l-1", "waarde": "JA", "datum": "2026-06-12"},
            {"leerlingId": "l-2", "waarde": "NIET_AKKOORD", "redenNietAkkoord": "geen toelichting"},
        ]
    },
    "RecordVorm": {"dossier": RECORD, "portaal": {"status": "ingeschreven", "leerjaar": "8", "groep": "8a"}},
    "HerkomstVorm": {"brinnummer": "14SS", "schoolnaam": "Basisschool De Proefballon", "onderwijsSinds": "2018-08-01"},
    "SelectieVorm": {"blokken": _BLOKKEN, "toetsen": [], "plannen": [], "bijlagen": []},
    "MapVorm": {"soort": "NOTITIE", "tekst": "Een verzonnen notitie."},
    "ZoekVorm": {"achternaam": "Voorbeeld", "leerjaar": "8", "limiet": 25},
    "BinnengekomenZoekVorm": {"schooljaar": "2025-2026", "verstrekkingfout": True},
    "OpvraagVorm": {"alleenAlsNieuwerDan": "2026-06-10T09:30:00+02:00"},
    "VragenlijstVorm": {"aanvragen": [{"brin": "14SS", "pgnType": "BSN", "pgn": "019907758"}]},
    "ImportVorm": {"leerlingId": "l-9", "keuzes": {}},
    "NotificatieVorm": {"aanvraagIds": ["5b2d0e54-2c1c-4b6e-9b61-0c6f1a7b9d10.0"]},
    "ZorgvraagVorm": {"omschrijving": "Ondersteuning bij lezen", "aanleverpunt": "10"},
    "VernietigVorm": {"grond": "Verzoek van de verzorgers"},
}
"""An example of each body that the interface takes, by its name."""

VARIANTEN: dict[str, dict[str, Any]] = {
    "KaartWijziging": {
        "inzage": {"inzage": {"waarde": "JA", "datum": "2026-06-12"}},
        "contact": {"contactNodig": True},
    },
    "MapVorm": {"bestand": {"soort": "BESTAND", "naam": "verslag.pdf", "inhoudstype": "application/pdf"}},
}
"""What is saved by itself: an inzage only after collecting, and never together with what ends it (15.39)."""
