"""The bodies that the portal takes: camelCase outside, our own names inside, unknown fields refused (api.md)."""

from dataclasses import MISSING, fields, is_dataclass, replace
from dataclasses import Field as Field_
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from chalicelib.domain.dossier import Status
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Profiel
from chalicelib.domain.invulling import BinnenBrinDoel, Toestemming
from chalicelib.domain.inzage import Inzagewaarde, Uitkomst
from chalicelib.domain.nummers import PgnType
from chalicelib.flows.overzicht import WERKSOORTEN

T = TypeVar("T")


class Vorm(BaseModel):
    """Base of all: camelCase, nothing unknown, and never the input in an error."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", hide_input_in_errors=True
    )


# Characters that no XML can carry would fail only when the dossier is written: refused at the door instead.
_XML_TEKST = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"

_XML = StringConstraints(min_length=1, pattern=_XML_TEKST)
Kort = Annotated[str, _XML, StringConstraints(max_length=200)]
Lang = Annotated[str, _XML, StringConstraints(max_length=4000)]
Aandachtspunten = Annotated[str, _XML, StringConstraints(max_length=280)]
Werksoort = StrEnum("Werksoort", [(soort, soort) for soort in WERKSOORTEN])  # type: ignore[misc]  # the work that waits
BrinTekst = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}[A-Z]{2}$")]
SchoolTekst = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}[A-Z]{2}([0-9]{2})?$")]
Punt = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})$")]
# Terms are counted from such a day (ch. 16), so none may lie at the edge of the calendar.
Dag = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
# What is kept on a row must fit it (400 kB), and no list of a person is longer.
_VEEL, _WEINIG = Field(max_length=1000), Field(max_length=100)


def voeg_samen(oud: T, wijziging: BaseModel) -> T:
    """RFC 7396 on a dataclass: what the body names is set, null gives the default, nested objects are merged too."""
    hints = get_type_hints(type(oud))
    standaard = {veld.name: veld for veld in fields(oud)}  # type: ignore[arg-type]  # every caller gives a dataclass
    nieuw: dict[str, Any] = {}
    for naam in wijziging.model_fields_set:
        waarde = getattr(wijziging, naam)
        if waarde is None:
            nieuw[naam] = _begin(standaard[naam])
        elif isinstance(waarde, BaseModel):
            nieuw[naam] = _geneste(getattr(oud, naam), hints[naam], waarde)
        else:
            nieuw[naam] = waarde
    return replace(oud, **nieuw)  # type: ignore[type-var]  # every caller gives a dataclass


def _begin(veld: Field_[Any]) -> Any:
    return veld.default if veld.default_factory is MISSING else veld.default_factory()


def _geneste(oud: Any, hint: Any, wijziging: BaseModel) -> Any:
    als_geheel = getattr(wijziging, "als_geheel", None)
    if als_geheel is not None:
        return als_geheel(oud)
    assert is_dataclass(oud), hint
    return voeg_samen(oud, wijziging)


class AdresVorm(Vorm):
    """The visiting address of the school."""

    straat: Kort
    nummer: Kort
    toevoeging: Kort | None = None
    postcode: Kort
    plaats: Kort

    def als_geheel(self, _: Any) -> Any:
        """An address is replaced as a whole."""
        from chalicelib.domain.school import Adres

        return Adres(self.straat, self.nummer, self.postcode, self.plaats, self.toevoeging)


class SchoolWijziging(Vorm):
    """Settings of the school (R133, R134)."""

    naam: Kort | None = None
    soort: Kort | None = None
    adres: AdresVorm | None = None
    telefoon: Kort | None = None
    email: Kort | None = None
    naam_directeur: Kort | None = None
    telefoon_directeur: Kort | None = None
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
        from chalicelib.domain.inzage import Inzage, Inzagebewijs

        bewijzen = tuple(Inzagebewijs(b.wie, b.wijze, b.datum, b.uitkomst, b.reden) for b in self.inzagen or ())
        waarde = self.waarde or oud.waarde
        begin = oud if "waarde" not in self.model_fields_set else Inzage(waarde, inzagen=oud.inzagen)
        genoemd = self.model_fields_set
        return replace(
            begin,
            waarde=waarde,
            datum=self.datum if "datum" in genoemd else begin.datum,
            reden_niet_akkoord=self.reden_niet_akkoord if "reden_niet_akkoord" in genoemd else begin.reden_niet_akkoord,
            inzagen=bewijzen if "inzagen" in genoemd else begin.inzagen,
        )


class VervolgschoolVorm(Vorm):
    """R24. `brin` with four or six characters."""

    brin: SchoolTekst
    naam: Kort | None = None

    def als_geheel(self, _: Any) -> Any:
        """A vervolgschool is replaced as a whole."""
        from chalicelib.domain.invulling import Vervolgschool

        return Vervolgschool(self.brin, self.naam)


class UitschrijvingVorm(Vorm):
    """R19-R27."""

    datum: Dag | None = None
    reden: Kort | None = None
    toelichting: Lang | None = None
    advies_vo: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None = None
    herzien_advies_vo: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None = None
    motivatie_herzien_advies: Lang | None = None
    vervolgschool: VervolgschoolVorm | None = None
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
    """R33."""

    overdracht: Overdracht

    @property
    def profiel(self) -> Profiel:
        return Profiel(self.overdracht.value)


class LeegVorm(Vorm):
    """An act without choices: `{}`."""


class IntrekVorm(Vorm):
    """15.5."""

    reden: Lang


class DossieraanvraagVorm(Vorm):
    """R90."""

    brin: BrinTekst
    pgn_type: PgnType
    pgn: Annotated[str, StringConstraints(max_length=40)]
    alleen_als_nieuwer_dan: AwareDatetime | None = None


class VraagRij(Vorm):
    """One row of a list of dossiers to ask for; each row is checked by itself."""

    brin: Kort
    pgn_type: Kort
    pgn: Annotated[str, StringConstraints(max_length=40)]


class VragenlijstVorm(Vorm):
    """1 to 1,000 dossiers to ask for; only what is newer than was received before, if so wanted."""

    aanvragen: list[VraagRij]
    alleen_als_nieuwer: bool = False


class Portaal(Vorm):
    """Screen data that the standard lacks (15.41): feeds screens and filters only."""

    status: Kort | None = None
    leerjaar: Kort | None = None
    groep: Kort | None = None
    toetsen: Annotated[list[dict[str, str | int | bool | None]], _VEEL] = []
    plannen: Annotated[list[dict[str, str | int | bool | None]], _VEEL] = []


class RecordVorm(Vorm):
    """A pupil's record as JSON: the dossier under the standard, and `portaal` beside it."""

    dossier: dict[str, Any]
    portaal: Portaal = Portaal()


class _Mild(BaseModel):
    """A part of what GET gave: what is only shown there is not looked at."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)


class BlokKeuze(_Mild):
    """Whether a block is on."""

    blok: Kort
    gekozen: bool


class DeelKeuze(_Mild):
    """Whether a test or plan is on."""

    id: Kort
    gekozen: bool


class BijlageKeuze(_Mild):
    """Whether a document of the leerlingmap goes along."""

    document_id: Kort
    gekozen: bool


class SelectieVorm(Vorm):
    """The ticks for a pupil (R47b). A part left out keeps its default: everything on. `ruimte` is only shown."""

    overdracht: Overdracht | None = None
    blokken: Annotated[list[BlokKeuze], _WEINIG] | None = None
    toetsen: Annotated[list[DeelKeuze], _VEEL] = Field(default_factory=list)
    plannen: Annotated[list[DeelKeuze], _VEEL] = Field(default_factory=list)
    bijlagen: Annotated[list[BijlageKeuze | Kort], _WEINIG] = Field(default_factory=list)
    toelichting_document_id: Kort | None = None
    toelichting_vervangen: bool = False
    ruimte: dict[str, int] | None = None


class MapVorm(Vorm):
    """A file to upload (`naam`, `inhoudstype`) or a note (`tekst`) for the leerlingmap."""

    soort: Literal["BESTAND", "NOTITIE"]
    naam: Kort | None = None
    inhoudstype: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)] = (
        "application/octet-stream"
    )
    omschrijving: Kort | None = None
    tekst: Annotated[str, _XML, StringConstraints(max_length=20000)] | None = None


class ZoekVorm(Vorm):
    """R82. Every field narrows; names match anywhere."""

    roepnaam: Kort | None = None
    achternaam: Kort | None = None
    pgn_type: PgnType = PgnType.BSN
    pgn: Annotated[str, StringConstraints(max_length=40)] | None = None
    leerjaar: Kort | None = None
    groep: Kort | None = None
    status: Kort | None = None
    vervolgschool: Kort | None = None
    inzage_verzorgers: Literal["NEE", "NIET_AKKOORD", "JA", "NVT"] | None = None
    status_oso_dossier: Status | None = None
    werk: Werksoort | None = None
    limiet: Annotated[int, Field(ge=1, le=100)] = 25
    na: Annotated[str, StringConstraints(max_length=2000)] | None = None


class BinnengekomenZoekVorm(Vorm):
    """R129. Every field narrows."""

    schooljaar: Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(19|20)[0-9]{2}$")] | None = None
    van: date | None = None
    tot: date | None = None
    brin_aanvragende_school: BrinTekst | None = None
    leerling: Kort | None = None
    identificatietype: PgnType | None = None
    identificatienummer: Annotated[str, StringConstraints(max_length=40)] | None = None
    verstrekkingfout: bool | None = None
    limiet: Annotated[int, Field(ge=1, le=100)] = 25
    na: Annotated[str, StringConstraints(max_length=2000)] | None = None


class HerkomstVorm(Vorm):
    """School van herkomst (R98, R99)."""

    brinnummer: BrinTekst | None = None
    schoolnaam: Kort | None = None
    plaats_vestigingsadres: Kort | None = None
    onderwijssoort: Kort | None = None
    onderwijs_sinds: Dag | None = None


class BewarenVorm(Vorm):
    """Why nothing of a pupil may be destroyed (ch. 16)."""

    reden: Annotated[str, _XML, StringConstraints(min_length=1, max_length=200)]


class VernietigVorm(Vorm):
    """Why all data of a pupil go (AVG 17)."""

    grond: Kort


class NotificatieVorm(Vorm):
    """Which earlier requests are answered with a notificatie; never ticked beforehand (9b.5)."""

    aanvraag_ids: Annotated[list[Kort], Field(min_length=1, max_length=25)]


class OpvraagVorm(Vorm):
    """Ask for a pupil who is already here; only for something newer, if a moment is given (R98)."""

    alleen_als_nieuwer_dan: AwareDatetime | None = None


class ImportVorm(Vorm):
    """To which pupil, and per field (by `pad`) what to do where it differs from the proposal (15.21)."""

    leerling_id: Annotated[str, StringConstraints(max_length=64)]
    keuzes: dict[str, Literal["NEEM_OVER", "BEHOUD"]] = Field(default_factory=dict)


class ZorgvraagVorm(Vorm):
    """*Nieuwe zorgvraag (OSO)* (R108-R110). `blokken` left out: the defaults of R109."""

    omschrijving: Kort
    aandachtspunten: Aandachtspunten | None = None
    aanleverpunt: Punt
    profiel: Literal["POSWV", "VOSWV"] | None = None
    blokken: Annotated[list[BlokKeuze | Kort], _WEINIG] | None = None
    toelichting_document_id: Kort | None = None
    toelichting_vervangen: bool = False
    bijlagen: Annotated[list[Kort], _WEINIG] = Field(default_factory=list)
    inzage: InzageVorm | None = None

    @property
    def swv_profiel(self) -> Profiel | None:
        """The profile as the domain knows it."""
        return Profiel(self.profiel) if self.profiel else None

    @property
    def gekozen_blokken(self) -> list[str]:
        """The blocks that are on: named as such, or ticked."""
        gegeven = self.blokken or []
        return [b.blok if isinstance(b, BlokKeuze) else b for b in gegeven if not isinstance(b, BlokKeuze) or b.gekozen]
