"""The boxes: content in S3, never changed after writing, under keys that say nothing about a pupil."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.nummers import Vestiging
from chalicelib.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
else:
    S3Client = object

SOORT = {"xml": "application/xml", "pdf": "application/pdf", "json": "application/json", "zip": "application/zip"}


@dataclass(frozen=True)
class Inhoud:
    """One bucket. A `map` is a prefix that is used once: `{school}/{eigenaar}/{random}`."""

    client: S3Client
    bucket: str

    def nieuwe_map(self, school: Vestiging, eigenaar: str) -> str:
        """A prefix that nobody used before, so that nothing is ever overwritten (house 7).

        `eigenaar` is a leerlingId, or `soort!id` of what belongs to no pupil: no leerlingId holds that sign.
        """
        return f"{school}/{eigenaar}/{uuid4().hex}"

    def put(self, map_: str, naam: str, data: bytes) -> None:
        """Write one object; its kind follows from the ending of `naam`."""
        soort = SOORT.get(naam.rpartition(".")[2], "application/octet-stream")
        self.client.put_object(Bucket=self.bucket, Key=f"{map_}/{naam}", Body=data, ContentType=soort)

    def get(self, map_: str, naam: str) -> bytes:
        """Read one object, or NotFound("INHOUD_WEG") when the clean-up was there first."""
        try:
            return self.client.get_object(Bucket=self.bucket, Key=f"{map_}/{naam}")["Body"].read()
        except self.client.exceptions.NoSuchKey:
            raise NotFound("INHOUD_WEG") from None

    def uploadlink(self, map_: str, naam: str, soort: str, grootste: int, seconden: int) -> tuple[str, dict[str, str]]:
        """A form that puts one file of 1 to `grootste` bytes under exactly this key and kind: url, fields."""
        form = self.client.generate_presigned_post(
            self.bucket,
            f"{map_}/{naam}",
            Fields={"Content-Type": soort},
            Conditions=[{"Content-Type": soort}, ["content-length-range", 1, grootste]],
            ExpiresIn=seconden,
        )
        return form["url"], dict(form["fields"])

    def vervang(self, map_: str, naam: str, data: bytes) -> int:
        """Write other bytes over an object and remove every earlier version for good; how many of those there were.

        Only to take something out that must be destroyed: all else is never overwritten.
        """
        sleutel = f"{map_}/{naam}"
        eerder = self._versies(sleutel)  # before the write: of two at once neither may remove what the other wrote
        self.client.put_object(Bucket=self.bucket, Key=sleutel, Body=data)
        return self._vernietig(eerder)

    def verwijder(self, map_: str, naam: str) -> None:
        """Remove one object; no such object is fine."""
        self.client.delete_object(Bucket=self.bucket, Key=f"{map_}/{naam}")

    def vernietig(self, begin: str) -> int:
        """Remove every version of every object under a prefix, for good; returns how many versions there were."""
        return self._vernietig(self._versies(begin))

    def _versies(self, begin: str) -> list[tuple[str, str]]:
        """Key and id of every version and delete marker under a prefix."""
        bladzijden = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=begin)
        alle = [
            versie
            for bladzijde in bladzijden
            for versie in (*bladzijde.get("Versions", []), *bladzijde.get("DeleteMarkers", []))
        ]
        return [(versie["Key"], versie["VersionId"]) for versie in alle]

    def _vernietig(self, versies: Sequence[tuple[str, str]]) -> int:
        for sleutel, versie in versies:
            self.client.delete_object(Bucket=self.bucket, Key=sleutel, VersionId=versie)
        return len(versies)

    def link(self, map_: str, naam: str, bestandsnaam: str, seconden: int = 60) -> str:
        """A link that downloads the object as `bestandsnaam` (which holds no personal data: it stands in the URL)."""
        return self.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": f"{map_}/{naam}",
                "ResponseContentDisposition": f'attachment; filename="{bestandsnaam}"',
            },
            ExpiresIn=seconden,
        )
