"""The dossier that the bench works on: generated, about 173 KB, as many elements as a full published one."""

import base64
import io
import zipfile
from random import Random
from typing import Any

from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.tabel import standaard
from tests.property.dossier_maker import make_dossier

VERSION = "2019.1"
SIZE = 173_000
HARDENED = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
REFERENCE_PARSE = 0.25
"""Milliseconds of the hardened parse of such a dossier on the machine that the absolute goals were set on."""


def dossier() -> dict[str, Any]:
    """A valid POVO dossier; its attachments are swollen until the whole has the size wanted."""
    found = make_dossier(standaard(VERSION), Profiel.POVO, Random("bench 8"), fullness=0.85)
    documents = list(_documents(found))
    missing = SIZE - len(encode(found, VERSION))
    for number, document in enumerate(documents):
        document["bestandsnaam"] = f"verslag {number}.txt"
        document["bestandsinhoud"] = _zip(document["bestandsnaam"], missing // len(documents), number)
    return found


def _documents(tree: Any) -> list[dict[str, str]]:
    if isinstance(tree, list):
        return [document for item in tree for document in _documents(item)]
    if not isinstance(tree, dict):
        return []
    own = [tree] if "bestandsinhoud" in tree else []
    return own + [document for value in tree.values() for document in _documents(value)]


def _zip(name: str, size: int, seed: int) -> str:
    """Base64 of a stored ZIP with one text, about `size` characters in all."""
    text = base64.b85encode(Random(seed).randbytes(max(10, (size * 3 // 4 - 250) * 4 // 5)))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return base64.b64encode(packed.getvalue()).decode()


def with_faults(valid: dict[str, Any], wanted: int = 100) -> bytes:
    """The same dossier with that many meldingen: elements missing, unknown, empty, and values that are none."""
    for count in range(wanted, wanted * 2):
        data = _damaged(valid, count)
        if len(controleer(data).meldingen) >= wanted:
            break
    return data


def _damaged(valid: dict[str, Any], count: int) -> bytes:
    root = etree.fromstring(encode(valid, VERSION))
    leaves = [node for node in root.iter() if not len(node) and "bestandsinhoud" not in node.tag]
    for number, node in enumerate(Random(100).sample(leaves, count)):
        parent, harm = node.getparent(), number % 6
        if harm == 0 and parent is not None:
            parent.remove(node)
        elif harm == 1:
            node.tag = f"{node.tag}x"
        else:
            node.text = "" if harm in (2, 3) else "ONZIN"
    return etree.tostring(root)
