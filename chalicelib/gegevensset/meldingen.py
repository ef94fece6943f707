"""From findings at elements to Meldingen with a pad, in document order, numbers masked."""

from collections.abc import Iterable
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

MEESTE: Final = 1_000


def structuurbevindingen(wortel: etree._Element, tabel: Standaard, plaatsen: Plaatsen) -> list[Bevinding]:
    """The structural faults of a tree: none at once if the compiled schema accepts it, else what the walk finds."""
    if schema(tabel.versie).validate(wortel):
        return []
    return structuurfouten(plaatsen, wortel, tabel) or [alleen_schema(wortel, plaatsen.titel(wortel))]


def structuurmeldingen(wortel: etree._Element, tabel: Standaard) -> tuple[Melding, ...]:
    """The structural faults of a tree as Meldingen."""
    plaatsen = Plaatsen(wortel, tabel)
    return als_meldingen(structuurbevindingen(wortel, tabel, plaatsen), plaatsen)


def als_meldingen(gevonden: Iterable[Bevinding], plaatsen: Plaatsen) -> tuple[Melding, ...]:
    """One Melding per finding, in document order; after the first 1,000 their number only."""
    op_volgorde = sorted(gevonden, key=lambda bevinding: plaatsen.sleutel(bevinding.element, bevinding.kind))
    meldingen = tuple(_melding(bevinding, plaatsen) for bevinding in op_volgorde[:MEESTE])
    rest = len(op_volgorde) - MEESTE
    if rest <= 0:
        return meldingen
    tekst = f"Er zijn nog {rest} andere meldingen."
    return (*meldingen, Melding("MELDINGEN_AFGEKAPT", tekst, wat_nu="Los eerst de getoonde meldingen op."))


def _melding(bevinding: Bevinding, plaatsen: Plaatsen) -> Melding:
    return Melding(
        bevinding.code,
        bevinding.tekst,
        pad=plaatsen.pad(bevinding.element, bevinding.kind),
        waarde="••••••" if lijkt_op_pgn(bevinding.waarde) else bevinding.waarde,
        toegestaan=bevinding.toegestaan,
        wat_nu=bevinding.wat_nu,
        ernst=bevinding.ernst,
    )
