"""What the module makes: reservations, the approval of savings plans, what watches both, bills, spot nodes."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.computeoptimizer_enrollment_status import ComputeoptimizerEnrollmentStatus
from cdktf_cdktf_provider_aws.costoptimizationhub_enrollment_status import CostoptimizationhubEnrollmentStatus

from groundplan.building import (
    account_id,
    encryption_key,
    global_region,
    logs_use,
    partition,
    private_bucket,
    region,
)
from groundplan.framework import Module, Outputs, is_set, output, part_id, present, when

from . import access
from .bills import bills, export
from .inputs import SavingsInputs
from .plans import LOGS, plans
from .reserved import reserved
from .spot import spot
from .watches import watches

__all__ = ["Savings", "SavingsOutputs"]


class SavingsOutputs(Outputs):
    """What was bought, who is asked, where bills are."""

    reserved_instance_arns: dict[str, str] = output("ARN of each reservation of RDS, by its name")
    reserved_node_arns: dict[str, str] = output("ARN of each reservation of ElastiCache, by its name")
    kms_key_arn: str = output("ARN of the key that encrypts questions, executions, logs and bills")
    questions_topic_arn: str | None = output(
        "ARN of the topic that asks about a savings plan; null without savings_plans"
    )
    state_machine_arn: str | None = output("ARN of the machine that asks and buys; null without savings_plans")
    answerer_policy: str | None = output(
        "policy, as JSON, of whoever may approve a plan or refuse it, to be attached to their role; null without "
        "savings_plans"
    )
    bills_bucket_name: str | None = output("name of the bucket of bills; null without export")
    athena_workgroup_name: str | None = output("name of the workgroup that asks about bills; null without export")


class Savings(Module[SavingsInputs, SavingsOutputs]):
    """Buys what somebody decided to buy, asks about what could be saved, and says what bills are made of."""

    def build(self, given: SavingsInputs) -> SavingsOutputs:
        """The key; reservations; the approval; what watches; bills and their export; enrolments; spot nodes."""
        key = encryption_key(
            self,
            "savings",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"Questions, executions, logs and bills of {given.name}",
            statements=[
                logs_use(self, f"/aws/lambda/{given.name}-"),
                logs_use(self, f"{LOGS}{given.name}-"),
                access.deliver_logs(f"arn:{partition(self)}:logs:{region(self)}:{account_id(self)}:*"),
                *access.exports_encrypt(partition(self), account_id(self), global_region(self)),
            ],
        )
        kept = private_bucket(
            self,
            "recommendations",
            given,
            name=present(given.savings_plans).bucket_name,
            key=key,
            expire_after_days=400,
            only_when=is_set(given.savings_plans),
        )
        instances, nodes = reserved(self, given)
        asked = plans(self, given, key, kept)
        watches(self, given)
        bills(self, given)
        bills_bucket, workgroup = export(self, given, key)
        when(given.compute_optimizer)(
            ComputeoptimizerEnrollmentStatus, self, part_id("enrollment", "compute_optimizer"), status="Active"
        )
        when(given.cost_optimization_hub)(
            CostoptimizationhubEnrollmentStatus, self, part_id("enrollment", "cost_optimization_hub")
        )
        spot(self, given)
        return SavingsOutputs(
            reserved_instance_arns=instances,
            reserved_node_arns=nodes,
            kms_key_arn=key.arn,
            questions_topic_arn=asked.topic_arn,
            state_machine_arn=asked.machine_arn,
            answerer_policy=asked.answerer_policy,
            bills_bucket_name=bills_bucket,
            athena_workgroup_name=workgroup,
        )
