"""Domain values as the bodies of `uit.py`."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import Any

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import (
    REDEN_TEKST,
    oplossing_van,
    soort_tekst,
    tekst_bij_bron,
)
from chalicelib.domain.dossier import Dossier, Herkomst
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.handelingen import Handeling
from chalicelib.domain.inzage import INZAGE_TEKST
from chalicelib.domain.mogelijkheden import Mogelijkheid, mogelijkheden, status_tekst
from chalicelib.domain.mutatielog import HANDELING, Actie, Logregel
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.rechten import Recht
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


def acties(alle: Iterable[Mogelijkheid], rechten: Set[Recht]) -> list[uit.ActieUit]:
    """What somebody with these rights can do, and why not (api.md, acties)."""
    eigen = (m.voor(rechten) for m in alle)
    return [uit.ActieUit(naam=Handeling(m.naam), kan=m.kan, waarom_niet=_waarom(m.waarom_niet)) for m in eigen]


def _waarom(melding: Melding | None) -> uit.WaaromNiet | None:
    return uit.WaaromNiet(code=melding.code, tekst=melding.tekst, wat_nu=melding.wat_nu) if melding else None


def school_uit(school: School, rechten: Set[Recht]) -> uit.SchoolUit:
    """The settings of a school, with what may be done with them."""
    velden = {naam: getattr(school, naam) for naam in SchoolWijziging.model_fields if naam != "adres"}
    # a row of before may hold a name of spaces, which is none
    velden |= {naam: tekst.strip() or None for naam, tekst in velden.items() if isinstance(tekst, str)}
    adres = None if school.adres is None else {n: getattr(school.adres, n) for n in school.adres.__dataclass_fields__}
    kan_testen = None if school.aanleverpunten else teksten.melding("AANLEVERPUNT_ONTBREEKT")
    return uit.SchoolUit.model_validate(
        {
            **velden,
            "adres": adres,
            "brin": school.vestiging.brin.code,
            "vestigingscode": school.vestiging.vestigingscode,
            "acties": acties(
                [
                    Mogelijkheid("opslaan", Recht.SCHOOL_BEHEREN),
                    Mogelijkheid("opvragen", Recht.SCHOOL_BEHEREN, kan_testen),
                ],
                rechten,
            ),
        }
    )


def kaart_uit(
    dossier: Dossier,
    school: School,
    verzoeken: Sequence[Logregel],
    notificaties: Iterable[Notificatie] = (),
    *,
    rechten: Set[Recht],
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
        acties=acties(mogelijkheden(dossier, school), rechten),
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
