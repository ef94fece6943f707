"""What of botocore's descriptions is packed: all that the app calls, whole, and little else."""

import json
import re
from pathlib import Path
from typing import Any

import botocore
import pytest
import urllib3
from botocore import xform_name

from infra import bundle, models

DATA = Path(botocore.__file__).parent / "data"
STORE = Path(__file__).resolve().parents[2] / "chalicelib"


def _packed(service: str) -> dict[str, Any]:
    (path,) = sorted((DATA / service).glob("*/service-2.json*"))[-1:]
    found = models.packed(path, bundle._SERVICES)
    assert found is not None
    assert found[0] == "service-2.json"
    model: dict[str, Any] = json.loads(found[1])
    return model


@pytest.mark.parametrize("service", bundle._SERVICES)
def test_what_is_called_is_packed_with_all_its_shapes(service: str) -> None:
    model = _packed(service)
    assert model["operations"], "a service that is never called need not be packed"
    named = set(re.findall(r'"shape":"(\w+)"', json.dumps(model, separators=(",", ":"))))
    assert named == set(model["shapes"])


def test_every_call_on_a_client_in_our_source_is_packed() -> None:
    kept = {xform_name(one) for service in bundle._SERVICES for one in _packed(service)["operations"]}
    source = "".join(path.read_text("utf-8") for path in STORE.rglob("*.py"))
    written = set(re.findall(r"\bclient\.([a-z_0-9]+)\(", source))
    written |= set(re.findall(r"(?:get_paginator|generate_presigned_url)\(\s*\"(\w+)\"", source))
    written -= {"get_paginator", "generate_presigned_post", "generate_presigned_url"}
    assert {"get_item", "transact_write_items", "list_object_versions"} <= written
    assert written <= kept


def test_nothing_that_is_never_called_is_packed() -> None:
    assert not {"CreateTable", "DeleteTable"} & _packed("dynamodb")["operations"].keys()
    assert not {"DeleteBucket", "PutBucketPolicy"} & _packed("s3")["operations"].keys()
    assert not {"ScheduleKeyDeletion", "DisableKey"} & _packed("kms")["operations"].keys()


def test_errors_that_the_app_tells_apart_are_packed() -> None:
    assert {"ConditionalCheckFailedException", "TransactionCanceledException"} <= _packed("dynamodb")["shapes"].keys()
    assert "NoSuchKey" in _packed("s3")["shapes"]


def test_the_endpoints_of_every_european_region_are_packed() -> None:
    found = models.packed(DATA / "endpoints.json", bundle._SERVICES)
    assert found is not None
    (partition,) = json.loads(found[1])["partitions"]
    assert {"eu-west-1", "eu-central-1"} <= partition["regions"].keys()
    assert {"dynamodb", "s3", "sqs", "kms"} <= partition["services"].keys() <= set(bundle._SERVICES)


def test_what_stands_in_for_a_module_has_every_name_that_others_import_of_it() -> None:
    """Only texts for `help()` and HTTP/2 are stood in for; whoever imports more of them must be told here."""
    places = [Path(botocore.__file__).parent, Path(urllib3.__file__).parent]
    for name, source in bundle._INSTEAD.items():
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        made: dict[str, Any] = {}
        exec(source, made)
        asked = {
            one
            for place in places
            for path in place.rglob("*.py")
            if bundle.wanted(path.relative_to(place.parent).as_posix(), "wire")
            for names in re.findall(rf"^from {re.escape(module)} import \(?([\w, ]+)", path.read_text("utf-8"), re.M)
            for one in names.replace(" ", "").split(",")
        }
        assert asked - {"utils"} <= set(made), module
        assert bool(asked) == bool(source), module
