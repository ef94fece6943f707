"""What the wire was not held against is said in the help of every command that speaks on it (9b)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LABEL = "not verified against the Kennisnet WSDL"


@pytest.mark.parametrize(
    "command",
    ["bulk", "demo", "doctor", "exchange", "run", "soak", "swarm", "swv", "test_school", "traffic_center"],
)
def test_the_help_of_a_command_that_speaks_on_the_wire_says_so(command: str) -> None:
    module = "infra.doctor" if command == "doctor" else f"infra.local.{command}"
    told = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert LABEL.casefold() in " ".join(told.stdout.split()).casefold()


def test_the_list_of_commands_says_so() -> None:
    assert LABEL in subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
