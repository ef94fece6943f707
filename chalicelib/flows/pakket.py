"""The inzagepakket: one print-ready PDF for a group, each dossier with a form per verzorger (R52, 15.9, 15.14)."""

from chalicelib.domain import teksten
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.opdracht import Bulkresultaat, Opdracht, Taak
from chalicelib.errors import Refused
from chalicelib.flows import Werk
from chalicelib.flows.verzamelen import XML, eis_versie
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.samenstellen import zonder_pdf
from chalicelib.gegevensset.tabel import standaard
from chalicelib.store import Stores, herhaal

PDF = "inzagepakket.pdf"
MEESTE_IN_PAKKET = 100


def neem_op(werk: Werk, leerling_id: str) -> None:
    """Log that this pupil's collected dossier goes into a pakket.

    Raises Refused: NIET_VERZAMELD, and VERZAMEL_OPNIEUW for a version that no longer fits: nobody must sign for it.
    """

    def poging() -> None:
        dossier, _ = werk.lees(leerling_id)
        versie = eis_versie(dossier)
        if not dossier.verzameld:
            code = dossier.waarom_niet_verzameld
            raise Refused(code, meldingen=[teksten.melding(code)])
        mutatie = werk.mutatie(Actie.INZAGEPAKKET_GEMAAKT, dossier.onderwerp, inhoudHash=versie.inhoud_hash)
        werk.stores.commit(mutatie, dossier, dossier, *werk.ook(()))

    herhaal(poging)


def maak(stores: Stores, opdracht: Opdracht, taken: tuple[Taak, ...]) -> None:
    """Put the PDF of every pupil that was taken up, in the order in which they were named; again gives the same.

    Each dossier is printed as its own PDF has it (R50): that stands in the stored bytes as the last bijlage (R51).
    """
    from chalicelib.pdf import Papier, inzagepakket  # 229 ms to import: only where a PDF is made

    regels = stores.regels(opdracht, range(len(taken)))
    items = []
    for nummer, taak in enumerate(taken):
        regel = regels.get(nummer)
        dossier = stores.find_dossier(opdracht.school, taak.leerling_id)
        if regel is None or regel.resultaat is not Bulkresultaat.GELUKT or dossier is None or dossier.versie is None:
            continue
        versie = dossier.versie
        gegevens = decode(stores.inhoud.get(versie.map, XML))
        inhoud, tabel = zonder_pdf(gegevens.dossier, versie.blokken), standaard(gegevens.versie)
        items.append(Papier(inhoud, tabel, versie.inhoud_hash, versie.verzameld_op.date()))
    if items:
        stores.inhoud.put(opdracht.map, PDF, inzagepakket(items, opdracht.gevraagd_op.date()))
