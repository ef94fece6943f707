"""Pages of a list: `limiet`, `na`, and the sealed cursor (api.md, Lists)."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.store import Bladzijde, ontzegel, verzegel
from chalicelib.web.deur import Vraag
from chalicelib.web.kaarten import plain
from chalicelib.web.query import Parameter
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Vorm

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
    na = ontzegel(sleutels, doel, vraag.query.get("na"))
    gelezen = lees(int(vraag.query.get("limiet", "25")), na)
    return Antwoord(
        {
            "items": [plain(als_vorm(rij)) for rij in gelezen.rijen],
            "volgende": verzegel(sleutels[0], doel, gelezen.volgende),
            "totaal": tel(),
        }
    )
