"""What a machine's role needs is what its states name, and nothing wider."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.iam import document, evaluate
from groundplan.states import (
    EXECUTIONS,
    MACHINE,
    MAP_RUNS,
    Catcher,
    Fail,
    ItemProcessor,
    ItemReader,
    Map,
    Parallel,
    ProcessorConfig,
    ResultWriter,
    StateMachine,
    Succeed,
    Task,
    Workflow,
    access_problems,
    needs,
    statements,
)
from groundplan.states.integrations import (
    Asked,
    call_api,
    change_item,
    invoke_function,
    items_of_object,
    put_events,
    put_item,
    results_in,
    run_container,
    send_message,
    start_machine,
)

ACCOUNT, HERE = "111122223333", "us-east-1:111122223333"
FUNCTION = f"arn:aws:lambda:{HERE}:function:intake"
ALIAS = f"{FUNCTION}:live"
CONNECTION = f"arn:aws:events:{HERE}:connection/payments/0a1b2c3d-0000-4000-8000-000000000001"
TABLE = f"arn:aws:dynamodb:{HERE}:table/claims"
CONTAINER: dict[str, Any] = {
    "cluster_arn": f"arn:aws:ecs:{HERE}:cluster/batch",
    "container": "report",
    "environment": {"B": "2", "A": "1"},
    "task_role_arn": f"arn:aws:iam::{ACCOUNT}:role/report",
    "execution_role_arn": f"arn:aws:iam::{ACCOUNT}:role/report-start",
    "subnet_ids": ["subnet-0a1b2c3d4e5f60001"],
    "security_group_ids": ["sg-0a1b2c3d4e5f60001"],
}


def machine(asked: Asked | dict[str, Any]) -> StateMachine:
    work = Task(**asked, timeout_seconds=60, catch=[Catcher(next="Failed")], end=True)
    return StateMachine(start_at="Work", states={"Work": work, "Failed": Fail()})


def rights(asked: Asked | dict[str, Any]) -> set[tuple[str, str]]:
    found, wrong = needs(machine(asked))
    assert wrong == []
    return {(need.action, need.resource) for need in found}


REPORT = f"arn:aws:ecs:{HERE}:task-definition/report"
RULE = f"arn:aws:events:{HERE}:rule"
TELLING = ("DescribeRule", "PutRule", "PutTargets")
WRITING = ("AbortMultipartUpload", "GetObject", "ListMultipartUploadParts", "PutObject")
# https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
NEEDED: dict[str, tuple[Asked | dict[str, Any], set[tuple[str, str]]]] = {
    "a function": (invoke_function(FUNCTION, {}), {("lambda:InvokeFunction", FUNCTION)}),
    "a function by its alias": (
        invoke_function(f"{FUNCTION}:live", {}),
        {("lambda:InvokeFunction", f"{FUNCTION}:live")},
    ),
    "a version of a function": (
        {"resource": "arn:aws:states:::lambda:invoke", "arguments": {"FunctionName": FUNCTION, "Qualifier": "7"}},
        {("lambda:InvokeFunction", f"{FUNCTION}:7")},
    ),
    "a function as older machines ask it": ({"resource": FUNCTION}, {("lambda:InvokeFunction", FUNCTION)}),
    "a container": (
        run_container(f"{REPORT}:7", **CONTAINER),
        {
            ("ecs:RunTask", f"{REPORT}:7"),
            ("ecs:DescribeTasks", f"arn:aws:ecs:{HERE}:task/batch/*"),
            ("ecs:StopTask", f"arn:aws:ecs:{HERE}:task/batch/*"),
            ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/report"),
            ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/report-start"),
            *((f"events:{action}", f"{RULE}/StepFunctionsGetEventsForECSTaskRule") for action in TELLING),
        },
    ),
    "an API": (
        call_api("https://api.example.com/payments", method="POST", connection_arn=CONNECTION),
        {
            ("states:InvokeHTTPEndpoint", MACHINE),
            ("events:RetrieveConnectionCredentials", CONNECTION),
            *(
                (
                    f"secretsmanager:{action}",
                    f"arn:aws:secretsmanager:{HERE}:secret:events!connection/payments/0a1b2c3d-0000-4000-8000-000000000001-??????",
                )
                for action in ("DescribeSecret", "GetSecretValue")
            ),
        },
    ),
    "a queue": (
        send_message(f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/adjusters", {}),
        {("sqs:SendMessage", f"arn:aws:sqs:{HERE}:adjusters")},
    ),
    "a queue in China": (
        send_message(f"https://sqs.cn-north-1.amazonaws.com.cn/{ACCOUNT}/adjusters", {}, partition="aws-cn"),
        {("sqs:SendMessage", f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:adjusters")},
    ),
    "a bus": (
        put_events(f"arn:aws:events:{HERE}:event-bus/claims", source="claims", detail_type="Paid", detail={}),
        {("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/claims")},
    ),
    "a new item": (put_item(TABLE, {"id": {"S": "1"}}), {("dynamodb:PutItem", TABLE)}),
    "a changed item": (change_item(TABLE, {"id": {"S": "1"}}, "SET a = :a", {}), {("dynamodb:UpdateItem", TABLE)}),
    "a topic": (
        {"resource": "arn:aws:states:::sns:publish", "arguments": {"TopicArn": f"arn:aws:sns:{HERE}:claims"}},
        {("sns:Publish", f"arn:aws:sns:{HERE}:claims")},
    ),
    "another account's function": (
        {**invoke_function(FUNCTION, {}), "credentials": {"RoleArn": "arn:aws:iam::444455556666:role/work"}},
        {("sts:AssumeRole", "arn:aws:iam::444455556666:role/work")},
    ),
    "another machine": (
        start_machine(f"arn:aws:states:{HERE}:stateMachine:quote", {}),
        {
            ("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:quote"),
            ("states:DescribeExecution", f"arn:aws:states:{HERE}:execution:quote:*"),
            ("states:StopExecution", f"arn:aws:states:{HERE}:execution:quote:*"),
            *(
                (f"events:{action}", f"{RULE}/StepFunctionsGetEventsForStepFunctionsExecutionRule")
                for action in TELLING
            ),
        },
    ),
}


@pytest.mark.parametrize("asked", sorted(NEEDED))
def test_each_integration_needs_what_aws_says_on_what_the_state_names(asked: str) -> None:
    given, needed = NEEDED[asked]
    assert rights(given) == needed


def test_a_distributed_map_starts_its_own_machine_and_reads_and_writes_where_it_says() -> None:
    each = Map(
        item_reader=ItemReader(**items_of_object("records", "{% 'in/' & $states.input.key %}")),
        item_processor=ItemProcessor(
            processor_config=ProcessorConfig(mode="DISTRIBUTED"), start_at="Seen", states={"Seen": Succeed()}
        ),
        result_writer=ResultWriter(**results_in("results", "runs")),
        end=True,
    )
    found, wrong = needs(StateMachine(start_at="Each", states={"Each": each}))
    assert wrong == []
    written = "arn:aws:s3:::results/runs/*"
    assert {(need.action, need.resource) for need in found} == {
        ("states:StartExecution", MACHINE),
        ("states:DescribeExecution", EXECUTIONS),
        ("states:StopExecution", EXECUTIONS),
        ("states:RedriveExecution", MAP_RUNS),
        ("s3:GetObject", "arn:aws:s3:::records/in/*"),
        *((f"s3:{action}", written) for action in WRITING),
    }


def test_an_api_is_called_at_its_address_and_by_its_method_alone() -> None:
    url = "{% 'https://api.example.com/payments/' & $states.input.id %}"
    found, _ = needs(machine(call_api(url, method="GET", connection_arn=CONNECTION)))
    policy = document(*statements(found))
    here = {"states:HTTPMethod": "GET", "states:HTTPEndpoint": "https://api.example.com/payments/7"}
    assert evaluate(policy, "states:InvokeHTTPEndpoint", MACHINE, here)
    for changed in ({"states:HTTPMethod": "DELETE"}, {"states:HTTPEndpoint": "https://api.example.com/claims/7"}):
        assert not evaluate(policy, "states:InvokeHTTPEndpoint", MACHINE, {**here, **changed})


def test_roles_are_handed_to_containers_and_tasks_run_in_their_cluster_alone() -> None:
    found, _ = needs(machine(run_container(REPORT, **CONTAINER)))
    policy = document(*statements(found))
    cluster = {"ecs:cluster": CONTAINER["cluster_arn"]}
    # without a revision the latest is run, whichever that is
    assert evaluate(policy, "ecs:RunTask", f"{REPORT}:8", cluster)
    assert not evaluate(policy, "ecs:RunTask", f"{REPORT}:8", {"ecs:cluster": f"arn:aws:ecs:{HERE}:cluster/other"})
    role = CONTAINER["task_role_arn"]
    assert evaluate(policy, "iam:PassRole", role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    assert not evaluate(policy, "iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})


ROLES: dict[str, Any] = {**CONTAINER, "task_role_arn": "{% $states.input.role %}"}
UNTOLD: dict[str, tuple[Asked | dict[str, Any], str, str]] = {
    "a function that the execution knows": (
        invoke_function("arn:aws:lambda:x", {}) | {"arguments": {"FunctionName": "{% $states.input.function %}"}},
        'States["Work"].Arguments.FunctionName',
        "must be told, as the machine may use nothing else: which function it invokes, got",
    ),
    "a function by its name": (
        {"resource": "arn:aws:states:::lambda:invoke", "arguments": {"FunctionName": "intake"}},
        'States["Work"].Arguments.FunctionName',
        'must be an ARN, got "intake"',
    ),
    "a role that the execution knows": (
        run_container(REPORT, **ROLES),
        'States["Work"].Arguments.Overrides.TaskRoleArn',
        "must be told, as the machine may use nothing else: which role the container gets, got",
    ),
    "a host that the execution knows": (
        call_api("{% 'https://' & $states.input.host %}", method="GET", connection_arn=CONNECTION),
        'States["Work"].Arguments.ApiEndpoint',
        "must be told, as the machine may use nothing else: an https address with its whole host name, got",
    ),
    "a host that may go on": (
        call_api("{% 'https://api.example.com' & $states.input.path %}", method="GET", connection_arn=CONNECTION),
        'States["Work"].Arguments.ApiEndpoint',
        "must be told, as the machine may use nothing else: an https address with its whole host name, got",
    ),
    "a role of another account that the execution knows": (
        {**invoke_function(FUNCTION, {}), "credentials": {"RoleArn": "{% $states.input.role %}"}},
        'States["Work"].Credentials.RoleArn',
        "must be told, as the machine may use nothing else: which role it takes, got",
    ),
    "no bus": (
        {"resource": "arn:aws:states:::events:putEvents", "arguments": {"Entries": [{"Source": "claims"}]}},
        'States["Work"].Arguments.Entries[0].EventBusName',
        "must be told, as the machine may use nothing else: which bus it uses, got null",
    ),
    "a queue by its name": (
        send_message("adjusters", {}),
        'States["Work"].Arguments.QueueUrl',
        'must be told, as the machine may use nothing else: the URL of a queue, got "adjusters"',
    ),
    "an integration of which nothing is known": (
        {"resource": "arn:aws:states:::lamda:invoke", "arguments": {}},
        'States["Work"].Resource',
        'is no integration whose permissions are known: "arn:aws:states:::lamda:invoke"',
    ),
}


def test_a_container_with_tags_may_be_tagged_as_it_begins() -> None:
    asked = run_container(f"{REPORT}:7", **CONTAINER)
    tagged = {**asked, "arguments": {**asked["arguments"], "PropagateTags": "TASK_DEFINITION"}}
    assert rights(tagged) - rights(asked) == {("ecs:TagResource", f"arn:aws:ecs:{HERE}:task/batch/*")}


@pytest.mark.parametrize("asked", sorted(UNTOLD))
def test_what_nobody_told_has_no_permission_and_is_told_of(asked: str) -> None:
    given, path, message = UNTOLD[asked]
    _, wrong = needs(machine(given))
    assert [problem.path for problem in wrong] == [path]
    assert wrong[0].message.startswith(message)


def test_what_nobody_told_in_a_branch_is_told_of_at_its_place() -> None:
    work = Task(**send_message("adjusters", {}), end=True)
    both = Parallel(branches=[Workflow(start_at="Work", states={"Work": work})], end=True)
    _, wrong = needs(StateMachine(start_at="Both", states={"Both": both}))
    assert [problem.path for problem in wrong] == ['States["Both"].Branches[0].States["Work"].Arguments.QueueUrl']


def test_a_role_that_lacks_a_permission_or_has_one_to_spare_is_told_of_with_the_state() -> None:
    asked = machine(run_container(f"{REPORT}:7", **CONTAINER))
    found, _ = needs(asked)
    whole = statements(found)
    assert list(access_problems(asked, whole, "access", "Derive it.")) == []
    for index, need in enumerate(found):
        less = statements([*found[:index], *found[index + 1 :]])
        told = [problem.message for problem in access_problems(asked, less, "access", "Derive it.")]
        assert told == [f"lacks {need.action} on {need.resource}, which Work needs"]
    more, _ = needs(machine(invoke_function(FUNCTION, {})))
    told = [problem.message for problem in access_problems(asked, statements([*found, *more]), "access", "Derive it.")]
    assert told == [f"has lambda:InvokeFunction on {FUNCTION}, which no state needs"]
