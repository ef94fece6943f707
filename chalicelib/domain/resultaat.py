"""The outcomes that OSO names: one table, wire code, portal code, Dutch text and what to do now.

Sources: protocol 4.1, 4.2, 9b.6, 9b.13 and R91, R96, 15.6, 15.27. The CamelCase codes that no source
spells out are inferred (protocol 4.2) and not verified against the Kennisnet WSDL.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Resultaat:
    """One outcome. `code` for portals, `wire` for messages, `tekst` and `wat_nu` for people, `rang` for the best."""

    code: str
    wire: str
    tekst: str
    wat_nu: str
    rang: int = 0

    def __str__(self) -> str:
        return self.code


_TABEL = (
    # ranking of "beste resultaat", high to low, is inferred (protocol 4.2)
    Resultaat(
        "SUCCESVOL_ONTVANGEN", "OverdrachtGeslaagd", "succesvol ontvangen", "Bekijk het dossier en importeer het.", 50
    ),
    Resultaat(
        "LEERLINGINFO_NIET_OPVRAAGBAAR",
        "LeerlinginfoNietOpvraagbaar",
        "De leerling is bij de school van herkomst bekend, maar uw school mag het dossier (nog) niet opvragen.",
        "Vraag de school van herkomst om het dossier (opnieuw) voor uw school klaar te zetten.",
        40,
    ),
    Resultaat(
        "LEERLINGINFO_NIET_BESCHIKBAAR",
        "LeerlinginfoNietBeschikbaar",
        "De school van herkomst heeft op dit moment geen (nieuwer) dossier van deze leerling klaarstaan.",
        "Vraag de school van herkomst om het dossier klaar te zetten en vraag het daarna opnieuw op.",
        30,
    ),
    Resultaat(
        "LEERLING_NIET_BEKEND",
        "LeerlingNietBekend",
        "Dit nummer komt bij de school van herkomst niet voor.",
        "Controleer het nummer en de BRIN van de school van herkomst.",
        20,
    ),
    Resultaat(
        "SESSIE_AFWIJKEND",
        "SessieAfwijkend",
        "De gegevens van de aanvraag wijken af van de sessie bij het Traffic Center.",
        "Vraag het dossier opnieuw op.",
    ),
    Resultaat(
        "SESSIE_ONBEKEND",
        "SessieOnbekend",
        "De sessie is niet bekend bij het Traffic Center, of is verlopen.",
        "Vraag het dossier opnieuw op.",
    ),
    Resultaat(
        "SESSIE_REEDS_AFGEMELD",
        "SessieReedsAfgemeld",
        "De sessie is bij het Traffic Center al afgemeld.",
        "Vraag het dossier opnieuw op.",
    ),
    Resultaat(
        "ONBEKEND_AANLEVERPUNT",
        "OnbekendAanleverpunt",
        "Het aanleverpunt is niet bekend of hoort niet bij deze aanvraag.",
        "Controleer de aanleverpunten van beide scholen in de OSO-registratie.",
    ),
    Resultaat(
        "GEEN_RELATIE_MET_DOEL",
        "GeenRelatieMetDoel",
        "Voor een uitwisseling binnen de BRIN moeten beide scholen dezelfde BRIN hebben.",
        "Controleer de BRIN van de school van herkomst.",
    ),
    Resultaat(
        "VERSTREKKER_NIET_BEKEND",
        "VerstrekkerNietBekend",
        "De school van herkomst is niet bekend bij het Traffic Center.",
        "Controleer de BRIN, of vraag de school van herkomst of zij op OSO is aangesloten.",
    ),
    Resultaat(
        "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND",
        "VerstrekkerAanleverpuntNietBekend",
        "De school van herkomst heeft geen actief aanleverpunt bij het Traffic Center.",
        "Vraag de school van herkomst om haar aanleverpunt te registreren.",
    ),
    Resultaat(
        "AFNEMER_NIET_BEKEND",
        "AfnemerNietBekend",
        "Uw school of uw aanleverpunt is niet bekend bij het Traffic Center.",
        "Registreer het aanleverpunt van uw school bij OSO-registratie.",
    ),
    Resultaat(
        "CLIENTCERTIFICAAT_ONBEKEND",
        "ClientcertificaatOnbekend",
        "Het certificaat van de afzender hoort niet bij het genoemde aanleverpunt.",
        "Neem contact op met uw leverancier.",
    ),
    Resultaat(
        "KOPPELSLEUTEL_ONBEKEND",
        "KoppelsleutelOnbekend",
        "De koppelsleutel is niet bekend of niet meer geldig.",
        "Verstuur een nieuwe zorgvraag.",
    ),
    Resultaat(
        "TERUGKOPPELING_TE_VEEL",
        "TerugkoppelingTeVeel",
        "Op deze zorgvraag is het grootste aantal terugkoppelingen al ontvangen.",
        "Neem contact op met de school.",
    ),
    Resultaat(
        "NOTIFICATIE_TE_VEEL",
        "NotificatieTeVeel",
        "Voor deze aanvraag is het grootste aantal notificaties al ontvangen.",
        "De school heeft de eerdere notificaties: u hoeft niets te doen.",
    ),
    Resultaat(
        "BERICHT_ONGELDIG",
        "BerichtOngeldig",
        "Het bericht is niet leesbaar of voldoet niet aan het berichtformaat.",
        "Neem contact op met uw leverancier.",
    ),
    Resultaat(
        "DOSSIER_ONGELDIG",
        "DossierOngeldig",
        "Het ontvangen dossier voldoet niet aan de gegevensset van OSO en is niet bewaard.",
        "Vraag de school van herkomst om het dossier opnieuw te verzamelen en klaar te zetten.",
        10,
    ),
    Resultaat(
        "DOSSIER_ANDERE_LEERLING",
        "DossierAndereLeerling",
        "Het ontvangen dossier gaat niet over de gevraagde leerling en is niet bewaard.",
        "Neem contact op met de school van herkomst: haar systeem gaf een ander dossier dan gevraagd.",
        10,
    ),
    Resultaat(
        "REGIONAAL_INITIATIEF_UIT",
        "RegionaalInitiatiefUit",
        "Dit dossier kan alleen van een regionaal platform komen, en uw school is daar niet op aangesloten.",
        "Zet de instelling Aangesloten op regionaal initiatief aan bij Diverse instellingen en vraag opnieuw op.",
    ),
    Resultaat(
        "TECHNISCHE_FOUT",
        "TechnischeFout",
        "Door een technische fout is geen antwoord ontvangen.",
        "Vraag het dossier later opnieuw op. Blijft dit zo, neem dan contact op met uw leverancier.",
        5,
    ),
)

RESULTATEN = {resultaat.code: resultaat for resultaat in _TABEL}
_BIJ_WIRE = {resultaat.wire: resultaat for resultaat in _TABEL}

GESLAAGD = RESULTATEN["SUCCESVOL_ONTVANGEN"]
NIET_OPVRAAGBAAR = RESULTATEN["LEERLINGINFO_NIET_OPVRAAGBAAR"]
NIET_BESCHIKBAAR = RESULTATEN["LEERLINGINFO_NIET_BESCHIKBAAR"]
NIET_BEKEND = RESULTATEN["LEERLING_NIET_BEKEND"]
DOSSIER_ONGELDIG = RESULTATEN["DOSSIER_ONGELDIG"]
TECHNISCHE_FOUT = RESULTATEN["TECHNISCHE_FOUT"]
CERTIFICAAT_ONBEKEND = RESULTATEN["CLIENTCERTIFICAAT_ONBEKEND"]
SESSIE_AFWIJKEND = RESULTATEN["SESSIE_AFWIJKEND"]
ONBEKEND_AANLEVERPUNT = RESULTATEN["ONBEKEND_AANLEVERPUNT"]
BERICHT_ONGELDIG = RESULTATEN["BERICHT_ONGELDIG"]


def van_wire(code: str) -> Resultaat:
    """The outcome behind a wire code; a code that we do not know is a technical failure of the other side."""
    return _BIJ_WIRE.get(code, TECHNISCHE_FOUT)
