"""The inzagepakket: one print-ready PDF for a group, each dossier with a form per verzorger (R52, 15.9, 15.14)."""

from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.opdracht import Bulkresultaat, Opdracht, Taak
from chalicelib.flows import Werk
from chalicelib.flows.verzamelen import XML, eis_versie
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.tabel import standaard
from chalicelib.store import Stores, herhaal

PDF = "inzagepakket.pdf"
MEESTE_IN_PAKKET = 100


def neem_op(werk: Werk, leerling_id: str) -> None:
    """Log that this pupil's collected dossier goes into a pakket. Raises Refused("NIET_VERZAMELD")."""

    def poging() -> None:
        dossier, _ = werk.lees(leerling_id)
        versie = eis_versie(dossier)
        mutatie = werk.mutatie(Actie.INZAGEPAKKET_GEMAAKT, dossier.onderwerp, inhoudHash=versie.inhoud_hash)
        werk.stores.commit(mutatie, dossier, dossier, *werk.ook(()))

    herhaal(poging)


def maak(stores: Stores, opdracht: Opdracht, taken: tuple[Taak, ...]) -> None:
    """Put the PDF of every pupil that was taken up, in the order in which they were named; again gives the same."""
    from chalicelib.pdf import inzagepakket  # 229 ms to import: only where a PDF is made

    regels = stores.regels(opdracht, range(len(taken)))
    items = []
    for nummer, taak in enumerate(taken):
        regel = regels.get(nummer)
        dossier = stores.find_dossier(opdracht.school, taak.leerling_id)
        if regel is None or regel.resultaat is not Bulkresultaat.GELUKT or dossier is None or dossier.versie is None:
            continue
        gegevens = decode(stores.inhoud.get(dossier.versie.map, XML))
        items.append((gegevens.dossier, standaard(gegevens.versie), dossier.versie.inhoud_hash))
    if items:
        stores.inhoud.put(opdracht.map, PDF, inzagepakket(items, opdracht.gevraagd_op.date()))
