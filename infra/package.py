"""`make package`: the deployable template and zip of each door, in `build/portal` and `build/wire`.

Chalice builds both from this one app; what it cannot say itself is merged in from here and infra/resources.yaml: the
names of tables and queues as settings, and for every queue that a message may fail by itself. The results are read back
and checked. Needs the package index. Secrets, domains and alarms are not in these templates yet.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
BIN = Path(sys.executable).parent
DOORS = ("portal", "wire")
_SETTINGS = {
    "OSO_STAGE": {"Ref": "Stage"},
    "OSO_TABEL_STATE": {"Fn::Sub": "oso-${Stage}-state"},
    "OSO_TABEL_MUTATIELOG": {"Fn::Sub": "oso-${Stage}-mutatielog"},
    "OSO_BUCKET": {"Fn::Sub": "oso-${Stage}-inhoud-${AWS::AccountId}"},
    "OSO_KMS_SLEUTEL": {"Fn::Sub": "alias/oso-${Stage}"},
    **{
        f"OSO_QUEUE_{naam.upper()}": {
            "Fn::Sub": f"https://sqs.${{AWS::Region}}.${{AWS::URLSuffix}}/${{AWS::AccountId}}/oso-${{Stage}}-{naam}"
        }
        for naam in ("publicaties", "aanvragen", "zorgvragen")
    },
}
_FORBIDDEN = ("infra/", "tests/", ".env", "var/")


def merged(door: str, functions: Mapping[str, str]) -> dict[str, Any]:
    """Give the template that Chalice merges into its own; `functions` maps a queue function to its queue's short name.

    The tables, bucket, queues and key belong to the stack of the portal; the wire's functions find them by name.
    """
    whole: dict[str, Any] = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())
    template = whole if door == "portal" else {"Parameters": whole["Parameters"], "Resources": {}}
    template["Globals"] = {"Function": {"Environment": {"Variables": dict(_SETTINGS)}}}
    if door == "portal":
        for naam, queue in functions.items():
            event = {
                # Fn::Sub as Chalice has it: the two are merged key by key, so another function would stand beside it.
                "Queue": {"Fn::Sub": f"${{Queue{queue.capitalize()}.Arn}}"},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            }
            logical = logical_id(naam)
            template["Resources"][logical] = {
                "Properties": {"Events": {f"{logical}SqsEventSource": {"Properties": event}}}
            }
    return template


def logical_id(naam: str) -> str:
    """Give the logical id that Chalice makes of a function's name."""
    return "".join(part.capitalize() for part in naam.replace("-", "_").split("_"))


def queue_functions() -> dict[str, str]:
    """Ask the app, in a process of its own, which function reads which queue."""
    code = (
        "import json, app; from chalice.app import SQSEventConfig; "
        "print(json.dumps({one.name: one.queue for one in app.app.event_sources if isinstance(one, SQSEventConfig)}))"
    )
    env = {**os.environ, "OSO_DEUREN": "portal", "OSO_STAGE": "dev", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def faults(template: Mapping[str, Any], names: list[str]) -> Iterator[str]:
    """Read a built template and the names in its zip; give what would go wrong once deployed."""
    resources: Mapping[str, Any] = template["Resources"]
    for naam, resource in resources.items():
        events = resource.get("Properties", {}).get("Events", {})
        for event in events.values():
            properties = event.get("Properties", {})
            if event.get("Type") == "SQS" and properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
                yield f"{naam}: a message that fails by itself would be lost"
        if "Type" not in resource:
            yield f"{naam}: merged into a function that is not there"
    yield from (f"{name} does not belong in a package" for name in names if name.startswith(_FORBIDDEN))


def main() -> int:
    """Build and check both doors; print the sizes; 1 if anything is wrong."""
    functions = queue_functions()
    wrong = [f"{door}: {one}" for door in DOORS for one in _build(door, functions)]
    print("\n".join(wrong) if wrong else "make package: alles in orde")
    return 1 if wrong else 0


def _build(door: str, functions: Mapping[str, str]) -> list[str]:
    BUILD.mkdir(exist_ok=True)
    source, target = BUILD / f"{door}-merge.json", BUILD / door
    source.write_text(json.dumps(merged(door, functions), indent=1))
    command = [
        str(BIN / "chalice"),
        "package",
        "--stage",
        door,
        "--merge-template",
        str(source),
        "--template-format",
        "json",
    ]
    subprocess.run([*command, str(target)], cwd=ROOT, check=True, env={**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"})
    archive, template = target / "deployment.zip", target / "sam.json"
    print(f"{door}: {archive.stat().st_size / 1e6:.1f} MB", flush=True)
    lint = subprocess.run([str(BIN / "cfn-lint"), str(template)], capture_output=True, text=True, check=False)
    with zipfile.ZipFile(archive) as packed:
        return [*lint.stdout.splitlines(), *faults(json.loads(template.read_text()), packed.namelist())]


if __name__ == "__main__":
    raise SystemExit(main())
