"""From findings at elements to Meldingen with a pad, in document order, numbers masked."""

from collections.abc import Iterable, Sequence
from typing import Final

from lxml import etree

from chalicelib.domain.nummers import lijkt_op_pgn
from chalicelib.errors import Melding
from chalicelib.gegevensset.plaats import Plaatsen
from chalicelib.gegevensset.regel import Bevinding
from chalicelib.gegevensset.schema import schema
from chalicelib.gegevensset.structuur import structuurfouten
from chalicelib.gegevensset.structuurtekst import alleen_schema
from chalicelib.gegevensset.tabel import Standaard
from chalicelib.gegevensset.waarde import BLANK

MEESTE: Final = 1_000
_VEEL: Final = 5_000
_IS_GROOT: Final = etree.XPath(f"count(//*) > {_VEEL}")


def structuurbevindingen(
    wortel: etree._Element, tabel: Standaard, plaatsen: Plaatsen, *, ruim: bool = False
) -> list[Bevinding]:
    """The structural faults of a tree: none at once if the compiled schema accepts it, else what the walk finds.

    `ruim`: blanks around a date are no fault, and go from the tree.
    """
    gevonden = _bevindingen(wortel, tabel, plaatsen)
    if ruim and _zet_dagen_recht(gevonden, plaatsen):
        gevonden = _bevindingen(wortel, tabel, plaatsen)
    return gevonden


def _zet_dagen_recht(gevonden: Iterable[Bevinding], plaatsen: Plaatsen) -> bool:
    """Take the blanks around dates away that were found wrong; whether there were any.

    XML Schema drops them, libxml2 does not: the official validator accepts what the compiled schema refuses.
    """
    anders = False
    for bevinding in gevonden:
        blad, tekst = plaatsen.element(bevinding.element), bevinding.element.text or ""
        if blad is not None and blad.basis == "xs:date" and tekst != tekst.strip(BLANK):
            bevinding.element.text, anders = tekst.strip(BLANK), True
    return anders


def _bevindingen(wortel: etree._Element, tabel: Standaard, plaatsen: Plaatsen) -> list[Bevinding]:
    """What the compiled schema and the walk say together.

    In a large tree the walk goes first and stops at MEESTE faults: the schema takes a time that grows with the square
    of the number of faults.
    """
    groot = bool(_IS_GROOT(wortel))
    if not groot and schema(tabel.versie).validate(wortel):
        return []
    gevonden = structuurfouten(plaatsen, wortel, tabel, MEESTE + 1)
    if gevonden or (groot and schema(tabel.versie).validate(wortel)):
        return gevonden
    return [alleen_schema(wortel, plaatsen.titel(wortel))]


def structuurmeldingen(wortel: etree._Element, tabel: Standaard, *, ruim: bool = False) -> tuple[Melding, ...]:
    """The structural faults of a tree as Meldingen."""
    plaatsen = Plaatsen(wortel, tabel)
    return als_meldingen(structuurbevindingen(wortel, tabel, plaatsen, ruim=ruim), plaatsen)


def als_meldingen(gevonden: Sequence[Bevinding], plaatsen: Plaatsen) -> tuple[Melding, ...]:
    """One Melding per finding, in document order; of more than MEESTE those that were found first."""
    op_volgorde = sorted(gevonden[:MEESTE], key=lambda bevinding: plaatsen.sleutel(bevinding.element, bevinding.kind))
    meldingen = tuple(_melding(bevinding, plaatsen) for bevinding in op_volgorde)
    if len(gevonden) <= MEESTE:
        return meldingen
    tekst = f"Er zijn meer dan {MEESTE} meldingen; de rest is weggelaten."
    return (*meldingen, Melding("MELDINGEN_AFGEKAPT", tekst, wat_nu="Los eerst de getoonde meldingen op."))


def _melding(bevinding: Bevinding, plaatsen: Plaatsen) -> Melding:
    return Melding(
        bevinding.code,
        _tekst(bevinding, plaatsen),
        pad=plaatsen.pad(bevinding.element, bevinding.kind),
        waarde="••••••" if lijkt_op_pgn(bevinding.waarde) else bevinding.waarde,
        toegestaan=bevinding.toegestaan,
        wat_nu=bevinding.wat_nu,
        ernst=bevinding.ernst,
    )


def _tekst(bevinding: Bevinding, plaatsen: Plaatsen) -> str:
    """The text of a rule with which carer, test or document it is about; structural texts say so themselves."""
    omgeving = "" if bevinding.code.startswith("STRUCTUUR") else plaatsen.omgeving(bevinding.element)
    return f"{bevinding.tekst.removesuffix('.')} ({omgeving})." if omgeving else bevinding.tekst
