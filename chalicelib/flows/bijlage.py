"""One attachment of a received dossier, as a file of its own (R100, 15.30)."""

from chalicelib.domain.aanvraag import Dossieraanvraag
from chalicelib.domain.mutatielog import Actie
from chalicelib.errors import Invalid, NotFound
from chalicelib.flows import Werk
from chalicelib.flows.ophalen import XML
from chalicelib.flows.opvragen import eis_inhoud
from chalicelib.gegevensset.bijlagen import documenten, open_bijlage
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.tabel import standaard
from chalicelib.store import herhaal


def haal_bijlage(werk: Werk, id_: str, nummer: int) -> tuple[Dossieraanvraag, str, str]:
    """One attachment as a file of its own: the request, the name of its object, and its kind (`bin`: unreadable).

    The numbers are those of the list of attachments, from 1. What cannot be unzipped is handed out as it came.
    """

    def poging() -> Dossieraanvraag:
        aanvraag = _met_inhoud(werk, id_)
        mutatie = werk.mutatie(Actie.BIJLAGE_BEKEKEN, aanvraag.onderwerp, bijlage=nummer)
        return werk.stores.commit(mutatie, aanvraag, aanvraag)

    aanvraag = herhaal(poging)
    assert aanvraag.map is not None
    gegevens = decode(werk.stores.inhoud.get(aanvraag.map, XML))
    # in the order of the list: the Toelichting onderwijsbehoeften first (R100)
    alle = sorted(
        documenten(gegevens.dossier, standaard(gegevens.versie)),
        key=lambda paar: "/toelichting_onderwijsbehoeften/" not in paar[0],
    )
    if not 1 <= nummer <= len(alle):
        raise NotFound("BIJLAGE_NIET_GEVONDEN")
    document = alle[nummer - 1][1]
    try:
        geopend = open_bijlage(document["bestandsnaam"], document["bestandsinhoud"])
        data, soort = geopend.data, geopend.soort.lower()
    except Invalid:
        data, soort = document["bestandsinhoud"].encode(), "bin"
    naam = f"bijlage-{nummer}.{soort}"
    werk.stores.inhoud.put(aanvraag.map, naam, data)
    return aanvraag, naam, soort


def _met_inhoud(werk: Werk, id_: str) -> Dossieraanvraag:
    aanvraag = werk.stores.aanvraag(werk.school, id_)
    eis_inhoud(aanvraag)
    return aanvraag
