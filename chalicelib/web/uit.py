"""The bodies that the portal gives (api.md). What stands here is what the OpenAPI document says."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from chalicelib.domain.invulling import BinnenBrinDoel, Toestemming
from chalicelib.domain.inzage import Inzagewaarde
from chalicelib.web.vormen import InzagebewijsVorm, SchoolWijziging, VervolgschoolVorm, Vorm


class MeldingUit(Vorm):
    """One remark about one place."""

    code: str
    pad: str
    waarde: str
    toegestaan: str
    tekst: str
    wat_nu: str
    ernst: Literal["fout", "waarschuwing"]


class Probleem(Vorm):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    meldingen: list[MeldingUit]


class WaaromNiet(Vorm):
    """Why an act cannot be done now."""

    code: str
    tekst: str
    wat_nu: str


class ActieUit(Vorm):
    """One act on a card."""

    naam: str
    kan: bool
    waarom_niet: WaaromNiet | None


class AanleverpuntUit(Vorm):
    """One aanleverpunt of the school and its state (R5)."""

    nummer: str
    status: str
    tekst: str


class AanleverpuntKeuze(Vorm):
    """One aanleverpunt at the Traffic Center (R108)."""

    nummer: str
    naam: str
    doel: str


class SchoolUit(SchoolWijziging):
    """The settings of the school."""

    brin: str
    vestigingscode: str
    acties: list[ActieUit]


class TekstUit(Vorm):
    """The exact text of an act that succeeded."""

    tekst: str


class LeerlingUit(Vorm):
    """What putting a record gives back."""

    leerling_id: str
    naam: str
    standaardversie: str
    meldingen: list[MeldingUit]


class LeerlingRij(Vorm):
    """One row of the overview (R83)."""

    leerling_id: str
    naam: str
    groep: str | None
    leerjaar: str | None
    vervolgschool_brin: str | None
    vervolgschool_naam: str | None
    datum_inschrijving: date | None
    datum_uitschrijving: date | None
    inzage_verzorgers: str
    status: str
    status_tekst: str
    laatst_verzameld_op: AwareDatetime | None
    laatst_verzameld_tekst: str
    laatst_verzonden_op: AwareDatetime | None
    laatst_verzonden_tekst: str


class VerzoekUit(Vorm):
    """A request by another school on the card (R28, R29)."""

    datum: str
    brin_aanvragende_school: str
    aanleverpunt: str
    schoolnaam: str
    soort: str
    resultaat: str
    resultaat_tekst: str
    reden: str | None
    verzamelmoment: str | None


class NotificatieUit(Vorm):
    """A notificatie, sent or received (R69-R72)."""

    id: str
    richting: Literal["UIT", "IN"]
    status: str
    status_tekst: str
    school: str
    brin: str
    op: AwareDatetime
    door: str
    leerling_id: str | None
    aanvraag_id: str | None
    code: str | None


class InzageUit(Vorm):
    """The inzage of the current version."""

    waarde: Inzagewaarde
    datum: date | None
    reden_niet_akkoord: str | None
    inzagen: list[InzagebewijsVorm]


class UitschrijvingUit(Vorm):
    """Section Uitschrijving en vervolgonderwijs."""

    datum: date | None
    reden: str | None
    toelichting: str | None
    advies_vo: str | None
    herzien_advies_vo: str | None
    motivatie_herzien_advies: str | None
    vervolgschool: VervolgschoolVorm | None
    onderwijssoort: str | None
    niveau_na_tweede_jaar_vo: str | None = Field(alias="niveauNaTweedeJaarVo")
    doublure_voor_derde_jaar_vo: str | None = Field(alias="doublureVoorDerdeJaarVo")


class BewarenUit(Vorm):
    """A legal hold on a pupil: nothing is destroyed until it is lifted (ch. 16)."""

    reden: str
    op: AwareDatetime
    door: str


class BewijsUit(Vorm):
    """Proof of destruction (ch. 16): kind, how many, when, ground, and until when backups hold it. No content."""

    soort: str
    aantal: int
    objecten: int
    op: date
    grond: str
    backups_tot: date


class KaartUit(Vorm):
    """The card (api.md, card, GET)."""

    leerling_id: str
    naam: str
    status: str
    status_tekst: str
    overdracht: str | None
    versie: int | None
    inhoud_hash: str | None
    verzend_hash: str | None
    gewijzigd_sinds_verzamelen: bool
    contact_nodig: bool
    binnen_brin: bool
    binnen_brin_doel: BinnenBrinDoel
    doel_aanleverpunt: str | None
    inzage: InzageUit
    inzage_tekst: str
    datum_inzage_tekst: str
    aandachtspunten: str | None
    voorlopig_dossier: bool
    toestemming: Toestemming
    uitschrijving: UitschrijvingUit
    reden_intrekken: str | None
    bewaren: BewarenUit | None = None
    laatst_verzameld_op: AwareDatetime | None
    laatst_verzameld_tekst: str
    laatst_verzonden_op: AwareDatetime | None
    laatst_verzonden_tekst: str
    binnengekomen_aanvragen: list[VerzoekUit]
    notificaties: list[NotificatieUit]
    acties: list[ActieUit]
    tekst: str | None = None
    meldingen: list[MeldingUit] = Field(default_factory=list)


class WegUit(Vorm):
    """Something that does not travel."""

    pad: str
    aantal: int
    code: str
    reden: str


class VerzameldUit(Vorm):
    """What collecting gives back (R48)."""

    tekst: str
    versie: int
    inhoud_hash: str
    meldingen: list[MeldingUit]
    weggelaten: list[WegUit]


class ControleUit(Vorm):
    """A dry run."""

    geldig: bool
    meldingen: list[MeldingUit]


class NotificatieMogelijk(Vorm):
    """An earlier request whose asker can be told."""

    aanvraag_id: str
    school: str


class KlaargezetUit(Vorm):
    """R67, R69."""

    tekst: str
    notificatie_mogelijk: list[NotificatieMogelijk]
    notificatie_vraag: str | None = None
    meldingen: list[MeldingUit] = Field(default_factory=list)


class LinkUit(Vorm):
    """A link that works for a minute."""

    url: str
    verloopt_op: AwareDatetime
    bestandsnaam: str


class LogregelUit(Vorm):
    """One act (R87)."""

    volgnummer: int
    moment: str
    medewerker: str
    sub: str
    school: str
    handeling: str
    code: str
    details: dict[str, str | int]
    hash: str


class KetenUit(Vorm):
    """Whether a chain is intact (15.17)."""

    geldig: bool
    aantal: int
    kop: str
    fouten: list[dict[str, str | int]]


class ResultaatUit(Vorm):
    """An outcome that OSO names."""

    code: str
    tekst: str
    wat_nu: str


class BijlageUit(Vorm):
    """A bijlage that was received."""

    naam: str
    soort: str


class DossieraanvraagUit(Vorm):
    """A request of our own."""

    id: str
    status: str
    resultaat: ResultaatUit | None
    brin: str
    schoolnaam: str | None
    nummer: str
    pgn_type: str
    gevraagd_op: AwareDatetime
    gevraagd_door: str
    ontvangen_op: AwareDatetime | None
    laatst_verzameld_op: date | None
    verzend_hash: str | None
    profiel: str | None
    bijlagen: list[BijlageUit]
    acties: list[ActieUit]


class IdUit(Vorm):
    """Where the request can be followed."""

    id: str


class BinnengekomenUit(Vorm):
    """A request by another school (R130)."""

    id: str
    datum: AwareDatetime
    brin_bevraagde_school: str
    aanleverpunt_bevraagde_school: str
    schoolnaam_bevraagde_school: str
    brin_aanvragende_school: str
    aanleverpunt_aanvragende_school: str
    schoolnaam_aanvragende_school: str
    leerling_id: str | None
    leerling: str | None
    nummer: str
    type: str
    soort: str
    resultaat: str | None
    resultaat_tekst: str | None
    reden: str | None
    oplossing: str | None
    medewerker: str | None
    verzamelmoment: AwareDatetime | None


class GezondheidUit(Vorm):
    """Alive."""

    status: Literal["ok"]
    versie: str


class BlokUit(Vorm):
    """One block of the page (R41-R44)."""

    blok: str
    label: str
    toelichting: str
    eis: Literal["VERPLICHT", "OPTIONEEL", "VERBODEN"]
    gekozen: bool


class DeelUit(Vorm):
    """One test or plan with the columns of R46 or R47."""

    id: str
    gekozen: bool
    mag_mee: bool
    reden: str | None
    kolommen: dict[str, str | int | bool | None]


class BijlageKeuzeUit(Vorm):
    """A document of the leerlingmap that may go along."""

    document_id: str
    naam: str
    soort: str
    grootte: int
    gekozen: bool


class RuimteUit(Vorm):
    """Room for the whole dossier, in bytes."""

    totaal: int
    gebruikt: int
    over: int


class SelectieUit(Vorm):
    """The page "Gegevens toevoegen aan het overstapdossier" (R40-R47b)."""

    overdracht: str
    blokken: list[BlokUit]
    toetsen: list[DeelUit]
    plannen: list[DeelUit]
    bijlagen: list[BijlageKeuzeUit]
    toelichting_document_id: str | None
    toelichting_vervangen: bool
    ruimte: RuimteUit


class DocumentUit(Vorm):
    """One document of the leerlingmap."""

    document_id: str
    soort: str
    status: str
    naam: str
    omschrijving: str | None
    bestandssoort: str | None
    grootte: int
    sha256: str | None
    toegevoegd_op: AwareDatetime
    toegevoegd_door: str


class UploadUit(Vorm):
    """Where a file may be put: a form with `velden` and the file as field `file`."""

    document_id: str
    url: str
    velden: dict[str, str]
    verloopt_op: AwareDatetime


class VerzondenUit(Vorm):
    """When and to which BRIN a version was sent."""

    op: str
    brin: str


class VersieUit(Vorm):
    """One version (15.40)."""

    versie: int
    overdracht: str
    standaardversie: str
    verzameld_op: AwareDatetime
    inhoud_hash: str
    verzend_hash: str
    huidig: bool
    gezien_op: list[str]
    verzonden_aan: list[VerzondenUit]


class VerschilUit(Vorm):
    """One field that differs."""

    pad: str
    soort: Literal["TOEGEVOEGD", "VERWIJDERD", "GEWIJZIGD"]
    oud: str | None
    nieuw: str | None


class WerkUit(Vorm):
    """One kind of work that waits, the filter that shows it, and the act that empties it."""

    werk: str
    label: str
    aantal: int
    filter: dict[str, str]
    actie: str


class HerkomstUit(Vorm):
    """School van herkomst (R99)."""

    brinnummer: str | None
    schoolnaam: str | None
    plaats_vestigingsadres: str | None
    onderwijssoort: str | None
    onderwijs_sinds: date | None
    tekst: str


class SchoolKeuzeUit(Vorm):
    """One school of the list."""

    brin: str
    naam: str
    plaats: str | None


class NummerUit(Vorm):
    """The number of a pupil, shown by an explicit, logged act (R132)."""

    nummer: str
    type: str


class VernietigingUit(Vorm):
    """Proof of destruction; no content."""

    leerling_id: str
    aantallen: dict[str, int]
    op: AwareDatetime
    grond: str
    backups_tot: AwareDatetime
    log_aantal: int
    log_hash: str


class TeststapUit(Vorm):
    """One step of the testuitwisseling."""

    stap: str
    gelukt: bool
    tekst: str
    code: str | None


class TestuitwisselingUit(Vorm):
    """The exchange with the test school (R1)."""

    gelukt: bool
    tekst: str
    op: AwareDatetime | None
    stappen: list[TeststapUit]


class OpvraagpaginaUit(Vorm):
    """The page Overstapdossier opvragen of a pupil who is already here (R100, R103)."""

    titel: str
    school_van_herkomst: HerkomstUit
    laatst_opgevraagd_tekst: str
    laatst_ontvangen_tekst: str
    toelichting_onderwijsbehoeften: list[BijlageUit]
    bijlagen: list[BijlageUit]
    aanvragen: list[DossieraanvraagUit]
    acties: list[ActieUit]


class PlanregelUit(Vorm):
    """One field or part of a received dossier beside the own record (15.21)."""

    pad: str
    label: str
    ontvangen: str
    eigen: str
    voorstel: Literal["NEEM_OVER", "BEHOUD", "KAN_NIET"]
    reden: str


class ImportplanUit(Vorm):
    """What importing would do. `leerlingId` is null for a new pupil."""

    leerling_id: str | None
    regels: list[PlanregelUit]


class GeimporteerdUit(Vorm):
    """What importing gives back."""

    leerling_id: str
    naam: str
    tekst: str


class TerugkoppelingUit(Vorm):
    """One answer of the SWV (protocol 2.5)."""

    datum: AwareDatetime
    tekst: str


class ZorgvraagUit(Vorm):
    """A zorgvraag with the columns of R113."""

    id: str
    omschrijving: str
    gemaakt_op: AwareDatetime
    gebruikt_aanleverpunt: str
    aanleverpunt: str
    profiel: str
    status: str
    notificatie_verstuurd: str
    terugkoppeling_ontvangen: str
    opgehaald_op: AwareDatetime | None
    wacht_op: str
    wat_nu: str
    reden: ResultaatUit | None
    inhoud_hash: str
    verzend_hash: str
    geldig_tot: date
    terugkoppeling: list[TerugkoppelingUit] = Field(default_factory=list)
    acties: list[ActieUit]
    meldingen: list[MeldingUit] = Field(default_factory=list)
