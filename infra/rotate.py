"""`python -m infra.rotate WHAT STEP [--doe] [--stage NAME]`: another pepper, certificate or issuer key, by steps.

    pepper nieuw        a second pepper beside the first, to be read only; deploy after it: every function knows both
    pepper gebruik      write with the newest from now on; deploy after it
    pepper over         move every row to the newest; may be ended and repeated
    pepper oud          take the older one away, once nothing needs it any more
    pepper terug        after a restore of the tables to before `over`: read those that `oud` took away again
    certificate nieuw --cert FILE --key FILE [--ca FILE]
                        the next certificate of the same OIN; --ca: whom we trust beside those of now
    certificate terug   the certificate and key that the last `nieuw` replaced
    certificate oud     take expired authorities out of what we trust
    issuer nieuw --iss URL --jwks FILE [--van URL]
                        new public keys beside the old; --van: a new issuer for the schools of that one, beside it
    issuer oud --iss URL [--jwks FILE]
                        only the keys in this file stay; without a file the issuer itself goes

Without `--doe` it says what it would do, and what there is now. All of it stands in one secret (`OSO_GEHEIMEN`) that is
replaced as a whole, so there is no moment with half a change. Exit 0: done, or nothing to do; 1: not now; 2: cannot.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import Settings
from chalicelib.flows import roteren
from chalicelib.store import open_stores
from infra import rotate_values as values
from infra import stage
from infra.doctor import open_client
from infra.doctor.geheim import is_uitgerold
from infra.rotate_values import RotateError


@dataclass(frozen=True)
class Vault:
    """The secret that every function reads when it starts: names of settings and their values."""

    client: Any
    naam: str

    def read(self, label: str = "AWSCURRENT") -> dict[str, Any]:
        """What stands in it now, or in the version that has this label. RotateError when there is nothing."""
        try:
            text = self.client.get_secret_value(SecretId=self.naam, VersionStage=label)["SecretString"]
            found: dict[str, Any] = json.loads(text)
        except ClientError as error:
            raise RotateError(f"het geheim is niet leesbaar ({stage.reason(error)})") from None
        except (ValueError, KeyError):
            raise RotateError("het geheim is leeg of is geen JSON") from None
        return found

    def keep(self, label: str) -> None:
        """Give the version of now a name of our own: such a one is kept, whatever changes in the secret after it."""
        versions = self.client.describe_secret(SecretId=self.naam)["VersionIdsToStages"]
        now = next(version for version, labels in versions.items() if "AWSCURRENT" in labels)
        before = next((version for version, labels in versions.items() if label in labels), None)
        if before != now:
            held = {"RemoveFromVersionId": before} if before else {}
            self.client.update_secret_version_stage(SecretId=self.naam, VersionStage=label, MoveToVersionId=now, **held)

    def labels(self) -> list[str]:
        """Every name that a version has."""
        versions = self.client.describe_secret(SecretId=self.naam)["VersionIdsToStages"]
        return [label for labels in versions.values() for label in labels]

    def write(self, new: Mapping[str, Any]) -> None:
        """Replace it, whole."""
        self.client.put_secret_value(SecretId=self.naam, SecretString=json.dumps(new))


@dataclass(frozen=True)
class Job:
    """One run of the command: what was asked, the secret, and the environment with the secret over it."""

    asked: argparse.Namespace
    vault: Vault
    secret: dict[str, Any]
    env: Mapping[str, str]

    @property
    def doe(self) -> bool:
        """Whether to do it, or to say what would be done."""
        return bool(self.asked.doe)

    def replace(self, changed: Mapping[str, Any], text: str) -> int:
        """Change the secret, if anything changes, and say so. A setting that becomes None goes."""
        new = {naam: waarde for naam, waarde in {**self.secret, **changed}.items() if waarde is not None}
        if new == self.secret:
            print("niets te doen: het staat er al zo")
            return 0
        if self.doe:
            self.vault.write(new)
        print(f"{'gedaan' if self.doe else 'met --doe'}: {text}")
        return 0


def _pepper_nieuw(job: Job) -> int:
    peppers = values.peppers(job.secret)
    if len(peppers) > 1:
        verder = "gebruik" if job.secret.get(values.WRITES) else "over"
        print(f"er staan al {len(peppers)} peppers: ga verder met `pepper {verder}`")
        return 0
    text = (
        "een pepper erbij, alleen om te lezen. Rol opnieuw uit, zodat elke functie beide kent; daarna `pepper gebruik`"
    )
    return job.replace(values.with_new_pepper(peppers), text)


def _pepper_gebruik(job: Job) -> int:
    if not job.secret.get(values.WRITES):
        print("niets te doen: de nieuwste pepper schrijft al")
        return 0
    if not _uitgerold(job):
        return 1
    return job.replace({values.WRITES: None}, "de nieuwste pepper schrijft. Rol opnieuw uit; daarna `pepper over`")


def _uitgerold(job: Job) -> bool:
    """Whether every function starts with the secret of now: those of before do not know what we are going to write."""
    if stage.VERSION not in job.env:
        print("of elke functie dit geheim leest is alleen met --stage te zien: rol opnieuw uit voor u verdergaat")
        return True
    if is_uitgerold(job.env, job.vault.client):
        return True
    print("nog niet: het geheim is gewijzigd na het uitrollen. Draai eerst make deploy")
    return False


def _pepper_over(job: Job) -> int:
    if job.secret.get(values.WRITES):
        print("nog niet: de nieuwste pepper wordt alleen gelezen. Draai eerst `pepper gebruik --doe` en rol uit")
        return 1
    if job.doe and not _uitgerold(job):
        return 1
    stand = roteren.verplaats(open_stores(Settings.from_env(job.env)), datetime.now(UTC), doe=job.doe)
    _print(stand)
    if stand.oud:
        print("nog niet alles staat onder de nieuwste pepper" + ("" if job.doe else "; met --doe gaat het over"))
        return 1 if job.doe and stand.blijft else 0
    print("alles staat onder de nieuwste pepper: `pepper oud` kan")
    return 0


def _print(stand: roteren.Stand) -> None:
    for naam, tel in (("onder een oudere pepper", stand.oud), ("verplaatst", stand.verplaatst)):
        for soort, aantal in sorted(tel.items()):
            print(f"{naam}: {aantal} {soort}")


def _pepper_oud(job: Job) -> int:
    peppers = values.peppers(job.secret)
    if len(peppers) < 2:
        print("er is maar één pepper: niets te doen")
        return 0
    if job.secret.get(values.WRITES):
        print("nog niet: de oude pepper schrijft nog. Draai eerst `pepper gebruik --doe`")
        return 1
    stores, nu = open_stores(Settings.from_env(job.env)), datetime.now(UTC)
    stand = roteren.verplaats(stores, nu, doe=False)
    nodig = {soort: n for soort, n in stand.oud.items() if n and soort not in (roteren.ONTVANGST, roteren.TELLER)}
    if nodig:
        _print(stand)
        print(
            "de oude pepper is nog nodig: draai `pepper over --doe`; idempotentiesleutels verlopen na een dag vanzelf"
        )
        return 1
    if job.doe and stand.oud[roteren.ONTVANGST]:
        print(f"vergeten: {roteren.vergeet_ontvangsten(stores, nu)} {roteren.ONTVANGST}")
    if job.doe:
        job.vault.keep(f"{_PEPPER}{min(peppers, key=int)}")
    return job.replace(values.newest_pepper(peppers), "de oude pepper is weg. Rol opnieuw uit")


_PEPPER = "OSO_PEPPER_TOT_"
"""The label of a version of the secret that still holds a pepper which `oud` took away: backups may hold its rows."""


def _pepper_terug(job: Job) -> int:
    labels = [label for label in job.vault.labels() if label.startswith(_PEPPER)]
    if not labels:
        raise RotateError("er is geen pepper van hiervoor bewaard")
    before = {naam: waarde for label in labels for naam, waarde in values.peppers(job.vault.read(label)).items()}
    text = "de peppers van hiervoor worden weer gelezen. Rol opnieuw uit; daarna `pepper over` en `pepper oud`"
    return job.replace({"OSO_PEPPER": {**before, **values.peppers(job.secret)}}, text)


_BEFORE = "OSO_CERTIFICAAT_HIERVOOR"
"""The label of the version of the secret that holds the pair which the last `certificate nieuw` replaced."""
_PAIR = ("OSO_CLIENT_CERT", "OSO_CLIENT_KEY")


def _certificate_nieuw(job: Job) -> int:
    asked = job.asked
    if not asked.cert or not asked.key:
        raise RotateError("geef --cert en --key")
    ca = Path(asked.ca).read_text("ascii") if asked.ca else None
    cert, key = Path(asked.cert).read_text("ascii"), Path(asked.key).read_text("ascii")
    changed = values.with_certificate(job.secret, cert, key, ca, datetime.now(UTC))
    if job.doe and any(job.secret.get(naam) != changed[naam] for naam in _PAIR):
        job.vault.keep(_BEFORE)
    text = "het nieuwe certificaat. Functies die al draaien gaan door met het oude tot u opnieuw uitrolt; beide gelden"
    return job.replace(changed, text)


def _certificate_terug(job: Job) -> int:
    try:
        before = job.vault.read(_BEFORE)
        changed: dict[str, Any] = {naam: before[naam] for naam in _PAIR}
    except (RotateError, KeyError):
        raise RotateError("er is geen certificaat van hiervoor bewaard: geef het met `certificate nieuw`") from None
    return job.replace(changed, "certificaat en sleutel van hiervoor. Rol opnieuw uit")


def _certificate_oud(job: Job) -> int:
    changed, gone = values.without_expired(job.secret, datetime.now(UTC))
    return job.replace(changed, f"{gone} verlopen certificaat of certificaten uit wat wij vertrouwen")


def _issuer_nieuw(job: Job) -> int:
    asked = job.asked
    if not asked.iss or not asked.jwks:
        raise RotateError("geef --iss en --jwks")
    issuers = values.with_issuer_keys(job.secret, asked.iss, Path(asked.jwks).read_text("utf-8"), asked.van)
    return job.replace({"OSO_ISSUERS": issuers}, "oude en nieuwe sleutels gelden beide. Rol opnieuw uit")


def _issuer_oud(job: Job) -> int:
    asked = job.asked
    if not asked.iss:
        raise RotateError("geef --iss")
    jwks = Path(asked.jwks).read_text("utf-8") if asked.jwks else None
    issuers = values.without_old_issuer(job.secret, asked.iss, jwks)
    return job.replace({"OSO_ISSUERS": issuers}, "alleen de nieuwe sleutels gelden nog. Rol opnieuw uit")


STEPS: Mapping[tuple[str, str], Callable[[Job], int]] = {
    ("pepper", "nieuw"): _pepper_nieuw,
    ("pepper", "gebruik"): _pepper_gebruik,
    ("pepper", "over"): _pepper_over,
    ("pepper", "oud"): _pepper_oud,
    ("pepper", "terug"): _pepper_terug,
    ("certificate", "nieuw"): _certificate_nieuw,
    ("certificate", "terug"): _certificate_terug,
    ("certificate", "oud"): _certificate_oud,
    ("issuer", "nieuw"): _issuer_nieuw,
    ("issuer", "oud"): _issuer_oud,
}
_VOOR_RIJEN = ("OSO_TABEL_STATE", "OSO_BUCKET", "OSO_KMS_SLEUTEL")


def main(arguments: list[str]) -> int:
    """Do one step of one rotation."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.rotate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=sorted({what for what, _ in STEPS}))
    parser.add_argument("step", choices=sorted({step for _, step in STEPS}))
    parser.add_argument("--doe", action="store_true", help="do it; without it only what would be done is said")
    for naam in ("cert", "key", "ca", "iss", "jwks", "van"):
        parser.add_argument(f"--{naam}")
    stage.add_argument(parser)
    asked = parser.parse_args(arguments)
    if (asked.what, asked.step) not in STEPS:
        parser.error(f"{asked.what} kent de stap {asked.step} niet")
    return stage.run(lambda: _rotate(asked))


def _rotate(asked: argparse.Namespace) -> int:
    rijen = asked.what == "pepper" and asked.step in ("over", "oud")
    env = stage.environment(asked.stage, "OSO_GEHEIMEN", *(_VOOR_RIJEN if rijen else ()))
    vault = Vault(open_client()("secretsmanager"), env["OSO_GEHEIMEN"])
    try:
        secret = vault.read()
        env |= {n: v if isinstance(v, str) else json.dumps(v) for n, v in secret.items()}
        return STEPS[asked.what, asked.step](Job(asked, vault, secret, env))
    except RotateError as fout:
        print(f"niets gewijzigd: {fout}")
    except OSError:
        print("niets gewijzigd: een bestand is niet leesbaar")
    except (ClientError, BotoCoreError) as fout:
        print(f"gestopt: AWS weigert of antwoordt niet ({stage.reason(fout)}). Draai dezelfde stap opnieuw")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
