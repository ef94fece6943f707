"""`python -m infra.package [STAGE]`, `make package`: the template, zip and SBOM of each door, in `build/`.

Chalice makes the templates from this one app; what it cannot say itself is merged in from here, infra/front.py and
infra/resources.yaml. The zips are ours (infra/bundle.py): Chalice's hold its own command line and no `.pyc`. Settings
of a stage that are no secrets come from `.chalice/settings-STAGE.json`; for production they must be there and safe. The
results are read back and checked. Needs the package index.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from chalicelib.config import IN_GEHEIM
from chalicelib.veilig import bezwaren
from infra import bundle, front
from infra.front import logical_id
from infra.stage import StageError, run

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
BIN = Path(sys.executable).parent
DOORS = ("portal", "wire")
_SETTINGS = {
    "OSO_STAGE": {"Ref": "Stage"},
    "OSO_TABEL_STATE": {"Fn::Sub": "oso-${Stage}-state"},
    "OSO_TABEL_MUTATIELOG": {"Fn::Sub": "oso-${Stage}-mutatielog"},
    "OSO_BUCKET": {"Fn::Sub": "oso-${Stage}-inhoud-${AWS::AccountId}"},
    "OSO_BUCKET_WORTELS": {"Fn::Sub": "oso-${Stage}-wortels-${AWS::AccountId}"},
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
    stage = {"Stage": whole["Parameters"]["Stage"]}
    template = whole if door == "portal" else {"Parameters": stage, "Resources": {}}
    template["Globals"] = {"Function": {"Environment": {"Variables": {**_SETTINGS, **front.keys(door)}}}}
    if door == "portal":
        for naam, queue in functions.items():
            event = {
                # Fn::Sub as Chalice has it: the two are merged key by key, so another function would stand beside it.
                "Queue": {"Fn::Sub": f"${{Queue{queue.capitalize()}.Arn}}"},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                # no more at once than the function may: what is throttled counts as received, and ends among the dead
                "ScalingConfig": {"MaximumConcurrency": concurrency(naam)},
            }
            logical = logical_id(naam)
            template["Resources"][logical] = {
                "Properties": {"Events": {f"{logical}SqsEventSource": {"Properties": event}}}
            }
    return template


def concurrency(naam: str) -> int:
    """How many runs of this function there may be at once."""
    stages = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
    return int(stages["portal"]["lambda_functions"][naam]["reserved_concurrency"])


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
        if resource.get("Type") == "AWS::IAM::Role":
            yield from (f"{naam}: {one}" for one in _too_much(resource["Properties"].get("Policies", [])))
        if "Type" not in resource:
            yield f"{naam}: merged into a function that is not there"
    yield from (f"{name} does not belong in a package" for name in names if name.startswith(_FORBIDDEN))


def _too_much(policies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What a policy allows that is not named."""
    for policy in policies:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, resources = statement["Action"], statement["Resource"]
            for one in (*_listed(actions), *_listed(resources)):
                if one == "*" or (isinstance(one, str) and one.endswith(":*")):
                    yield f"{statement.get('Sid', '')} allows {one}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def too_large(template: Mapping[str, Any]) -> Iterator[str]:
    """Whether the settings of a function still fit in what Lambda gives for them; references count for 100 octets."""
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    octets = sum(len(naam) + (len(one.encode()) if isinstance(one, str) else 100) for naam, one in variables.items())
    if octets > _ENVIRONMENT:
        yield f"settings of {octets} octets do not fit ({_ENVIRONMENT}): put issuers and leveranciers in the secret"


_ENVIRONMENT = 4_000
LIMITS = {"wire": 14_000_000, "portal": 26_000_000}
"""P7: how large a zip may be, in bytes."""


def settings_file(stage: str) -> Path:
    """Where the settings of a stage stand that are no secrets."""
    return ROOT / ".chalice" / f"settings-{stage}.json"


def domain(stage: str, settings: Mapping[str, str], door: str) -> str:
    """The domain name of a door. StageError that names the file in which it must stand."""
    naam = f"OSO_DOMEIN_{door.upper()}"
    if not settings.get(naam):
        raise StageError(f"Zet {naam} in {settings_file(stage).relative_to(ROOT)} (README, Deploy).")
    return settings[naam]


def stage_settings(stage: str) -> dict[str, str]:
    """The settings of a stage from its file; none is fine for anything but production."""
    path = settings_file(stage)
    try:
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    except ValueError:
        raise StageError(f"{path.relative_to(ROOT)} is geen leesbare JSON.") from None
    return {naam: waarde if isinstance(waarde, str) else json.dumps(waarde) for naam, waarde in found.items()}


def readable(settings: Mapping[str, str]) -> list[str]:
    """What stands in the settings of a stage, and so would be in the clear in its templates, and may not."""
    return [f"{naam}: hoort in het geheim, niet in een template" for naam in front.NEVER if naam in settings]


def unsafe(stage: str, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Why this stage may not be packaged; what the template gives is given, what the secret holds comes later."""
    if stage != "prod":
        return ()
    given = {"OSO_KMS_SLEUTEL": "alias/oso-prod", "OSO_GEHEIMEN": "oso-prod-geheimen", **settings}
    return bezwaren(given, later=[naam for naam in IN_GEHEIM if naam not in settings])


def main(arguments: list[str]) -> int:
    """Build and check both doors; print the sizes; 1 if anything is wrong."""
    stage = arguments[0] if arguments else "dev"
    return run(lambda: _package(stage))


def _package(stage: str) -> int:
    settings = stage_settings(stage)
    if redenen := [*readable(settings), *unsafe(stage, settings)]:
        print(*redenen, f"make package: {stage} wordt zo niet gebouwd", sep="\n")
        return 1
    wrong = build(settings)
    print("\n".join(wrong) if wrong else "make package: alles in orde")
    return 1 if wrong else 0


def build(settings: Mapping[str, str], folder: Path = BUILD) -> list[str]:
    """Build both doors in `folder`, print their sizes, and give what is wrong with them."""
    functions, installed = queue_functions(), BUILD / "packages"
    bundle.install(installed)
    return [f"{door}: {one}" for door in DOORS for one in _build(door, functions, settings, installed, folder / door)]


def template_of(door: str, functions: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, Any]:
    """The whole template of one door. Chalice packages a copy without packages: their zip is made elsewhere."""
    with tempfile.TemporaryDirectory(prefix="oso-package-") as name:
        copy, out = Path(name) / "app", Path(name) / "out"
        for part in ("app.py", "chalicelib", ".chalice"):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else _copy)(source, copy / part)
        (copy / "requirements.txt").write_text("")
        merge = Path(name) / "merge.json"
        merge.write_text(json.dumps(merged(door, functions)))
        command = [str(BIN / "chalice"), "package", "--stage", door, "--merge-template", str(merge)]
        env = {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1", "OSO_STAGE": "dev"}
        subprocess.run([*command, "--template-format", "json", str(out)], cwd=copy, check=True, env=env)
        template: dict[str, Any] = json.loads((out / "sam.json").read_text())
    return front.complete(template, door, settings)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _build(
    door: str, functions: Mapping[str, str], settings: Mapping[str, str], installed: Path, target: Path
) -> list[str]:
    target.mkdir(parents=True, exist_ok=True)
    path, template = target / "sam.json", template_of(door, functions, settings)
    path.write_text(json.dumps(template, indent=1))
    archive = bundle.build(installed, door, target)
    bundle.write_sbom(installed, door, target, "0.1.0")
    size = archive.stat().st_size
    print(f"{door}: {size / 1e6:.1f} MB (at most {LIMITS[door] / 1e6:.0f})", flush=True)
    lint = subprocess.run([str(BIN / "cfn-lint"), str(path)], capture_output=True, text=True, check=False)
    big = [f"{size} bytes is more than {LIMITS[door]}"] if size > LIMITS[door] else []
    with zipfile.ZipFile(archive) as packed:
        return [*lint.stdout.splitlines(), *big, *too_large(template), *faults(template, packed.namelist())]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
