"""The function that finds waste, in an account that has of each kind waste and what only looks like it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from find_waste import handler, memory, settings, telling  # type: ignore[import-not-found]
from find_waste.findings import Finding, Seen, decide, remembered  # type: ignore[import-not-found]
from find_waste.kinds import KINDS  # type: ignore[import-not-found]
from find_waste.search import search  # type: ignore[import-not-found]
from find_waste.settings import Deletion, Settings  # type: ignore[import-not-found]
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from tests.modules.cleanup.account import BUCKET, NOW, REGION, TOPIC, Account, client, made

DELETION = Deletion(tag_key="Cleanup", tag_value="delete", grace_days=14, dry_run=True, most=20, log_retention_days=90)
SETTINGS = Settings(
    bucket=BUCKET,
    topic_arn=TOPIC,
    regions=(REGION,),
    kinds=tuple(sorted(KINDS)),
    idle_days=14,
    snapshot_age_days=90,
    image_age_days=90,
    newest_images=2,
    keep_tag_key="Keep",
    deletion=None,
)
TODAY = NOW.date()


@dataclass
class Story:
    """Runs in one account, one after the other, and what was there after each."""

    account: Account
    runs: dict[str, Any]
    there: dict[str, set[str]]
    told: list[str]

    def actions(self, run: str) -> dict[str, set[str]]:
        by_action: dict[str, set[str]] = {}
        for one in self.runs[run].told:
            by_action.setdefault(one.action, set()).add(one.finding.id)
        return by_action


def _there() -> set[str]:
    ec2, ecr = client("ec2"), client("ecr")
    images = {
        f"{repository['repositoryName']}@{image['imageDigest']}"
        for repository in ecr.describe_repositories()["repositories"]
        for image in ecr.describe_images(repositoryName=repository["repositoryName"])["imageDetails"]
    }
    gateways = ec2.describe_nat_gateways(Filter=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
    endless = (group for group in client("logs").describe_log_groups()["logGroups"] if "retentionInDays" not in group)
    return {
        *images,
        *(volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]),
        *(snapshot["SnapshotId"] for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]),
        *(address["AllocationId"] for address in ec2.describe_addresses()["Addresses"]),
        *(gateway["NatGatewayId"] for gateway in gateways),
        *(each["LoadBalancerArn"] for each in client("elbv2").describe_load_balancers()["LoadBalancers"]),
        *(group["logGroupName"] for group in endless),
    }


def _days_later(days: int) -> None:
    s3 = client("s3")
    earlier = timedelta(days=days)
    memory.remember(
        s3,
        BUCKET,
        {
            key: Seen(seen.found - earlier, seen.opted_in - earlier if seen.opted_in else None)
            for key, seen in memory.recall(s3, BUCKET).items()
        },
    )


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with pytest.MonkeyPatch.context() as changed:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            # it would have snapshots of its own
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        }.items():
            changed.setenv(name, value)
        with mock_aws():
            changed.setattr(
                handler, "boto3", SimpleNamespace(client=lambda service, region_name=REGION: client(service))
            )
            yield _lived(made())
        client.cache_clear()


def _lived(account: Account) -> Story:
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=arn)
    story = Story(account, {}, {"before": _there()}, [])

    def run(name: str, deletion: Deletion | None) -> None:
        story.runs[name] = handler.run(replace(SETTINGS, deletion=deletion), NOW)
        story.there[name] = _there()

    run("first", None)
    run("again", None)
    run("marked", replace(DELETION, dry_run=False))
    _days_later(13)
    run("a day too early", replace(DELETION, dry_run=False))
    _days_later(1)
    run("dry", DELETION)
    run("few", replace(DELETION, dry_run=False, most=2))
    run("all", replace(DELETION, dry_run=False))
    run("after", replace(DELETION, dry_run=False))
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    story.told = [json.loads(message["Body"])["Message"] for message in messages]
    return story


def test_all_waste_is_found_and_nothing_that_only_looks_like_it(story: Story) -> None:
    found: dict[str, set[str]] = {}
    for one in story.runs["first"].told:
        found.setdefault(one.finding.kind, set()).add(one.finding.id)
    wrong = {how for how, id in story.account.look_alikes.items() if any(id in ids for ids in found.values())}
    assert wrong == set()
    assert found == story.account.waste
    assert set(found) == set(KINDS)
    assert len(story.account.look_alikes) > 25


def test_without_deletion_nothing_is_deleted(story: Story) -> None:
    assert set(story.actions("first")) == {"tell"}
    assert story.there["first"] == story.there["again"] == story.there["before"]


def test_what_is_marked_waits_for_its_grace_period_to_the_day(story: Story) -> None:
    marked = set(story.account.opted_in.values())
    for run in ("marked", "a day too early"):
        assert story.actions(run)["wait"] == marked
        assert story.there[run] == story.there["before"]
    (until,) = {one.until for one in story.runs["marked"].told if one.action == "wait"}
    assert until == TODAY + timedelta(days=14)


def test_a_dry_run_says_what_would_go_and_lets_it_be(story: Story) -> None:
    assert story.actions("dry")["would_delete"] == set(story.account.opted_in.values())
    assert story.there["dry"] == story.there["before"]


def test_no_more_goes_in_one_run_than_was_said(story: Story) -> None:
    assert len(story.there["dry"] - story.there["few"]) == 2
    outcomes = sorted(one.outcome.split(":")[0] for one in story.runs["few"].told if one.action == "delete")
    assert outcomes == ["deleted"] * 2 + ["left for the next run"] * 5


def test_what_was_marked_goes_and_everything_else_stays(story: Story) -> None:
    # a gateway that is deleted is gone, and so is a log group's eternity; the group stays
    assert story.there["before"] - story.there["all"] == set(story.account.opted_in.values())
    groups = {
        group["logGroupName"]: group.get("retentionInDays")
        for group in client("logs").describe_log_groups()["logGroups"]
    }
    assert groups["/aws/lambda/sandbox"] == 90
    assert groups["/aws/lambda/forgotten"] is None
    assert {one.outcome for one in story.runs["all"].told if one.action == "delete"} == {"deleted"}
    # the unmarked half of it is told again
    assert set(story.actions("after")) == {"tell"}
    assert len(story.runs["after"].told) == len(story.account.waste)


def test_the_bucket_has_the_report_of_the_day_and_the_newest(story: Story) -> None:
    s3 = client("s3")
    newest = json.loads(s3.get_object(Bucket=BUCKET, Key="findings/latest.json")["Body"].read())
    assert newest == json.loads(s3.get_object(Bucket=BUCKET, Key=f"findings/{TODAY}.json")["Body"].read())
    costs = [finding["monthly_cost"] for finding in newest["findings"]]
    assert costs == sorted(costs, reverse=True)
    assert newest["monthly_cost"] == pytest.approx(sum(costs), abs=0.01)
    assert {finding["kind"] for finding in newest["findings"]} == set(KINDS)


def test_people_are_told_of_what_is_new_of_what_will_go_and_of_what_went(story: Story) -> None:
    # the run that found nothing new said nothing, and neither did those that only waited
    assert len(story.told) == 4
    first, dry, few, rest = story.told
    assert first.startswith("New: 14, ")
    assert "old-claims: 100 GiB of gp3, attached to nothing for 14 days, 8.00 USD" in first
    assert dry.startswith("Would be deleted, were this no dry run: 7, ")
    assert few.count(": deleted\n") == 2
    assert rest.count(": deleted\n") == 5
    assert all(f"s3://{BUCKET}/findings/{TODAY}.json" in said for said in story.told)


def test_a_load_balancer_costs_its_hours_and_a_volume_its_size(story: Story) -> None:
    costs = {one.finding.kind: one.finding.monthly_cost for one in story.runs["first"].told}
    assert costs["idle_nat_gateway"] == pytest.approx(32.85)
    assert costs["unattached_volume"] == pytest.approx(8.0)


def _fails(service: str) -> Callable[[str, str], Any]:
    def client_of(name: str, region: str) -> Any:
        if name == service:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeLoadBalancers")
        return boto3.client(name, region_name=region)

    return client_of


def test_a_kind_that_cannot_be_looked_at_is_told_and_not_forgotten(story: Story) -> None:
    known = {f"{REGION}/idle_load_balancer/arn": Seen(date(2026, 1, 1)), f"{REGION}/old_snapshot/gone": Seen(TODAY)}
    some = replace(SETTINGS, kinds=("idle_load_balancer", "log_group_without_retention"))
    run = search(some, known, _fails("elbv2"), NOW)
    assert list(run.unsearched) == [f"{REGION}/idle_load_balancer"]
    assert "AccessDenied" in run.unsearched[f"{REGION}/idle_load_balancer"]
    assert run.seen[f"{REGION}/idle_load_balancer/arn"] == Seen(date(2026, 1, 1))
    assert f"{REGION}/old_snapshot/gone" not in run.seen
    assert "Could not be looked at: us-east-1/idle_load_balancer" in telling.message(run, "there")


def test_one_that_cannot_be_deleted_says_why_and_stops_no_other(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    client("logs").tag_resource(
        resourceArn=f"arn:aws:logs:{REGION}:123456789012:log-group:/aws/lambda/forgotten", tags={"Cleanup": "delete"}
    )
    some = replace(SETTINGS, kinds=("log_group_without_retention",), deletion=replace(DELETION, dry_run=False))
    known = {f"{REGION}/log_group_without_retention//aws/lambda/forgotten": Seen(TODAY, TODAY - timedelta(days=14))}

    def refuses(region: str, finding: Any) -> None:
        raise ClientError({"Error": {"Code": "OperationNotPermitted", "Message": "it is protected"}}, "Delete")

    monkeypatch.setitem(
        KINDS, "log_group_without_retention", replace(KINDS["log_group_without_retention"], delete=refuses)
    )
    run = search(some, known, lambda service, region: boto3.client(service, region_name=region), NOW)
    (outcome,) = {one.outcome for one in run.told if one.outcome}
    assert outcome.startswith("not deleted: ")
    assert "it is protected" in outcome


def test_lambda_is_told_how_much_was_found_and_fails_when_not_everything_was_looked_at(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given_settings = {name: value for name, value in vars(SETTINGS).items()}
    monkeypatch.setenv(
        "SETTINGS", json.dumps({**given_settings, "kinds": ["old_snapshot"], "deletion": vars(DELETION)})
    )
    context = SimpleNamespace(
        function_name="f", memory_limit_in_mb=512, invoked_function_arn="arn:aws:lambda:x", aws_request_id="1"
    )
    # what is searched is seen from today: nothing is old yet
    assert handler.handle({}, context) == {"found": 0, "new": 0, "deleted": 0}
    (measured,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (measured["WasteFound"], measured["WasteMonthlyCost"]) == ([0.0], [0.0])

    monkeypatch.setattr(
        handler, "search", lambda given_, before, _client, now: search(given_, before, _fails("ec2"), now)
    )
    with pytest.raises(handler.NotEverythingWasSearched, match="us-east-1/old_snapshot: .*AccessDenied"):
        handler.handle({}, context)


def test_settings_of_another_version_of_the_module_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="^SETTINGS: and_more, bucket, .*: missing or unknown"):
        settings.read({"SETTINGS": json.dumps({"and_more": 1})})


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
DELETIONS = st.none() | st.builds(
    Deletion,
    tag_key=st.just("Cleanup"),
    tag_value=st.just("delete"),
    grace_days=st.integers(1, 60),
    dry_run=st.booleans(),
    most=st.just(1),
    log_retention_days=st.just(90),
)
TAGS = st.dictionaries(st.sampled_from(["Cleanup", "cleanup", "Keep"]), st.sampled_from(["delete", "Delete", ""]))


@given(deletion=DELETIONS, tags=TAGS, days=st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=8))
def test_nothing_goes_that_did_not_carry_the_mark_in_every_run_of_its_grace_period(
    deletion: Deletion | None, tags: dict[str, str], days: list[tuple[date, bool]]
) -> None:
    seen: Seen | None = None
    days_marked: list[date] = []
    for day, marked in sorted(days):
        one = Finding("unattached_volume", REGION, "vol-1", "vol-1", "", 1.0, tags if marked else {})
        seen = remembered(one, seen, deletion, day)
        carries = deletion is not None and one.tags.get("Cleanup") == "delete"
        days_marked = [*days_marked, day] if carries else []
        decided = decide(one, seen, deletion, day)
        if decided.action in ("delete", "would_delete"):
            assert deletion is not None
            assert days_marked
            assert (day - days_marked[0]).days >= deletion.grace_days
            assert (decided.action == "would_delete") is deletion.dry_run
        elif days_marked and deletion is not None:
            assert decided.action == "wait"
            assert (day - days_marked[0]).days < deletion.grace_days
        else:
            assert decided.action == "tell"
