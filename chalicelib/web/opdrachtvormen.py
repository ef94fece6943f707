"""What a bulk act is asked with, and what comes of it (R75-R81, 15.14)."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde
from chalicelib.domain.opdracht import MEESTE_LEERLINGEN, Bulkresultaat, Bulksoort, Opdrachtstatus, Taak
from chalicelib.flows import pakket
from chalicelib.web import uit
from chalicelib.web.vormen import Dag, InzagebewijsVorm, Lang, Vorm

_LIJST = {"minItems": 1, "maxItems": MEESTE_LEERLINGEN, "uniqueItems": True}
LeerlingIds = Annotated[list[str], Field(json_schema_extra=_LIJST)]


class BulkVorm(Vorm):
    """The pupils of a bulk act: 1 to 1,000, each once."""

    leerling_ids: LeerlingIds


class PakketVorm(BulkVorm):
    """The pupils of an inzagepakket: 1 to 100, each once."""

    leerling_ids: Annotated[list[str], Field(json_schema_extra={**_LIJST, "maxItems": pakket.MEESTE_IN_PAKKET})]


class BulkVerzamelVorm(BulkVorm):
    """For which overstap is collected."""

    overdracht: Literal["POPO", "POVO", "VOVO"]


class BulkBinnenBrinVorm(BulkVorm):
    """`ookOverstap`: the pupils of whom an overstap that has inzage or is ready may be undone (15.14)."""

    overdracht: Literal["BB-POPO", "BB-POVO"] = "BB-POPO"
    ook_overstap: list[str] = Field(default_factory=list, json_schema_extra={"uniqueItems": True})


class InzageVanLeerling(Vorm):
    """What the verzorgers of one pupil said (R13, R14, 15.8, 15.9)."""

    leerling_id: str
    waarde: Inzagewaarde
    datum: Dag | None = None
    reden_niet_akkoord: Lang | None = None
    inzagen: Annotated[list[InzagebewijsVorm], Field(max_length=20)] = Field(default_factory=list)

    def taak(self) -> Taak:
        """For this pupil alone."""
        bewijzen = tuple(Inzagebewijs(b.wie, b.wijze, b.datum, b.uitkomst, b.reden) for b in self.inzagen)
        return Taak(self.leerling_id, inzage=Inzage(self.waarde, self.datum, self.reden_niet_akkoord, bewijzen))


class BulkInzageVorm(Vorm):
    """Value and date per pupil, never one for all (15.14)."""

    inzagen: Annotated[list[InzageVanLeerling], Field(json_schema_extra=_LIJST)]


class OpdrachtUit(Vorm):
    """How far a bulk act is."""

    soort: Bulksoort
    status: Opdrachtstatus
    totaal: int
    gelukt: int
    mislukt: int
    overgeslagen: int
    tekst: str


def _niets(waarde: object) -> bool:
    return waarde is None


class ResultaatVanLeerling(Vorm):
    """What came of one pupil, with reason and what to do. Of a list of requests: of one row, and where it is kept."""

    leerling_id: str | None
    resultaat: Bulkresultaat
    meldingen: list[uit.MeldingUit]
    rij: int | None = Field(default=None, exclude_if=_niets, description="The place in the list as sent, from 0.")
    aanvraag_id: str | None = Field(default=None, exclude_if=_niets)
