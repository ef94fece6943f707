"""Pages of a list: `limiet`, `na`, and the sealed cursor (api.md, Lists)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import dropwhile
from typing import Any, TypeVar

from chalicelib.store import Bladzijde
from chalicelib.web.deur import Vraag
from chalicelib.web.kaarten import plain
from chalicelib.web.portal.cursor import ontzegel, verzegel
from chalicelib.web.query import Parameter
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Vorm

T = TypeVar("T")
Plaats = tuple[str, ...]

BLADEREN = (
    Parameter("limiet", "hoeveel per bladzijde", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}),
    Parameter("na", "de waarde `volgende` van de vorige bladzijde", {"type": "string", "maxLength": 2000}),
)


def bladzijde(
    vraag: Vraag,
    waarvoor: str,
    lees: Callable[[int, Mapping[str, Any] | None], Bladzijde],
    als_vorm: Callable[[dict[str, Any]], Vorm],
    tel: Callable[[], int],
) -> Antwoord:
    """One page of a list of this school; the cursor holds for this school and this list alone."""
    sleutels, doel = vraag.werk.stores.geheim.zegelsleutels, f"{vraag.school}#{waarvoor}"
    limiet, cursor = _gevraagd(vraag)
    gelezen = lees(limiet, ontzegel(sleutels, doel, cursor))
    return Antwoord(
        {
            "items": [plain(als_vorm(rij)) for rij in gelezen.rijen],
            "volgende": verzegel(sleutels[0], doel, gelezen.volgende),
            "totaal": tel(),
        }
    )


def gesorteerd(
    vraag: Vraag,
    waarvoor: str,
    alle: Sequence[T],
    plaats: Callable[[T], Plaats],
    als_vorm: Callable[[T], Vorm],
    *,
    aflopend: bool = False,
) -> Antwoord:
    """One page of what stands sorted by `plaats`. What left the list since the page before moves nothing."""

    def gehad(een: T, na: Plaats) -> bool:
        return plaats(een) >= na if aflopend else plaats(een) <= na

    def lees(limiet: int, cursor: Mapping[str, Any] | None) -> Bladzijde:
        na = tuple(cursor["na"]) if cursor else None
        rest = list(alle if na is None else dropwhile(lambda een: gehad(een, na), alle))
        deel = tuple({"rij": een} for een in rest[:limiet])
        return Bladzijde(deel, {"na": plaats(rest[limiet - 1])} if rest[limiet:] else None)

    return bladzijde(vraag, waarvoor, lees, lambda rij: als_vorm(rij["rij"]), lambda: len(alle))


def _gevraagd(vraag: Vraag) -> tuple[int, str | None]:
    """How many and from where on: a search says so in its body, another list in the query."""
    if vraag.body is not None:
        return vraag.body.limiet, vraag.body.na
    return int(vraag.query.get("limiet", "25")), vraag.query.get("na")
