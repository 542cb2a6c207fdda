"""What the module makes: containers, who may read them, what renews them, and what is reported about them."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret, SecretsmanagerSecretReplica
from cdktf_cdktf_provider_aws.secretsmanager_secret_policy import SecretsmanagerSecretPolicy
from cdktf_cdktf_provider_aws.secretsmanager_secret_rotation import (
    SecretsmanagerSecretRotation,
    SecretsmanagerSecretRotationRotationRules,
)

from groundplan.building import account_id, encryption_key, logs_use, region, service_name, service_names, tags
from groundplan.framework import (
    Module,
    choose,
    concat,
    contains,
    each,
    each_name,
    equals,
    expression_of,
    fitted,
    is_set,
    jsonencode,
    map_of_text,
    merged,
    negated,
    not_empty,
    part_id,
    text,
    texts,
    unrepeated,
    values,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text

from . import access, alarms, functions
from .inputs import SecretsManagerInputs, SecretsManagerOutputs
from .kinds import made_here, managed_by_rds, only_if, there

POLICY_NAME_CHARACTERS = 128
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


class SecretsManager(Module[SecretsManagerInputs, SecretsManagerOutputs]):
    """Keeps secrets in AWS Secrets Manager: encrypted, rotated, copied to other regions, read by those listed only."""

    def build(self, given: SecretsManagerInputs) -> SecretsManagerOutputs:
        """The key, the containers, their rotation, who reads them, and what is reported, in this order."""
        here = region(self)
        self.validate(
            "replica_regions",
            condition=f"${{!contains(keys(var.replica_regions), {expression_of(here)})}}",
            message=f"replica_regions: must not name {here}, where the secrets themselves are: remove it",
        )
        key = encryption_key(
            self,
            "secrets",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Encrypts the secrets of {given.name}",
            statements=[
                *access.key_policy(account_id(self), service_name(self, access.SERVICE)),
                logs_use(self, f"/aws/lambda/{given.name}-"),
            ],
        )
        replica_keys = self._replica_keys(given)

        secrets = each(given.secrets).where(made_here)
        secret = secrets(
            SecretsmanagerSecret,
            self,
            "secret",
            name=f"{given.name}/{secrets.key}",
            description=secrets.value.description,
            kms_key_id=key.arn,
            recovery_window_in_days=given.recovery_window_days,
            force_overwrite_replica_secret=False,
            tags=merged(tags(self, given, {"Kind": secrets.value.kind}), self._reader_tags(given, secrets.key)),
        ).having(
            "replica",
            secrets.value.replica_regions,
            lambda replica: SecretsmanagerSecretReplica(region=replica, kms_key_id=replica_keys[replica]),
        )

        managed = each(given.secrets).where(managed_by_rds)
        arns = self._local(
            "secret_arns",
            merged(secret.all("arn"), managed.document(lambda _, s: there(there(s.rds).managed_secret).arn)),
        )
        key_arns = self._local(
            "secret_key_arns",
            merged(
                secrets.document(lambda *_: key.arn),
                managed.document(lambda _, s: there(there(s.rds).managed_secret).kms_key_arn),
            ),
        )

        rotation = functions.rotation_functions(self, given, key, arns, key_arns)
        rotated = each(given.secrets).where(lambda s: is_set(s.rotation))
        schedule = there(rotated.value.rotation)
        rotated(
            SecretsmanagerSecretRotation,
            self,
            part_id("rotation", "secret"),
            secret_id=arns[rotated.key],
            rotation_lambda_arn=text("lookup", rotation.function_arns, rotated.key, None),
            # a key ring is generated at once; any other first value is put by people, and is not rotated away at once
            rotate_immediately=equals(rotated.value.kind, "encryption_key"),
            rotation_rules=SecretsmanagerSecretRotationRotationRules(
                automatically_after_days=schedule.automatically_after_days,
                schedule_expression=schedule.schedule_expression,
                duration=choose(is_set(schedule.window_hours), f"{schedule.window_hours}h", None),
            ),
            depends_on=rotation.needed,
        )

        readers = functions.listed_roles(given, secrets.key, rotation.role_arns)
        secrets(
            SecretsmanagerSecretPolicy,
            self,
            part_id("secret_policy", "secret"),
            secret_arn=secret.here.arn,
            block_public_policy=True,
            policy=jsonencode(
                {
                    "Version": "2012-10-17",
                    "Statement": concat(
                        [statement.as_json() for statement in access.only_tls()],
                        only_if(is_set(given.organization_id), access.only_organization(there(given.organization_id))),
                        only_if(not_empty(readers), access.only_readers(readers)),
                    ),
                }
            ),
        )
        policy = self._consumer_policies(given, arns, key_arns, replica_keys)
        rules = alarms.alarms(self, given, arns, rotation.role_arns)

        return SecretsManagerOutputs(
            secret_arns=arns,
            secret_names=secret.all("name"),
            consumer_policy_arns=policy.all("arn"),
            consumer_policies=policy.all("policy"),
            kms_key_arn=key.arn,
            replica_kms_key_arns=replica_keys,
            rotation_function_arns=rotation.function_arns,
            event_rule_arns=rules,
        )

    def _local(self, name: str, value: Any) -> Any:
        """A map that several resources look into."""
        TerraformLocal(self, name, str(value))
        return MapReference(f"local.{name}", Text())

    def _replica_keys(self, given: SecretsManagerInputs) -> Any:
        """The key of each region that copies go to, given or made."""
        own = each(given.replica_regions).where(lambda copies: negated(is_set(copies.kms_key)))
        encryption_key(
            self,
            "replica",
            given,
            name=given.name,
            purpose=f"Encrypts the copies of the secrets of {given.name}",
            statements=access.key_policy(account_id(self), service_name(self, access.SERVICE, where=own.key)),
            region=own.key,
            only_when=own,
        )
        others = each(given.replica_regions).where(lambda copies: is_set(copies.kms_key))
        return self._local(
            "replica_key_arns",
            merged(
                others.document(lambda _, copies: there(copies.kms_key).arn),
                MapReference("{for there, made in aws_kms_key.replica : there => made.arn}", Text()),
            ),
        )

    def _reader_tags(self, given: SecretsManagerInputs, secret: str) -> Any:
        """One tag for each consumer of a secret."""
        consumers = each(given.consumers).where(lambda consumer: contains(consumer.secrets, secret))
        named = consumers.documents(lambda name, _: access.reader_tag(name))
        return map_of_text("zipmap", named, consumers.documents(lambda _, __: "read"))

    def _consumer_policies(self, given: SecretsManagerInputs, arns: Any, key_arns: Any, replica_keys: Any) -> Any:
        """One policy for each consumer: its secrets and their copies, and nothing else."""
        here = region(self)
        copies = self._local(
            "copy_arns",
            each(given.secrets).document(
                lambda name, secret: each_name(secret.replica_regions).documents(
                    lambda where, _: text("replace", arns[name], f":{here}:", f":{where}:")
                )
            ),
        )
        services = concat(
            service_names(self, access.SERVICE),
            texts(
                "flatten",
                each(given.replica_regions).documents(
                    lambda where, _: service_names(self, access.SERVICE, where=where)
                ),
            ),
        )
        consumers = each(given.consumers)
        names = each_name(consumers.value.secrets)
        made = names.where(lambda name: made_here(given.secrets[name]))
        made_arns = concat(
            made.documents(lambda name, _: arns[name]),
            texts("flatten", made.documents(lambda name, _: copies[name])),
        )
        owned = names.where(lambda name: managed_by_rds(given.secrets[name]))
        owned_arns = owned.documents(lambda name, _: arns[name])
        return consumers(
            IamPolicy,
            self,
            "consumer",
            name=fitted(f"{given.name}-read-{consumers.key}", POLICY_NAME_CHARACTERS),
            description=f"Reads the secrets of {given.name} that {consumers.key} consumes",
            policy=jsonencode(
                {
                    "Version": "2012-10-17",
                    "Statement": concat(
                        only_if(
                            not_empty(made_arns),
                            access.read(
                                consumers.key,
                                made_arns,
                                unrepeated(
                                    concat(made.documents(lambda name, _: key_arns[name]), values(replica_keys)),
                                ),
                                services,
                            ),
                        ),
                        only_if(
                            not_empty(owned_arns),
                            access.read_managed(
                                owned_arns,
                                unrepeated(owned.documents(lambda name, _: key_arns[name])),
                                service_names(self, access.SERVICE),
                            ),
                        ),
                    ),
                }
            ),
            tags=tags(self, given),
        )
