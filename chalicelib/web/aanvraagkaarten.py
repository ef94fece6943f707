"""Requests, our own and those of others, as the bodies of `uit.py`."""

from collections.abc import Set

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
from chalicelib.domain.mogelijkheden import Mogelijkheid
from chalicelib.domain.nummers import PgnType
from chalicelib.domain.rechten import Recht
from chalicelib.domain.school import School
from chalicelib.errors import Melding
from chalicelib.web import uit
from chalicelib.web.kaarten import acties


def aanvraag_uit(aanvraag: Dossieraanvraag, rechten: Set[Recht]) -> uit.DossieraanvraagUit:
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
        leerling_id=aanvraag.leerling_id,
        gevraagd_op=aanvraag.gevraagd_op,
        gevraagd_door=aanvraag.gevraagd_door,
        ontvangen_op=aanvraag.ontvangen_op,
        laatst_verzameld_op=aanvraag.verzameld_op,
        verzend_hash=aanvraag.verzend_hash,
        profiel=aanvraag.profiel,
        bijlagen=bijlagen_uit(aanvraag),
        acties=acties(
            [
                Mogelijkheid("xml", Recht.LEERLING_LEZEN, geen_inhoud),
                Mogelijkheid("pdf", Recht.LEERLING_LEZEN, geen_inhoud),
                Mogelijkheid("importeren", Recht.OPVRAGEN, ontvangen),
                Mogelijkheid("ongedaanMaken", Recht.OPVRAGEN, geimporteerd),
                Mogelijkheid("nietGeplaatst", Recht.OPVRAGEN, ontvangen),
                Mogelijkheid("opnieuw", Recht.OPVRAGEN, _als_melding(aanvraag.waarom_niet_opnieuw)),
            ],
            rechten,
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
