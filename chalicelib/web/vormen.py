"""The bodies that the portal takes: camelCase outside, our own names inside, unknown fields refused (api.md).

Here stands what they are built of, and what more than one file takes; the rest stands beside its routes.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from chalicelib.domain.gegevensblok import OVERSTAPPEN, Profiel
from chalicelib.domain.invulling import BinnenBrinDoel, Toestemming
from chalicelib.domain.inzage import Inzagewaarde, Uitkomst
from chalicelib.gegevensset.regels_inhoud import mailfout
from chalicelib.gegevensset.tabel import VERSIES, standaard


class Vorm(BaseModel):
    """Base of all: camelCase, nothing unknown, and never the input in an error."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", hide_input_in_errors=True
    )


# Characters that no XML can carry would fail only when the dossier is written: refused at the door instead.
_XML_TEKST = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"

UITLEG = {_XML_TEKST: "tekst zonder stuurtekens"}
"""What a pattern asks for, in Dutch."""


def als(patroon: str, uitleg: str) -> StringConstraints:
    """A text of this pattern, which a refusal tells in Dutch."""
    UITLEG[patroon] = uitleg
    return StringConstraints(pattern=patroon)


@dataclass(frozen=True)
class UitCodelijst:
    """A text that is a code of the list that this field of the standard has, in any of its versions."""

    blok: str
    veld: str

    def codes(self) -> list[str]:
        """The codes, from the tables."""
        gevonden: dict[str, None] = {}
        for tabel in map(standaard, VERSIES):
            leerling = tabel.wortel.bij_naam["huidigeschool"].bij_naam["leerling"]
            veld = leerling.bij_naam[self.blok].bij_naam[self.veld]
            gevonden |= dict.fromkeys(tabel.codelijsten[veld.codelijst or 0].codes)
        return list(gevonden)

    def __get_pydantic_core_schema__(self, soort: Any, verder: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._eis, verder(soort))

    def __get_pydantic_json_schema__(self, kern: CoreSchema, verder: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**verder(kern), "enum": self.codes()}

    def _eis(self, code: str) -> str:
        if code not in (codes := self.codes()):
            raise PydanticCustomError("VELD_ONJUIST", "geen code", {"expected": ", ".join(codes)})
        return code


def _mailadres(adres: str) -> str:
    """An address that collecting will take (`OG.01`)."""
    if fout := mailfout(adres):
        raise PydanticCustomError("VELD_ONJUIST", "geen adres", {"tekst": fout, "expected": "naam@school.nl"})
    return adres


Xml = StringConstraints(min_length=1, pattern=_XML_TEKST)
Kort = Annotated[str, Xml, StringConstraints(max_length=200)]
Naam = Annotated[Kort, StringConstraints(strip_whitespace=True)]
Lang = Annotated[str, Xml, StringConstraints(max_length=4000)]
Aandachtspunten = Annotated[str, Xml, StringConstraints(max_length=280)]
BrinTekst = Annotated[str, als(r"^[0-9]{2}[A-Z]{2}$", "twee cijfers en twee hoofdletters, zoals 14SS")]
SchoolTekst = Annotated[str, als(r"^[0-9]{2}[A-Z]{2}([0-9]{2})?$", "een BRIN met of zonder vestiging, zoals 14SS00")]
Punt = Annotated[
    str,
    als(r"^(0|[1-9][0-9]{0,5}|[0-9]{13}[A-Z]{2}[0-9]{5})$", "een geheel getal vanaf 0, of een routeringskenmerk"),
]
Telefoon = Annotated[
    str, StringConstraints(max_length=40), als(r"^[+0-9(][-0-9 ().+/]*[0-9]$", "cijfers, zoals 010-0000000")
]
# Terms are counted from such a day (ch. 16), so none may lie at the edge of the calendar.
Dag = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
# What is kept on a row must fit it (400 kB), and no list of a person is longer.
VEEL, WEINIG = Field(max_length=1000), Field(max_length=100)


class AdresVorm(Vorm):
    """The visiting address of the school."""

    straat: Kort
    nummer: Kort
    toevoeging: Kort | None = None
    postcode: Kort
    plaats: Kort


class AdresWijziging(Vorm):
    """What of that address changes."""

    straat: Kort | None = None
    nummer: Kort | None = None
    toevoeging: Kort | None = None
    postcode: Kort | None = None
    plaats: Kort | None = None


class SchoolWijziging(Vorm):
    """Settings of the school (R133, R134)."""

    naam: Naam | None = None
    soort: Naam | None = None
    adres: AdresWijziging | None = None
    telefoon: Telefoon | None = None
    email: Annotated[Kort, AfterValidator(_mailadres)] | None = None
    naam_directeur: Naam | None = None
    telefoon_directeur: Telefoon | None = None
    aangesloten_op_regionaal_initiatief: bool | None = None
    standaardversie: Literal["2018.1", "2019.1"] | None = None


class InzagebewijsVorm(Vorm):
    """Evidence for one person (15.9)."""

    wie: Literal["VERZORGER", "LEERLING"]
    wijze: Literal["GESPREK", "THUIS", "TOEGEZONDEN"]
    datum: Dag
    uitkomst: Uitkomst
    reden: Lang | None = None


class InzageVorm(Vorm):
    """What the verzorgers said (R13, R14, 15.8, 15.9). Another `waarde` starts afresh."""

    waarde: Inzagewaarde | None = None
    datum: Dag | None = None
    reden_niet_akkoord: Lang | None = None
    inzagen: Annotated[list[InzagebewijsVorm], Field(max_length=20)] | None = None

    def als_geheel(self, oud: Any) -> Any:
        """The new inzage over the old one."""
        from chalicelib.domain.inzage import Inzagebewijs

        bewijzen = tuple(Inzagebewijs(b.wie, b.wijze, b.datum, b.uitkomst, b.reden) for b in self.inzagen or ())
        begin = oud.met(self.waarde or oud.waarde)
        genoemd = self.model_fields_set
        return replace(
            begin,
            datum=self.datum if "datum" in genoemd else begin.datum,
            reden_niet_akkoord=self.reden_niet_akkoord if "reden_niet_akkoord" in genoemd else begin.reden_niet_akkoord,
            inzagen=bewijzen if "inzagen" in genoemd else begin.inzagen,
        )


INZAGE_FOUTEN = (
    "INZAGEDATUM_ONGELDIG",
    "REDEN_NIET_AKKOORD_ONTBREEKT",
    "INZAGE_NIET_AKKOORD",
    "INZAGE_LEERLING_ONTBREEKT",
    "INZAGE_VERZORGER_ONTBREEKT",
    "INZAGE_NIEMAND",
    "INZAGE_WAARDE_NEE",
)
"""Why an inzage cannot be as it was sent."""


class VervolgschoolVorm(Vorm):
    """R24. `brin` with four or six characters."""

    brin: SchoolTekst
    naam: Kort | None = None


class VervolgschoolWijziging(Vorm):
    """What of that school changes. The name goes with the school: another `brin` without a name has none."""

    brin: SchoolTekst | None = None
    naam: Kort | None = None

    def begin(self, oud: Any) -> Any:
        """The old one as this goes over it; a BRIN with and one without vestiging are one school."""
        zelfde = self.brin is None or oud.brin.startswith(self.brin) or self.brin.startswith(oud.brin)
        return oud if zelfde else replace(oud, naam=None)


class UitschrijvingVorm(Vorm):
    """R19-R27: when and why the pupil leaves, and where to."""

    datum: Dag | None = None
    reden: Kort | None = None
    toelichting: Lang | None = None
    advies_vo: Annotated[str, UitCodelijst("overstapadvies", "advies")] | None = None
    herzien_advies_vo: Annotated[str, UitCodelijst("overstapadvies", "herzienadvies")] | None = None
    motivatie_herzien_advies: Lang | None = None
    vervolgschool: VervolgschoolWijziging | None = None
    onderwijssoort: Kort | None = None
    niveau_na_tweede_jaar_vo: Kort | None = Field(default=None, alias="niveauNaTweedeJaarVo")
    doublure_voor_derde_jaar_vo: Kort | None = Field(default=None, alias="doublureVoorDerdeJaarVo")


class KaartWijziging(Vorm):
    """What an employee fills in on the card (api.md, card, PATCH)."""

    contact_nodig: bool | None = None
    binnen_brin: bool | None = None
    binnen_brin_doel: BinnenBrinDoel | None = None
    doel_aanleverpunt: Punt | None = None
    inzage: InzageVorm | None = None
    aandachtspunten: Aandachtspunten | None = None
    voorlopig_dossier: bool | None = None
    toestemming: Toestemming | None = None
    uitschrijving: UitschrijvingVorm | None = None


Overdracht = StrEnum("Overdracht", [(profiel.name, profiel.value) for profiel in OVERSTAPPEN])  # type: ignore[misc]  # the profiles that a school collects for


class VerzamelVorm(Vorm):
    """R33: for which transfer is collected."""

    overdracht: Overdracht

    @property
    def profiel(self) -> Profiel:
        return Profiel(self.overdracht.value)


class LeegVorm(Vorm):
    """An act without choices: `{}`."""


class IntrekVorm(Vorm):
    """15.5: why a dossier is withdrawn; it stays on the card."""

    reden: Lang


class Mild(BaseModel):
    """A part of what GET gave: what is only shown there is not looked at."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)


class BlokKeuze(Mild):
    """Whether a block is on."""

    blok: Kort
    gekozen: bool
