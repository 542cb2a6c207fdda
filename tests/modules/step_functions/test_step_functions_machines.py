"""The machines that ship with the module, executed: what they do when all goes well, and what they undo when not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from groundplan.framework.inputs import plain
from groundplan.states import drawn, problems
from tests.modules.step_functions.examples import BATCH, CLAIMS, FULL, MACHINES
from tests.modules.step_functions.interpreter import Answers, Refused, Run, run
from tests.support.planning import PROJECT

CLAIM = {"id": "claim-7", "amount_cents": 30_000, "payee": "acct-1"}


@dataclass
class Insurer:
    """Whom the claims machine asks, with a ledger: what is reserved, and what was paid and came back, by key."""

    claim: dict[str, Any] = field(default_factory=lambda: dict(CLAIM))
    score: int = 5
    valid: bool = True
    answer: Callable[[], Any] = dict
    broken: dict[str, list[str]] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    released: list[str] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> Run:
        answers: Answers = {
            "lambda:invoke": self._asked(self._function),
            "http:invoke": self._asked(self._api),
            "dynamodb:putItem": self._asked(self._reserve),
            "dynamodb:updateItem": self._asked(self._update),
            "events:putEvents": self._asked(self._tell),
            "sqs:sendMessage": self._asked(self._people),
            "sqs:sendMessage.waitForTaskToken": self._asked(lambda _, __: self.answer()),
        }
        return run(MACHINES["claims"], self.claim, answers)

    def _asked(self, service: Callable[[str, dict[str, Any]], Any]) -> Callable[[str, dict[str, Any]], Any]:
        """A service; where it is broken it raises the errors that it was given, and the last of them for ever."""

        def answer(state: str, arguments: dict[str, Any]) -> Any:
            errors = self.broken.get(state, [])
            error = (errors.pop(0) if len(errors) > 1 else errors[0]) if errors else ""
            if error.startswith("after "):  # it was done, and the answer was lost
                service(state, arguments)
                raise Refused(error.removeprefix("after "))
            if error:
                raise Refused(error)
            return service(state, arguments)

        return answer

    def _function(self, state: str, arguments: dict[str, Any]) -> Any:
        if state == "Intake":
            return {"Payload": arguments["Payload"]}
        return {"Payload": {"valid": self.valid} | ({} if self.valid else {"reason": "lapsed"})}

    def _api(self, state: str, arguments: dict[str, Any]) -> Any:
        body = arguments["RequestBody"]
        if state == "Check for fraud":
            return {"ResponseBody": {"score": self.score}}
        if state == "Pay":
            self.paid.setdefault(arguments["Headers"]["Idempotency-Key"], body["amount_cents"])
            return {"ResponseBody": {"id": "payment-1"}}
        self.paid.pop(body["of_key"], None)
        return {"ResponseBody": {}}

    def _reserve(self, _: str, arguments: dict[str, Any]) -> Any:
        item, this = arguments["Item"], arguments["ExpressionAttributeValues"][":this"]["S"]
        if self.reserved.setdefault(item["claim_id"]["S"], item["execution_arn"]["S"]) != this:
            raise Refused("DynamoDB.ConditionalCheckFailedException")
        return {}

    def _update(self, _: str, arguments: dict[str, Any]) -> Any:
        if "released" in arguments["UpdateExpression"]:
            self.released.append(arguments["Key"]["claim_id"]["S"])
        return {}

    def _tell(self, _: str, arguments: dict[str, Any]) -> Any:
        self.told += arguments["Entries"]
        return {"FailedEntryCount": 0}

    def _people(self, _: str, arguments: dict[str, Any]) -> Any:
        self.people.append(arguments["MessageBody"])
        return {"MessageId": "1"}


def refuse(error: str) -> Callable[[], Any]:
    def answer() -> Any:
        raise Refused(error)

    return answer


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_the_machines_are_sound_and_drawn_in_the_readme(name: str) -> None:
    assert problems(MACHINES[name]) == []
    readme = (PROJECT / "modules/workflow/step_functions/README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{drawn(MACHINES[name])}```" in readme


def test_a_small_claim_is_paid_and_nobody_is_asked() -> None:
    insurer = Insurer()
    ran = insurer.run()
    assert (ran.status, ran.output) == ("SUCCEEDED", {"claim_id": "claim-7", "outcome": "paid"})
    assert ran.states == [
        "Intake",
        "Validate",
        "Reserve the amount",
        "Check for fraud",
        "Pay",
        "Record the payment",
        "Tell that it is paid",
    ]
    assert insurer.paid == {"claim-7": 30_000}
    assert insurer.told[0]["Detail"] == {"claim_id": "claim-7", "payment_id": "payment-1"}
    assert ran.of("Record the payment")["ExpressionAttributeValues"] == {":payment": {"S": "payment-1"}}


@pytest.mark.parametrize(
    ("score", "cents", "asked"), [(29, 50_000, False), (30, 1, True), (0, 50_001, True)], ids=["fine", "odd", "large"]
)
def test_an_adjuster_decides_what_is_large_or_odd(score: int, cents: int, asked: bool) -> None:
    insurer = Insurer(score=score, claim={**CLAIM, "amount_cents": cents})
    ran = insurer.run()
    assert ("Ask an adjuster" in ran.states) is asked
    assert insurer.paid == {"claim-7": cents}
    if asked:
        message = ran.of("Ask an adjuster")["MessageBody"]
        assert (message["claim"]["id"], message["score"]) == ("claim-7", score)
        assert message["reply_to"]


def test_without_a_fraud_check_an_adjuster_decides() -> None:
    ran = Insurer(broken={"Check for fraud": ["States.Http.StatusCode.500"]}).run()
    assert ran.status == "SUCCEEDED"
    assert ran.of("Ask an adjuster")["MessageBody"]["score"] == 100


def test_what_an_adjuster_refuses_is_released_and_told() -> None:
    insurer = Insurer(score=80, answer=refuse("Refused"))
    ran = insurer.run()
    assert ran.output == {"claim_id": "claim-7", "outcome": "refused"}
    assert (insurer.paid, insurer.released) == ({}, ["claim-7"])
    assert insurer.told[0]["Detail"]["reason"] == "adjuster"


def test_an_adjuster_who_does_not_answer_leaves_nothing_reserved() -> None:
    insurer = Insurer(score=80, answer=refuse("States.Timeout"))
    assert insurer.run().error == "ClaimNotPaid"
    assert (insurer.paid, insurer.released) == ({}, ["claim-7"])
    assert insurer.people[0]["failure"]["Error"] == "States.Timeout"


def test_a_claim_that_is_not_covered_is_refused_with_the_reason_and_reserves_nothing() -> None:
    insurer = Insurer(valid=False)
    assert insurer.run().output["outcome"] == "refused"
    assert (insurer.reserved, insurer.told[0]["Detail"]["reason"]) == ({}, "lapsed")


def test_a_payment_that_is_tried_again_is_made_once() -> None:
    insurer = Insurer(broken={"Pay": ["after States.Timeout", "States.Http.StatusCode.503", ""]})
    ran = insurer.run()
    assert ran.status == "SUCCEEDED"
    assert ran.states.count("Pay") == 3
    assert insurer.paid == {"claim-7": 30_000}


def test_a_payment_whose_answer_never_comes_is_reversed_before_the_reserve_is_released() -> None:
    insurer = Insurer(broken={"Pay": ["after States.Timeout"]})
    ran = insurer.run()
    assert ran.error == "ClaimNotPaid"
    assert ran.states[-3:] == ["Reverse the payment", "Release the reserve", "Ask people to look"]
    assert (insurer.paid, insurer.released) == ({}, ["claim-7"])
    assert insurer.people[0]["undone"] is True


def test_a_payment_that_cannot_be_recorded_is_reversed() -> None:
    insurer = Insurer(broken={"Record the payment": ["DynamoDB.ConditionalCheckFailedException"]})
    assert insurer.run().error == "ClaimNotPaid"
    assert (insurer.paid, insurer.released) == ({}, ["claim-7"])


def test_people_are_told_when_undoing_fails_too() -> None:
    insurer = Insurer(broken={"Pay": ["after States.Timeout"], "Reverse the payment": ["States.Http.StatusCode.500"]})
    assert insurer.run().error == "ClaimNotPaid"
    (asked,) = insurer.people
    assert (asked["undone"], asked["failure"]["Error"]) == (False, "States.Http.StatusCode.500")
    # whether it was paid people have to see: until then the money stays reserved
    assert insurer.released == []


def test_a_claim_that_is_started_twice_is_worked_on_once() -> None:
    insurer = Insurer(reserved={"claim-7": "arn:aws:states:us-east-1:111122223333:execution:machine:another"})
    ran = insurer.run()
    assert ran.error == "ClaimNotPaid"
    assert ran.states.count("Reserve the amount") == 1, "another's reserve stays another's, however often one asks"
    assert (insurer.paid, insurer.released) == ({}, [])


@pytest.mark.parametrize(
    "state",
    [
        "Intake",
        "Validate",
        "Reserve the amount",
        "Ask an adjuster",
        "Pay",
        "Record the payment",
        "Tell that it is paid",
    ],
)
def test_whichever_state_fails_no_claim_is_paid_in_silence(state: str) -> None:
    """A failed execution has paid nothing, unless telling of it is all that failed; and people hear of it."""
    insurer = Insurer(score=80, broken={state: ["Broken"]})
    ran = insurer.run()
    assert ran.error == "ClaimNotPaid"
    assert len(insurer.people) == 1
    assert insurer.people[0]["claim"]["id"] == "claim-7"
    assert insurer.paid == ({"claim-7": 30_000} if state == "Tell that it is paid" else {})


def test_a_claim_that_nobody_can_be_told_of_fails_all_the_same() -> None:
    ran = Insurer(broken={"Pay": ["Broken"], "Ask people to look": ["SQS.SdkClientException"]}).run()
    assert ran.error == "ClaimNotPaid"


# Renewal

POLICIES = [{"id": f"policy-{number}", "answer_by": "2026-11-01T06:00:00Z"} for number in range(4)]


def renew(accepted: set[str], broken: dict[str, str]) -> tuple[Run, dict[str, str]]:
    """Runs the renewal of all policies; gives what became of each, by what was told or by whom people were asked."""
    became: dict[str, str] = {}

    def function(state: str, arguments: dict[str, Any]) -> Any:
        if state == "Find policies that run out":
            return {"Payload": {"policies": POLICIES}}
        policy = arguments["Payload"]["policy_id"]
        if broken.get(policy) == state:
            raise Refused("Broken")
        return {"Payload": {"accepted": policy in accepted}}

    def api(state: str, arguments: dict[str, Any]) -> Any:
        if broken.get(arguments["RequestBody"]["policy_id"]) == state:
            raise Refused("States.Http.StatusCode.400")
        return {"ResponseBody": {"premium_cents": 90_000}}

    def tell(_: str, arguments: dict[str, Any]) -> Any:
        (entry,) = arguments["Entries"]
        became[entry["Detail"]["policy_id"]] = entry["DetailType"]
        return {}

    def people(_: str, arguments: dict[str, Any]) -> Any:
        became[arguments["MessageBody"]["policy"]["id"]] = arguments["MessageBody"]["failure"]["Error"]
        return {}

    answers: Answers = {
        "lambda:invoke": function,
        "http:invoke": api,
        "events:putEvents": tell,
        "dynamodb:updateItem": lambda _, __: {},
        "sqs:sendMessage": people,
    }
    return run(MACHINES["renewal"], {"due_in_days": 30}, answers), became


def test_each_policy_is_bound_or_lapses_and_one_that_fails_stops_no_other() -> None:
    ran, became = renew({"policy-1"}, {"policy-2": "Quote", "policy-3": "Read the answer"})
    assert ran.status == "SUCCEEDED"
    assert became == {
        "policy-0": "Policy Lapsed",
        "policy-1": "Policy Renewed",
        "policy-2": "States.Http.StatusCode.400",
        "policy-3": "Broken",
    }
    bound = ran.of("Bind")["Payload"]
    assert bound == {"policy_id": "policy-1", "premium_cents": 90_000}


def test_every_policy_gets_a_notice_with_its_premium_before_it_waits() -> None:
    ran, _ = renew(set(), {})
    notices = [arguments["Entries"][0] for name, arguments in ran.asked if name == "Give notice"]
    assert {notice["Detail"]["policy_id"] for notice in notices} == {policy["id"] for policy in POLICIES}
    assert {notice["Detail"]["premium_cents"] for notice in notices} == {90_000}


# Batches


def work(records: int, *, failing: str = "") -> tuple[Run, list[str], list[dict[str, Any]]]:
    """Runs a file of records; gives what was written, and what people were asked."""
    people: list[dict[str, Any]] = []

    def asked(state: str, arguments: dict[str, Any]) -> Any:
        if state == failing:
            raise Refused("Broken", "it is broken")
        return {"Payload": {"done": arguments.get("Payload")}}

    def send(_: str, arguments: dict[str, Any]) -> Any:
        people.append(arguments["MessageBody"])
        return {}

    answers: Answers = {
        "lambda:invoke": asked,
        "ecs:runTask.sync": asked,
        "events:putEvents": asked,
        "sqs:sendMessage": send,
    }
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        for bucket in (BATCH.records_bucket, BATCH.results_bucket):
            s3.create_bucket(Bucket=bucket)
        rows = "".join(f"{number},{number}00\n" for number in range(records))
        s3.put_object(Bucket=BATCH.records_bucket, Key="incoming/records.csv", Body=f"id,cents\n{rows}".encode())
        ran = run(MACHINES["batch"], {"key": "records.csv"}, answers)
        written = s3.list_objects_v2(Bucket=BATCH.results_bucket).get("Contents", [])
    return ran, [each["Key"] for each in written], people


def test_every_record_of_a_file_is_worked_on_and_the_report_is_made_of_the_results() -> None:
    ran, written, people = work(5)
    assert (ran.status, ran.output, people) == ("SUCCEEDED", {"file": "records.csv"}, [])
    records = [arguments["Payload"] for name, arguments in ran.asked if name == "Work on a batch"]
    assert sorted(record["id"] for record in records) == ["0", "1", "2", "3", "4"]
    assert ran.states[-2:] == ["Write the report", "Tell that it is done"]
    (container,) = ran.of("Write the report")["Overrides"]["ContainerOverrides"]
    told = {each["Name"]: each["Value"] for each in container["Environment"]}
    assert told == {"RESULTS_BUCKET": "insurance-results", "RESULTS_KEY": written[0]}
    assert written[0].startswith("runs/")


def test_a_report_that_cannot_be_written_is_tried_again_and_then_told_to_people() -> None:
    ran, _, people = work(1, failing="Write the report")
    assert ran.error == "BatchFailed"
    assert ran.states.count("Write the report") == 4
    assert people == [{"file": "records.csv", "failure": {"Error": "Broken", "Cause": "it is broken"}}]


def test_so_many_records_at_once_and_so_many_failures_are_in_the_definition() -> None:
    """Which moto leaves aside: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html."""
    each = json.loads(MACHINES["batch"].as_json())["States"]["Each batch of records"]
    assert (each["MaxConcurrency"], each["ToleratedFailurePercentage"]) == (50, 2)
    assert each["ItemBatcher"] == {"MaxItemsPerBatch": 100}
    assert CLAIMS.paid_unseen_up_to_cents == 50_000


@pytest.mark.parametrize(
    ("scenario", "name"),
    [("claim-processing", "claims"), ("nightly-batch", "batch"), ("policy-renewal", "renewal")],
)
def test_the_examples_in_plain_hcl_have_the_machines_and_their_access_as_they_are(scenario: str, name: str) -> None:
    folder = PROJECT / "examples/step_functions" / scenario
    assert json.loads((folder / f"{name}.asl.json").read_bytes()) == MACHINES[name].document()
    assert json.loads((folder / f"{name}.access.json").read_bytes()) == plain(FULL.machines[name].access)
