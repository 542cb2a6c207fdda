"""What the module makes: repositories, the registry around them, caches, who pulls and pushes, and signatures."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformLocal

from groundplan.building import encryption_key, region
from groundplan.framework import Module, choose, concat, each, expression_of, is_set
from groundplan.framework.references import ListReference, MapReference
from groundplan.framework.shapes import Text

from . import caches, pull_roles, push_roles, registry, repositories, signing
from .inputs import EcrInputs, EcrOutputs
from .places import host, replica_regions


class Ecr(Module[EcrInputs, EcrOutputs]):
    """Keeps container images in Amazon ECR: immutable, encrypted, scanned, copied, signed, pushed by pipelines."""

    def build(self, given: EcrInputs) -> EcrOutputs:
        """Keys, repositories, the registry around them, caches, signatures, who pulls and who pushes, in this order."""
        here = region(self)
        self.validate(
            "registry",
            condition=(
                "${var.registry == null ? true : "
                f"!contains(keys(var.registry.replica_regions), {expression_of(here)})}}"
            ),
            message=f"registry.replica_regions: must not name {here}, where the images themselves are: remove it",
        )
        key = encryption_key(
            self,
            "images",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Encrypts the images of {given.name}",
        )
        regions = replica_regions(given)
        own_replica_key, replica_key_arns = registry.replica_keys(self, given, regions)
        replica_keys = self._local("replica_key_arns", replica_key_arns)

        made = repositories.repositories(self, given, key)
        role = repositories.template_role(self, given, key, regions, replica_keys)
        repositories.templates(self, given, key, role)
        copied = repositories.replica_templates(self, given, regions, own_replica_key, role)

        registry.scanning(self, given, regions)
        critical = registry.critical_findings(self, given)
        registry.replication(self, given, after=copied)
        registry.failed_copies(self, given, regions)
        registry.incoming(self, given)

        fetched = repositories.cache_templates(self, given, key, role)
        caches.caches(self, given, after=fetched)
        failed = caches.failed_fetches(self, given)

        signing.profile(self, given)
        profile_arn, jobs_arn = signing.profile_arn(self, given), signing.signing_jobs_arn(self)
        node_policy = pull_roles.node_policy(self, given)
        pull_roles.pull_roles(self, given, profile_arn, jobs_arn)
        provider, provider_arn = push_roles.oidc_provider(self, given)
        push_role = push_roles.push_roles(self, given, provider, provider_arn, profile_arn, jobs_arn)

        registry_host = host(self)
        return EcrOutputs(
            registry_host=registry_host,
            repository_arns=made.all("arn"),
            repository_urls=each(given.repositories).document(lambda name, _: f"{registry_host}/{name}"),
            cache_urls=each(given.caches).document(lambda prefix, _: f"{registry_host}/{prefix}"),
            kms_key_arn=key.arn,
            replica_kms_key_arns=replica_keys,
            pull_policy_arn=node_policy.arn,
            pull_policy=node_policy.policy,
            pull_role_arns=MapReference("{for name, made in aws_iam_role.pull : name => made.arn}", Text()),
            push_role_arns=push_role.all("arn"),
            gitlab_oidc_provider_arn=provider_arn,
            signing_profile_arn=choose(is_set(given.signing), profile_arn, None),
            verification_documents=signing.verification(self, given),
            event_rule_arns=concat(
                _one(critical),
                _one(failed),
                ListReference("[for there, made in aws_cloudwatch_event_rule.copy_failed : made.arn]"),
            ),
        )

    def _local(self, name: str, value: Any) -> Any:
        """A map that several resources look into."""
        TerraformLocal(self, name, str(value))
        return MapReference(f"local.{name}", Text())


def _one(rule: Any) -> Any:
    """The ARN of a rule that may not be there, as a list."""
    return ListReference(f"compact([{expression_of(rule.arn)}])")
