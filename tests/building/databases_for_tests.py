"""A module with a database, which is there always, and one that is there when it is asked for."""

from __future__ import annotations

from groundplan.building import (
    PostgresInstance,
    ServiceInputs,
    encryption_key,
    postgres_database,
    postgres_key_use,
)
from groundplan.framework import Module, Outputs, field, is_set, output, present


class StoreInputs(ServiceInputs):
    """Two databases."""

    always: PostgresInstance = field("the first")
    sometimes: PostgresInstance | None = field("the second; left out, there is none", default=None)


class StoreOutputs(Outputs):
    """What of them is known."""

    address: str = output("host of the first")
    secret_arn: str = output("secret of the first")
    other_address: str | None = output("host of the second")
    other_secret_arn: str | None = output("secret of the second")


class Store(Module[StoreInputs, StoreOutputs]):
    """Keeps state."""

    def build(self, given: StoreInputs) -> StoreOutputs:
        key = encryption_key(
            self,
            "data",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose="databases",
            statements=[postgres_key_use(self, given.name)],
        )
        first = postgres_database(
            self,
            "first",
            given,
            identifier=given.name,
            wanted=given.always,
            database="claims",
            username="claims",
            key=key,
        )
        second = postgres_database(
            self,
            "second",
            given,
            identifier=f"{given.name}-two",
            wanted=present(given.sometimes),
            database="claims",
            username="claims",
            key=key,
            backup_tier="critical",
            only_when=is_set(given.sometimes),
        )
        return StoreOutputs(
            address=first.address,
            secret_arn=first.secret_arn,
            other_address=second.address,
            other_secret_arn=second.secret_arn,
        )
