"""Domain values as the bodies of `uit.py`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import (
    REDEN_TEKST,
    Binnengekomen,
    Dossieraanvraag,
    Stand,
    oplossing_van,
    soort_tekst,
    tekst_bij_bron,
)
from chalicelib.domain.dossier import Dossier, Herkomst, Mogelijkheid, mogelijkheden, status_tekst
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.handelingen import Handeling
from chalicelib.domain.inzage import INZAGE_TEKST
from chalicelib.domain.mutatielog import HANDELING, Actie, Logregel
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.nummers import PgnType
from chalicelib.domain.school import School
from chalicelib.domain.termijnen import gemeld
from chalicelib.errors import Melding
from chalicelib.web import uit
from chalicelib.web.klok import NEDERLAND
from chalicelib.web.replies import melding_json
from chalicelib.web.vormen import InzagebewijsVorm, SchoolWijziging, VervolgschoolVorm, Vorm


def plain(vorm: Vorm) -> dict[str, Any]:
    """As it travels."""
    return vorm.model_dump(mode="json", by_alias=True)


def meldingen(alle: Iterable[Melding]) -> list[uit.MeldingUit]:
    """Meldingen as a body."""
    return [uit.MeldingUit.model_validate(melding_json(m)) for m in alle]


def acties(alle: Iterable[Mogelijkheid]) -> list[uit.ActieUit]:
    """What can be done, and why not (api.md, acties)."""
    return [uit.ActieUit(naam=Handeling(m.naam), kan=m.kan, waarom_niet=_waarom(m.waarom_niet)) for m in alle]


def _waarom(melding: Melding | None) -> uit.WaaromNiet | None:
    return uit.WaaromNiet(code=melding.code, tekst=melding.tekst, wat_nu=melding.wat_nu) if melding else None


def school_uit(school: School) -> uit.SchoolUit:
    """The settings of a school."""
    velden = {naam: getattr(school, naam) for naam in SchoolWijziging.model_fields if naam != "adres"}
    velden["naam"] = school.naam or None
    adres = None if school.adres is None else {n: getattr(school.adres, n) for n in school.adres.__dataclass_fields__}
    kan_testen = None if school.aanleverpunten else teksten.melding("AANLEVERPUNT_ONTBREEKT")
    return uit.SchoolUit.model_validate(
        {
            **velden,
            "adres": adres,
            "brin": school.vestiging.brin.code,
            "vestigingscode": school.vestiging.vestigingscode,
            "acties": acties([Mogelijkheid("opslaan"), Mogelijkheid("opvragen", kan_testen)]),
        }
    )


def kaart_uit(
    dossier: Dossier,
    school: School,
    verzoeken: Sequence[Logregel],
    notificaties: Iterable[Notificatie] = (),
    *,
    tekst: str | None = None,
    gevolgen: Iterable[Melding] = (),
) -> uit.KaartUit:
    """The card, with what may be done with it."""
    invulling, versie = dossier.invulling, dossier.versie
    inzage = invulling.inzage
    gewoon = ("contact_nodig", "binnen_brin", "binnen_brin_doel", "doel_aanleverpunt", "aandachtspunten")
    return uit.KaartUit(
        **{naam: getattr(invulling, naam) for naam in (*gewoon, "voorlopig_dossier", "toestemming")},
        leerling_id=dossier.leerling_id,
        naam=dossier.naam,
        status=dossier.status,
        status_tekst=status_tekst(dossier),
        overdracht=versie.profiel if versie else None,
        versie=versie.nummer if versie else None,
        inhoud_hash=versie.inhoud_hash if versie else None,
        verzend_hash=versie.verzend_hash if versie else None,
        gewijzigd_sinds_verzamelen=dossier.gewijzigd_sinds_verzamelen,
        inzage=uit.InzageUit(
            waarde=inzage.waarde,
            datum=inzage.datum,
            reden_niet_akkoord=inzage.reden_niet_akkoord,
            inzagen=[InzagebewijsVorm.model_validate(bewijs, from_attributes=True) for bewijs in inzage.inzagen],
        ),
        inzage_tekst=inzage_tekst(dossier),
        datum_inzage_tekst=teksten.datum_tekst(inzage.datum) if inzage.datum else teksten.GEEN_INZAGE,
        uitschrijving=_uitschrijving(dossier),
        reden_intrekken=dossier.reden_intrekken,
        bewaren=uit.BewarenUit.model_validate(dossier.bewaren, from_attributes=True) if dossier.bewaren else None,
        laatst_verzameld_op=versie.verzameld_op if versie else None,
        laatst_verzameld_tekst=_moment(versie.verzameld_op if versie else None, teksten.NOOIT_VERZAMELD),
        laatst_verzonden_op=dossier.verzonden_op,
        laatst_verzonden_tekst=_moment(dossier.verzonden_op, teksten.NOOIT_VERZONDEN),
        niet_opgehaald_sinds=dossier.klaargezet_op if gemeld(dossier) else None,
        binnengekomen_aanvragen=[_verzoek_op_kaart(regel) for regel in verzoeken],
        notificaties=[notificatie_uit(een) for een in notificaties],
        acties=acties(mogelijkheden(dossier, school)),
        tekst=tekst,
        meldingen=meldingen(gevolgen),
    )


_NOTIFICATIE_TEKST = {
    Notificatiestatus.WACHT: "wordt verstuurd",
    Notificatiestatus.BEVESTIGD: "ontvangen door de andere school",
    Notificatiestatus.MISLUKT: "niet aangekomen; u kunt de notificatie opnieuw versturen",
    Notificatiestatus.ONTVANGEN: "nieuw",
    Notificatiestatus.GELEZEN: "gelezen",
}


def notificatie_uit(notificatie: Notificatie) -> uit.NotificatieUit:
    """A notificatie; `aanvraagId` is the other school's request, or for a received one our own."""
    verstuurd = notificatie.richting is Richting.UIT
    return uit.NotificatieUit(
        id=notificatie.id,
        richting=notificatie.richting,
        status=notificatie.status,
        status_tekst=_NOTIFICATIE_TEKST[notificatie.status],
        school=notificatie.andere_school,
        brin=notificatie.doel_brin if verstuurd else notificatie.bron_brin,
        op=notificatie.op,
        door=notificatie.door,
        leerling_id=notificatie.leerling_id,
        aanvraag_id=notificatie.verzoek if verstuurd else notificatie.aanvraag,
        code=notificatie.code,
    )


def inzage_tekst(dossier: Dossier) -> str:
    """R13."""
    return teksten.INZAGE_NVT if dossier.invulling.binnen_brin else INZAGE_TEKST[dossier.invulling.inzage.waarde]


def _uitschrijving(dossier: Dossier) -> uit.UitschrijvingUit:
    uitschrijving = dossier.invulling.uitschrijving
    school = uitschrijving.vervolgschool
    velden = {n: getattr(uitschrijving, n) for n in uitschrijving.__dataclass_fields__ if n != "vervolgschool"}
    vervolgschool = VervolgschoolVorm(brin=school.brin, naam=school.naam) if school else None
    return uit.UitschrijvingUit(**velden, vervolgschool=vervolgschool)


def _moment(moment: datetime | None, nooit: str) -> str:
    return teksten.moment_tekst(moment.astimezone(NEDERLAND)) if moment else nooit


def _verzoek_op_kaart(regel: Logregel) -> uit.VerzoekUit:
    """A request as it stands in the chain of the pupil (R28)."""
    details = {naam: str(waarde) for naam, waarde in regel.details.items()}
    resultaat = uitkomst.RESULTATEN[details["resultaat"]]
    verzameld = details.get("verzameldOp")
    return uit.VerzoekUit(
        id=details["verzoek"],
        datum=_moment(datetime.fromisoformat(regel.op), ""),
        brin_aanvragende_school=details["brin"],
        aanleverpunt=details["aanleverpunt"],
        schoolnaam=details["schoolnaam"],
        soort=soort_tekst(
            Overdrachtsoort(details["soort"]), Profiel(details["profiel"]) if "profiel" in details else None
        ),
        resultaat=resultaat.code,
        resultaat_tekst=tekst_bij_bron(resultaat),
        reden=REDEN_TEKST.get(details.get("reden", "")),
        oplossing=oplossing_van(details.get("reden")),
        verzamelmoment=_moment(datetime.fromisoformat(verzameld), "") if verzameld else None,
    )


def herkomst_uit(dossier: Dossier) -> uit.HerkomstUit:
    """School van herkomst (R99)."""
    h = dossier.herkomst or Herkomst()
    return uit.HerkomstUit(
        brinnummer=h.brin or None,
        schoolnaam=h.naam,
        plaats_vestigingsadres=h.plaats,
        onderwijssoort=h.onderwijssoort,
        onderwijs_sinds=h.onderwijs_sinds,
        tekst=f"({h.brin}) {h.naam or ''}".strip() if h.brin else "",
    )


VERZOEKEN = {Actie.VERZONDEN.value, Actie.AANVRAAG_GEWEIGERD.value}


def leerling_rij(dossier: Dossier) -> uit.LeerlingRij:
    """One row of the overview (R83)."""
    uitschrijving, versie = dossier.invulling.uitschrijving, dossier.versie
    school = uitschrijving.vervolgschool
    return uit.LeerlingRij(
        leerling_id=dossier.leerling_id,
        naam=dossier.naam,
        groep=dossier.overzicht.groep,
        leerjaar=dossier.overzicht.leerjaar,
        vervolgschool_brin=school.brin if school else None,
        vervolgschool_naam=school.naam if school else None,
        datum_inschrijving=dossier.overzicht.datum_inschrijving,
        datum_uitschrijving=uitschrijving.datum,
        inzage_verzorgers=inzage_tekst(dossier),
        status=dossier.status,
        status_tekst=status_tekst(dossier).partition(" (")[0],
        laatst_verzameld_op=versie.verzameld_op if versie else None,
        laatst_verzameld_tekst=_moment(versie.verzameld_op if versie else None, teksten.NOOIT_VERZAMELD),
        laatst_verzonden_op=dossier.verzonden_op,
        laatst_verzonden_tekst=_moment(dossier.verzonden_op, teksten.NOOIT_VERZONDEN),
        niet_opgehaald_sinds=dossier.klaargezet_op if gemeld(dossier) else None,
    )


def logregel_uit(regel: Logregel) -> uit.LogregelUit:
    """One act (R87)."""
    return uit.LogregelUit(
        volgnummer=regel.volgnummer,
        moment=regel.op,
        medewerker=regel.medewerker,
        sub=regel.sub,
        school=regel.school,
        handeling=HANDELING[Actie(regel.actie)],
        code=regel.actie,
        details=dict(regel.details),
        hash=regel.hash,
    )


def aanvraag_uit(aanvraag: Dossieraanvraag) -> uit.DossieraanvraagUit:
    """A request of our own, with what can be done now."""
    geen_inhoud = _als_melding(aanvraag.waarom_geen_inhoud)
    ontvangen = waarom_niet_importeren(aanvraag)
    geimporteerd = None if aanvraag.status is Stand.GEIMPORTEERD else teksten.melding("NIET_GEIMPORTEERD")
    return uit.DossieraanvraagUit(
        id=aanvraag.id,
        status=aanvraag.status,
        resultaat=_resultaat(aanvraag.uitkomst),
        brin=aanvraag.brin,
        schoolnaam=aanvraag.schoolnaam,
        nummer=aanvraag.nummer_gemaskeerd,
        pgn_type=PgnType(aanvraag.nummer_type),
        gevraagd_op=aanvraag.gevraagd_op,
        gevraagd_door=aanvraag.gevraagd_door,
        ontvangen_op=aanvraag.ontvangen_op,
        laatst_verzameld_op=aanvraag.verzameld_op,
        verzend_hash=aanvraag.verzend_hash,
        profiel=aanvraag.profiel,
        bijlagen=bijlagen_uit(aanvraag),
        acties=acties(
            [
                Mogelijkheid("xml", geen_inhoud),
                Mogelijkheid("pdf", geen_inhoud),
                Mogelijkheid("importeren", ontvangen),
                Mogelijkheid("ongedaanMaken", geimporteerd),
                Mogelijkheid("nietGeplaatst", ontvangen),
            ]
        ),
    )


def bijlagen_uit(aanvraag: Dossieraanvraag) -> list[uit.BijlageUit]:
    """What came along, the Toelichting onderwijsbehoeften first (R100), numbered as the route of one has it."""
    return [uit.BijlageUit(n=n, naam=naam, soort=soort) for n, (naam, soort) in enumerate(aanvraag.bijlagen, 1)]


def waarom_niet_importeren(aanvraag: Dossieraanvraag) -> Melding | None:
    """Why a dossier cannot be imported (any more); None when it can."""
    if aanvraag.status is Stand.ONTVANGEN:
        return _als_melding(aanvraag.waarom_geen_inhoud)
    return teksten.melding("NOG_NIET_ONTVANGEN" if aanvraag.status is Stand.UITSTAAND else "NIET_ONTVANGEN")


def _als_melding(code: str | None) -> Melding | None:
    return teksten.melding(code) if code else None


def _resultaat(resultaat: uitkomst.Resultaat | None) -> uit.ResultaatUit | None:
    if resultaat is None:
        return None
    return uit.ResultaatUit(code=resultaat.code, tekst=resultaat.tekst, wat_nu=resultaat.wat_nu)


def verzoek_uit(verzoek: Binnengekomen, school: School) -> uit.BinnengekomenUit:
    """A request by another school (R130), the number masked (R132), and for a refusal the one fix (15.6)."""
    resultaat = uitkomst.RESULTATEN[verzoek.resultaat] if verzoek.resultaat else None
    return uit.BinnengekomenUit(
        id=verzoek.id,
        datum=verzoek.op,
        brin_bevraagde_school=verzoek.bron_brin,
        aanleverpunt_bevraagde_school=verzoek.bron_aanleverpunt,
        schoolnaam_bevraagde_school=school.naam,
        brin_aanvragende_school=verzoek.doel_brin,
        aanleverpunt_aanvragende_school=verzoek.doel_aanleverpunt,
        schoolnaam_aanvragende_school=verzoek.doel_naam,
        leerling_id=verzoek.leerling_id,
        leerling=verzoek.leerling_naam,
        nummer=verzoek.nummer_gemaskeerd,
        type=verzoek.nummer_type,
        soort=soort_tekst(verzoek.soort, verzoek.profiel),
        resultaat=verzoek.resultaat,
        resultaat_tekst=tekst_bij_bron(resultaat) if resultaat else None,
        reden=REDEN_TEKST.get(verzoek.reden or ""),
        oplossing=oplossing_van(verzoek.reden),
        medewerker=None,
        verzamelmoment=verzoek.verzameld_op,
    )
