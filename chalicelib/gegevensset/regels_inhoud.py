"""Rules on numbers and addresses, carers, the doctor, LWOO and the advice (business rules 1.2, 2.4, 2.5, 3)."""

import re

from chalicelib.gegevensset.regel import Context, Knoop, regel

_MAIL_EINDE = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\Z"
)
_LWOO_EINDE = re.compile(r"\d{4}-07-31")
GEHEIM = {"telefoon": "9999999999", "e-mail": "geheim@geheim.geheim"}


@regel(
    "OG.01",
    op="communicatie",
    kind="nummer",
    toegestaan="een e-mailadres zoals naam@school.nl, 4 tot 256 tekens",
    tekst="Dit is geen geldig e-mailadres.",
    wat_nu="Verbeter het e-mailadres, of kies bij soort voor telefoon als het een telefoonnummer is.",
)
def geen_mailadres(communicatie: Knoop, _: Context) -> str:
    """The four official checks of an e-mail address, told as one: length, `@`, and what stands around it.

    As in the official sheet what comes before the last part is free: `a b,c@d@e.nl` passes. Which character may stand
    right before the last `@` is not documented; taken here: those of an e-mail field in HTML.
    """
    if communicatie.tekst("soort") != "e-mail" or "nummer" not in communicatie:
        return ""
    return mailfout(communicatie.tekst("nummer"))


def mailfout(adres: str) -> str:
    """What is wrong with an e-mail address by `OG.01`; "" when nothing is."""
    if len(adres) > 256:
        return "Het e-mailadres is langer dan 256 tekens."
    if "@" not in adres:
        return "In het e-mailadres ontbreekt het teken @."
    if len(adres) < 4:
        return "Het e-mailadres is korter dan 4 tekens."
    return "" if _MAIL_EINDE.search(adres) else "Dit is geen geldig e-mailadres."


@regel(
    "OVa.LL08 OVa.OV04",
    "OVb.LL04 OVb.OV02",
    "PaO.LL08 PaO.OV04",
    op="communicatie",
    kind="nummer",
    toegestaan=" of ".join(GEHEIM.values()),
    tekst="Dit telefoonnummer of e-mailadres is geheim, maar staat toch in het dossier.",
    wat_nu="Verzamel het dossier opnieuw: een geheim nummer wordt dan vervangen. Of geef aan dat het niet geheim is.",
)
def geheim_nummer(communicatie: Knoop, _: Context) -> bool:
    """A secret number is replaced by the agreed value, wherever it stands in the file (15.32)."""
    verwacht = GEHEIM.get(communicatie.tekst("soort"))
    return verwacht is not None and communicatie.waar("geheim") and communicatie.tekst("nummer") != verwacht


@regel(
    "OG.03",
    op="lwoo",
    kind="lwoo_einddatum",
    toegestaan="een datum op 31 juli",
    tekst="De einddatum van de LWOO-indicatie moet op 31 juli vallen.",
    wat_nu="Vul als einddatum 31 juli van het juiste jaar in.",
)
def lwoo_niet_tot_31_juli(lwoo: Knoop, _: Context) -> bool:
    """The schema says the same, so this never comes alone."""
    return "lwoo_einddatum" in lwoo and not _LWOO_EINDE.search(lwoo.tekst("lwoo_einddatum"))


@regel(
    "OG.04",
    op="verzorger",
    kind="overlijdensdatum",
    tekst="Er staat een overlijdensdatum bij een verzorger die niet als overleden is vastgelegd.",
    wat_nu="Laat de overlijdensdatum weg, of leg vast dat deze verzorger is overleden.",
)
def overlijdensdatum_zonder_overleden(verzorger: Knoop, _: Context) -> bool:
    """A date of death goes with a deceased carer only."""
    return "overlijdensdatum" in verzorger and verzorger.niet_waar("overleden")


@regel(
    "OG.05",
    op="huisarts",
    kind="roepnaam",
    vanaf="2019.1",
    tekst="Bij de huisarts mag geen roepnaam staan.",
    wat_nu="Laat de roepnaam van de huisarts weg.",
)
def huisarts_met_roepnaam(huisarts: Knoop, _: Context) -> bool:
    """A doctor has no name in daily use."""
    return "roepnaam" in huisarts


@regel(
    "OG.05",
    op="huisarts",
    kind="geslacht",
    vanaf="2019.1",
    tekst="Bij de huisarts mag geen geslacht staan.",
    wat_nu="Laat het geslacht van de huisarts weg.",
)
def huisarts_met_geslacht(huisarts: Knoop, _: Context) -> bool:
    """A doctor has no sex here."""
    return "geslacht" in huisarts


@regel(
    "OG.05",
    op="huisarts",
    kind="adresgeheim",
    vanaf="2019.1",
    toegestaan="false, of weglaten",
    tekst="Het adres van een huisarts kan niet geheim zijn.",
    wat_nu="Geef bij de huisarts niet aan dat het adres geheim is.",
)
def huisarts_met_geheim_adres(huisarts: Knoop, _: Context) -> bool:
    """False is tolerated."""
    return huisarts.waar("adresgeheim")


@regel(
    "PaO.OV03",
    dood=("OVa.OV03", "OVb.OV01"),
    op="verzorger",
    kind="adreslijst",
    tekst="Het adres van een verzorger is geheim, maar staat toch in het dossier.",
    wat_nu="Laat het adres van deze verzorger weg, of geef aan dat het niet geheim is.",
)
def geheim_adres_verzorger(verzorger: Knoop, _: Context) -> bool:
    """A secret address of a carer is left out."""
    return verzorger.waar("adresgeheim") and "adreslijst" in verzorger


@regel(
    "PaO.OV05",
    op="verzorger",
    kind="banknummer",
    tekst="Een zorgvraag mag geen bankrekeningnummer bevatten.",
    wat_nu="Laat het bankrekeningnummer van deze verzorger weg.",
)
def met_banknummer(verzorger: Knoop, _: Context) -> bool:
    """No bank account goes to a samenwerkingsverband; the official sheet does not look at `iban`."""
    return "banknummer" in verzorger


@regel(
    dood=("OVa.OA02",),
    op="overstapadvies",
    kind="advies",
    tekst="Het schooladvies voor het voortgezet onderwijs ontbreekt.",
    wat_nu="Vul het schooladvies in.",
)
def zonder_advies(advies: Knoop, context: Context) -> bool:
    """POVO, unless the school is a school for special education."""
    return context.overstap == "POVO" and context.tekst("huidigeschool", "soort") != "SO" and "advies" not in advies


@regel(
    dood=("OVa.OA03",),
    op="overstapadvies",
    kind="contactnodig",
    tekst="Er is niet vastgelegd of de vervolgschool contact moet opnemen.",
    wat_nu="Geef aan of contact nodig is: ja of nee.",
)
def zonder_contactnodig(advies: Knoop, _: Context) -> bool:
    """Whether contact is needed must be said."""
    return "contactnodig" not in advies


@regel(
    dood=("OVa.OA04",),
    op="overstapadvies",
    kind="contactpersoon",
    tekst="Er is contact nodig, maar de naam van de contactpersoon ontbreekt.",
    wat_nu="Vul bij de schoolgegevens de naam van de directeur in.",
)
def contact_zonder_naam(advies: Knoop, _: Context) -> bool:
    """Manual 3.3: needs the name of the head teacher."""
    return advies.waar("contactnodig") and "contactpersoon" not in advies


@regel(
    dood=("OVa.OA05",),
    op="overstapadvies",
    kind="contacttelefoon",
    tekst="Er is contact nodig, maar het telefoonnummer van de contactpersoon ontbreekt.",
    wat_nu="Vul bij de schoolgegevens het telefoonnummer van de directeur in.",
)
def contact_zonder_telefoon(advies: Knoop, _: Context) -> bool:
    """Manual 3.3: needs the phone number of the head teacher."""
    return advies.waar("contactnodig") and "contacttelefoon" not in advies
