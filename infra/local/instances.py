"""Two installations beside each other, as two suppliers have them: own AWS, certificate, secrets; one Traffic Center.

14SS00 is served by the first with `leverancier-a`, 99EF00 by the second with `leverancier-b`. In '22 there is no call
to register an aanleverpunt: there it is made in OSR, which the sandbox's Traffic Center plays.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import urllib3

from infra.local.enrol import enrol
from infra.local.pki import OIN
from infra.local.scholen import SCHOLEN, Sandboxschool
from infra.local.stack import Stack, stack, traffic_center
from infra.local.world import Center, Options

VAN = {"14SS00": "leverancier-a", "99EF00": "leverancier-b"}


@contextmanager
def instances(folder: Path, profiel: str, parties: tuple[str, ...] = ()) -> Iterator[tuple[Stack, Stack]]:
    """Run both in this generation until the block ends, their schools enrolled. Files go under `folder`.

    `parties`: systems of others that take part beside the first (`Options.parties`).
    """
    with ExitStack() as up:
        center = up.enter_context(traffic_center(_new(folder / "tc")))
        running = [
            up.enter_context(stack(_new(folder / naam), _options(school, naam, profiel, parties), center))
            for school, naam in VAN.items()
        ]
        for school in SCHOLEN:
            if school.vestiging in VAN:
                one = running[list(VAN).index(school.vestiging)]
                _at_the_center(center, school)
                enrol(one, [school])
        yield running[0], running[1]


def _options(school: str, naam: str, profiel: str, parties: tuple[str, ...]) -> Options:
    beside = parties if school == next(iter(VAN)) else ()
    scholen = {f"portaal-{naam[-1]}": (school,)}
    return Options(leverancier=naam, scholen=scholen, profiel=profiel, retry=1, parties=beside)


def _at_the_center(center: Center, school: Sandboxschool) -> None:
    """Let the Traffic Center know which supplier serves the school, as the school itself would in Mijn OSO."""
    for nummer in school.aanleverpunten:
        facts = {"brin": school.brin, "nummer": nummer, "naam": school.gegevens["naam"], "doel": "OV"}
        body = json.dumps({**facts, "leverancier": OIN[VAN[school.vestiging]]}).encode()
        answer = urllib3.request("POST", f"{center.stand}/stand/aanleverpunt", body=body)
        if answer.status != 200:
            raise RuntimeError(f"the Traffic Center does not take {school.brin}/{nummer}: {answer.status}")


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True, mode=0o700)
    return folder
