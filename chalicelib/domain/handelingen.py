"""The acts that a card, a request or the school may offer (api.md, acties). A name is stable."""

from enum import StrEnum


class Handeling(StrEnum):
    """An act in `acties`: what a screen may offer now, or grey out with the reason."""

    OPSLAAN = "opslaan"
    VERZAMELEN = "verzamelen"
    INZAGE_VASTLEGGEN = "inzageVastleggen"
    KLAARZETTEN = "klaarzetten"
    INTREKKEN = "intrekken"
    PDF = "pdf"
    XML = "xml"
    OPVRAGEN = "opvragen"
    IMPORTEREN = "importeren"
    ONGEDAAN_MAKEN = "ongedaanMaken"
    NIET_GEPLAATST = "nietGeplaatst"
    WIJZIGEN = "wijzigen"
    OPNIEUW = "opnieuw"
    VERWIJDEREN = "verwijderen"
