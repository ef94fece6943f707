"""`python -m infra.scan`, `make scan`: checkov over the templates as CloudFormation gets them; exit 1 if not well.

What SAM makes of the built templates is read, not what we wrote. A check that fails must stand with its reason in
infra/scan.yaml; a reason for a check that does not fail is wrong as well. checkov has an environment of its own.
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra import package
from infra.local.aws import REQUIREMENTS
from infra.venv import ensure

ROOT = package.ROOT
REASONS = ROOT / "infra" / "scan.yaml"
_PINS = ROOT / "requirements-scan.txt"
_PLAIN = (ROOT / "infra" / "releases.yaml",)


def main() -> int:
    """Print every check that failed with how often, and what is wrong."""
    with tempfile.TemporaryDirectory(prefix="oso-scan-") as name:
        folder = Path(name)
        _lay_out(folder)
        failed, passed = failures(folder)
    for check, resources in sorted(failed.items()):
        print(f"{check}: {len(resources)} x, met reden" if check in reasons() else f"{check}: {', '.join(resources)}")
    wrong = list(objections(failed, reasons()))
    print(*wrong, f"make scan: {passed} geslaagd, {sum(map(len, failed.values()))} met een reden", sep="\n")
    return 1 if wrong or not passed else 0


def reasons() -> dict[str, str]:
    """The checks that may fail, and why."""
    found: dict[str, str] = yaml.safe_load(REASONS.read_text())
    return found


def objections(failed: Mapping[str, list[str]], known: Mapping[str, str]) -> Iterator[str]:
    """What stops the scan."""
    for check in sorted(set(failed) - set(known)):
        yield f"{check}: mislukt zonder reden bij {', '.join(failed[check])}"
    for check in sorted(set(known) - set(failed)):
        yield f"{check}: mislukt niet meer; haal de reden weg"


def _lay_out(folder: Path) -> None:
    """The templates as CloudFormation gets them."""
    python, functions = ensure(ROOT / ".venv-ministack", REQUIREMENTS), package.queue_functions()
    for door in package.DOORS:
        written = folder / f"{door}.sam"
        written.write_text(json.dumps(package.template_of(door, functions, {})))
        command = [str(python), "-m", "infra.local.expand", str(written)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        (folder / f"{door}.json").write_text(done.stdout)
    for path in _PLAIN:
        (folder / path.name).write_text(path.read_text())


def failures(folder: Path) -> tuple[dict[str, list[str]], int]:
    """What failed in the templates of a folder, by check; and how many passed."""
    python = ensure(ROOT / ".venv-scan", _PINS)
    command = [str(python), "-m", "checkov.main", "--directory", str(folder), "--framework", "cloudformation"]
    done = subprocess.run(
        [*command, "--compact", "--quiet", "--skip-download", "--output", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    report: Any = json.loads(done.stdout)
    failed: dict[str, list[str]] = defaultdict(list)
    for one in report["results"]["failed_checks"]:
        failed[one["check_id"]].append(f"{Path(one['file_path']).stem} {one['resource'].rpartition('.')[2]}")
    if report["summary"]["parsing_errors"]:
        raise RuntimeError("checkov could not read a template")
    return dict(failed), int(report["summary"]["passed"])


if __name__ == "__main__":
    sys.exit(main())
