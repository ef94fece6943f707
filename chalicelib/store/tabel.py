"""The state table: reads that decide are consistent, every write has a condition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from chalicelib.store.items import from_attributes, to_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    Write = TransactWriteItemTypeDef
else:
    Write = dict


_INDEX = {None: ("pk", "sk"), "lijst": ("lijst_pk", "lijst_sk"), "open": ("open_soort", "open_since")}


@dataclass(frozen=True)
class Bladzijde:
    """One page of a list: plain rows, and the key after which the next page starts."""

    rijen: tuple[dict[str, Any], ...]
    volgende: Mapping[str, Any] | None


@dataclass(frozen=True)
class Tabel:
    """One DynamoDB table with `pk` and `sk`."""

    client: "DynamoDBClient"
    naam: str

    def find(self, pk: str, sk: str) -> dict[str, Any] | None:
        """The plain row, read consistently, or None."""
        item = self.client.get_item(
            TableName=self.naam, Key=to_attributes({"pk": pk, "sk": sk}), ConsistentRead=True
        ).get("Item")
        return from_attributes(item) if item else None

    def lees(self, sleutels: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        """The plain rows of up to 100 keys (pk, sk) that are there, each read consistently, in one request."""
        vraag = [to_attributes({"pk": pk, "sk": sk}) for pk, sk in dict.fromkeys(sleutels)]
        rijen: list[dict[str, Any]] = []
        while vraag:
            antwoord = self.client.batch_get_item(RequestItems={self.naam: {"Keys": vraag, "ConsistentRead": True}})
            rijen += map(from_attributes, antwoord["Responses"].get(self.naam, []))
            vraag = cast(Any, antwoord.get("UnprocessedKeys", {}).get(self.naam, {})).get("Keys", [])
        return {(rij["pk"], rij["sk"]): rij for rij in rijen}

    def schuif(self, pk: str, sk: str, naam: str, aantal: int, tot: int) -> int | None:
        """Raise a number by `aantal`, in one write; what it was before, or None when it was `tot` or more already."""
        try:
            antwoord = self.client.update_item(
                TableName=self.naam,
                Key=to_attributes({"pk": pk, "sk": sk}),
                UpdateExpression="ADD #n :a",
                ConditionExpression="attribute_not_exists(#n) OR #n < :t",
                ExpressionAttributeNames={"#n": naam},
                ExpressionAttributeValues=to_attributes({":a": aantal, ":t": tot}),
                ReturnValues="UPDATED_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return int(antwoord["Attributes"][naam]["N"]) - aantal

    def een_meer(self, pk: str, sk: str, naam: str, tot: int) -> Write:
        """Raise a number of a row by one: only holds if the row is there and its number is not `tot` yet."""
        update = {
            "TableName": self.naam,
            "Key": to_attributes({"pk": pk, "sk": sk}),
            "UpdateExpression": "ADD #n :een",
            "ConditionExpression": "attribute_exists(pk) AND (attribute_not_exists(#n) OR #n < :tot)",
            "ExpressionAttributeNames": {"#n": naam},
            "ExpressionAttributeValues": to_attributes({":een": 1, ":tot": tot}),
        }
        return cast(Write, {"Update": update})

    def tel_op(self, pk: str, sk: str, aantal: int, verloopt: int) -> int:
        """Add to a count that goes by itself at `verloopt` (epoch seconds); what it is then."""
        antwoord = self.client.update_item(
            TableName=self.naam,
            Key=to_attributes({"pk": pk, "sk": sk}),
            UpdateExpression="ADD aantal :a SET verloopt = :v",
            ExpressionAttributeValues=to_attributes({":a": aantal, ":v": verloopt}),
            ReturnValues="UPDATED_NEW",
        )
        return int(antwoord["Attributes"]["aantal"]["N"])

    def put_new(self, row: Mapping[str, Any]) -> Write:
        """Create: only holds if there is no such row yet."""
        return self._put(row, "attribute_not_exists(pk)", {})

    def put_new_or(self, row: Mapping[str, Any], naam: str, een_van: Sequence[str]) -> Write:
        """Create, or replace: only holds if there is no such row yet, or one with one of these values."""
        waarden = {f":{n}": waarde for n, waarde in enumerate(een_van)}
        return self._put(row, f"attribute_not_exists(pk) OR #n IN ({', '.join(waarden)})", waarden, {"#n": naam})

    def put_newest(self, row: Mapping[str, Any], naam: str) -> Write:
        """Create, or replace: only holds if there is no such row yet, or one in which this attribute is lower."""
        waarden = {":nieuw": row[naam]}
        return self._put(row, "attribute_not_exists(pk) OR #n < :nieuw", waarden, {"#n": naam})

    def put_if(self, row: Mapping[str, Any], **verwacht: Any) -> Write:
        """Replace: only holds if these attributes still have these values. A dot in a name is a path."""
        namen = {f"#{n}": naam for n, naam in enumerate(verwacht)}
        clauses = [f"#{n} = :{n}" for n in range(len(verwacht))]
        waarden = {f":{n}": waarde for n, waarde in enumerate(verwacht.values())}
        return self._put(row, " AND ".join(clauses), waarden, namen)

    def set_if(self, pk: str, sk: str, anders: Mapping[str, Any], **verwacht: Any) -> Write:
        """Change these attributes (None: take it away) of a row: only holds if others still have these values."""
        zet, weg = [], []
        namen, waarden = {}, {}
        for n, (naam, waarde) in enumerate(anders.items()):
            namen[f"#{n}"] = naam
            if waarde is None:
                weg.append(f"#{n}")
            else:
                zet.append(f"#{n} = :{n}")
                waarden[f":{n}"] = waarde
        namen |= {f"#w_{naam}": naam for naam in verwacht}
        waarden |= {f":w_{naam}": waarde for naam, waarde in verwacht.items()}
        return cast(
            Write,
            {
                "Update": {
                    "TableName": self.naam,
                    "Key": to_attributes({"pk": pk, "sk": sk}),
                    "UpdateExpression": (f"SET {', '.join(zet)}" if zet else "")
                    + (f" REMOVE {', '.join(weg)}" if weg else ""),
                    "ConditionExpression": " AND ".join(f"#w_{naam} = :w_{naam}" for naam in verwacht),
                    "ExpressionAttributeNames": namen,
                    "ExpressionAttributeValues": to_attributes(waarden),
                }
            },
        )

    def delete_if(self, pk: str, sk: str, **verwacht: Any) -> Write:
        """Remove: only holds if these attributes still have these values."""
        return cast(
            Write,
            {
                "Delete": {
                    "TableName": self.naam,
                    "Key": to_attributes({"pk": pk, "sk": sk}),
                    "ConditionExpression": " AND ".join(f"#{n} = :{n}" for n in range(len(verwacht))),
                    "ExpressionAttributeNames": {f"#{n}": naam for n, naam in enumerate(verwacht)},
                    "ExpressionAttributeValues": to_attributes({f":{n}": w for n, w in enumerate(verwacht.values())}),
                }
            },
        )

    def delete_unless(self, pk: str, sk: str, naam: str) -> Write:
        """Remove, when it is there: only holds while the row has no such attribute."""
        voorwaarde = {"ConditionExpression": "attribute_not_exists(#n)", "ExpressionAttributeNames": {"#n": naam}}
        return cast(
            Write, {"Delete": {"TableName": self.naam, "Key": to_attributes({"pk": pk, "sk": sk}), **voorwaarde}}
        )

    def _put(
        self, row: Mapping[str, Any], condition: str, waarden: Mapping[str, Any], namen: Mapping[str, str] | None = None
    ) -> Write:
        put: dict[str, Any] = {"TableName": self.naam, "Item": to_attributes(row), "ConditionExpression": condition}
        if waarden:
            put |= {"ExpressionAttributeValues": to_attributes(waarden), "ExpressionAttributeNames": dict(namen or {})}
        return cast(Write, {"Put": put})

    def query(
        self,
        pk: str,
        begin: str = "",
        *,
        index: str | None = None,
        limiet: int = 100,
        na: Mapping[str, Any] | None = None,
        nieuwste_eerst: bool = False,
        velden: Sequence[str] = (),
    ) -> Bladzijde:
        """One page of the rows of a partition, in the order of their sort key; `velden`: these attributes alone."""
        pk_naam, sk_naam = _INDEX[index]
        vraag: dict[str, Any] = {
            "TableName": self.naam,
            "KeyConditionExpression": "#p = :p" + (" AND begins_with(#s, :s)" if begin else ""),
            "ExpressionAttributeNames": {"#p": pk_naam} | ({"#s": sk_naam} if begin else {}),
            "ExpressionAttributeValues": to_attributes({":p": pk} | ({":s": begin} if begin else {})),
            "Limit": limiet,
            "ScanIndexForward": not nieuwste_eerst,
        }
        vraag |= {"IndexName": index} if index else {"ConsistentRead": True}
        vraag |= {"ExclusiveStartKey": to_attributes(na)} if na else {}
        if velden:
            namen = {f"#v{n}": naam for n, naam in enumerate(velden)}
            vraag |= {"ProjectionExpression": ", ".join(namen)}
            vraag["ExpressionAttributeNames"] |= namen
        antwoord = self.client.query(**vraag)
        laatste = antwoord.get("LastEvaluatedKey")
        return Bladzijde(tuple(map(from_attributes, antwoord["Items"])), from_attributes(laatste) if laatste else None)

    def alles(
        self, pk: str, begin: str = "", *, index: str | None = None, velden: Sequence[str] = ()
    ) -> Iterator[dict[str, Any]]:
        """Every row of a partition, page by page."""
        na: Mapping[str, Any] | None = None
        while True:
            bladzijde = self.query(pk, begin, index=index, limiet=500, na=na, velden=velden)
            yield from bladzijde.rijen
            if not (na := bladzijde.volgende):
                return

    def tel(self, pk: str, begin: str = "", *, index: str | None = None) -> int:
        """How many rows a partition has, without reading them out."""
        pk_naam, sk_naam = _INDEX[index]
        aantal, na = 0, None
        while True:
            vraag: dict[str, Any] = {
                "TableName": self.naam,
                "Select": "COUNT",
                "KeyConditionExpression": "#p = :p" + (" AND begins_with(#s, :s)" if begin else ""),
                "ExpressionAttributeNames": {"#p": pk_naam} | ({"#s": sk_naam} if begin else {}),
                "ExpressionAttributeValues": to_attributes({":p": pk} | ({":s": begin} if begin else {})),
            }
            vraag |= {"IndexName": index} if index else {}
            vraag |= {"ExclusiveStartKey": na} if na else {}
            antwoord = self.client.query(**vraag)
            aantal += antwoord["Count"]
            if not (na := antwoord.get("LastEvaluatedKey")):
                return aantal
