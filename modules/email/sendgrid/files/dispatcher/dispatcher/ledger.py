"""The table that knows what became of each mail, so that none is sent twice, and of the way by SendGrid.

An item has the mail's `id`, and a `status`:

    sending    a way was chosen (`way`) and tried; until `until` somebody is at it
    uncertain  it was handed over and no answer came; until `until` an event may tell that it was taken
    sent       by `way`
    suppressed, refused      never sent, with `why`

Items of templates are named `template#<name>@<version>`, the circuit `circuit#sendgrid`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

CIRCUIT = "circuit#sendgrid"
DAY = 86_400
FINAL = ("sent", "suppressed", "refused")


def _refused(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def _number(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")


@dataclass(frozen=True)
class Ledger:
    """The table, and how long a try may take, an event may be on its way, and an item is kept."""

    table: Any
    lease_seconds: float
    uncertain_seconds: float
    retention_days: int

    def item(self, id: str) -> dict[str, Any]:
        """What is known of a mail, a template or the circuit: empty where nothing is."""
        found: dict[str, Any] = self.table.get_item(Key={"id": id}, ConsistentRead=True).get("Item", {})
        return found

    def claim(self, id: str, way: str, before: Mapping[str, Any]) -> bool:
        """Takes a mail for one try by `way`, if it is still as it was: False where somebody else was quicker."""
        now = time.time()
        values = {
            ":status": "sending",
            ":way": way,
            ":until": _number(now + self.lease_seconds),
            ":expires": int(now) + self.retention_days * DAY,
        }
        condition = "attribute_not_exists(id)"
        if before:
            condition = "#status = :old AND #until = :was"
            values |= {":old": before["status"], ":was": before["until"]}
        return self._changed(
            id, "SET #status = :status, way = :way, #until = :until, expires_at = :expires", condition, values
        )

    def end(self, id: str, status: str, **more: str) -> None:
        """What became of it in the end. Whatever was known before is overruled, but not what is final."""
        values = {":status": status, ":expires": int(time.time()) + self.retention_days * DAY}
        values |= {f":{name}": value for name, value in more.items()}
        told = "".join(f", {name} = :{name}" for name in more)
        values |= {f":final{number}": each for number, each in enumerate(FINAL)}
        finals = ", ".join(f":final{number}" for number in range(len(FINAL)))
        self._changed(
            id,
            f"SET #status = :status, expires_at = :expires{told}",
            f"attribute_not_exists(id) OR NOT #status IN ({finals})",
            values,
        )

    def doubt(self, id: str) -> None:
        """Nobody knows whether it was taken; an event may tell until `until`."""
        values = {
            ":status": "uncertain",
            ":until": _number(time.time() + self.uncertain_seconds),
            ":old": "sending",
        }
        # an event that came first is right
        self._changed(id, "SET #status = :status, #until = :until", "#status = :old", values)

    def release(self, id: str) -> None:
        """Nobody took it: it is as if nobody had tried, but that SendGrid is not asked again."""
        values = {":status": "uncertain", ":way": "sendgrid", ":until": _number(time.time()), ":old": "sending"}
        self._changed(id, "SET #status = :status, way = :way, #until = :until", "#status = :old", values)

    def _changed(self, id: str, update: str, condition: str, values: Mapping[str, Any]) -> bool:
        names = {"#status": "status"} | ({"#until": "until"} if "#until" in f"{update} {condition}" else {})
        try:
            self.table.update_item(
                Key={"id": id},
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=dict(values),
            )
        except ClientError as error:
            if _refused(error):
                return False
            raise
        return True


class Circuit:
    """Whether SendGrid is asked: open after `failures` in a row, then tried by one mail each `cooldown_seconds`.

    One for all functions, in the ledger's table; what is read of it is believed for `believed_seconds`.
    """

    def __init__(self, table: Any, failures: int, cooldown_seconds: float, believed_seconds: float) -> None:
        self.table, self.limit, self.cooldown, self.believed = table, failures, cooldown_seconds, believed_seconds
        self._read_at, self._probe_at, self._failed = 0.0, 0.0, True

    def allows(self) -> bool:
        """Whether the next mail goes by SendGrid: it does as the one probe too, whose turn has come."""
        if time.monotonic() - self._read_at >= self.believed:
            item = self.table.get_item(Key={"id": CIRCUIT}, ConsistentRead=True).get("Item", {})
            self._probe_at, self._failed = float(item.get("probe_at", 0)), int(item.get("failures", 0)) > 0
            self._read_at = time.monotonic()
        if not self._probe_at:
            return True
        now = time.time()
        if now < self._probe_at:
            return False
        self._read_at = 0.0
        return self._update(
            "SET probe_at = :next", {":next": _number(now + self.cooldown), ":now": _number(now)}, "probe_at <= :now"
        )

    def failed(self) -> bool:
        """Counts a failure: True when it opens the circuit."""
        self._read_at = 0.0
        told = self.table.update_item(
            Key={"id": CIRCUIT},
            UpdateExpression="ADD failures :one",
            ExpressionAttributeValues={":one": 1},
            ReturnValues="ALL_NEW",
        )["Attributes"]
        if int(told["failures"]) < self.limit:
            return False
        return self._update(
            "SET probe_at = :next", {":next": _number(time.time() + self.cooldown)}, "attribute_not_exists(probe_at)"
        )

    def worked(self) -> bool:
        """Forgets failures: True when it closes the circuit."""
        if not self._failed and not self._probe_at:
            return False
        self._read_at = 0.0
        told = self.table.update_item(
            Key={"id": CIRCUIT},
            UpdateExpression="SET failures = :none REMOVE probe_at",
            ExpressionAttributeValues={":none": 0},
            ReturnValues="ALL_OLD",
        ).get("Attributes", {})
        return "probe_at" in told

    def _update(self, update: str, values: Mapping[str, Any], condition: str) -> bool:
        try:
            self.table.update_item(
                Key={"id": CIRCUIT},
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=dict(values),
            )
        except ClientError as error:
            if _refused(error):
                return False
            raise
        return True
