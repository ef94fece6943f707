"""`python -m infra.scholen FILE.csv [--stage NAME]`: load the list that the portal searches (`GET /v1/scholen?zoek=`).

The file has a head with at least `brin` and `naam`, and may have `plaats`; comma or semicolon, UTF-8. Without `--stage`
`OSO_BUCKET` says where it goes. The new list is seen within ten minutes.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import boto3

from chalicelib.config import Settings
from chalicelib.domain.nummers import Brin
from chalicelib.errors import Invalid
from chalicelib.store.lezen import SCHOLENLIJST
from infra import stage


def main(arguments: list[str]) -> int:
    """Load one file; 1 and the line when it cannot be read, nothing is loaded then."""
    parser = argparse.ArgumentParser(prog="python -m infra.scholen", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bestand", type=Path)
    stage.add_argument(parser)
    gevraagd = parser.parse_args(arguments)
    return stage.run(lambda: _laad(gevraagd))


def _laad(gevraagd: argparse.Namespace) -> int:
    bucket = Settings.from_env(stage.environment(gevraagd.stage, "OSO_BUCKET")).bucket
    try:
        lijst = lees(gevraagd.bestand.read_text("utf-8-sig"))
    except (Invalid, OSError, UnicodeError) as fout:
        print(f"niet geladen: {fout}", file=sys.stderr)
        return 1
    laad(lijst, bucket)
    print(f"{len(lijst)} scholen geladen")
    return 0


def lees(tekst: str) -> list[dict[str, str]]:
    """The schools of a CSV, by name. Raises Invalid("SCHOLENLIJST_ONGELDIG") that names the line."""
    kop = tekst.partition("\n")[0]
    rijen = csv.DictReader(tekst.splitlines(), delimiter=";" if kop.count(";") > kop.count(",") else ",")
    scholen = []
    for regel, rij in enumerate(rijen, 2):
        velden = {(naam or "").strip().lower(): (waarde or "").strip() for naam, waarde in rij.items() if naam}
        try:
            brin = Brin.parse(velden["brin"][:4]).code
            scholen.append({"brin": brin, "naam": velden["naam"], "plaats": velden.get("plaats", "")})
        except (KeyError, Invalid):
            raise Invalid("SCHOLENLIJST_ONGELDIG", f"regel {regel}: brin en naam zijn verplicht") from None
    return sorted(scholen, key=lambda school: (school["naam"].casefold(), school["brin"]))


def laad(lijst: Iterable[Mapping[str, str]], bucket: str) -> None:
    """Put the list where the service reads it."""
    data = json.dumps(list(lijst), ensure_ascii=False).encode()
    map_, naam = SCHOLENLIJST
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{map_}/{naam}", Body=data)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
