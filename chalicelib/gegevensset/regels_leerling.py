"""Rules on the pupil's own data: names, dates, address, numbers (business rules 2.4, 3)."""

from chalicelib.gegevensset.regel import Context, Knoop, regel

_WEGLATEN = "Laat dit gegeven weg en verzamel het dossier opnieuw."
_INVULLEN = "Vul dit in bij de gegevens van de leerling en verzamel het dossier opnieuw."


@regel(
    "OVa.LL01",
    "PaO.LL01",
    op="leerling",
    kind="voornaam",
    tekst="De voornaam van de leerling ontbreekt.",
    wat_nu=_INVULLEN,
)
def zonder_voornaam(leerling: Knoop, _: Context) -> bool:
    """A given name is mandatory."""
    return "voornaam" not in leerling


@regel(
    "OVa.LL02",
    "PaO.LL02",
    op="leerling",
    kind="geboortedatum",
    tekst="De geboortedatum van de leerling ontbreekt.",
    wat_nu=_INVULLEN,
)
def zonder_geboortedatum(leerling: Knoop, _: Context) -> bool:
    """A date of birth is mandatory."""
    return "geboortedatum" not in leerling


@regel(
    "OVa.LL03",
    "OVb.LL01",
    "PaO.LL03",
    op="leerling",
    kind="geboortemaand",
    tekst="De geboortemaand mag niet in het dossier staan.",
    wat_nu="Vul in plaats daarvan de volledige geboortedatum in.",
)
def met_geboortemaand(leerling: Knoop, _: Context) -> bool:
    """The month of birth is for anonymous data only."""
    return "geboortemaand" in leerling


@regel(
    "OVa.LL04",
    "PaO.LL04",
    op="leerling",
    kind="adresgeheim",
    tekst="Er is niet vastgelegd of het adres van de leerling geheim is.",
    wat_nu="Geef bij de leerling aan of het adres geheim is: ja of nee.",
)
def zonder_adresgeheim(leerling: Knoop, _: Context) -> bool:
    """Whether the address is secret must be said."""
    return "adresgeheim" not in leerling


@regel(
    "OVa.LL05",
    "PaO.LL05",
    op="leerling",
    kind="adreslijst",
    tekst="Het adres van de leerling ontbreekt, terwijl het niet geheim is.",
    wat_nu="Vul een adres in Nederland of in het buitenland in, of geef aan dat het adres geheim is.",
)
def zonder_adres(leerling: Knoop, _: Context) -> bool:
    """No secret, so an address; where the indicator itself is absent, LL04 says so."""
    return leerling.onwaar("adresgeheim") and not leerling.heeft_een_van(("adreslijst", "adresbuitenland"))


@regel(
    "OVa.LL06",
    "OVb.LL02",
    "PaO.LL06",
    op="leerling",
    kind="adreslijst",
    tekst="Het adres van de leerling is geheim, maar staat toch in het dossier.",
    wat_nu="Laat het adres weg, of geef aan dat het niet geheim is.",
)
def geheim_adres(leerling: Knoop, _: Context) -> bool:
    """A secret address is left out."""
    return leerling.waar("adresgeheim") and "adreslijst" in leerling


@regel(
    "OVa.LL07",
    "OVb.LL03",
    "PaO.LL07",
    op="leerling",
    kind="postcode4adres",
    tekst="De postcode van vier cijfers mag niet in het dossier staan.",
    wat_nu="Vul in plaats daarvan het volledige adres in.",
)
def met_postcode4(leerling: Knoop, _: Context) -> bool:
    """The short postal code is for anonymous data only."""
    return "postcode4adres" in leerling


@regel(
    "OVa.LL09",
    "OVb.LL05",
    "PaO.LL09",
    op="leerling",
    kind="adresbuitenland",
    tekst="Het adres van de leerling is geheim, maar er staat een buitenlands adres in het dossier.",
    wat_nu="Laat het buitenlandse adres weg, of geef aan dat het adres niet geheim is.",
)
def geheim_adres_buitenland(leerling: Knoop, _: Context) -> bool:
    """A secret foreign address is left out too."""
    return leerling.waar("adresgeheim") and "adresbuitenland" in leerling


# The sheet of 2019.1 forbids place of birth and nationality binnen BRIN as well, without a number: the numbers
# LL10 and LL11 after OVb are ours, after those of OVa.


@regel(
    "OVa.LL10",
    "PaO.LL10",
    op="leerling",
    kind="geboorteplaats",
    tekst="De geboorteplaats mag niet in het dossier staan.",
    wat_nu=_WEGLATEN,
)
def met_geboorteplaats(leerling: Knoop, _: Context) -> bool:
    """Place of birth is forbidden (15.33)."""
    return "geboorteplaats" in leerling


regel(
    "OVb.LL10",
    op="leerling",
    kind="geboorteplaats",
    vanaf="2019.1",
    tekst="De geboorteplaats mag niet in het dossier staan.",
    wat_nu=_WEGLATEN,
)(met_geboorteplaats)


@regel(
    "OVa.LL11",
    "PaO.LL11",
    op="leerling",
    kind="nationaliteit",
    tekst="De nationaliteit mag niet in het dossier staan.",
    wat_nu=_WEGLATEN,
)
def met_nationaliteit(leerling: Knoop, _: Context) -> bool:
    """Nationality is forbidden (15.33)."""
    return "nationaliteit" in leerling


regel(
    "OVb.LL11",
    op="leerling",
    kind="nationaliteit",
    vanaf="2019.1",
    tekst="De nationaliteit mag niet in het dossier staan.",
    wat_nu=_WEGLATEN,
)(met_nationaliteit)


@regel(
    "OVa.LL12",
    op="leerling",
    kind="bsn",
    toegestaan="een BSN of een onderwijsnummer",
    tekst="De leerling heeft geen BSN en geen onderwijsnummer.",
    wat_nu="Vul het BSN in, of het onderwijsnummer als de leerling geen BSN heeft.",
)
def zonder_nummer(leerling: Knoop, _: Context) -> bool:
    """One of the two numbers is mandatory."""
    return not leerling.heeft_een_van(("bsn", "onderwijsnummer"))


def _met_nummer(kind: str, naam: str) -> None:
    @regel(
        "PaO.LL12",
        op="leerling",
        kind=kind,
        tekst=f"Een zorgvraag aan een samenwerkingsverband mag geen {naam} bevatten.",
        wat_nu="Laat het nummer weg en maak de zorgvraag opnieuw.",
    )
    def met_nummer(leerling: Knoop, _: Context) -> bool:
        """No number of the pupil goes to a samenwerkingsverband (15.34)."""
        return kind in leerling


_met_nummer("bsn", "BSN")
_met_nummer("onderwijsnummer", "onderwijsnummer")


@regel(
    "OVa.LL13",
    op="leerling",
    kind="leerlingid",
    tekst="De sleutel van de leerling in de leerlingadministratie ontbreekt.",
    wat_nu="Deze sleutel vult de leerlingadministratie zelf in: meld dit aan uw leverancier.",
)
def zonder_leerlingid(leerling: Knoop, context: Context) -> bool:
    """POVO: the key is needed for the feedback of the VO school."""
    return context.overstap == "POVO" and "leerlingid" not in leerling


@regel(
    "OVa.LL14",
    op="leerling",
    kind="datuminschrijving",
    tekst="De datum van inschrijving ontbreekt.",
    wat_nu="Vul de eerste schooldag van de leerling op uw school in.",
)
def zonder_inschrijving(leerling: Knoop, _: Context) -> bool:
    """The date of enrolment is mandatory."""
    return "datuminschrijving" not in leerling
