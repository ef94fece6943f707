"""Examples for the OpenAPI document. The pupil and the numbers are fictional."""

from typing import Any

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
    "BulkBinnenBrinVorm": {"leerlingIds": ["l-1", "l-2"], "overdracht": "BB-POPO", "ookOverstap": ["l-2"]},
    "BulkVerzamelVorm": {"leerlingIds": ["l-1", "l-2"], "overdracht": "POPO"},
    "BulkInzageVorm": {
        "inzagen": [
            {"leerlingId": "l-1", "waarde": "JA", "datum": "2026-06-12"},
            {"leerlingId": "l-2", "waarde": "NIET_AKKOORD", "redenNietAkkoord": "geen toelichting"},
        ]
    },
    "OpdrachtUit": {
        "soort": "BINNEN_BRIN",
        "status": "GEREED",
        "totaal": 2,
        "gelukt": 2,
        "mislukt": 0,
        "overgeslagen": 0,
        "tekst": "2 dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen)",
    },
    "TekstUit": {"tekst": "Uw aanleverpunt (0) is succesvol geregistreerd."},
    "IdUit": {"id": "5b2d0e542c1c4b6e9b610c6f1a7b9d10"},
    "GezondheidUit": {"status": "ok", "versie": "0.1.0"},
    "KlaargezetUit": {
        "tekst": "Het dossier van Fictief Voorbeeld is klaargezet voor (99EF) Demoschool",
        "notificatieMogelijk": [],
    },
}

VARIANTEN: dict[str, dict[str, Any]] = {
    "KaartWijziging": {"inzage": {"inzage": {"waarde": "JA", "datum": "2026-06-12"}}, "contact": {"contactNodig": True}}
}
"""What is saved by itself: an inzage only after collecting, and never together with what ends it (15.39)."""
