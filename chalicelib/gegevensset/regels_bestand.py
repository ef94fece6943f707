"""Rules on the file itself, the inspection by the parents and the school (business rules 1.2, 2.1-2.3, 3)."""

from chalicelib.gegevensset.regel import Context, Knoop, regel

OVERSTAP = {"OVa": ("POPO", "POVO", "VOVO"), "PaO": ("POSWV", "VOSWV")}
_LEVERANCIER = "Deze waarde vult de software zelf in: meld dit aan uw leverancier."
_OPNIEUW = "Verzamel het dossier opnieuw; blijft de melding komen, neem dan contact op met uw leverancier."


@regel(
    "OVa.MD01",
    "OVb.MD01",
    "PaO.MD01",
    op="metadata",
    kind="deeldossier",
    toegestaan="LAS, LASLVS",
    tekst="Dit dossier bevat niet het deel uit de leerlingadministratie.",
    wat_nu=_LEVERANCIER,
)
def deeldossier_zonder_las(metadata: Knoop, _: Context) -> bool:
    """The file must hold the part of the pupil administration."""
    return "deeldossier" in metadata and metadata.tekst("deeldossier") not in ("LAS", "LASLVS")


@regel(
    "OG.02",
    op="metadata",
    kind="standaardversie",
    tekst="De standaardversie past niet bij dit soort bestand.",
    wat_nu=_LEVERANCIER,
)
def andere_standaardversie(metadata: Knoop, context: Context) -> str:
    """`standaardversie` must be exactly the version that the namespace says."""
    gelijk = "standaardversie" not in metadata or metadata.tekst("standaardversie") == context.standaard.versie
    return "" if gelijk else f"De standaardversie moet precies {context.standaard.versie} zijn."


@regel(
    "OVa.MD02",
    "OVb.MD02",
    "PaO.MD02",
    op="metadata",
    kind="validatieversie",
    tekst="De validatieversie past niet bij de standaardversie.",
    wat_nu=_LEVERANCIER,
)
def andere_validatieversie(metadata: Knoop, context: Context) -> str:
    """`validatieversie` must be exactly the one of the version."""
    verwacht = context.standaard.validatieversie
    gelijk = "validatieversie" not in metadata or metadata.tekst("validatieversie") == verwacht
    return "" if gelijk else f"De validatieversie moet precies {verwacht} zijn."


@regel(
    "OVa.MD03",
    "OVb.MD03",
    "PaO.MD03",
    op="metadata",
    kind="categorie_uitlevering",
    tekst="Het dossier zegt niet welke gegevensblokken zijn opgenomen.",
    wat_nu=_OPNIEUW,
)
def zonder_categorie_uitlevering(metadata: Knoop, _: Context) -> bool:
    """The statuses of the categories are mandatory."""
    return "categorie_uitlevering" not in metadata


@regel(
    "OVa.OS01",
    "PaO.SO01",
    op="metadata",
    kind="overstap",
    tekst="Het soort overstap ontbreekt.",
    wat_nu="Kies het soort overstap en verzamel het dossier opnieuw.",
)
def zonder_overstap(metadata: Knoop, _: Context) -> bool:
    """The profile must be named; binnen BRIN need not."""
    return "overstap" not in metadata


@regel(
    "OVa.OS02",
    op="metadata",
    kind="overstap",
    toegestaan="POPO, POVO, VOVO",
    tekst="Dit soort overstap bestaat niet voor een overstapdossier.",
    wat_nu="Kies POPO, POVO of VOVO en verzamel het dossier opnieuw.",
)
def overstap_niet_voor_overstapdossier(metadata: Knoop, _: Context) -> bool:
    """Only three kinds of transfer go with an overstapdossier."""
    return "overstap" in metadata and metadata.tekst("overstap") not in OVERSTAP["OVa"]


@regel(
    "PaO.SO02",
    op="metadata",
    kind="overstap",
    toegestaan="POSWV, VOSWV",
    tekst="Dit soort overstap bestaat niet voor een zorgvraag aan een samenwerkingsverband.",
    wat_nu="Kies POSWV (basisonderwijs) of VOSWV (voortgezet onderwijs) en maak de zorgvraag opnieuw.",
)
def overstap_niet_voor_zorgvraag(metadata: Knoop, _: Context) -> bool:
    """Only two kinds of transfer go with a swv-dossier."""
    return "overstap" in metadata and metadata.tekst("overstap") not in OVERSTAP["PaO"]


@regel(
    "OVa.OS03 OVb.OS01",
    op="dossier",
    kind="overdrachtsoort",
    families=("OV",),
    toegestaan="overstapdossier, overdrachtbinnenbrin",
    tekst="Dit soort overdracht bestaat niet voor een overstapdossier.",
    wat_nu=_LEVERANCIER,
)
def overdrachtsoort_onbekend(dossier: Knoop, _: Context) -> bool:
    """What is no overstapdossier and not binnen BRIN does not belong on the sheet for these."""
    return "overdrachtsoort" in dossier


@regel(
    "PaO.SO03",
    op="dossier",
    kind="overdrachtsoort",
    toegestaan="swv-dossier",
    tekst="Dit is geen zorgvraag aan een samenwerkingsverband.",
    wat_nu=_LEVERANCIER,
)
def overdrachtsoort_niet_swv(dossier: Knoop, _: Context) -> bool:
    """Fires only where the caller asks for the sheet of the swv-dossier."""
    return "overdrachtsoort" in dossier and dossier.tekst("overdrachtsoort") != "swv-dossier"


@regel(
    "OVa.IZ01",
    op="dossier",
    kind="inzage",
    tekst="Er is niet vastgelegd of de verzorgers inzage hebben gehad.",
    wat_nu="Leg de inzage vast en verzamel het dossier opnieuw.",
)
def zonder_inzage(dossier: Knoop, _: Context) -> bool:
    """An overstapdossier needs the block `inzage`."""
    return "inzage" not in dossier


@regel(
    "OVa.IZ02",
    op="dossier/inzage",
    kind="inzage",
    toegestaan="true",
    tekst="De verzorgers hebben het dossier nog niet ingezien.",
    wat_nu="Laat de verzorgers het dossier inzien en leg dat vast.",
)
def nog_niet_ingezien(inzage: Knoop, _: Context) -> bool:
    """The inspection must have taken place."""
    return inzage.niet_waar("inzage")


@regel(
    "OVa.IZ03",
    op="dossier/inzage",
    kind="inzagedatum",
    tekst="De datum van de inzage ontbreekt.",
    wat_nu="Vul de datum in waarop de verzorgers het dossier hebben ingezien.",
)
def ingezien_zonder_datum(inzage: Knoop, _: Context) -> bool:
    """An inspection has a date."""
    return inzage.waar("inzage") and "inzagedatum" not in inzage


@regel(
    "OVa.IZ04",
    op="dossier/inzage",
    kind="akkoord",
    tekst="Er is niet vastgelegd of de verzorgers akkoord zijn met de inhoud.",
    wat_nu="Leg vast of de verzorgers akkoord zijn: Ja, Nee of Onbekend.",
)
def ingezien_zonder_akkoord(inzage: Knoop, _: Context) -> bool:
    """An inspection has an outcome."""
    return inzage.waar("inzage") and "akkoord" not in inzage


@regel(
    "OVa.IZ05",
    op="dossier/inzage",
    kind="toestemming",
    tekst="Bij een overstap VO-VO ontbreekt de toestemming voor de overdracht.",
    wat_nu="Leg vast of toestemming is gegeven: Ja, Nee of Onbekend.",
)
def zonder_toestemming(inzage: Knoop, context: Context) -> bool:
    """VOVO: a value for the consent, whichever."""
    return context.overstap == "VOVO" and "toestemming" not in inzage


@regel(
    "OVa.SL01",
    "PaO.SL01",
    op="huidigeschool",
    kind="adreslijst",
    tekst="Het adres van de school ontbreekt.",
    wat_nu="Vul het adres van de school in bij de schoolgegevens.",
)
def school_zonder_adres(school: Knoop, _: Context) -> bool:
    """The school needs an address (first use of this id)."""
    return "adreslijst" not in school


@regel(
    "OVa.SL02",
    "PaO.SL02",
    op="huidigeschool",
    kind="communicatielijst",
    tekst="Het telefoonnummer of e-mailadres van de school ontbreekt.",
    wat_nu="Vul een telefoonnummer of e-mailadres in bij de schoolgegevens.",
)
def school_zonder_communicatie(school: Knoop, _: Context) -> bool:
    """The school needs a number or an address to be reached at."""
    return "communicatielijst" not in school
