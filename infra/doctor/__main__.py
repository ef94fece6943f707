"""The command: see `infra/doctor/__init__.py`."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import infra.doctor
from infra import stage
from infra.arguments import parser as command
from infra.doctor import MIS, Patient, geheim, onderzoek, open_client
from infra.doctor.bundle import write_bundle


def main(arguments: list[str]) -> int:
    """Print every finding; 1 if something is wrong."""
    parser = command("infra.doctor", infra.doctor.__doc__)
    parser.add_argument("brin", nargs="?")
    parser.add_argument("--bundel", type=Path, metavar="FILE.zip")
    stage.add_argument(parser)
    asked = parser.parse_args(arguments)
    return stage.run(lambda: _onderzoek(asked))


def _onderzoek(asked: argparse.Namespace) -> int:
    env, client = stage.environment(asked.stage, "OSO_TABEL_STATE"), open_client()
    gelezen, over_geheim = geheim.lees(env, client)
    patient = Patient({**env, **(gelezen or {})}, client, datetime.now(UTC), asked.brin, zonder_geheim=gelezen is None)
    bevindingen = [*over_geheim, *onderzoek(patient)]
    print(*bevindingen, sep="\n")
    if asked.bundel:
        write_bundle(patient, bevindingen, asked.bundel)
        print(f"geschreven: {asked.bundel.name}, zonder persoonsgegevens en zonder geheimen")
    return int(any(een.stand == MIS for een in bevindingen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
