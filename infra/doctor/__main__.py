"""The command: see `infra/doctor/__init__.py`."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

import infra.doctor
from chalicelib.config import met_geheim
from infra.doctor import MIS, Bevinding, Patient, onderzoek, open_client
from infra.doctor.bundle import write_bundle


def main(arguments: list[str]) -> int:
    """Print every finding; 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.doctor", description=infra.doctor.__doc__)
    parser.add_argument("brin", nargs="?")
    parser.add_argument("--bundel", type=Path, metavar="FILE.zip")
    asked = parser.parse_args(arguments)
    client = open_client()
    try:
        geheim = met_geheim(
            os.environ, lambda naam: client("secretsmanager").get_secret_value(SecretId=naam)["SecretString"]
        )
    except (BotoCoreError, ClientError, ValueError) as fout:
        print(Bevinding(MIS, "geheim", f"niet leesbaar ({type(fout).__name__}). Vul het met python -m infra.vault."))
        return 1
    patient = Patient({**os.environ, **geheim}, client, datetime.now(UTC), asked.brin)
    bevindingen = onderzoek(patient)
    print(*bevindingen, sep="\n")
    if asked.bundel:
        write_bundle(patient, bevindingen, asked.bundel)
        print(f"geschreven: {asked.bundel.name}, zonder persoonsgegevens en zonder geheimen")
    return int(any(een.stand == MIS for een in bevindingen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
