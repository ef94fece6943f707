"""Examples for the OpenAPI document. The pupil and the numbers are fictional."""

from typing import Any

VOORBEELDEN: dict[str, Any] = {
    "SchoolWijziging": {"naamDirecteur": "D. Directeur", "telefoonDirecteur": "010-0000000"},
    "KaartWijziging": {
        "uitschrijving": {
            "datum": "2026-07-31",
            "reden": "Verhuizing",
            "adviesVo": "40",
            "vervolgschool": {"brin": "99EF", "naam": "Demoschool"},
        },
        "inzage": {"waarde": "JA"},
    },
    "VerzamelVorm": {"overdracht": "POPO"},
    "BewarenVorm": {"reden": "Er loopt een bezwaarprocedure."},
    "LeegVorm": {},
    "IntrekVorm": {"reden": "De leerling blijft toch op onze school."},
    "DossieraanvraagVorm": {"brin": "14SS", "pgnType": "BSN", "pgn": "019907758"},
    "TekstUit": {"tekst": "Uw aanleverpunt (0) is succesvol geregistreerd."},
    "IdUit": {"id": "5b2d0e542c1c4b6e9b610c6f1a7b9d10"},
    "GezondheidUit": {"status": "ok", "versie": "0.1.0"},
    "KlaargezetUit": {
        "tekst": "Het dossier van Fictief Voorbeeld is klaargezet voor (99EF) Demoschool",
        "notificatieMogelijk": [],
    },
}
