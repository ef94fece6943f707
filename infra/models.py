"""What of botocore's descriptions of AWS goes into a package: the calls that the app makes, and nothing else.

botocore reads them as JSON at every cold start: all of DynamoDB, S3, KMS and the endpoints of every service are 5 MB.
Which calls are made is read from the app's own source, so that a new one cannot be forgotten here.
"""

import ast
import gzip
import json
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from botocore import xform_name

ROOT = Path(__file__).resolve().parents[1]
_LEFT_OUT = ("examples-1.json", "waiters-2.json")
# The pre-signed form for an upload names no call: it is a PutObject, with a policy around it.
_UNNAMED = {"put_object"}


@lru_cache(maxsize=1)
def calls() -> frozenset[str]:
    """Every attribute, and every name given as text, in our own source: what of it is a call of AWS is looked up."""
    return frozenset(_UNNAMED | {one for path in (ROOT / "chalicelib").rglob("*.py") for one in _names(path)})


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def packed(path: Path, services: Collection[str]) -> tuple[str, bytes] | None:
    """The name and bytes under which a file of `botocore/data` is packed, or None where it stays behind."""
    if path.name in _LEFT_OUT:
        return None
    plain = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    if path.name.startswith("service-2.json"):
        plain = service(plain, calls())
    elif path.name == "endpoints.json":
        plain = endpoints(plain, services)
    return path.name.removesuffix(".gz"), json.dumps(plain, separators=(",", ":")).encode()


def service(model: dict[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    """The model of a service with the wanted calls (`put_object`), the shapes that they reach, and no documentation."""
    operations = {name: one for name, one in model["operations"].items() if xform_name(name) in wanted}
    seen: set[str] = set()
    todo = [shape for one in operations.values() for shape in _shapes(one)]
    while todo:
        if (shape := todo.pop()) not in seen:
            seen.add(shape)
            todo += _shapes(model["shapes"][shape])
    kept = {name: one for name, one in model["shapes"].items() if name in seen}
    trimmed: dict[str, Any] = _undocumented({**model, "operations": operations, "shapes": kept})
    return trimmed


def _shapes(part: Any) -> Iterator[str]:
    """The names of the shapes that a part of a model refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for one in part.values():
            yield from _shapes(one)
    elif isinstance(part, list):
        for one in part:
            yield from _shapes(one)


def _undocumented(part: Any) -> Any:
    """The same without texts; botocore asks for the text of some parts (parameters of S3), so that it stays, empty."""
    if isinstance(part, dict):
        # a member may be called `documentation` too: then it is a shape, not a text
        return {
            name: "" if name == "documentation" and isinstance(one, str) else _undocumented(one)
            for name, one in part.items()
        }
    return [_undocumented(one) for one in part] if isinstance(part, list) else part


def endpoints(table: dict[str, Any], services: Collection[str]) -> dict[str, Any]:
    """The table of endpoints, of these services in the partition that holds every region this service may run in."""
    partitions = [
        {**one, "services": {name: part for name, part in one["services"].items() if name in services}}
        for one in table["partitions"]
        if one["partition"] == "aws"
    ]
    return {**table, "partitions": partitions}
