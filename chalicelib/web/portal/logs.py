"""The mutatielogs as JSON or CSV (R87, 15.17)."""

import csv
import io
import json

from chalicelib.flows.rekenblad import veilig
from chalicelib.web.accept import kies
from chalicelib.web.deur import CSV, JSON, Vraag
from chalicelib.web.kaarten import logregel_uit, plain
from chalicelib.web.replies import Antwoord

_KOLOMMEN = ("volgnummer", "moment", "medewerker", "sub", "school", "handeling", "code", "details", "hash")


def als_lijst(vraag: Vraag, onderwerp: str) -> Antwoord:
    """The whole chain of a subject, oldest first; CSV when Accept asks for it."""
    regels = [plain(logregel_uit(regel)) for regel in vraag.werk.stores.logregels(onderwerp)]
    koppen = {"Vary": "Accept"}
    if kies(vraag.koppen.get("accept", ""), (JSON, CSV)) == CSV:
        return Antwoord(_csv(regels), koppen=koppen, soort=f"{CSV}; charset=utf-8")
    return Antwoord({"items": regels, "volgende": None, "totaal": len(regels)}, koppen=koppen)


def _csv(regels: list[dict[str, object]]) -> str:
    uit = io.StringIO()
    schrijver = csv.writer(uit, lineterminator="\r\n")
    schrijver.writerow(_KOLOMMEN)
    for regel in regels:
        details = json.dumps(regel["details"], ensure_ascii=False, sort_keys=True)
        schrijver.writerow([veilig(str(details if k == "details" else regel[k])) for k in _KOLOMMEN])
    return uit.getvalue()
