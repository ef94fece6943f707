"""The chapter of the demo with two installations that share nothing but a Traffic Center."""

import hashlib
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from infra.local.demo_zorgvraag import zorgvraag
from infra.local.instances import instances
from infra.local.portal_client import Portal, card_path, download, outcome, request_dossier
from infra.local.story import Story, collect, fill_in, put, record_inzage, set_ready

_ANDER = ("BSN", "310008475")  # a published test number that none of the example pupils has
_ID = "over-en-weer"


def twee_installaties(story: Story) -> None:
    """In '18 and in '22: both start, and each sends the other a pupil, byte for byte; in '22 a zorgvraag too."""
    for profiel, parties in (("18", ()), ("22", ("swv",))):
        story.begin(f"Twee installaties, elk met eigen AWS en certificaat, generatie '{profiel}")
        with tempfile.TemporaryDirectory(prefix="oso-twee-") as map_, instances(Path(map_), profiel, parties) as (a, b):
            story.check(len({a.portal, b.portal, a.aws.endpoint, b.aws.endpoint, a.wire, b.wire}) == 6, "beide draaien")
            heen, terug = Portal(a, "14SS00"), Portal(b, "99EF00")
            data = story.pupils["POPO"]
            _exchange(story, heen, terug, data)
            _exchange(story, terug, heen, data.replace(_number(data), _ANDER[1].encode()))
            if a.parties:
                zorgvraag(replace(story, stack=a, bron=heen, since=time.monotonic()), _ID)


def _exchange(story: Story, bron: Portal, doel: Portal, data: bytes) -> None:
    """A pupil from record to reception, from one installation to the other."""
    here = replace(story, bron=bron, pupils={"POPO": data}, since=time.monotonic())
    naam = put(here, _ID, "POPO")
    fill_in(here, _ID, doel.school[:4])
    collect(here, _ID, "POPO", naam)
    record_inzage(here, _ID)
    set_ready(here, _ID, "")
    here.begin(f"{doel.school} vraagt op bij de andere installatie")
    card = outcome(doel, request_dossier(doel, bron.school[:4], ("BSN", _number(data).decode())).json["id"])
    here.check(card["status"] == "ONTVANGEN", str((card["resultaat"] or {}).get("tekst")))
    here.begin(f"Vertrokken van {bron.school} en aangekomen bij {doel.school}")
    left, arrived = download(bron, f"{card_path(_ID)}/xml"), download(doel, f"/dossieraanvragen/{card['id']}/xml")
    here.check(left == arrived, f"gelijk, {len(left)} bytes, sha256 {hashlib.sha256(left).hexdigest()}")


def _number(data: bytes) -> bytes:
    """The digits of the pupil's BSN, as they stand in the file."""
    return data.partition(b"<bsn>")[2].partition(b"<")[0]
