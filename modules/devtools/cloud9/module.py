"""What the module makes: environments and who works in them, the role of their instances, their tools, alarms."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.cloud9_environment_ec2 import Cloud9EnvironmentEc2
from cdktf_cdktf_provider_aws.cloud9_environment_membership import Cloud9EnvironmentMembership
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from cdktf_cdktf_provider_aws.ssm_association import SsmAssociation, SsmAssociationTargets
from cdktf_cdktf_provider_aws.ssm_document import SsmDocument

from groundplan.building import partition, region, tags
from groundplan.framework import Module, dependable, each, each_pair, jsonencode, part_id, when

from . import access
from .alarms import environment_alarms
from .inputs import CLOSED, Cloud9Inputs, Cloud9Outputs

__all__ = ["Cloud9"]

ACCESS_ROLE, INSTANCE_PROFILE = "AWSCloud9SSMAccessRole", "AWSCloud9SSMInstanceProfile"
"""The names by which Cloud9 looks for them: https://docs.aws.amazon.com/cloud9/latest/user-guide/ec2-ssm.html"""

SCRIPT = "tools.sh"


class Cloud9(Module[Cloud9Inputs, Cloud9Outputs]):
    """Editors in the browser on instances of EC2, reached by Systems Manager alone, for those who have had Cloud9."""

    notice = (
        f"AWS has taken no new customers of Cloud9 since {CLOSED}, and adds nothing to it. Whoever has it may go on; "
        "others use CloudShell, and AWS Toolkit in people's own editors."
    )

    def build(self, given: Cloud9Inputs) -> Cloud9Outputs:
        """The role, the environments, their members, the tools, what is told."""
        role = self._access_role(given)
        environments = each(given.environments)
        made = environments(
            Cloud9EnvironmentEc2,
            self,
            "environment",
            name=f"{given.name}-{environments.key}",
            description=environments.value.description,
            instance_type=environments.value.instance_type,
            image_id=environments.value.image,
            automatic_stop_time_minutes=environments.value.automatic_stop_minutes,
            # no port of the instance is open to anybody
            connection_type="CONNECT_SSM",
            subnet_id=environments.value.subnet_id,
            owner_arn=environments.value.owner_arn,
            tags=tags(self, given),
            depends_on=[dependable(element) for element in role],
        )
        members = each_pair(given.environments, lambda environment: environment.members)
        members(
            Cloud9EnvironmentMembership,
            self,
            "member",
            environment_id=made.at(members.value.outer_key).id,
            user_arn=members.value.inner.user_arn,
            permissions=members.value.inner.permissions,
        )
        document = self._tools(given)
        environments(
            SsmAssociation,
            self,
            part_id("association", "tools"),
            association_name=f"{given.name}-{environments.key}-tools",
            name=document.name,
            # a change of the association makes State Manager run it
            document_version=document.latest_version,
            # Cloud9 marks the instance with it: https://docs.aws.amazon.com/cloud9/latest/user-guide/ec2-ssm.html
            targets=[SsmAssociationTargets(key="tag:aws:cloud9:environment", values=[made.here.id])],
            compliance_severity="MEDIUM",
            tags=tags(self, given),
        )
        environment_alarms(self, given, document.name)
        ids = made.all("id")
        where = region(self)
        return Cloud9Outputs(
            urls=each(ids).document(lambda _, id: f"https://{where}.console.aws.amazon.com/cloud9/ide/{id}"),
            environment_ids=ids,
            document_name=document.name,
            access_role_name=ACCESS_ROLE,
        )

    def _access_role(self, given: Cloud9Inputs) -> list[object]:
        """The role of the instances, by the name that Cloud9 looks for; gives what environments wait for."""
        made = when(given.make_access_role)
        role = made(
            IamRole,
            self,
            part_id("role", "instances"),
            name=ACCESS_ROLE,
            path="/service-role/",
            assume_role_policy=access.trust(),
            permissions_boundary=given.permissions_boundary_arn,
            tags=tags(self, given),
        )
        made(
            IamRolePolicyAttachment,
            self,
            part_id("attachment", "instances"),
            role=role.one.name,
            policy_arn=f"arn:{partition(self)}:iam::aws:policy/AWSCloud9SSMInstanceProfile",
        )
        profile = made(
            IamInstanceProfile,
            self,
            part_id("profile", "instances"),
            name=INSTANCE_PROFILE,
            path="/cloud9/",
            role=role.one.name,
            tags=tags(self, given),
        )
        policy = IamRolePolicy(
            self,
            part_id("access", "instances"),
            name=f"{given.name}-access",
            role=ACCESS_ROLE,
            policy=access.instances(self, given),
            depends_on=[dependable(role)],
        )
        return [profile, policy]

    def _tools(self, given: Cloud9Inputs) -> SsmDocument:
        """The document that State Manager runs when an instance comes, and again when it is another one."""
        said = {
            "KUBECTL_VERSION": given.kubectl.version,
            "KUBECTL_SHA256": given.kubectl.sha256,
            "HELM_VERSION": given.helm.version,
            "HELM_SHA256": given.helm.sha256,
            "TERRAFORM_VERSION": given.terraform.version,
            "TERRAFORM_SHA256": given.terraform.sha256,
        }
        lines = "".join(f"{name}='{value}'\n" for name, value in said.items())
        return SsmDocument(
            self,
            "tools",
            name=f"{given.name}-tools",
            document_type="Command",
            document_format="JSON",
            target_type="/AWS::EC2::Instance",
            content=jsonencode(
                {
                    "schemaVersion": "2.2",
                    "description": f"kubectl, Helm and Terraform of {given.name}",
                    "mainSteps": [
                        {
                            "action": "aws:runShellScript",
                            "name": "tools",
                            "precondition": {"StringEquals": ["platformType", "Linux"]},
                            "inputs": {
                                "timeoutSeconds": "900",
                                "runCommand": [f"{lines}{self.shipped_text(SCRIPT)}"],
                            },
                        }
                    ],
                }
            ),
            tags=tags(self, given),
        )
