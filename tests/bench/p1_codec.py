"""P1: read and write a dossier of 173 KB, beside hand-written lxml and pydantic-xml.

Ours validates against the schema on the way in; the peers do not.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.lezen import lees_xml
from chalicelib.gegevensset.tabel import Element, standaard
from tests.bench.measure import Goal, medians
from tests.bench.sample import VERSION, dossier

EXAMPLES = Path(__file__).parents[2].parent / "shared" / "oso" / "examples"


def ours(data: bytes) -> bytes:
    """Bytes to values and back."""
    return encode(decode(data).dossier, VERSION)


def _attributes(node: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in node.items()}


class ByHand:
    """What one writes without a table: values by a walk over the tree, `SubElement` for every one of them."""

    def __init__(self) -> None:
        table = standaard(VERSION)
        self.namespace = table.namespace
        self.lists = {f"{self._tag(field)}" for field in table.wortel.alle() if field.herhaalt or field.heeft_groep}

    def _tag(self, field: Element) -> str:
        return f"{{{self.namespace}}}{field.naam}"

    def round_trip(self, data: bytes) -> bytes:
        values = self._read(lees_xml(data))
        root = etree.Element(f"{{{self.namespace}}}dossier", nsmap={None: self.namespace})  # type: ignore[dict-item]  # None is the default namespace
        self._write(root, values)
        return etree.tostring(root, encoding="utf-8")

    def _read(self, node: etree._Element) -> list[tuple[str, Any, dict[str, str]]]:
        return [(child.tag, self._read(child) if len(child) else child.text, _attributes(child)) for child in node]

    def _write(self, parent: etree._Element, values: list[tuple[str, Any, dict[str, str]]]) -> None:
        for tag, value, attributes in values:
            child = etree.SubElement(parent, tag, attributes)
            if isinstance(value, list):
                self._write(child, value)
            else:
                child.text = value


def peers() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    """The peers that are installed."""
    yield "SubElement", ByHand().round_trip
    try:
        from tests.bench.p1_pydantic import round_trip
    except ImportError:
        return
    yield "pydantic-xml", round_trip(VERSION)


def c14n(data: bytes) -> bytes:
    """Canonical XML; blanks between elements, comments and processing instructions are no data and left out."""
    root = lees_xml(data)
    for node in root.iter():
        node.tail = None
        if len(node):
            node.text = None
    return etree.tostring(root, method="c14n")


def published() -> str:
    """Whether every published example that is at hand comes back the same; they are not part of this project."""
    files = sorted(EXAMPLES.glob("*.xml"))
    same = 0
    for file in files:
        read = decode(file.read_bytes())
        same += c14n(encode(read.dossier, read.versie)) == c14n(file.read_bytes())
    return f"C14N-equal after the round trip: {same} of {len(files)} published examples in ../shared/oso/examples"


def run() -> Iterator[Goal | str]:
    """The goals of P1; a peer that is not installed, and what a peer loses, as a remark."""
    data = encode(dossier(), VERSION)
    ways: dict[str, Callable[[bytes], bytes]] = {"ours": ours, **dict(peers())}
    times = medians({name: lambda way=way: way(data) for name, way in ways.items()})  # type: ignore[misc]  # a default is the way to bind in a loop
    yield ", ".join(f"{name} {found:.2f} ms" for name, found in times.items()) + f"; {len(data)} bytes"
    yield published()
    for name, way in ways.items():
        if c14n(way(data)) != c14n(data):
            yield f"{name} does not give the same XML back"
    yield Goal("P1", "read + write, against lxml SubElement", times["SubElement"] / times["ours"], 1.0, True)
    if "pydantic-xml" in times:
        yield Goal("P1", "read + write, against pydantic-xml", times["pydantic-xml"] / times["ours"], 3.0, True)
    else:
        yield "P1 pydantic-xml is not installed: see requirements-bench.txt"
