"""A program of a user with a dozen resource types; writes what the kernel loaded to its standard output."""

import json

from cdktf import App, Fn, TerraformOutput, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws import sqs_queue
from cdktf_cdktf_provider_aws.backup_plan import BackupPlan, BackupPlanRule, BackupPlanRuleLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.iam_role import IamRole, IamRoleInlinePolicy
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import S3BucketLifecycleConfiguration
from cdktf_cdktf_provider_aws.s3_control_bucket_policy import S3ControlBucketPolicy
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_helm.provider import HelmProvider
from cdktf_cdktf_provider_helm.release import Release
from cdktf_cdktf_provider_kubernetes.cron_job_v1 import (
    CronJobV1,
    CronJobV1Metadata,
    CronJobV1Spec,
    CronJobV1SpecJobTemplate,
    CronJobV1SpecJobTemplateMetadata,
    CronJobV1SpecJobTemplateSpec,
    CronJobV1SpecJobTemplateSpecTemplate,
    CronJobV1SpecJobTemplateSpecTemplateMetadata,
    CronJobV1SpecJobTemplateSpecTemplateSpec,
    CronJobV1SpecJobTemplateSpecTemplateSpecContainer,
)
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider

from groundplan.bindings.imports import loaded

app = App(outdir="cdktf.out")
stack = TerraformStack(app, "all")
AwsProvider(stack, "aws", region="us-east-1", default_tags=[{"tags": {"Environment": "dev"}}])
HelmProvider(stack, "helm")
KubernetesProvider(stack, "kubernetes")
days = TerraformVariable(stack, "days", type="number", default=30)
account = DataAwsCallerIdentity(stack, "current")
key = KmsKey(stack, "key", description="of " + account.account_id)
bucket = S3Bucket(stack, "bucket", bucket_prefix="example-")
S3BucketLifecycleConfiguration(
    stack,
    "lifecycle",
    bucket=bucket.id,
    rule=[{"id": "old", "status": "Enabled", "expiration": [{"days": days.number_value}]}],
)
S3ControlBucketPolicy(stack, "control", bucket=bucket.arn, policy="{}")
queue = sqs_queue.SqsQueue(stack, "queue", kms_master_key_id=key.arn)
role = IamRole(
    stack,
    "role",
    assume_role_policy=Fn.jsonencode({"Version": "2012-10-17", "Statement": []}),
    inline_policy=[IamRoleInlinePolicy(name="queue", policy=Fn.jsonencode({"Resource": queue.arn}))],
)
LambdaFunction(
    stack,
    "function",
    function_name="example",
    role=role.arn,
    environment=LambdaFunctionEnvironment(variables={"QUEUE": queue.url}),
)
CloudwatchMetricAlarm(
    stack,
    "alarm",
    alarm_name="depth",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    metric_query=[
        CloudwatchMetricAlarmMetricQuery(
            id="m",
            metric=CloudwatchMetricAlarmMetricQueryMetric(
                metric_name="Depth", namespace="AWS/SQS", period=60, stat="Sum", dimensions={"Queue": queue.name}
            ),
        )
    ],
)
plan = BackupPlan(
    stack,
    "plan",
    name="daily",
    rule=[
        BackupPlanRule(
            rule_name="daily",
            target_vault_name="main",
            lifecycle=BackupPlanRuleLifecycle(delete_after=days.number_value),
        )
    ],
)
SecretsmanagerSecret(stack, "secret", name="example", kms_key_id=key.id)
database = DbInstance(stack, "database", instance_class="db.t4g.micro", manage_master_user_password=True)
NamespaceV1(stack, "namespace", metadata={"name": "example", "labels": {"plan": plan.id}})
CronJobV1(
    stack,
    "job",
    metadata=CronJobV1Metadata(name="example"),
    spec=CronJobV1Spec(
        schedule="0 3 * * *",
        job_template=CronJobV1SpecJobTemplate(
            metadata=CronJobV1SpecJobTemplateMetadata(),
            spec=CronJobV1SpecJobTemplateSpec(
                template=CronJobV1SpecJobTemplateSpecTemplate(
                    metadata=CronJobV1SpecJobTemplateSpecTemplateMetadata(),
                    spec=CronJobV1SpecJobTemplateSpecTemplateSpec(
                        container=[
                            CronJobV1SpecJobTemplateSpecTemplateSpecContainer(
                                name="main", image="registry.example.com/job:1"
                            )
                        ]
                    ),
                )
            ),
        ),
    ),
)
Release(stack, "release", name="example", chart="example", values=[Fn.yamlencode({"bucket": bucket.bucket})])
TerraformOutput(stack, "secret_arn", value=database.master_user_secret.get(0).secret_arn, sensitive=True)
app.synth()
print(json.dumps({provider: sorted(names or ()) for provider, names in loaded().items()}))
