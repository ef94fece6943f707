"""`python -m infra.weren [WIE [REDEN | --toelaten]] [--stage NAME]`: turn a supplier or certificate away, at once.

WIE is an OIN (20 digits), or the SHA-256 fingerprint of a certificate as `openssl x509 -noout -fingerprint -sha256`
gives it. Nothing is deployed: every process of the wire knows within a minute, and whoever is turned away gets the
fault of a stranger. Without WIE: who is turned away now, since when and why. `--toelaten` takes it back. Who may speak
at all stays in `OSO_LEVERANCIERS`. Without `--stage` the settings in the environment say which table.
"""

import argparse
import re
import sys
from datetime import UTC, datetime

from chalicelib.config import Settings
from chalicelib.errors import Invalid
from chalicelib.store.lezen import GEWEERD
from chalicelib.store.tabel import Tabel
from infra import stage
from infra.doctor import open_client


def wie_van(tekst: str) -> str:
    """The OIN or fingerprint in one spelling. Raises Invalid("WIE_ONGELDIG")."""
    kaal = tekst.rpartition("=")[2].replace(":", "").strip().lower()
    if not re.fullmatch(r"[0-9]{20}|[0-9a-f]{64}", kaal):
        raise Invalid("WIE_ONGELDIG", "geef een OIN van twintig cijfers of een SHA-256-vingerafdruk")
    return kaal


def weer(tabel: Tabel, wie: str, reden: str) -> None:
    """Turn away from now on."""
    row = {"pk": {"S": GEWEERD}, "sk": {"S": wie}, "reden": {"S": reden}, "sinds": {"S": datetime.now(UTC).isoformat()}}
    tabel.client.put_item(TableName=tabel.naam, Item=row)


def laat_toe(tabel: Tabel, wie: str) -> None:
    """Take it back."""
    tabel.client.delete_item(TableName=tabel.naam, Key={"pk": {"S": GEWEERD}, "sk": {"S": wie}})


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 where it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m infra.weren", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wie", nargs="?")
    parser.add_argument("reden", nargs="?", default="")
    parser.add_argument("--toelaten", action="store_true")
    stage.add_argument(parser)
    gevraagd = parser.parse_args(arguments)
    return stage.run(lambda: _weren(gevraagd))


def _weren(gevraagd: argparse.Namespace) -> int:
    env = stage.environment(gevraagd.stage, "OSO_TABEL_STATE")
    tabel = Tabel(open_client()("dynamodb"), Settings.from_env(env).tabel_state)
    if gevraagd.wie:
        try:
            wie = wie_van(gevraagd.wie)
        except Invalid as fout:
            print(fout.detail, file=sys.stderr)
            return 1
        laat_toe(tabel, wie) if gevraagd.toelaten else weer(tabel, wie, gevraagd.reden)
    for row in tabel.alles(GEWEERD):
        print(f"{row['sk']}  sinds {row['sinds']}  {row['reden']}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
