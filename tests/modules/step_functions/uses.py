"""Who needs what of the key, the machines and their schedules: each machine what its states ask for, and no more."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.iam import Principal
from tests.modules.step_functions.examples import BUS, KEY, connection, function
from tests.modules.uses import ACCOUNT, Use, administers, logs_encrypt, takes_role

HERE = f"us-east-1:{ACCOUNT}"
OWN_KEY = "<aws_kms_key.machines[0].arn>"
LOGS = f"arn:aws:logs:{HERE}:*"
NAMES = ("batch", "claims", "renewal")


def machine(name: str) -> str:
    """The ARN of a machine."""
    return f"arn:aws:states:{HERE}:stateMachine:prod-workflow-{name}"


# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
# https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
def works(name: str) -> list[Use]:
    """Its log, its traces, its own executions."""
    return [
        Use(
            [
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
                "logs:GetLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:UpdateLogDelivery",
            ]
        ),
        Use(
            [
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            ]
        ),
        Use(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            OWN_KEY,
            given={"kms:EncryptionContext:aws:states:stateMachineArn": machine(name)},
        ),
        Use("kms:GenerateDataKey", OWN_KEY, given={"kms:EncryptionContext:SourceArn": LOGS}),
    ]


def invokes(*names: str) -> Use:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html"""
    return Use("lambda:InvokeFunction", [function(name) for name in names])


def calls(name: str, own: str, *urls: str) -> list[Use]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions"""
    secret = f"arn:aws:secretsmanager:{HERE}:secret:events!{connection(name).split(':', 5)[5]}-AbCdEf"
    return [
        *(
            Use(
                "states:InvokeHTTPEndpoint",
                machine(own),
                given={"states:HTTPEndpoint": url, "states:HTTPMethod": "POST"},
            )
            for url in urls
        ),
        Use("events:RetrieveConnectionCredentials", connection(name)),
        Use(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], secret),
    ]


def sends(*queues: str) -> Use:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html"""
    return Use("sqs:SendMessage", [f"arn:aws:sqs:{HERE}:{queue}" for queue in queues])


# https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
def distributes(own: str) -> list[Use]:
    """Executions of a machine's own for its items."""
    executions = f"arn:aws:states:{HERE}:execution:prod-workflow-{own}"
    return [
        Use("states:StartExecution", machine(own)),
        Use(["states:DescribeExecution", "states:StopExecution"], f"{executions}:one"),
        Use("states:RedriveExecution", f"{executions}/records:one"),
    ]


TELLS = Use("events:PutEvents", BUS)
TABLES = f"arn:aws:dynamodb:{HERE}:table"
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
CLUSTER = f"arn:aws:ecs:{HERE}:cluster/batch"
REPORTS = [
    Use("ecs:RunTask", f"arn:aws:ecs:{HERE}:task-definition/report:7", given={"ecs:cluster": CLUSTER}),
    Use(["ecs:DescribeTasks", "ecs:StopTask"], f"arn:aws:ecs:{HERE}:task/batch/0a1b"),
    Use(
        ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        f"arn:aws:events:{HERE}:rule/StepFunctionsGetEventsForECSTaskRule",
    ),
    Use(
        "iam:PassRole",
        [f"arn:aws:iam::{ACCOUNT}:role/batch-report", f"arn:aws:iam::{ACCOUNT}:role/batch-report-start"],
        given={"iam:PassedToService": "ecs-tasks.amazonaws.com"},
    ),
]
# https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
FILES = [
    Use("s3:GetObject", "arn:aws:s3:::insurance-records/incoming/records.csv"),
    Use(
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        "arn:aws:s3:::insurance-results/runs/one/manifest.json",
    ),
]

STATES: dict[str, Sequence[Use]] = {
    "claims": [
        invokes("claims-intake", "claims-validation"),
        *calls("fraud", "claims", "https://fraud.example.com/v1/scores"),
        *calls(
            "payments",
            "claims",
            "https://payments.example.com/v1/payments",
            "https://payments.example.com/v1/reversals",
        ),
        Use(["dynamodb:PutItem", "dynamodb:UpdateItem"], f"{TABLES}/reserves"),
        sends("adjusters", "exceptions"),
        TELLS,
        *(
            Use(
                ["kms:Decrypt", "kms:GenerateDataKey"],
                KEY,
                given={"kms:ViaService": f"{service}.us-east-1.amazonaws.com"},
            )
            for service in ("dynamodb", "sqs")
        ),
    ],
    "renewal": [
        invokes("policies-answer", "policies-bind", "policies-due"),
        *calls("rating", "renewal", "https://rating.example.com/v1/quotes"),
        Use("dynamodb:UpdateItem", f"{TABLES}/policies"),
        sends("exceptions"),
        TELLS,
        *distributes("renewal"),
    ],
    "batch": [
        invokes("batch-record"),
        *REPORTS,
        *FILES,
        sends("exceptions"),
        TELLS,
        *distributes("batch"),
    ],
}

POLICIES = {
    "aws_kms_key.machines[0]": [
        administers(),
        logs_encrypt("/aws/vendedlogs/states/prod-workflow-claims"),
        Use(
            "kms:Decrypt",
            given={"kms:EncryptionContext:SourceArn": LOGS},
            by=Principal.service("delivery.logs.amazonaws.com"),
        ),
    ],
    **{f'aws_iam_role.machine["{name}"]': takes_role("states.amazonaws.com") for name in NAMES},
    **{f'aws_iam_role_policy.machine["{name}"]': works(name) for name in NAMES},
    **{f'aws_iam_role_policy.states["{name}"]': STATES[name] for name in NAMES},
    "aws_iam_role.schedules[0]": takes_role("scheduler.amazonaws.com"),
    "aws_iam_role_policy.schedules[0]": [
        Use("states:StartExecution", [f"{machine('batch')}:live", f"{machine('renewal')}:live"]),
        Use("sqs:SendMessage", f"arn:aws:sqs:{HERE}:prod-workflow-starts-dlq"),
        # the schedules' inputs, and the queue
        Use(["kms:Decrypt", "kms:GenerateDataKey"], OWN_KEY),
    ],
}
