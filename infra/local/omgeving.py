"""`.venv/bin/python -m infra.local.omgeving`: the addresses of the running sandbox for a shell, and messages for curl.

    eval "$(.venv/bin/python -m infra.local.omgeving)"                      API, WIRE, TC and CERTS
    … omgeving overdracht BRON DOEL/PUNT BSN                        an overdrachtRequest on standard output
    … omgeving document BRON/PUNT DOEL/PUNT BSN SESSIE              a documentRequest

Not verified against Kennisnet's WSDL. Sandbox only: it reads the key of the zoeksleutel from `var/run`, or from the
folder that OSO_VAR names.
"""

import argparse
import base64
import json
import os
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("OSO_VAR") or Path(__file__).resolve().parents[2] / "var" / "run")


def main() -> int:
    """Print what was asked for; 1 when no sandbox runs."""
    asked = _arguments()
    if not (FOLDER / "adressen.json").exists():
        print("Er draait geen sandbox: start hem met `make run`.", file=sys.stderr)
        return 1
    adressen = json.loads((FOLDER / "adressen.json").read_text())
    if asked.wat == "adressen":
        print(f"API={adressen['API']}\nWIRE={adressen['SOAP-deur']}")
        print(f"TC={adressen['Traffic Center']}/tc/18\nCERTS={FOLDER / 'pki'}")
        return 0
    sys.stdout.buffer.write(_bericht(asked.wat, asked.delen))
    return 0


def _bericht(wat: str, delen: list[str]) -> bytes:
    from chalicelib.domain.gegevensblok import Overdrachtsoort
    from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
    from chalicelib.messages import protocolprofiel, soap
    from chalicelib.messages.berichten import Adressen, DocumentRequest, OverdrachtRequest
    from chalicelib.messages.zoeksleutel import zoeksleutel_provider

    bron, _, bron_punt = delen[0].partition("/")
    doel, _, doel_punt = delen[1].partition("/")
    adressen = Adressen(
        Brin.parse(bron),
        Aanleverpunt.parse(bron_punt) if bron_punt else None,
        Brin.parse(doel),
        Aanleverpunt.parse(doel_punt),
    )
    pgn, soort, profiel = Pgn.parse(PgnType.BSN, delen[2]), Overdrachtsoort.OVERSTAPDOSSIER, protocolprofiel("18")
    if wat == "document":
        return soap.encode(profiel, DocumentRequest(adressen, pgn, None, soort, delen[3]))
    sleutel = zoeksleutel_provider(base64.b64decode((FOLDER / "zoeksleutel").read_text()))(pgn)
    return soap.encode(profiel, OverdrachtRequest(adressen, soort, sleutel))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=".venv/bin/python -m infra.local.omgeving", description=__doc__)
    parser.add_argument("wat", nargs="?", choices=["adressen", "overdracht", "document"], default="adressen")
    parser.add_argument("delen", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
