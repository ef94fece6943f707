"""Rules on care of 2018.1, final test, tests and marks (business rules 2.6, 2.7, 3)."""

from datetime import date

from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.regel import Context, Knoop, regel

_SCORES = ("aantalopgaven", "aantalgoed", "aantalfout", "aantalgelezen", "tijd", "vaardigheidsscore")


@regel(
    dood=("OVa.ZB01",),
    op="zorg",
    kind="naamib",
    tot="2018.1",
    tekst="Er is leerlinggebonden financiering, maar de naam van de intern begeleider ontbreekt.",
    wat_nu="Vul de naam van de intern begeleider in.",
)
def lgf_zonder_naamib(zorg: Knoop, _: Context) -> bool:
    """`lgf` needs the name of the internal supervisor."""
    return "lgf" in zorg and "naamib" not in zorg


@regel(
    "PaO.ZB01",
    dood=("OVa.ZB02",),
    op="zorg",
    kind="vir",
    tot="2018.1",
    tekst="Gegevens over de Verwijsindex Risicojongeren mogen niet in het dossier staan.",
    wat_nu="Laat deze gegevens weg.",
)
def met_vir(zorg: Knoop, _: Context) -> bool:
    """VIR is forbidden (R115); the element is gone in 2019.1."""
    return "vir" in zorg


@regel(
    "PaO.ZB02",
    op="zorg",
    kind="zat",
    tot="2018.1",
    tekst="Gegevens over het zorgadviesteam mogen niet in een zorgvraag staan.",
    wat_nu="Laat deze gegevens weg.",
)
def met_zat(zorg: Knoop, _: Context) -> bool:
    """ZAT is forbidden (R115); the element is gone in 2019.1."""
    return "zat" in zorg


@regel(
    dood=("OVa.EB02",),
    op="eindtoets_basisonderwijs",
    kind="eindtoetsresultaat",
    tekst="De leerling heeft de eindtoets gemaakt, maar het resultaat ontbreekt.",
    wat_nu="Vul het resultaat van de eindtoets in.",
)
def eindtoets_zonder_resultaat(eindtoets: Knoop, _: Context) -> bool:
    """Took part, so there is a result."""
    return eindtoets.waar("deelgenomen") and "eindtoetsresultaat" not in eindtoets


@regel(
    dood=("OVa.EB03",),
    op="eindtoets_basisonderwijs",
    kind="eindtoetsresultaat",
    tekst="De leerling heeft niet aan de eindtoets deelgenomen; ook dan moet de soort eindtoets zijn vastgelegd.",
    wat_nu="Vul bij het resultaat van de eindtoets de soort toets in, of laat de eindtoets uit het dossier.",
)
def eindtoets_zonder_soort(eindtoets: Knoop, _: Context) -> bool:
    """Did not take part and no kind of test; within a result the schema demands the kind.

    The sheet also names an exemption, by a path that does not exist.
    """
    return eindtoets.onwaar("deelgenomen") and "eindtoetsresultaat" not in eindtoets


@regel(
    dood=("OVa.EB04",),
    op="eindtoetsresultaat",
    kind="toets_advies",
    tekst="De leerling heeft de eindtoets gemaakt, maar het advies van de eindtoets ontbreekt.",
    wat_nu="Vul het advies van de eindtoets in zoals het op het leerlingrapport staat.",
)
def eindtoets_zonder_advies(resultaat: Knoop, context: Context) -> bool:
    """Took part, so there is an advice; without any result EB02 speaks."""
    eindtoets = context.knoop("eindtoets_basisonderwijs")
    return eindtoets is not None and eindtoets.waar("deelgenomen") and "toets_advies" not in resultaat


def _datum(tekst: str) -> date | None:
    """The day of an xs:date, its time zone left out; None where it is none."""
    try:
        return date.fromisoformat(tekst.strip(" \t\r\n")[:10])
    except ValueError:
        return None


@regel(
    dood=("OVa.TR04",),
    op="afname",
    kind="afnamedatum",
    families=("OVa", "OVb"),
    tekst="Deze toets is te oud voor een overstap PO-VO.",
    wat_nu="Neem deze toets niet op in het dossier.",
)
def toets_te_oud(afname: Knoop, context: Context) -> str:
    """POVO, whatever the overdrachtsoort: the running and the two previous school years only."""
    if context.overstap != "POVO":
        return ""
    gemaakt, afgenomen = _datum(context.tekst("metadata", "datum")), _datum(afname.tekst("afnamedatum"))
    if gemaakt is None or afgenomen is None or gemaakt.year < 4:
        return ""
    eerste = toets_venster(gemaakt)
    return "" if afgenomen >= eerste else f"Deze toets is van voor {eerste:%d-%m-%Y} en te oud voor een overstap PO-VO."


@regel(
    "PaO.TR01",
    dood=("OVa.TR05",),
    op="resultaat",
    kind="toetsscore",
    toegestaan="toetsscore, referentiescore of document",
    tekst="Bij deze toets staat geen enkel resultaat.",
    wat_nu="Vul een score in, voeg een document met het resultaat toe, of neem de toets niet op.",
)
def resultaat_leeg(resultaat: Knoop, _: Context) -> bool:
    """A result holds a raw score, a derived score or a document."""
    return not resultaat.heeft_een_van(("toetsscore", "referentiescore", "document"))


@regel(
    "PaO.TR02",
    dood=("OVa.TR06",),
    op="toetsscore",
    kind="aantalgoed",
    toegestaan=", ".join(_SCORES),
    tekst="In deze toetsscore ontbreekt een aantal, tijd of vaardigheidsscore.",
    wat_nu="Vul ten minste één van deze waarden in, of laat de toetsscore weg.",
)
def toetsscore_leeg(toetsscore: Knoop, _: Context) -> bool:
    """A raw score holds at least one of six values."""
    return not toetsscore.heeft_een_van(_SCORES)


@regel(
    "PaO.CL01",
    dood=("OVa.CL01",),
    op="score",
    kind="waarde",
    toegestaan="waarde of kwalificatie",
    tekst="Dit cijfer heeft geen waarde en geen kwalificatie.",
    wat_nu="Vul een cijfer of een omschrijving in, of laat het vak weg.",
)
def score_leeg(score: Knoop, _: Context) -> bool:
    """A mark has a value or a qualification."""
    return not score.heeft_een_van(("waarde", "kwalificatie"))
