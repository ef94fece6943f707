"""The sandbox Traffic Center: SOAP over mutual TLS on loopback, generation '18 at /tc/18 and '22 at /tc/22.

Not verified against Kennisnet's WSDL: message shapes marked as inferred, and all refusals, follow the published pages
as far as they could be read. State is kept in memory. A second, plain-HTTP loopback port is for tests: GET /stand
shows aanleverpunten, sessions and counters (never a key or number); POST /stand/storing, /stand/verloop,
/stand/aanleverpunt and /stand/opnieuw make it misbehave, let sessions expire, know another aanleverpunt, start again.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.arguments import NIET_GEVERIFIEERD
from infra.local.party import SoapDeur, argumenten, serve, stand_pagina
from infra.local.pki import Pki
from infra.local.register import Punt, Register, Sleutel, punt
from infra.local.register_rules import behandel


def main() -> None:
    """Command: serve until SIGTERM; the first line on stdout is JSON with the ports."""
    gevraagd = _argumenten()
    lijst = [punt(record) for record in json.loads(gevraagd.aanleverpunten.read_text("utf-8"))]
    punten: dict[Sleutel, Punt] = {(een.brin, een.nummer): een for een in lijst}
    register = Register(dict(punten), gevraagd.sessieduur)
    deur = SoapDeur("tc", lambda bericht, beller: behandel(register, bericht, beller.oin))
    print(json.dumps({"start": "sandbox Traffic Center", "let_op": NIET_GEVERIFIEERD}), file=sys.stderr)

    def opnieuw(_: Mapping[str, Any]) -> None:
        register.opnieuw(punten)
        deur.opnieuw()

    pagina = stand_pagina(
        lambda: {**register.stand(), "tellers": dict(deur.tellers), "geweigerd": dict(deur.geweigerd)},
        {
            "storing": deur.storingen.vraag,
            "verloop": register.verloop,
            "aanleverpunt": register.zet,
            "opnieuw": opnieuw,
        },
    )
    serve(Pki(gevraagd.pki), deur, pagina, (gevraagd.poort, gevraagd.stand_poort))


def _argumenten() -> argparse.Namespace:
    lezer = argumenten("infra.local.traffic_center", __doc__)
    wat = "JSON list of {brin, nummer, naam, doel: OV|PaO, leverancier: OIN, url?, sector?}"
    lezer.add_argument("--aanleverpunten", type=Path, required=True, help=wat)
    lezer.add_argument("--sessieduur", type=float, default=900, help="seconds that a session holds (inferred)")
    return lezer.parse_args()


if __name__ == "__main__":
    main()
