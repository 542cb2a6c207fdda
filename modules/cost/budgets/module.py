"""What the module makes: budgets, the topic that they tell, actions, detection of anomalies."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostTypes,
    BudgetsBudgetNotification,
)
from cdktf_cdktf_provider_aws.budgets_budget_action import (
    BudgetsBudgetAction,
    BudgetsBudgetActionActionThreshold,
    BudgetsBudgetActionDefinition,
    BudgetsBudgetActionDefinitionIamActionDefinition,
    BudgetsBudgetActionSubscriber,
)
from cdktf_cdktf_provider_aws.chatbot_slack_channel_configuration import ChatbotSlackChannelConfiguration
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy

from groundplan.building import (
    account_id,
    encryption_key,
    metric_alarm,
    partition,
    region,
    service_role,
    tags,
)
from groundplan.framework import (
    Module,
    Outputs,
    choose,
    concat,
    dependable,
    each,
    each_item,
    hcl,
    is_set,
    join,
    jsonencode,
    output,
    part_id,
    present,
    when,
)
from groundplan.framework.references import MapReference
from groundplan.framework.shapes import ListOf, Text
from groundplan.iam import document

from . import access
from .anomalies import anomalies
from .inputs import Budget, BudgetsInputs, Threshold

__all__ = ["Budgets", "BudgetsOutputs"]


class BudgetsOutputs(Outputs):
    """Who tells of costs, and what is watched."""

    topic_arn: str = output("ARN of the topic that is told of costs, for whoever wants to hear")
    kms_key_arn: str = output("ARN of the key that encrypts the topic")
    budget_names: dict[str, str] = output("name of each budget in AWS Budgets, by its name in budgets")
    budget_arns: dict[str, str] = output("ARN of each budget, by its name in budgets")
    service_monitor_arn: str | None = output("ARN of the monitor of all services of AWS; null without anomalies")


class Budgets(Module[BudgetsInputs, BudgetsOutputs]):
    """Tells people when costs reach a share of a limit, are forecast to, or are unlike themselves."""

    def build(self, given: BudgetsInputs) -> BudgetsOutputs:
        """The topic and its key, the budgets, their actions, the channel of Slack, anomalies."""
        key = encryption_key(
            self,
            "topic",
            given,
            existing=given.kms_key,
            name=given.name,
            purpose=f"What {given.name} tells of costs",
            statements=access.encrypt(account_id(self)),
        )
        topic = SnsTopic(self, "topic", name=given.name, kms_master_key_id=key.arn, tags=tags(self, given))
        # made of the name, so that it is known when Terraform plans, and with it who may publish and who is told
        topic_arn = f"arn:{partition(self)}:sns:{region(self)}:{account_id(self)}:{given.name}"
        policy = SnsTopicPolicy(
            self,
            part_id("policy", "topic"),
            arn=topic.arn,
            policy=jsonencode(document(*access.publish(topic_arn, account_id(self)))),
        )
        metric_alarm(
            self,
            "undelivered",
            given,
            name=f"{given.name}-undelivered",
            description=(
                f"The topic {given.name} could not deliver what it was told of costs: a channel of Slack that is "
                "gone, or an address that answers no more."
            ),
            # https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
            namespace="AWS/SNS",
            metric="NumberOfNotificationsFailed",
            dimensions={"TopicName": topic.name},
        )
        made = self._budgets(given, topic_arn, policy)
        self._actions(given, made, topic_arn)
        self._slack(given, topic.arn)
        return BudgetsOutputs(
            topic_arn=topic.arn,
            kms_key_arn=key.arn,
            budget_names=made.all("name"),
            budget_arns=made.all("arn"),
            service_monitor_arn=anomalies(self, given, topic_arn, policy),
        )

    def _budgets(self, given: BudgetsInputs, topic_arn: str, policy: Any) -> Any:
        budgets = each(given.budgets)
        budget = budgets.value
        emails = concat(given.emails, budget.emails)
        return (
            budgets(
                BudgetsBudget,
                self,
                "budget",
                name=f"{given.name}-{budgets.key}",
                budget_type="COST",
                limit_amount=f"{budget.limit_amount}",
                limit_unit=budget.limit_unit,
                time_unit=budget.time_unit,
                # what is used is told, whoever pays for it: credits would hide it until they end
                cost_types=BudgetsBudgetCostTypes(
                    include_credit=False, include_refund=False, use_amortized=budget.amortized
                ),
                tags=tags(self, given),
                # AWS Budgets looks whether it may publish when the notification is made
                depends_on=[policy],
            )
            .having(
                "notification",
                each_item(budget.thresholds),
                lambda threshold: _notification(threshold, topic_arn, emails),
            )
            .having("cost_filter", _filters(budget), lambda counted: {"name": counted.key, "values": counted.value})
        )

    def _actions(self, given: BudgetsInputs, made: Any, topic_arn: str) -> None:
        acting = each(given.budgets).where(lambda budget: is_set(budget.action))
        action = present(acting.value.action)
        role = service_role(
            self,
            "action",
            given,
            name=f"{given.name}-{acting.key}",
            service="budgets.amazonaws.com",
            statements=access.attach(
                each_item(action.role_names).documents(
                    lambda name: f"arn:{partition(self)}:iam::{account_id(self)}:role/{name}"
                ),
                action.policy_arn,
            ),
            only_when=acting,
        )
        acting(
            BudgetsBudgetAction,
            self,
            "action",
            budget_name=made.here.name,
            action_type="APPLY_IAM_POLICY",
            approval_model=action.approval,
            notification_type="ACTUAL",
            action_threshold=BudgetsBudgetActionActionThreshold(
                action_threshold_type="PERCENTAGE", action_threshold_value=action.percent
            ),
            definition=BudgetsBudgetActionDefinition(
                iam_action_definition=BudgetsBudgetActionDefinitionIamActionDefinition(
                    policy_arn=action.policy_arn, roles=action.role_names
                )
            ),
            execution_role_arn=role.arn,
            subscriber=[BudgetsBudgetActionSubscriber(address=topic_arn, subscription_type="SNS")],
            tags=tags(self, given),
            # without its policy the action could not be done
            depends_on=[dependable(role.policy)],
        )

    def _slack(self, given: BudgetsInputs, topic_arn: str) -> None:
        wanted, slack = is_set(given.slack), present(given.slack)
        # telling needs no right of the channel's, so whoever writes there may do nothing. No page says in whose name
        # the service takes the role: https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html
        role = service_role(
            self,
            "slack",
            given,
            name=f"{given.name}-slack",
            service="chatbot.amazonaws.com",
            says_for_whom=False,
            only_when=wanted,
        )
        when(wanted)(
            ChatbotSlackChannelConfiguration,
            self,
            "slack",
            configuration_name=given.name,
            slack_team_id=slack.team_id,
            slack_channel_id=slack.channel_id,
            iam_role_arn=role.arn,
            # left out, AdministratorAccess bounds the channel, which is no bound
            guardrail_policy_arns=[f"arn:{partition(self)}:iam::aws:policy/AWSDenyAll"],
            logging_level="ERROR",
            sns_topic_arns=[topic_arn],
            tags=tags(self, given),
        )


def _notification(threshold: Threshold, topic_arn: str, emails: list[str]) -> BudgetsBudgetNotification:
    return BudgetsBudgetNotification(
        comparison_operator="GREATER_THAN",
        notification_type=threshold.kind,
        threshold=threshold.percent,
        threshold_type="PERCENTAGE",
        subscriber_email_addresses=emails,
        subscriber_sns_topic_arns=[topic_arn],
    )


def _filters(budget: Budget) -> dict[str, list[str]]:
    """What a budget counts, by the dimension that is asked; a dimension that nothing was said of is left out.

    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
    """
    tag = present(budget.tag)
    tagged = each_item(tag.values).documents(lambda value: join("$", [f"user:{tag.key}", value]))
    asked = hcl(
        {
            "TagKeyValue": choose(is_set(budget.tag), tagged, []),
            "Service": budget.services,
            "LinkedAccount": budget.linked_accounts,
        }
    )
    return MapReference(f"{{for asked, found in {asked} : asked => found if length(found) > 0}}", ListOf(item=Text()))
