"""What the module makes: the bucket with the bootstrap script, two policies, access to the cluster, and who is told."""

from __future__ import annotations

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_access_policy_association import (
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from cdktf_cdktf_provider_aws.s3_object import S3Object

from groundplan.building import Bucket, Key, encryption_key, partition, private_bucket, region, tags
from groundplan.framework import Module, choose, each, equals, negated, not_empty, part_id, text
from groundplan.framework.references import TextReference

from . import access
from .alarms import use_alarms
from .inputs import CloudshellInputs, CloudshellOutputs

__all__ = ["Cloudshell"]

SCRIPT = "bootstrap.sh"


class Cloudshell(Module[CloudshellInputs, CloudshellOutputs]):
    """Lets people use CloudShell as far as they should: tools and a kubeconfig for them, and somebody is told."""

    def build(self, given: CloudshellInputs) -> CloudshellOutputs:
        """The script, who may use it and how far, access to the cluster, alarms."""
        key = encryption_key(
            self,
            "bootstrap",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"The bootstrap script of {given.name}",
        )
        bucket = private_bucket(
            self,
            "bootstrap",
            given,
            name=given.bucket_name,
            key=key,
            refuse_other_keys=True,
            force_destroy=given.force_destroy,
        )
        script = self._script(given, bucket, key)
        use = IamPolicy(
            self,
            "use",
            name=f"{given.name}-use",
            description=f"Use of CloudShell by whoever works on {given.cluster_name}",
            policy=access.use_policy(self, given, bucket),
            tags=tags(self, given),
        )
        boundary = IamPolicy(
            self,
            "boundary",
            name=f"{given.name}-boundary",
            description=f"The most that roles of people may do who use CloudShell for {given.cluster_name}",
            policy=access.boundary_policy(self, given, bucket),
            tags=tags(self, given),
        )
        attached = each(given.developers).where(lambda people: people.attach_policy)
        attached(
            IamRolePolicyAttachment,
            self,
            part_id("attachment", "use"),
            role=text("element", text("reverse", text("split", "/", attached.value.role_arn)), 0),
            policy_arn=use.arn,
        )
        entries = self._cluster_access(given)
        use_alarms(self, given)
        uri = f"s3://{bucket.name}/{SCRIPT}"
        sha256 = text("sha256", script)
        return CloudshellOutputs(
            use_policy_arn=use.arn,
            use_policy_name=use.name,
            boundary_policy_arn=boundary.arn,
            bootstrap_command=(
                f"aws s3 cp --only-show-errors {uri} {SCRIPT} && echo '{sha256}  {SCRIPT}' | sha256sum --check && "
                f"bash {SCRIPT}"
            ),
            bootstrap_uri=uri,
            bootstrap_sha256=sha256,
            bucket_name=bucket.name,
            kms_key_arn=key.arn,
            access_entry_arns=entries,
        )

    def _script(self, given: CloudshellInputs, bucket: Bucket, key: Key) -> str:
        """The script with what it installs written before it; gives its text, which is known when Terraform plans."""
        said = {
            "KUBECTL_VERSION": given.kubectl.version,
            "KUBECTL_SHA256": given.kubectl.sha256,
            "HELM_VERSION": given.helm.version,
            "HELM_SHA256": given.helm.sha256,
            "DOWNLOADS": given.downloads,
            "BUCKET": given.bucket_name,
            "CLUSTER": given.cluster_name,
            "CLUSTER_REGION": region(self),
            "POLICY": f"{given.name}-use",
        }
        lines = "".join(f"readonly {name}='{value}'\n" for name, value in said.items())
        TerraformLocal(self, "script", f"#!/usr/bin/env bash\n{lines}{self.shipped_text(SCRIPT)}")
        content = TextReference("local.script")
        S3Object(
            self,
            part_id("object", "bootstrap"),
            bucket=bucket.name,
            key=SCRIPT,
            content=content,
            content_type="text/x-shellscript",
            server_side_encryption="aws:kms",
            kms_key_id=key.arn,
            # an object under a KMS key has no etag that tells its content
            source_hash=text("sha256", content),
            tags=tags(self, given),
        )
        return content

    def _cluster_access(self, given: CloudshellInputs) -> dict[str, str]:
        """An access entry for each role, and what it may do, by EKS's own policies.

        https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
        """
        people = each(given.developers).where(lambda people: negated(equals(people.access, "none")))
        entry = people(
            EksAccessEntry,
            self,
            "developers",
            cluster_name=given.cluster_name,
            principal_arn=people.value.role_arn,
            type="STANDARD",
            tags=tags(self, given),
        )
        policy = choose(equals(people.value.access, "edit"), "AmazonEKSEditPolicy", "AmazonEKSViewPolicy")
        people(
            EksAccessPolicyAssociation,
            self,
            part_id("association", "developers"),
            cluster_name=given.cluster_name,
            # with the partition, as the provider's own tests have it
            # https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/eks/access_policy_association_test.go
            policy_arn=f"arn:{partition(self)}:eks::aws:cluster-access-policy/{policy}",
            principal_arn=entry.here.principal_arn,
            access_scope=EksAccessPolicyAssociationAccessScope(
                type=choose(not_empty(people.value.namespaces), "namespace", "cluster"),
                namespaces=people.value.namespaces,
            ),
        )
        return entry.all("access_entry_arn")
