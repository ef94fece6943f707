"""Blocks and fields of a dossier as a parent reads them: what may be seen, and what reads better as one line."""

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.gegevensset.leesbaar import leaf
from chalicelib.gegevensset.tabel import Element, Standaard

Waarden = dict[str, Any]

EMPTY: tuple[Any, ...] = (None, "", [], {})
_GEHEIM = frozenset({"9999999999", "geheim@geheim.geheim"})  # what stands in for a secret number (15.32)
_PLACES = frozenset({"adreslijst", "postcode4adres", "adresbuitenland"})


def is_true(value: Any) -> bool:
    """Whether a boolean of the standard says yes."""
    return isinstance(value, str) and value.strip() in ("true", "1")


def present(element: Element, value: Waarden) -> Iterator[tuple[Element, Any]]:
    """The children of a block that have a value, in the order of the standard."""
    for kind in element.kinderen:
        found = value.get(kind.naam)
        if found not in EMPTY:
            yield kind, found


def visible(element: Element, value: Waarden) -> Iterator[tuple[Element, Any]]:
    """The fields of a block that may be read: never a secret address (15.32)."""
    unseen = hidden(value)
    for kind, found in present(element, value):
        if kind.naam not in unseen:
            yield kind, found


def hidden(value: Waarden) -> frozenset[str]:
    """The names of the fields of a block that are not printed."""
    return _PLACES if is_true(value.get("adresgeheim")) else frozenset()


def parts(value: Any) -> list[Any]:
    """A value as the list of its repetitions."""
    return value if isinstance(value, list) else [value]


def address(standaard: Standaard, element: Element, value: Waarden) -> tuple[str, str]:
    """Label and text of an `adres`: `Bezoekadres`, `Langestraat 66 a, 1811 JJ Alkmaar, Nederland`."""
    texts = {kind.naam: leaf(standaard, kind, found) for kind, found in present(element, value)}
    label = texts.pop("soortadres", element.label)
    street = _join(texts, "straat", "aanduiding", "nummer", "toevoeging")
    town = _join(texts, "postcode", "plaats")
    commune = texts.pop("gemeente", "")
    if commune and commune != value.get("plaats"):
        texts["gemeente"] = f"gemeente {commune}"
    return label[:1].upper() + label[1:], ", ".join(filter(None, [street, town, *texts.values()]))


def _join(texts: dict[str, str], *names: str) -> str:
    return " ".join(filter(None, (texts.pop(name, "") for name in names)))


def communication(standaard: Standaard, element: Element, value: Waarden) -> tuple[str, str]:
    """Label and text of a `communicatie`: `Telefoonnummer (zakelijk)`, the number; never a secret one (15.32)."""
    texts = {kind.naam: leaf(standaard, kind, found) for kind, found in present(element, value)}
    label, use = texts.get("soort", element.label), texts.get("aanduiding", "")
    number = texts.get("nummer", "")
    if is_true(value.get("geheim")):
        number = f"{number} (geheim)" if number in _GEHEIM else "geheim"
    extra = " (noodnummer)" if is_true(value.get("noodnummer")) else ""
    return label[:1].upper() + label[1:] + (f" ({use})" if use else ""), number + extra


def document(standaard: Standaard, element: Element, value: Waarden) -> tuple[str, str]:
    """Label and text of an attachment: its file name and description, never its content."""
    description = value.get("omschrijving", "")
    return element.label, f"{value.get('bestandsnaam', '')}{f' – {description}' if description else ''}"


def mark(standaard: Standaard, element: Element, value: Waarden) -> tuple[str, str]:
    """Label and text of a `score` on a list of marks: `Cijfer`, `4, onvoldoende`."""
    return element.label, ", ".join(leaf(standaard, kind, found) for kind, found in present(element, value))


def scores(standaard: Standaard, element: Element, values: Iterable[Waarden]) -> str:
    """All derived scores of a test, those of one comparison together: `DLE: 60 · AE: D (landelijk)`."""
    groups: dict[str, list[str]] = {}
    for value in values:
        texts = {kind.naam: leaf(standaard, kind, found) for kind, found in present(element, value)}
        # a no-break space keeps code and value on one line
        score = f"{texts.pop('codereferentiescore', '')}:\N{NO-BREAK SPACE}{texts.pop('waarde', '')}"
        groups.setdefault(", ".join(texts.values()), []).append(score)
    return "\n".join(" · ".join(found) + (f" ({group})" if group else "") for group, found in groups.items())


def person(value: Waarden) -> str:
    """The name of a person block as people say it, or ""."""
    if "achternaam" not in value:
        return ""
    first = value.get("roepnaam") or " ".join(parts(value.get("voornaam", ""))) or value.get("voorletters-1", "")
    return " ".join(filter(None, (first, value.get("voorvoegsel", ""), value["achternaam"])))


# Blocks that read better as one line than as rows of their own.
ONE_LINE = {"adres": address, "communicatie": communication, "document": document, "score": mark}
