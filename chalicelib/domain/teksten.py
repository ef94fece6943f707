"""What we say to people: one table, code -> text and what to do now (15.12, 15.27), and the exact texts of the manual.

Source of the exact texts: requirements ch. 14 and ch. 15. A code is stable and is never reused.
"""

from datetime import date, datetime

from chalicelib.errors import Melding

TEKSTEN: dict[str, tuple[str, str]] = {
    # preconditions of klaarzetten (R60-R66) and of the other acts on a card
    "NIET_VERZAMELD": ("Het dossier is nog niet verzameld.", "Verzamel eerst het dossier."),
    "DATUM_UITSCHRIJVING_ONTBREEKT": (
        "De datum uitschrijving is niet ingevuld.",
        "Vul de datum uitschrijving in bij Uitschrijving en vervolgonderwijs en verzamel het dossier opnieuw.",
    ),
    "VERVOLGSCHOOL_ONTBREEKT": (
        "De vervolgschool is niet ingevuld.",
        "Vul de vervolgschool in bij Uitschrijving en vervolgonderwijs.",
    ),
    "ADVIES_VO_ONTBREEKT": (
        "Voor een overstap naar het voortgezet onderwijs is een advies VO verplicht.",
        "Vul het advies VO in bij Uitschrijving en vervolgonderwijs en verzamel het dossier opnieuw.",
    ),
    "VERVOLGSCHOOL_EIGEN_BRIN": (
        "De vervolgschool is een vestiging van uw eigen BRIN; die kan een overstapdossier niet opvragen.",
        "Zet Binnen brin op Ja en verzamel het dossier opnieuw, of vul een andere vervolgschool in.",
    ),
    "INZAGE_ONTBREEKT": (
        "De inzage door de verzorgers is voor deze versie nog niet vastgelegd.",
        "Laat de verzorgers het dossier inzien en leg de inzage vast.",
    ),
    "INZAGE_NVT": (
        "Bij een uitwisseling binnen de BRIN is inzage niet van toepassing.",
        "U hoeft niets te doen. Het dossier kan zonder inzage worden klaargezet.",
    ),
    "DIRECTEUR_ONTBREEKT": (
        "Contact nodig staat op Ja, maar de naam of het telefoonnummer van de directeur ontbreekt.",
        "Vul naam en telefoon van de directeur in bij School-info, of zet Contact nodig op Nee.",
    ),
    "REGIONAAL_INITIATIEF_UIT": (
        "Uw school is niet aangesloten op een regionaal initiatief.",
        "Zet de instelling Aangesloten op regionaal initiatief aan bij Diverse instellingen.",
    ),
    "DOEL_AANLEVERPUNT_ONTBREEKT": (
        "Voor een regionaal platform is het aanleverpunt van dat platform verplicht.",
        "Kies het aanleverpunt van het regionaal platform.",
    ),
    "AANLEVERPUNT_ONTBREEKT": (
        "Uw school heeft nog geen geregistreerd aanleverpunt.",
        "Registreer het aanleverpunt bij OSO-registratie.",
    ),
    "AANLEVERPUNT_VAN_ANDER": (
        "Dit aanleverpunt is al geregistreerd door een andere vestiging.",
        "Controleer het nummer in Mijn OSO.",
    ),
    "NIET_KLAAR": (
        "Het dossier staat niet klaar voor verzenden en kan nu niet worden opgevraagd.",
        "Zet het alleen klaar als de vervolgschool het moet kunnen opvragen.",
    ),
    "PROFIEL_PAST_NIET": (
        "Dit soort overdracht past niet bij de keuze Binnen brin.",
        "Kies een ander soort overdracht, of wijzig Binnen brin.",
    ),
    "BLOK_VERPLICHT": ("Dit gegevensblok is verplicht en kan niet worden weggelaten.", "Pas de keuze aan."),
    "BLOK_VERBODEN": ("Dit gegevensblok mag niet worden opgenomen.", "Pas de keuze aan."),
    "BLOKKEN_ONJUIST": ("De keuze van gegevensblokken past niet bij dit profiel.", "Pas de keuze aan."),
    "DOSSIER_ONGELDIG": (
        "Het dossier voldoet niet aan de gegevensset van OSO.",
        "Los de genoemde punten op in de leerlinggegevens en probeer het opnieuw.",
    ),
    "DOSSIER_TE_GROOT": (
        "Het dossier is te groot om te kunnen worden opgevraagd.",
        "Laat de zwaarste bijlagen weg of maak ze kleiner.",
    ),
    "STANDAARDVERSIE_ANDERS": (
        "De leerlinggegevens hebben een andere standaardversie dan waarop uw school is ingesteld.",
        "Lever de leerlinggegevens aan in de standaardversie van de school, of wijzig de instelling.",
    ),
    "VERZAMEL_OPNIEUW": (
        "Na het verzamelen is iets gewijzigd waardoor de verzamelde versie niet meer klopt: het nummer van de "
        "leerling, Binnen brin, de datum uitschrijving of het advies.",
        "Verzamel het dossier opnieuw.",
    ),
    # consequences that a change has (15.2, 15.4, 15.39)
    "BINNEN_BRIN_GEWIJZIGD": (
        "Binnen brin is gewijzigd. De verzamelde versie past daar niet meer bij.",
        "Verzamel het dossier opnieuw.",
    ),
    "UITSCHRIJVING_GEWIJZIGD": (
        "De datum uitschrijving of het advies is gewijzigd na het verzamelen.",
        "Verzamel het dossier opnieuw, zodat de wijziging in het dossier komt.",
    ),
    "VERVOLGSCHOOL_GEWIJZIGD": (
        "De vervolgschool is gewijzigd. Het dossier staat daarom niet meer klaar.",
        "Zet het dossier opnieuw klaar.",
    ),
    "DOEL_GEWIJZIGD": (
        "Het doel van de uitwisseling is gewijzigd. Het dossier staat daarom niet meer klaar.",
        "Zet het dossier opnieuw klaar.",
    ),
    "AANDACHTSPUNTEN_GEWIJZIGD": (
        "De aandachtspunten horen bij de inhoud van het dossier en zijn gewijzigd.",
        "Laat de verzorgers de nieuwe versie inzien en leg de inzage opnieuw vast.",
    ),
    "AANDACHTSPUNTEN_NIET_VERSTUURD": (
        "Aandachtspunten bestaan niet in standaardversie 2018.1 en worden niet verstuurd.",
        "Bespreek de aandachtspunten met de vervolgschool.",
    ),
    "BEWAARTERMIJN_EINDIGT": (
        "De bewaartermijn na de datum uitschrijving is voorbij of bijna voorbij.",
        "Controleer de datum uitschrijving. Klopt zij niet, verbeter haar dan vandaag nog.",
    ),
    "INZAGE_VERVALLEN": (
        "De inzage is ingetrokken. Het dossier staat daarom niet meer klaar.",
        "Leg de inzage opnieuw vast en zet het dossier klaar.",
    ),
    "VOORLOPIG_DOSSIER_NEE": (
        "Het dossier wordt vóór de aanmeldweek klaargezet, maar is niet als voorlopig gemarkeerd.",
        "Zet Voorlopig dossier op Ja als het advies nog kan veranderen.",
    ),
    "KAART_WIJKT_AF": (
        "De leerlinggegevens noemen iets anders dan bij de leerling of bij School-info is ingevuld.",
        "Controleer welke van de twee juist is.",
    ),
    # numbers and fields
    "PGN_ONGELDIG": ("Het nummer is niet geldig.", "Controleer het nummer en het soort nummer."),
    "BRIN_ONGELDIG": (
        "Dit is geen geldige BRIN.",
        "Een BRIN bestaat uit twee cijfers en twee hoofdletters, zoals 14SS.",
    ),
    "AANLEVERPUNT_ONGELDIG": (
        "Dit is geen geldig aanleverpunt.",
        "Een aanleverpunt is een geheel getal vanaf 0; alleen in generatie 22 mag het een routeringskenmerk zijn.",
    ),
    "INZAGEDATUM_ONGELDIG": (
        "De datum van de inzage ligt vóór het verzamelen of in de toekomst.",
        "Kies een datum vanaf de dag van verzamelen tot en met vandaag.",
    ),
    "REDEN_NIET_AKKOORD_ONTBREEKT": (
        "Bij niet akkoord hoort de reden van de verzorgers.",
        'Vul de reden in, of vul "geen toelichting" in als de verzorgers die niet geven.',
    ),
    "INZAGE_NIEMAND": (
        "Niemand van de genoemde personen heeft het dossier gezien of ontvangen.",
        "Leg eerst vast wie het dossier heeft ingezien.",
    ),
    "INZAGE_NIET_AKKOORD": (
        "Van de genoemde personen is iemand niet akkoord met het dossier.",
        'Kies "Ja, maar niet akkoord" en vul de reden in, ook als een ander wel akkoord is.',
    ),
    "INZAGE_WAARDE_NEE": (
        'Bij "Nee, geen inzage geweest" hoort geen datum en geen reden.',
        'Kies "Ja, inzage geweest" of "Ja, maar niet akkoord", of laat de datum en de reden weg.',
    ),
    "ONBEKEND_VELD": ("Dit veld bestaat niet.", "Verwijder het veld of controleer de schrijfwijze."),
    "VELD_ONJUIST": ("De waarde van dit veld is niet juist.", "Pas de waarde aan."),
    "VELD_ONTBREEKT": ("Dit verplichte veld ontbreekt.", "Vul het veld in."),
    # pupils and requests
    "LEERLING_BESTAAT_AL": (
        "Er bestaat al een leerling op deze school met het ingevoerde bsn.",
        "U kunt het huidige dossier inzien en eventueel opnieuw opvragen via 'School/OSO/Overstapdossiers opvragen'.",
    ),
    "PGN_IN_GEBRUIK": (
        "Een andere leerling van deze school heeft dit nummer al.",
        "Controleer het nummer van beide leerlingen.",
    ),
    "LEERLING_ID_ONGELDIG": (
        "Een leerlingId bestaat uit 1 tot 64 tekens A-Z a-z 0-9 . _ - en is geen BSN of onderwijsnummer.",
        "Gebruik de eigen sleutel van uw systeem.",
    ),
    "DOCUMENT_NIET_GEVONDEN": ("Dit document staat niet in de leerlingmap.", "Kies een document uit de leerlingmap."),
    "DOCUMENT_WEG": (
        "Een document dat voor dit dossier was gekozen, staat niet meer in de leerlingmap.",
        "Open Gegevens toevoegen aan het overstapdossier, kijk of de bijlages kloppen en sla de keuze op.",
    ),
    "DOCUMENT_NIET_BESCHIKBAAR": (
        "Dit document is nog niet geüpload of niet goedgekeurd.",
        "Upload het bestand en bevestig het.",
    ),
    "DOCUMENT_IN_DOSSIER": (
        "Dit document is een verzameld dossier en hoort bij de versies.",
        "Het verdwijnt als de bewaartermijn van het dossier voorbij is.",
    ),
    "UPLOAD_ONTBREEKT": ("Er is nog geen bestand geüpload.", "Upload het bestand en bevestig het daarna."),
    "TOELICHTING_BESTAAT_AL": (
        "Er is al een Toelichting onderwijsbehoeften, in de leerlinggegevens of eerder gekozen; er kan er maar één in "
        "het dossier.",
        "Kies ervoor om die te vervangen, of voeg het bestand toe als bijlage.",
    ),
    "TOELICHTING_BESTAAT_NIET": (
        "Standaardversie 2018.1 kent geen Toelichting onderwijsbehoeften.",
        "Haal de toelichting weg, of voeg het bestand toe als bijlage.",
    ),
    "TOETS_ONBEKEND": ("Deze toets staat niet in de leerlinggegevens.", "Haal de selectie opnieuw op."),
    "PLAN_ONBEKEND": ("Dit plan staat niet in de leerlinggegevens.", "Haal de selectie opnieuw op."),
    "BLOK_ONBEKEND": ("Dit gegevensblok bestaat niet in deze standaardversie.", "Haal de selectie opnieuw op."),
    "VERSIE_NIET_GEVONDEN": ("Deze versie bestaat niet.", "Kies een versie uit de lijst."),
    "INZAGE_LEERLING_ONTBREEKT": (
        "Vanaf 16 jaar hoort de leerling het dossier ook zelf in te zien; vanaf 18 jaar in plaats van de verzorgers.",
        "Leg ook vast dat de leerling het dossier heeft ingezien.",
    ),
    "INZAGE_VERZORGER_ONTBREEKT": (
        "Tot de leerling 18 jaar is, hoort een verzorger het dossier in te zien.",
        "Leg ook vast dat een verzorger het dossier heeft gezien of ontvangen; toegezonden zonder reactie telt mee.",
    ),
    "NIET_GEVONDEN": ("Dit is niet gevonden.", "Ga terug naar het overzicht en probeer het opnieuw."),
    "LEERLING_NIET_GEVONDEN": ("Deze leerling is bij uw school niet bekend.", "Kies een leerling uit het overzicht."),
    "NIET_GEIMPORTEERD": ("Dit dossier is niet geïmporteerd.", "Er is niets om ongedaan te maken."),
    "NIET_ONTVANGEN": (
        "Dit dossier is niet (meer) te importeren.",
        "Alleen een ontvangen dossier dat nog niet is afgehandeld kan worden geïmporteerd.",
    ),
    "LEERLING_ID_BESTAAT": (
        "Er is al een leerling met deze sleutel (leerlingId), maar met een ander nummer.",
        "Importeer bij de leerling met dit nummer, of laat uw leverancier een andere sleutel kiezen.",
    ),
    "RECORD_GEWIJZIGD": (
        "De leerlinggegevens zijn na het importeren gewijzigd.",
        "Pas de leerlinggegevens zelf aan; ongedaan maken zou die wijziging overschrijven.",
    ),
    "LEERLING_BEWERKT": (
        "Met deze leerling is na het importeren verder gewerkt.",
        "Verwijder de leerling als die niet komt; ongedaan maken zou ook dat werk ongezien verwijderen.",
    ),
    "BIJLAGE_NIET_GEVONDEN": ("Deze bijlage bestaat niet.", "Kies een bijlage uit de lijst."),
    "KEUS_KAN_NIET": ("Dit gegeven kan niet worden overgenomen.", "Laat de keus voor dit veld weg."),
    "AANLEVERPUNT_ONBEKEND": (
        "Dit aanleverpunt is bij het Traffic Center niet bekend als samenwerkingsverband van uw school.",
        "Kies een aanleverpunt uit de lijst, of maak het aan in Mijn OSO.",
    ),
    "BEWAREN_OPGELEGD": (
        "Voor deze leerling geldt een bewaarplicht.",
        "Vraag de directie om de bewaarplicht op te heffen.",
    ),
    "VERNIETIGING_BEGONNEN": (
        "Een bewaarplicht kan niet meer: het vernietigen van de gegevens van deze leerling is al begonnen.",
        "Vraag na wie de gegevens laat vernietigen. Is de leerling over een uur nog te zien, laat dat dan afmaken.",
    ),
    "ZORGVRAAG_LOOPT": (
        "Bij dit samenwerkingsverband loopt al een zorgvraag voor deze leerling.",
        "Controleer of de eerdere zorgvraag nog nodig is.",
    ),
    "ZORGVRAAG_VERZONDEN": (
        "Een zorgvraag kan na het verzenden niet meer worden gewijzigd.",
        "Verstuur een nieuwe zorgvraag.",
    ),
    "ZORGVRAAG_NIET_MISLUKT": (
        "Deze zorgvraag is niet mislukt.",
        "Verstuur een nieuwe zorgvraag als de inhoud anders moet.",
    ),
    "ZORGVRAAG_VERLOPEN": (
        "De koppelsleutel van deze zorgvraag geldt niet meer; het samenwerkingsverband kan haar niet meer ophalen.",
        "Verstuur een nieuwe zorgvraag.",
    ),
    "ZORGVRAAG_INGETROKKEN": (
        "Deze zorgvraag is ingetrokken; de inhoud is vernietigd.",
        "Verstuur een nieuwe zorgvraag als dat nodig is.",
    ),
    "ZORGVRAAG_NIET_GEVONDEN": ("Deze zorgvraag bestaat niet (meer).", "Kies een zorgvraag uit de lijst."),
    "NUMMER_IN_BIJLAGE": (
        "In deze bijlage staat het nummer van de leerling.",
        "Controleer of dat de bedoeling is; de bijlage gaat mee zoals zij is.",
    ),
    "NUMMER_IN_INHOUD": (
        "In deze tekst of bijlage staat het nummer van de leerling. Dat mag niet naar een samenwerkingsverband.",
        "Verwijder het nummer uit de tekst of de bijlage, of laat die weg.",
    ),
    "OPDRACHT_LOOPT": ("De opdracht loopt nog.", "Wacht tot de opdracht gereed is."),
    "PAKKET_LEEG": (
        "In dit pakket staat geen enkel dossier.",
        "Verzamel eerst de dossiers en maak dan een nieuw inzagepakket.",
    ),
    "HERKOMST_ONTBREEKT": (
        "De school van herkomst is niet ingevuld.",
        "Vul de school van herkomst in bij Onderwijs > Voorgeschiedenis.",
    ),
    "NUMMER_ONTBREEKT": (
        "De leerlinggegevens bevatten geen BSN of onderwijsnummer.",
        "Lever de leerlinggegevens aan met het nummer van de leerling.",
    ),
    "NUMMER_WEG": (
        "Het nummer van deze aanvraag is er niet meer: het is vernietigd of de bewaartermijn is verstreken.",
        "Vraag het dossier opnieuw op met het nummer van de leerling.",
    ),
    "NOG_NIET_ONTVANGEN": ("Er is nog geen dossier ontvangen.", "Wacht tot de aanvraag is afgerond."),
    "GEEN_DOSSIER_ONTVANGEN": (
        "Op deze aanvraag is geen dossier ontvangen.",
        "Doe wat bij het resultaat van de aanvraag staat, en vraag het dossier daarna opnieuw op.",
    ),
    # access and form (api.md)
    "TOKEN_ONTBREEKT": ("U bent niet aangemeld.", "Meld u opnieuw aan."),
    "TOKEN_ONGELDIG": ("Uw aanmelding is niet (meer) geldig.", "Meld u opnieuw aan."),
    "SCHOOL_NIET_TOEGESTAAN": (
        "Uw portaal mag niet namens deze school spreken.",
        "Neem contact op met de beheerder van het portaal.",
    ),
    "ROL_ONVOLDOENDE": ("Uw rol geeft geen recht op deze handeling.", "Vraag een collega met de juiste rol."),
    "JSON_ONLEESBAAR": ("De inhoud is geen leesbare JSON.", "Laat uw leverancier de aanroep verbeteren."),
    "XML_ONLEESBAAR": ("De inhoud is geen leesbare XML.", "Controleer het bestand."),
    "JSON_TE_DIEP": (
        "De gegevens zijn dieper genest dan een dossier ooit is.",
        "Laat uw leverancier de aanroep verbeteren.",
    ),
    "JSON_DUBBEL": (
        "Een naam komt twee keer voor in hetzelfde object.",
        "Laat uw leverancier de aanroep verbeteren.",
    ),
    "JSON_GETAL": ("Een getal is te lang of geen getal.", "Laat uw leverancier de aanroep verbeteren."),
    "JSON_TEKEN": ("Een tekst bevat een half teken.", "Laat uw leverancier de aanroep verbeteren."),
    "VERZOEK_ONGELDIG": ("Het verzoek kan niet worden verwerkt.", "Laat uw leverancier de aanroep verbeteren."),
    "TE_GROOT": ("De inhoud is te groot.", "Stuur een kleinere inhoud."),
    "TONEN_TE_GROOT": (
        "Dit is te groot om in één keer te tonen.",
        "Bekijk de PDF of de bijlagen via hun eigen link, of vraag een export van de leerling.",
    ),
    "INHOUDSTYPE_ONBEKEND": ("Dit soort inhoud wordt hier niet aangenomen.", "Gebruik een van de genoemde soorten."),
    "METHODE_NIET_TOEGESTAAN": ("Deze methode bestaat hier niet.", "Gebruik een van de genoemde methodes."),
    "IF_MATCH_ONTBREEKT": (
        "Bij het wijzigen hoort de kop If-Match.",
        "Haal de gegevens opnieuw op en stuur de ETag mee in If-Match.",
    ),
    "INTUSSEN_GEWIJZIGD": (
        "Iemand anders heeft dit intussen gewijzigd.",
        "Haal de gegevens opnieuw op en voer uw wijziging opnieuw in.",
    ),
    "SLEUTEL_ONTBREEKT": ("Bij deze handeling hoort de kop Idempotency-Key.", "Stuur een eigen, unieke sleutel mee."),
    "CURSOR_ONGELDIG": ("Deze plaats in de lijst bestaat niet.", "Begin opnieuw bij het begin van de lijst."),
    "INHOUD_WEG": (
        "De inhoud is er niet meer: zij is vernietigd of de bewaartermijn is verstreken.",
        "Verzamel het dossier opnieuw of vraag het opnieuw op.",
    ),
    "STANDAARDVERSIE_ONBEKEND": ("Deze standaardversie bestaat niet.", "Gebruik 2019.1 of 2018.1."),
    "AANVRAAG_ONBEKEND": (
        "Voor deze aanvraag kan geen notificatie worden verstuurd.",
        "Kies uit de scholen die dit dossier eerder hebben opgevraagd en het nu mogen ophalen.",
    ),
    "SESSIE_ONBEKEND": ("De sessie is niet bekend.", "Vraag het dossier opnieuw op."),
    "SLEUTEL_HERGEBRUIKT": (
        "Deze Idempotency-Key is al gebruikt met een andere inhoud.",
        "Gebruik voor een nieuwe handeling een nieuwe sleutel.",
    ),
    # bulk (15.14, 15.15)
    "OVERSTAP_STAAT_KLAAR": (
        "Het overstapdossier van deze leerling heeft al inzage of staat al klaar; dat zou vervallen.",
        "Bevestig voor deze leerling dat binnen brin toch de bedoeling is.",
    ),
    "NOTIFICATIE_MOGELIJK": (
        "Een school die het dossier nu kan ophalen, heeft het al eerder opgevraagd.",
        "Stuur die school vanaf de kaart van de leerling een notificatie dat het dossier klaarstaat.",
    ),
    "OVERSTAP_VERVALLEN": (
        "Deze leerling staat nu op Binnen brin. De inzage in het overstapdossier is vervallen en de vervolgschool kan "
        "het niet meer opvragen.",
        "Gaat de leerling toch naar een andere school, zet Binnen brin dan op Nee en verzamel het dossier opnieuw.",
    ),
    "GEWIJZIGD_NA_OPDRACHT": (
        "De kaart van deze leerling is gewijzigd nadat de opdracht was gegeven; die wijziging is blijven staan.",
        "Controleer de kaart. Is het nog nodig, doe het dan voor deze leerling opnieuw.",
    ),
    "INZAGE_OPNIEUW": (
        "Het dossier is opnieuw verzameld; de inzage die was vastgelegd geldt niet voor deze versie.",
        "Laat de verzorgers het dossier opnieuw inzien en leg de inzage vast.",
    ),
    "STAAT_AL_KLAAR": ("Het dossier staat al klaar.", "U hoeft niets te doen."),
    "LEERLING_DUBBEL": ("Deze leerling staat meer dan één keer in de lijst.", "Noem elke leerling één keer."),
    "AANTAL_VRAGEN": ("De lijst is leeg of te lang.", "Vraag 1 tot en met 1000 dossiers tegelijk op."),
    "VRAAG_DUBBEL": ("Dit nummer staat meer dan één keer in de lijst.", "Noem elke leerling één keer."),
    "CSV_ONLEESBAAR": (
        "De lijst is geen leesbare CSV in UTF-8 met de kolommen brin, pgnType en pgn.",
        "Begin met de regel brin,pgnType,pgn en scheid de kolommen met een komma of puntkomma.",
    ),
    "TE_VEEL_AANVRAGEN": (
        "U hebt vandaag het grootste aantal dossiers opgevraagd dat een medewerker op een dag kan opvragen.",
        "Ga morgen verder, of vraag uw leverancier om de daglimiet te verhogen.",
    ),
    "TE_VEEL_VERZOEKEN": (
        "Uw school doet in korte tijd te veel verzoeken.",
        "Wacht een minuut en probeer het dan opnieuw.",
    ),
    "AANTAL_LEERLINGEN": (
        "De lijst is leeg of te lang.",
        "Kies ten minste één leerling, en niet meer dan de melding toestaat.",
    ),
    "OOK_OVERSTAP_ONBEKEND": (
        "Deze leerling hoort niet bij de gekozen leerlingen.",
        "Kies deze leerling ook voor de opdracht, of haal de bevestiging weg.",
    ),
    "MISLUKT_TECHNISCH": (
        "Bij deze leerling ging het herhaaldelijk technisch mis.",
        "Probeer het voor deze leerling apart, of lever de leerlinggegevens opnieuw aan.",
    ),
    # the other side
    "TRAFFIC_CENTER_ONBEREIKBAAR": ("Het Traffic Center van OSO is niet bereikbaar.", "Probeer het later opnieuw."),
    "TRAFFIC_CENTER_WEIGERT": (
        "Het Traffic Center van OSO weigert dit.",
        "Zie de code en de tekst van het Traffic Center.",
    ),
    "PEER_ONBEREIKBAAR": ("De andere school is niet bereikbaar.", "Probeer het later opnieuw."),
    "TRAFFIC_CENTER_ANTWOORD": (
        "Het antwoord van het Traffic Center is niet leesbaar.",
        "Neem contact op met uw leverancier.",
    ),
    "PEER_ANTWOORD": ("Het antwoord van de andere school is niet leesbaar.", "Neem contact op met uw leverancier."),
    "ADRES_NIET_TOEGESTAAN": ("Het opgegeven adres mag niet worden gebruikt.", "Neem contact op met uw leverancier."),
    "ANTWOORD_TE_GROOT": (
        "Het antwoord van de andere kant is te groot.",
        "Vraag de andere school om bijlagen te verkleinen.",
    ),
    "CERTIFICAAT_ONBETROUWBAAR": (
        "Het certificaat van de andere kant is niet te vertrouwen.",
        "Neem contact op met uw leverancier.",
    ),
    "XML_DTD": (
        "Een dossier mag geen DTD of entiteiten bevatten.",
        "Laat de leverancier het dossier zonder DTD opslaan.",
    ),
    "NAAMRUIMTE_ONBEKEND": (
        "Dit is geen dossier van een bekende versie van de gegevensset.",
        "Controleer het bestand en de versie.",
    ),
    "WORTEL_ONBEKEND": ("Dit bestand bevat geen enkel dossier.", "Bied elk dossier als een eigen bestand aan."),
    "TECHNISCHE_FOUT": ("Er ging iets mis aan onze kant.", "Probeer het later opnieuw."),
}

OPGESLAGEN = (  # R31
    "Wijzigingen zijn opgeslagen en gewijzigde contact- en inzage-instellingen zijn verwerkt in de dossierinhoud."
)

NOOIT_VERZAMELD = "Nog niet eerder verzameld"  # R16
NOOIT_VERZONDEN = "Nog niet eerder verzonden"  # R17
GEEN_INZAGE = "Geen inzage verleend in de huidige versie"  # R14
INZAGE_NVT = "N.v.t. (binnen brin)"  # R13
NOTIFICATIE_VRAAG = "Wil je een notificatie sturen dat het dossier gewijzigd is en klaar staat?"  # R70


def melding(
    code: str, *, pad: str = "", ernst: str = "fout", waarde: str = "", detail: str = "", wat_nu: str = ""
) -> Melding:
    """The Melding of a code in the table; `detail` and `wat_nu` replace the table's where they can say more."""
    tekst, nu = TEKSTEN[code]
    return Melding(code, detail or tekst, pad=pad, waarde=waarde, wat_nu=wat_nu or nu, ernst=ernst)


def niets_in_te_trekken() -> Melding:
    """15.5: nothing is open, so there is nothing to do."""
    return melding("NIET_KLAAR", wat_nu="U hoeft niets te doen.")


_VERVALT = {
    (True, True): " De inzage is vervallen en het dossier staat niet meer klaar.",
    (True, False): " De inzage is vervallen.",
    (False, True): " Het dossier staat niet meer klaar.",
    (False, False): "",
}


def waarschuwing(code: str, erbij: str = "") -> Melding:
    """The warning of a code, with what is true of this card alone behind it."""
    return melding(code, ernst="waarschuwing", detail=f"{TEKSTEN[code][0]}{erbij}")


def niet_verstuurd() -> Melding:
    """15.2: what the standard of the school has no field for."""
    return melding("AANDACHTSPUNTEN_NIET_VERSTUURD", pad="/aandachtspunten", ernst="waarschuwing")


def bewaartermijn(uitschrijving: date, weg: date, vandaag: date) -> Melding:
    """Ch. 16: by this datum uitschrijving the pupil is destroyed on `weg`, or the coming night when that is past."""
    wanneer = "de komende nacht" if weg <= vandaag else f"op {datum_tekst(weg)}"
    tekst = f"Bij datum uitschrijving {datum_tekst(uitschrijving)} worden alle gegevens van deze leerling {wanneer}"
    detail = f"{tekst} vernietigd: de bewaartermijn is dan voorbij."
    return melding("BEWAARTERMIJN_EINDIGT", pad="/uitschrijving/datum", ernst="waarschuwing", detail=detail)


def vervalt(code: str, *, inzage: bool, klaar: bool) -> Melding:
    """The warning of a change after collecting, with what it undid: the inzage, and being ready (15.2, 15.4, 15.39)."""
    return waarschuwing(code, _VERVALT[inzage, klaar])


def datum_tekst(dag: date) -> str:
    """dd-mm-jjjj (R14)."""
    return dag.strftime("%d-%m-%Y")


def moment_tekst(moment: datetime) -> str:
    """dd-mm-jjjj HH:MM (R16); `moment` is in Dutch time."""
    return moment.strftime("%d-%m-%Y %H:%M")


def geregistreerd(nummer: str) -> str:
    """R6."""
    return f"Uw aanleverpunt ({nummer}) is succesvol geregistreerd."


def afgemeld(nummer: str) -> str:
    """15.1."""
    return f"Uw aanleverpunt ({nummer}) is afgemeld."


def verzameld(leerling: str, overstap: str, *, binnen_brin: bool) -> str:
    """R48; without the inzage sentence for binnen brin (15.7)."""
    tekst = f"Het dossier van {leerling} is verzameld voor een {overstap}-overdracht."
    if binnen_brin:
        return tekst
    return f"{tekst} Geef (opnieuw) aan of de verzorgers inzage hebben gehad in het dossier om het Klaar te zetten."


def klaargezet(leerling: str, brin: str | None, naam: str | None) -> str:
    """R67; for binnen brin without a vervolgschool 15.7."""
    if not brin:
        return f"Het dossier van {leerling} is klaargezet voor uitwisseling binnen de BRIN"
    return f"Het dossier van {leerling} is klaargezet voor ({brin}) {naam or ''}".rstrip()


NOOIT_OPGEVRAAGD = "Nog niet eerder opgevraagd"  # R100
NOOIT_ONTVANGEN = "Nog niet eerder ontvangen"  # R100


def opvragen_titel(leerling: str, brin: str, naam: str | None) -> str:
    """R100: with a known school of herkomst it is named."""
    titel = f"Overstapdossier van {leerling} opvragen"
    return f"{titel} bij ({brin}) {naam or ''}".rstrip() if brin else titel


def opgevraagd(moment: datetime) -> str:
    """R100."""
    return f"Laatst opgevraagd op {moment_tekst(moment)}"


def ontvangen(moment: datetime, verzameld: date | None) -> str:
    """R100."""
    tekst = f"Ontvangen op {moment_tekst(moment)}"
    return f"{tekst} (laatst verzameld op {datum_tekst(verzameld)})" if verzameld else tekst


def ingetrokken(leerling: str) -> str:
    """15.5."""
    return f"Het dossier van {leerling} is ingetrokken en kan niet meer worden opgevraagd."


def bulk_binnen_brin(aantal: int, weg: int, vanaf: date | None) -> str:
    """R77; for BB-POVO with the tests that were too old (15.14)."""
    tekst = f"{aantal} dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen)"
    return tekst if vanaf is None else f"{tekst}, {weg} toetsen van voor {datum_tekst(vanaf)} weggelaten"


_BULK_GEREED = {
    "VERZAMELEN": "dossier(s) verzameld",
    "INZAGE": "keer inzage vastgelegd",
    "KLAARZETTEN": "dossier(s) klaargezet",
    "INZAGEPAKKET": "dossier(s) opgenomen in het inzagepakket",
    "OPVRAGEN": "dossier(s) opgevraagd; de antwoorden staan bij de dossieraanvragen",
}


def bulk_gereed(soort: str, aantal: int) -> str:
    """As R77, for the other bulk acts."""
    return f"{aantal} {_BULK_GEREED[soort]}"


def bulk_loopt(klaar: int, totaal: int) -> str:
    """How far a bulk act is."""
    return f"{klaar} van de {totaal} leerlingen verwerkt"
