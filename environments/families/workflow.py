"""What happens in which order, and when: claims, renewals, batches."""

from __future__ import annotations

import json
from typing import Annotated, Self

from environments.families.cluster import Cluster
from environments.platform import Platform, PlatformFamily
from groundplan.framework import Inputs, field
from groundplan.framework.constraints import Pattern
from groundplan.framework.types import HttpsUrl, SecurityGroupId
from groundplan.iam import allow, document
from groundplan.states import StateMachine
from groundplan.synth.stack import Stack
from modules.workflow.kubernetes_jobs import CronJob, KubernetesJobs, KubernetesJobsInputs, Metrics
from modules.workflow.step_functions import Machine, Schedule, StepFunctions, StepFunctionsInputs, machine
from modules.workflow.step_functions.machines import (
    BatchPlaces,
    ClaimPlaces,
    RenewalPlaces,
    batch_orchestration,
    claim_processing,
    policy_renewal,
)

__all__ = ["Places", "WorkflowFamily", "claims_machine_arn"]

Connection = Annotated[
    str,
    Pattern(
        "[A-Za-z0-9._-]+/[0-9a-f-]{36}",
        "the name and the id of an EventBridge connection, such as payments/0a1b2c3d-0000-4000-8000-000000000001",
    ),
]
NEW_YORK = "America/New_York"
CLAIMS = "claims"


class Places(Inputs):
    """What the machines work with and nobody can know by its name: what the applications' teams made."""

    fraud_api_url: HttpsUrl = field("where a claim's score is asked for")
    fraud_connection: Connection = field("EventBridge connection of the fraud check, as <name>/<id>")
    payments_api_url: HttpsUrl = field("where claims are paid, and below /reversals what was paid comes back")
    payments_connection: Connection = field("EventBridge connection of the payments, as <name>/<id>")
    rating_api_url: HttpsUrl = field("where a premium is asked for")
    rating_connection: Connection = field("EventBridge connection of the rating, as <name>/<id>")
    batch_security_group_ids: list[SecurityGroupId] = field("security groups of the reports' containers", min_length=1)
    batches_at_once: int = field("how many batches of records are worked on at once", default=50, ge=1, le=1000)


def claims_machine_arn(env: Platform) -> str:
    """The machine that processes claims; made of its name, so that whoever watches it need not wait for it."""
    return _arn(env, "states", f"stateMachine:{_name(env)}-{CLAIMS}")


class WorkflowFamily(PlatformFamily):
    """The machines of claims, policies and batches."""

    places: Places = field("what the machines work with")
    claims: Machine = field("how claims are run; what the machine does is the composition's")
    renewal: Machine = field("how renewals are run, likewise")
    batch: Machine = field("how batches are run, likewise")
    step_functions: StepFunctionsInputs = field("what holds for all machines, and machines beside those three")
    kubernetes_jobs: KubernetesJobsInputs = field("work of the cluster on a schedule")

    @classmethod
    def everywhere(cls, env: Platform) -> Self:
        """Claims and policies name people, so what goes through their states stays out of logs."""
        quiet = Machine(log_execution_data=False)
        reports = f"arn:{env.partition.id}:s3:::{env.name}-{env.account_id}-reports"
        return cls(
            claims=quiet,
            renewal=quiet,
            batch=Machine(),
            step_functions=StepFunctionsInputs(),
            kubernetes_jobs=KubernetesJobsInputs(
                namespace="jobs",
                cron_jobs={
                    "daily-report": CronJob(
                        image=_image(env, "reports:2.4.1"),
                        args=["--day", "yesterday"],
                        environment={"BUCKET": f"{env.name}-{env.account_id}-reports"},
                        schedule="30 6 * * *",
                        time_zone=NEW_YORK,
                        success_within_minutes=26 * 60,
                        memory_mebibytes=1024,
                        temporary_mebibytes=512,
                        role_policy=json.dumps(document(allow("s3:PutObject", on=f"{reports}/daily/*"))),
                    ),
                    "partner-sync": CronJob(
                        image=_image(env, "partner-sync:1.0.9"),
                        schedule="*/15 * * * *",
                        success_within_minutes=45,
                        # a run that hangs holds up no other
                        concurrency_policy="Replace",
                        timeout_seconds=840,
                    ),
                    "cleanup": CronJob(
                        image=_image(env, "cleanup:3.1.0"),
                        schedule="0 3 * * SUN",
                        time_zone=NEW_YORK,
                        success_within_minutes=170 * 60,
                        # what it does not delete today it deletes next time
                        spot=True,
                    ),
                },
            ),
        )

    @classmethod
    def small(cls, _env: Platform) -> Self:
        """Started by whoever tries something, on nodes that may go."""
        spot = {name: CronJob(spot=True) for name in ("daily-report", "partner-sync")}
        return cls(places=Places(batches_at_once=2), kubernetes_jobs=KubernetesJobsInputs(cron_jobs=spot))

    @classmethod
    def full(cls, _env: Platform) -> Self:
        """Renewals in the morning, batches at night."""
        daily = Schedule(
            expression="cron(0 6 * * ? *)", time_zone=NEW_YORK, input='{"due_in_days":30}', flexible_minutes=15
        )
        nightly = Schedule(expression="cron(0 2 * * ? *)", time_zone=NEW_YORK, input='{"key":"records.csv"}')
        return cls(
            # a claim that fails is in its queue, and so is a policy; how many claims may is an objective
            claims=Machine(failed_executions=10),
            renewal=Machine(schedules={"daily": daily}, failed_executions=5),
            batch=Machine(schedules={"nightly": nightly}),
            kubernetes_jobs=KubernetesJobsInputs(metrics=Metrics()),
        )

    def compose(self, stack: Stack, env: Platform, _cluster: Cluster) -> None:
        """The stack `<environment>-workflow`, whose jobs run on what the cluster's stack brings."""
        machines = {
            CLAIMS: _does(self.claims, claim_processing(self._claims(env))),
            "renewal": _does(self.renewal, policy_renewal(self._renewal(env))),
            "batch": _does(self.batch, batch_orchestration(self._batch(env))),
        }
        wanted = StepFunctionsInputs(name=_name(env), machines=machines)
        workflow = StepFunctions(stack, "step_functions", stack.wired(self.step_functions, wanted))
        stack.tell(workflow.outputs, "alias_arns", "role_arns")
        jobs = KubernetesJobsInputs(name=f"{env.name}-jobs")
        KubernetesJobs(stack, "kubernetes_jobs", stack.wired(self.kubernetes_jobs, jobs))

    def _claims(self, env: Platform) -> ClaimPlaces:
        return ClaimPlaces(
            intake_function_arn=_arn(env, "lambda", f"function:{env.name}-claims-intake"),
            validation_function_arn=_arn(env, "lambda", f"function:{env.name}-claims-validation"),
            fraud_api_url=self.places.fraud_api_url,
            fraud_connection_arn=_arn(env, "events", f"connection/{self.places.fraud_connection}"),
            payments_api_url=self.places.payments_api_url,
            reversals_api_url=f"{self.places.payments_api_url}/reversals",
            payments_connection_arn=_arn(env, "events", f"connection/{self.places.payments_connection}"),
            reserves_table_arn=_arn(env, "dynamodb", f"table/{env.name}-claim-reserves"),
            adjusters_queue_url=_queue(env, "claims-adjusters"),
            exceptions_queue_url=_queue(env, "workflow-exceptions"),
            bus_arn=_bus(env),
            partition=env.partition.id,
        )

    def _renewal(self, env: Platform) -> RenewalPlaces:
        return RenewalPlaces(
            due_function_arn=_arn(env, "lambda", f"function:{env.name}-policies-due"),
            answer_function_arn=_arn(env, "lambda", f"function:{env.name}-policies-answer"),
            bind_function_arn=_arn(env, "lambda", f"function:{env.name}-policies-bind"),
            rating_api_url=self.places.rating_api_url,
            rating_connection_arn=_arn(env, "events", f"connection/{self.places.rating_connection}"),
            policies_table_arn=_arn(env, "dynamodb", f"table/{env.name}-policies"),
            exceptions_queue_url=_queue(env, "workflow-exceptions"),
            bus_arn=_bus(env),
            partition=env.partition.id,
        )

    def _batch(self, env: Platform) -> BatchPlaces:
        return BatchPlaces(
            records_bucket=f"{env.name}-{env.account_id}-batch-records",
            results_bucket=f"{env.name}-{env.account_id}-batch-results",
            record_function_arn=_arn(env, "lambda", f"function:{env.name}-batch-record"),
            cluster_arn=_arn(env, "ecs", f"cluster/{env.name}-batch"),
            report_task_definition_arn=_arn(env, "ecs", f"task-definition/{env.name}-batch-report"),
            report_task_role_arn=env.role_arn(f"{env.name}-batch-report"),
            report_execution_role_arn=env.role_arn(f"{env.name}-batch-report-start"),
            subnet_ids=env.network.private_subnet_ids,
            security_group_ids=self.places.batch_security_group_ids,
            exceptions_queue_url=_queue(env, "workflow-exceptions"),
            bus_arn=_bus(env),
            partition=env.partition.id,
            batches_at_once=self.places.batches_at_once,
        )


def _does(run: Machine, definition: StateMachine) -> Machine:
    """How a machine is run, and what it does."""
    made = machine(definition)
    return run.but(definition=made.definition, access=made.access)


def _name(env: Platform) -> str:
    return f"{env.name}-workflow"


def _arn(env: Platform, service: str, resource: str) -> str:
    return f"arn:{env.partition.id}:{service}:{env.region}:{env.account_id}:{resource}"


def _image(env: Platform, image: str) -> str:
    return f"{env.account_id}.dkr.ecr.{env.region}.{env.partition.dns_suffix}/{image}"


def _bus(env: Platform) -> str:
    return _arn(env, "events", f"event-bus/{env.name}-insurance")


def _queue(env: Platform, name: str) -> str:
    return f"https://sqs.{env.region}.{env.partition.dns_suffix}/{env.account_id}/{env.name}-{name}"
