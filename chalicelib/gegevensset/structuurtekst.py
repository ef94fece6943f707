"""What is said of each structural fault. The codes, stable and documented:

`STRUCTUUR.ONBEKEND` an element that does not belong there; `.ATTRIBUUT` an attribute that does not; `.TEKST` text
between elements; `.VOLGORDE` out of order; `.ONTBREEKT` mandatory and absent; `.TE_VEEL` one too many; `.KEUZE` two
where one is allowed; `.WAARDE` not a value of its type; `.XSD` anything that only the compiled schema saw; and for
JSON alone `.VORM` (not the list, object or text that stands there) and `.TEKEN` (a character that XML cannot hold).
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from lxml import etree

from chalicelib.gegevensset.plaats import lokaal
from chalicelib.gegevensset.regel import Bevinding, veilig
from chalicelib.gegevensset.tabel import Element
from chalicelib.gegevensset.waarde import toegestaan

CODES: Final = {
    "STRUCTUUR.ONBEKEND": "Een gegeven hoort niet op deze plaats.",
    "STRUCTUUR.ATTRIBUUT": "Een kenmerk hoort niet bij dit gegeven, of heeft geen geldige waarde.",
    "STRUCTUUR.TEKST": "Er staat tekst tussen de gegevens in.",
    "STRUCTUUR.VOLGORDE": "Een gegeven staat niet op de juiste plaats in de volgorde.",
    "STRUCTUUR.ONTBREEKT": "Een verplicht gegeven ontbreekt.",
    "STRUCTUUR.TE_VEEL": "Een gegeven komt te vaak voor.",
    "STRUCTUUR.KEUZE": "Er staan twee gegevens waarvan er één mag staan.",
    "STRUCTUUR.WAARDE": "Een gegeven heeft geen geldige waarde.",
    "STRUCTUUR.XSD": "Het dossier voldoet niet aan het schema van de gegevensset.",
    "STRUCTUUR.VORM": "Hier hoort een lijst, een object of een tekst te staan.",
    "STRUCTUUR.TEKEN": "Een tekst bevat een teken dat XML niet kan bevatten.",
}
"""What each code means in general; a melding says it of its own place."""
LEVERANCIER: Final = "Meld dit aan de leverancier van de software die het dossier maakte."
_LANGSTE: Final = 40


def onbekend(kind: etree._Element, blok: Element, titel: str, kop: str) -> Bevinding:
    """An element that does not belong at its place, or comes from another namespace."""
    naam = lokaal(kind)
    if naam in blok.bij_naam:
        tekst, doe, mag = (
            f"Het element {naam} hoort bij een andere naamruimte dan die van het dossier.",
            LEVERANCIER,
            kop.strip("{}"),
        )
    else:
        tekst, doe = onbekende_naam(naam, blok, titel)
        mag = mogelijke_namen(blok)
    return Bevinding(kind, "STRUCTUUR.ONBEKEND", tekst, doe, mag)


def onbekende_naam(naam: str, blok: Element, titel: str) -> tuple[str, str]:
    """The text and the advice for a name that the standard does not know at that place."""
    lijkt_op = next((anders for anders in blok.bij_naam if _bijna_gelijk(naam, anders)), "")
    if lijkt_op:
        doe = f"Bedoelde u {lijkt_op}? Verander de naam, of verwijder het gegeven."
    else:
        doe = "Verwijder dit gegeven, of zet het op de plaats waar het hoort."
    return f"Het gegeven {naam} hoort niet bij {titel}.", doe


def _bijna_gelijk(naam: str, anders: str) -> bool:
    """Whether they are one slip apart: all but two neighbouring letters the same (`difflib` is far too slow here)."""
    if abs(len(naam) - len(anders)) > 2 or (naam[:1] != anders[:1] and naam[-1:] != anders[-1:]):
        return False
    kortste = min(len(naam), len(anders))
    voor = next((index for index in range(kortste) if naam[index] != anders[index]), kortste)
    rest = range(kortste - voor)
    achter = next((index for index in rest if naam[-1 - index] != anders[-1 - index]), len(rest))
    return max(len(naam), len(anders)) - voor - achter <= 2


@cache
def mogelijke_namen(blok: Element) -> str:
    """The names that may stand in a block."""
    return ", ".join(blok.bij_naam) or "alleen tekst"


def attribuut(knoop: etree._Element, titel: str, naam: str, element: Element) -> Bevinding:
    """An attribute that does not belong to its element."""
    kort = naam.rpartition("}")[2][:_LANGSTE]
    mag = ", ".join(toegelaten.naam for toegelaten in element.attributen) or "geen kenmerken"
    tekst = f"Het kenmerk {kort} hoort niet bij {titel}."
    return Bevinding(knoop, "STRUCTUUR.ATTRIBUUT", tekst, LEVERANCIER, mag, kind=f"@{kort}")


def attribuutwaarde(knoop: etree._Element, attribuut: Element) -> Bevinding:
    """An attribute whose value its type does not allow."""
    mag = toegestaan(attribuut)
    doe = f"Vul in: {mag}. Of laat dit gegeven weg."
    return Bevinding(knoop, "STRUCTUUR.WAARDE", f"{attribuut.label} is leeg.", doe, mag, kind=attribuut.naam)


def losse_tekst(knoop: etree._Element, titel: str, tekst: str) -> Bevinding:
    """Text between the elements of a block."""
    return Bevinding(
        knoop,
        "STRUCTUUR.TEKST",
        f"Bij {titel} staat tekst tussen de gegevens in.",
        "Haal deze tekst weg, of zet haar in het juiste veld.",
        "geen tekst, alleen gegevens",
        veilig("", tekst),
    )


def verkeerde_plek(kind: etree._Element, deel: Element, blok: Element) -> Bevinding:
    """An element out of order."""
    namen = list(blok.bij_naam)
    nummer = namen.index(deel.naam)
    ervoor = f"na {namen[nummer - 1]}" if nummer else "vooraan"
    erna = f", voor {namen[nummer + 1]}" if nummer + 1 < len(namen) else ""
    return Bevinding(
        kind,
        "STRUCTUUR.VOLGORDE",
        f"{deel.label} staat niet op de juiste plaats in het dossier.",
        f"De volgorde ligt vast: dit gegeven hoort {ervoor}{erna}. {LEVERANCIER}",
        f"{ervoor}{erna}",
    )


def te_veel(kind: etree._Element, deel: Element, titel: str) -> Bevinding:
    """One element more than the maximum."""
    tekst = f"{deel.label} komt te vaak voor bij {titel}."
    doe = "Laat één exemplaar staan en verwijder de andere."
    return Bevinding(kind, "STRUCTUUR.TE_VEEL", tekst, doe, f"hoogstens {deel.max}")


def ontbreekt(knoop: etree._Element, deel: Element, titel: str) -> Bevinding:
    """A mandatory element that is absent; `knoop` is where it should have stood."""
    tekst = f"{deel.label} ontbreekt bij {titel}."
    mag = "" if deel.is_blok else toegestaan(deel)
    return Bevinding(knoop, "STRUCTUUR.ONTBREEKT", tekst, f"Vul dit in. {deel.betekenis}", mag, kind=deel.naam)


def geen_keuze(knoop: etree._Element, mogelijk: Sequence[Element], titel: str) -> Bevinding:
    """None of the alternatives of a mandatory choice."""
    labels = ", ".join(deel.label for deel in mogelijk)
    mag = f"een van: {', '.join(deel.naam for deel in mogelijk)}"
    tekst = f"Bij {titel} ontbreekt een van deze gegevens: {labels}."
    return Bevinding(knoop, "STRUCTUUR.ONTBREEKT", tekst, "Vul een van deze gegevens in.", mag, kind=mogelijk[0].naam)


def dubbele_keuze(kind: etree._Element, deel: Element, eerder: Element, mogelijk: Sequence[Element]) -> Bevinding:
    """A second alternative of a choice."""
    tekst = f"{deel.label} en {eerder.label} mogen niet allebei in het dossier staan."
    mag = f"hoogstens een van: {', '.join(deel.naam for deel in mogelijk)}"
    return Bevinding(kind, "STRUCTUUR.KEUZE", tekst, "Laat een van de twee weg.", mag)


def waarde(knoop: etree._Element, blad: Element, titel: str, tekst: str, geheim: bool) -> Bevinding:
    """A leaf whose value its type does not allow; masked where it is a number or a secret."""
    mag = toegestaan(blad)
    wat = "heeft geen geldige waarde" if tekst.strip() else "is leeg"
    doe = f"Vul in: {mag}." if blad.min else f"Vul in: {mag}. Of laat dit gegeven weg."
    return Bevinding(knoop, "STRUCTUUR.WAARDE", f"{titel} {wat}.", doe, mag, veilig(blad.naam, tekst, geheim))


def alleen_schema(knoop: etree._Element, titel: str) -> Bevinding:
    """The compiled schema says no, and the walk cannot say why."""
    tekst = f"Bij {titel} voldoet iets niet aan de gegevensset."
    return Bevinding(knoop, "STRUCTUUR.XSD", tekst, LEVERANCIER)
