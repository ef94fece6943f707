"""Rules on the blocks below `leerling` that must or may not be there (business rules 2.4, 2.5, 3)."""

from chalicelib.gegevensset.regel import Context, Knoop, regel

_WEGLATEN = "Laat dit gegeven weg en verzamel het dossier opnieuw."


@regel(
    "OVa.LL15",
    op="leerling",
    kind="verzorgersaansprakelijk",
    tekst="Er is niet vastgelegd of de verzorgers aansprakelijk zijn voor de leerling.",
    wat_nu="Geef bij de verzorgers aan of zij aansprakelijk zijn: ja of nee.",
)
def zonder_aansprakelijkheid(leerling: Knoop, _: Context) -> bool:
    """Whether the carers are liable must be said."""
    return "verzorgersaansprakelijk" not in leerling


@regel(
    "OVa.AI01",
    op="leerling",
    kind="aansprakelijkeinstelling",
    tekst="De verzorgers zijn niet aansprakelijk en er is geen instelling die dat wel is.",
    wat_nu="Vul de aansprakelijke instelling in, of geef aan dat de verzorgers aansprakelijk zijn.",
)
def niemand_aansprakelijk(leerling: Knoop, context: Context) -> bool:
    """POPO and POVO: somebody is liable."""
    return (
        context.overstap in ("POPO", "POVO")
        and leerling.niet_waar("verzorgersaansprakelijk")
        and "aansprakelijkeinstelling" not in leerling
    )


@regel(
    "OVa.OV01",
    "PaO.OV01",
    op="leerling",
    kind="verzorger",
    tekst="De verzorgers zijn aansprakelijk, maar er staat geen verzorger in het dossier.",
    wat_nu="Vul ten minste één verzorger in.",
)
def aansprakelijk_zonder_verzorger(leerling: Knoop, _: Context) -> bool:
    """Who is liable must be in the dossier."""
    return leerling.waar("verzorgersaansprakelijk") and "verzorger" not in leerling


@regel(
    "OVa.SL01",
    "PaO.SL01",
    op="leerling",
    kind="schoolloopbaanlijst",
    tekst="De schoolloopbaan van de leerling ontbreekt.",
    wat_nu="Vul ten minste één schooljaar van de schoolloopbaan in.",
)
def zonder_schoolloopbaan(leerling: Knoop, _: Context) -> bool:
    """At least one step of the school career (second use of this id)."""
    return "schoolloopbaanlijst" not in leerling


@regel(
    "OVa.OA01",
    op="leerling",
    kind="overstapadvies",
    tekst="Het overstapadvies ontbreekt.",
    wat_nu="Vul het overstapadvies in en verzamel het dossier opnieuw.",
)
def zonder_overstapadvies(leerling: Knoop, _: Context) -> bool:
    """The block is mandatory; it may be empty."""
    return "overstapadvies" not in leerling


def verbied(
    code: str, kind: str, naam: str, overstappen: tuple[str, ...], waar: str, families: tuple[str, ...] = ()
) -> None:
    """Register one rule: `kind` may not stand under leerling in a dossier for these kinds of overstap."""

    @regel(
        code,
        op="leerling",
        kind=kind,
        families=families,
        tekst=f"{naam} mag niet in {waar} staan.",
        wat_nu=_WEGLATEN,
    )
    def verboden(leerling: Knoop, context: Context) -> bool:
        """What the profile forbids may not be there."""
        return context.overstap in overstappen and kind in leerling


_NAAR_VO, _ZORG_VO, _ZORG_PO = ("POVO", "VOVO"), ("VOSWV",), ("POSWV",)
verbied("OVa.VV01", "voorschools", "Voorschoolse educatie", _NAAR_VO, "een dossier voor het voortgezet onderwijs")
verbied("OVa.VV02", "vroegschools", "Vroegschoolse educatie", _NAAR_VO, "een dossier voor het voortgezet onderwijs")
verbied("PaO.VV01", "vanpeuterspeelzaal", "De peuterspeelzaal", _ZORG_VO, "een zorgvraag VO")
verbied("PaO.VV02", "naampeuterspeelzaal", "De naam van de peuterspeelzaal", _ZORG_VO, "een zorgvraag VO")
verbied("PaO.VV03", "voorschools", "Voorschoolse educatie", _ZORG_VO, "een zorgvraag VO")
verbied("PaO.VV04", "vroegschools", "Vroegschoolse educatie", _ZORG_VO, "een zorgvraag VO")
verbied("PaO.EB01", "eindtoets_basisonderwijs", "De eindtoets", _ZORG_PO, "een zorgvraag PO")
VOMBO = {
    "bevorderd": "De bevordering",
    "examenresultaat": "Het examenresultaat",
    "resultaatvakkenvo": "Een vakresultaat van het voortgezet onderwijs",
    "certificaat": "Een certificaat",
    "competenties": "Een competentie",
    "stage": "Een stage",
    "overigvombo": "Het blok overige gegevens VO-MBO",
}
for volgnummer, (element, omschrijving) in enumerate(VOMBO.items(), start=1):
    verbied(f"PaO.VM{volgnummer:02}", element, omschrijving, _ZORG_PO, "een zorgvraag PO")
