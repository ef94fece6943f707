"""A pupil who comes back under a leerlingId that was removed: nothing of before may show on the new card."""

from dataclasses import replace

from chalicelib.domain.termijnen import Termijnen
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.flows import Werk, opruimen_rijen
from chalicelib.flows.opruimen import Schoonmaak
from chalicelib.store.items import load


def ruim_resten(werk: Werk, leerling_id: str, eerder: int) -> None:
    """Destroy versions and documents of before, with proof, as the clean-up would have tonight; set zorgvragen aside.

    A zorgvraag has a term of its own (ch. 16): it waits under `leerlingId!n`, where `eerder` is the length of the chain
    until now and no leerlingId can be so. It is sent no more, and its koppelsleutel opens nothing. There is no card
    when this is done; ended half way, doing it again does the rest.
    """
    stores, pk = werk.stores, f"SCHOOL#{werk.school}"
    schoon = Schoonmaak(stores, Termijnen(), werk.nu)
    for begin in ("VERSIE", "MAP"):
        for row in list(stores.state.alles(pk, f"{begin}#{leerling_id}#")):
            opruimen_rijen.beoordeel(schoon, row)
    for row in list(stores.state.alles(pk, f"ZORGVRAAG#{leerling_id}#")):
        oud = load(Zorgvraag, row)
        apart = replace(oud.zonder_leerling(), leerling_id=f"{leerling_id}!{eerder}", version=oud.version + 1)
        stores.transact(stores.bewaar_zorgvraag(None, apart), stores.verwijder_zorgvraag(oud))
