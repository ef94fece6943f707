"""The zip of one door: the pinned packages that it needs, without what never runs, compiled, plus the app itself.

Installed from the hashed pins for the Python and machine of Lambda, whatever machine builds it. The packages go in as
`.pyc` alone, ours as source and `.pyc`, with the methods of dataclasses beside it: a cold start compiles nothing. The
same sources give the same bytes.
"""

import compileall
import hashlib
import json
import py_compile
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra import methods, models

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements.txt"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")
_TIME = (2020, 1, 1, 0, 0, 0)

# What of an installation a door loads: top-level names. Chalice's command line and its dependencies stay behind.
_BOTH = (
    "aws_lambda_powertools",
    "botocore",
    "chalice",
    "dateutil",
    "jmespath",
    "lxml",
    "six.py",
    "typing_extensions.py",
    "urllib3",
)
_PORTAL = (
    "PIL",
    "annotated_types",
    "cffi",
    "cryptography",
    "defusedxml",
    "fontTools",
    "fpdf",
    "jwt",
    "pillow.libs",
    "pydantic",
    "pydantic_core",
    "typing_inspection",
)
DISTRIBUTIONS = {
    "PIL": "pillow",
    "jwt": "pyjwt",
    "fpdf": "fpdf2",
    "dateutil": "python-dateutil",
    "fontTools": "fonttools",
}
NAMES = {"portal": (*_BOTH, *_PORTAL), "wire": _BOTH}
_EXTENSION = {"portal": ("_cffi_backend",), "wire": ()}
_LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing|examples?|__pycache__|include|includes|isoschematron|py\.typed)(/|$)"
    r"|\.(pyi|pyx|pxd|pxi|c|h|rst|md|txt)$"
    r"|^chalice/(cli|deploy|templates|vendored|local\.py|package\.py|awsclient\.py|api|policies\.json|policies-extra)"
    r"|^lxml/(objectify|html|doctestcompare|cssselect|sax|usedoctest|pyclasslookup)"
    r"|^fontTools/(.*\.so$|cu2qu/|qu2cu/|mtiLib/|voltLib/|t1Lib/|merge/)"
    r"|^botocore/docs/(?!(__init__|docstring|utils)\.py$)|^urllib3/http2/connection\.py$"
    r"|^PIL/_(avif|webp|imagingtk)|^PIL/AvifImage|^PIL/WebPImage|^pillow\.libs/lib(avif|webp)"
)
_SERVICES = ("dynamodb", "s3", "sqs", "kms", "secretsmanager")
OWN = ("app.py", "chalicelib")

# Modules of which nothing ever runs, but that others import: 25 ms of a cold start. botocore writes texts for `help()`
# in `docs`; urllib3 asks for the version of h2, which is not there.
_NO_DOCSTRING = """\
class ClientMethodDocstring(str):
    def __new__(cls, *_, **__):
        return super().__new__(cls)


PaginatorDocstring = WaiterDocstring = ClientMethodDocstring
"""
_INSTEAD = {
    "botocore/docs/__init__.py": "",
    "botocore/docs/docstring.py": _NO_DOCSTRING,
    "urllib3/http2/__init__.py": "",
}


def install(target: Path) -> None:
    """Put every pinned package under `target`, without running anything of it. RuntimeError where pip refuses.

    What stands there already of the same pins is kept.
    """
    stamp, wanted = target / ".stamp", hashlib.sha256(f"{PYTHON}\n{PINS.read_text()}".encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(target, ignore_errors=True)
    platforms = [part for one in _PLATFORMS for part in ("--platform", one)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--no-deps", "--only-binary=:all:", "--no-compile", "--implementation=cp", f"--python-version={PYTHON}"]
    quiet = {"stderr": subprocess.DEVNULL}
    done = subprocess.run([*command, *platforms, "--target", str(target), "-r", str(PINS)], check=False, **quiet)  # type: ignore[call-overload]  # a dict of one known option
    if done.returncode:
        raise RuntimeError("pip could not install the pins; run the same command by hand to see why")
    stamp.write_text(wanted)


def wanted(name: str, door: str) -> bool:
    """Whether a file of the installation, by its path under it, goes into the zip of this door."""
    top = name.partition("/")[0]
    if not (top in NAMES[door] or top.startswith(_EXTENSION[door] or ("\0",))):
        return False
    data = re.match(r"botocore/data/([^/]+)/", name)
    if data and data[1] not in _SERVICES:
        return False
    return not _LEFT_OUT.search(name) or name.startswith("botocore/data/") or name == "botocore/cacert.pem"


def build(installed: Path, door: str, target: Path) -> Path:
    """Lay out and zip one door; returns the archive, `deployment.zip` in `target`."""
    layout, archive = target / "layout", target / "deployment.zip"
    shutil.copyfile(_packages(installed, door, target), archive)
    for own in OWN:
        _own(ROOT / own, layout / own)
    methods.write(layout)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(layout / "chalicelib", quiet=1, stripdir=str(layout), invalidation_mode=mode)
    _zip(layout, archive, [path for own in OWN for path in _files(layout / own)])
    return archive


def _packages(installed: Path, door: str, target: Path) -> Path:
    """The zip of what a door needs of others, and its layout; what is there of the same packages already is kept."""
    layout, archive, stamp = target / "layout", target / "packages.zip", target / "packages.stamp"
    files = [path for path in _files(installed) if wanted(path.relative_to(installed).as_posix(), door)]
    fingerprint = _fingerprint(files)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return archive
    stamp.unlink(missing_ok=True)
    shutil.rmtree(layout, ignore_errors=True)
    for path in files:
        name = path.relative_to(installed).as_posix()
        _put(path, layout / name, name)
    archive.unlink(missing_ok=True)
    _zip(layout, archive, _files(layout))
    stamp.write_text(fingerprint)
    return archive


def _fingerprint(files: list[Path]) -> str:
    """Of what stands in the archive: the pins, how it is packed, and what of AWS's descriptions is called."""
    here = Path(__file__)
    facts = [PYTHON.encode(), PINS.read_bytes(), here.read_bytes(), here.with_name("models.py").read_bytes()]
    facts += [
        found[1] for path in files if "/botocore/data/" in path.as_posix() if (found := models.packed(path, _SERVICES))
    ]
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in facts)).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder.rglob("*") if folder.is_dir() else [folder]) if path.is_file())


def _put(path: Path, target: Path, name: str) -> None:
    """A module as its compiled self, a description of AWS cut down to what is called, anything else as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if name.startswith("botocore/data/"):
        if found := models.packed(path, _SERVICES):
            (target.parent / found[0]).write_bytes(found[1])
    elif path.suffix == ".py":
        mode, source = py_compile.PycInvalidationMode.UNCHECKED_HASH, path
        if name in _INSTEAD:
            source = target
            source.write_text(_INSTEAD[name])
        py_compile.compile(
            str(source), cfile=str(target.with_suffix(".pyc")), dfile=target.name, doraise=True, invalidation_mode=mode
        )
        target.unlink(missing_ok=True)
    else:
        shutil.copyfile(path, target)


def _own(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copyfile(source, target)


def _zip(layout: Path, archive: Path, files: list[Path]) -> None:
    """Put files of the layout into the archive, after what is in it."""
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(layout).as_posix(), _TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, path.read_bytes(), compresslevel=9)


def sbom(installed: Path, door: str, version: str) -> dict[str, Any]:
    """What is in the zip, as CycloneDX 1.5: name, version, licence, and the hashes that the pins allow."""
    pins = dict(_pins(PINS.read_text()))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": f"oso-{door}", "version": version}},
        "components": [_component(name, pins[name], installed) for name in distributions(door) if name in pins],
    }


def distributions(door: str) -> list[str]:
    """The names of the packages that a door ships, as the pins spell them."""
    tops = [one.removesuffix(".py") for one in NAMES[door] if one != "pillow.libs"]
    return sorted({DISTRIBUTIONS.get(top, top).lower().replace("_", "-") for top in tops})


def _pins(text: str) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    for block in re.split(r"\n(?=[A-Za-z0-9])", text.replace("\\\n", " ")):
        if found := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", block):
            yield found[1].lower().replace("_", "-"), (found[2], re.findall(r"sha256:([0-9a-f]{64})", block))


def _component(name: str, pin: tuple[str, list[str]], installed: Path) -> dict[str, Any]:
    version, hashes = pin
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
    }
    if licence := _licence(name, installed):
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _licence(name: str, installed: Path) -> str | None:
    for path in installed.glob("*.dist-info/METADATA"):
        fields: Mapping[str, str] = dict(
            re.findall(r"^([\w-]+): (.*)$", path.read_text("utf-8").partition("\n\n")[0], re.M)
        )
        if fields["Name"].lower().replace("_", "-") == name:
            return fields.get("License-Expression") or fields.get("License")
    return None


def write_sbom(installed: Path, door: str, target: Path, version: str) -> None:
    """Write `sbom.cdx.json` beside the zip."""
    (target / "sbom.cdx.json").write_text(json.dumps(sbom(installed, door, version), indent=1))
