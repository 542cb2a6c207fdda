"""What the module makes: a key, and for each machine its role, its log, its versions, its alias, its starts."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sfn_alias import SfnAlias, SfnAliasRoutingConfiguration
from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineEncryptionConfiguration,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)

from groundplan.building import encryption_key, log_group, logs_use, service_role, tags
from groundplan.framework import (
    Module,
    any_of,
    calculated,
    choose,
    dependable,
    each,
    expression_of,
    is_set,
    not_empty,
    part_id,
    present,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import Text

from . import access
from .alarms import alarms
from .inputs import StepFunctionsInputs, StepFunctionsOutputs
from .schedules import schedules

__all__ = ["StepFunctions"]

LOGS = "/aws/vendedlogs/states/"
"""Groups below it need no room in the account's resource policies of CloudWatch Logs.

https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
"""


class StepFunctions(Module[StepFunctionsInputs, StepFunctionsOutputs]):
    """Runs state machines of Step Functions, each with no right that its definition does not need."""

    def build(self, given: StepFunctionsInputs) -> StepFunctionsOutputs:
        """The key; then for each machine its log, its role, itself, its alias; then schedules and alarms."""
        key = encryption_key(
            self,
            "machines",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Machines of {given.name}, their executions, logs and schedules",
            statements=[logs_use(self, f"{LOGS}{given.name}-"), access.deliver_logs(self)],
        )
        machines = each(given.machines)
        machine, name = machines.value, f"{given.name}-{machines.key}"
        logs = log_group(self, "machine", given, name=f"{LOGS}{name}", key=key, only_when=machines)
        role = service_role(
            self,
            "machine",
            given,
            name=name,
            service="states.amazonaws.com",
            statements=access.works(self, name, key.arn),
            only_when=machines,
        )
        needed = machines.where(lambda one: any_of(not_empty(one.access), not_empty(one.used_keys)))(
            IamRolePolicy,
            self,
            part_id("access", "states"),
            name="states",
            role=role.name,
            policy=access.needed_by_states(self, name, machine),
        )
        made = machines(
            SfnStateMachine,
            self,
            part_id("machine", "machine"),
            name=name,
            type=machine.type,
            definition=machine.definition,
            role_arn=role.arn,
            publish=True,
            encryption_configuration=SfnStateMachineEncryptionConfiguration(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=key.arn, kms_data_key_reuse_period_seconds=300
            ),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=machine.log_execution_data, log_destination=f"{logs.arn}:*"
            ),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            tags=tags(self, given),
            # Step Functions tries the log when the machine is made, and the first execution may come at once
            depends_on=[dependable(role.policy), dependable(needed)],
        )
        alias = machines(
            SfnAlias,
            self,
            part_id("alias", "live"),
            name=access.ALIAS,
            description=f"What is started of {name}",
            routing_configuration=[
                SfnAliasRoutingConfiguration(
                    state_machine_version_arn=made.here.state_machine_version_arn,
                    weight=choose(is_set(machine.rollout), present(machine.rollout).percent, 100),
                )
            ],
        ).having(
            "routing_configuration",
            machine.rollout,
            lambda rollout: {
                "state_machine_version_arn": f"{made.here.arn}:{rollout.earlier_version}",
                "weight": calculated("100 - {percent}", percent=rollout.percent),
            },
        )
        schedules(self, given, key, alias)
        alarms(self, given)
        return StepFunctionsOutputs(
            state_machine_arns=made.all("arn"),
            # made of names, and of the aliases', so that it is known when Terraform plans and waits for them
            alias_arns=MapReference(
                "{for name, made in aws_sfn_alias.live : name => "
                f'"${{{expression_of(access.machine_arn(self, given.name))}}}-${{name}}:${{made.name}}"}}',
                Text(),
            ),
            version_arns=made.all("state_machine_version_arn"),
            role_arns=MapReference("{for name, made in aws_iam_role.machine : name => made.arn}", Text()),
            log_group_names=machines.document(lambda one, _: f"{LOGS}{given.name}-{one}"),
            kms_key_arn=key.arn,
            starter_policies=machines.document(lambda one, _: access.starts(self, f"{given.name}-{one}")),
            answerer_policies=machines.document(lambda one, _: access.answers(self, f"{given.name}-{one}")),
        )
