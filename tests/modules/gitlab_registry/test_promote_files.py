"""The promotion lets through what is scanned, free of open findings and signed, and nothing else.

The program runs as in the job, against a registry that is there; notation and aws are fakes. So is crane, but it talks
to the registry; the real one does so too where a machine has it.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.modules.gitlab_registry.examples import PROMOTION_PROFILE
from tests.modules.gitlab_registry.oci_registry import serving
from tests.modules.gitlab_registry.promotions import (
    CRITICAL,
    PROGRAM,
    REPOSITORY,
    SOURCE,
    Promotion,
    id_token,
    real_crane,
)

TODAY = datetime.now(UTC).date()
CRANES = ["fake", *(["real"] if real_crane() else [])]
ECR_CRITICAL = {
    "severity": "CRITICAL",
    "status": "ACTIVE",
    "packageVulnerabilityDetails": {
        "vulnerabilityId": "CVE-2026-0001",
        "vulnerablePackages": [{"name": "openssl", "version": "3.0.0"}],
    },
}


@pytest.fixture
def promotion(tmp_path: Path) -> Iterator[Promotion]:
    with serving() as registry:
        made = Promotion(tmp_path, registry)
        yield made
        made.close()


def refused(promotion: Promotion, *reasons: str) -> None:
    """Refused for all of these, with nothing copied, or at least nothing signed."""
    done = promotion.run()
    assert done.returncode == 1, done.stderr
    for reason in reasons:
        assert reason in done.stderr
    assert promotion.outcome["promoted"] is False
    assert not any(each.startswith(PROMOTION_PROFILE) for each in promotion.signatures)


def copied(promotion: Promotion) -> bool:
    return any(repository == REPOSITORY for repository, _ in promotion.registry.manifests)


@pytest.mark.parametrize("crane", CRANES)
def test_a_scanned_and_signed_image_is_copied_by_digest_and_signed_again(promotion: Promotion, crane: str) -> None:
    if crane == "real":
        promotion.crane([str(real_crane())])
    done = promotion.run()
    assert done.returncode == 0, done.stderr
    assert promotion.registry.digest(REPOSITORY, "v1.4.2") == promotion.digest
    assert f"{PROMOTION_PROFILE} {promotion.copy}@{promotion.digest}" in promotion.signatures
    assert promotion.outcome == {
        "promoted": True,
        "image": f"{promotion.copy}@{promotion.digest}",
        "tag": "v1.4.2",
        "source": promotion.image,
        "waivers": [],
        "unused_waivers": [],
    }


@pytest.mark.parametrize("crane", CRANES)
def test_every_platform_of_an_index_is_scanned_and_its_attestations_are_not(promotion: Promotion, crane: str) -> None:
    if crane == "real":
        promotion.crane([str(real_crane())])
    index, images = promotion.registry.index(SOURCE, "multi")
    promotion.use(index)
    done = promotion.run()
    assert done.returncode == 0, done.stderr
    assert promotion.registry.digest(REPOSITORY, "v1.4.2") == index
    asked = [call.rpartition("imageDigest=")[2] for call in promotion.calls if "imageDigest=" in call]
    assert asked == images
    promotion.ecr(ECR_CRITICAL, digest=images[1])
    assert promotion.run(PROMOTE_TAG="v2").returncode == 1


@pytest.mark.parametrize("crane", CRANES)
def test_an_image_of_an_index_that_does_not_say_its_platform_is_scanned_too(promotion: Promotion, crane: str) -> None:
    if crane == "real":
        promotion.crane([str(real_crane())])
    index, images = promotion.registry.index(SOURCE, "multi", silent=True)
    promotion.use(index)
    promotion.ecr(ECR_CRITICAL, digest=images[-1])
    refused(promotion, "ECR found CRITICAL CVE-2026-0001 in openssl")


def test_a_scan_of_an_index_may_name_the_image_that_it_looked_into(promotion: Promotion) -> None:
    index, images = promotion.registry.index(SOURCE, "multi")
    promotion.use(index)
    inside = {"purl": f"pkg:oci/api@{images[0].replace(':', '%3A')}?arch=amd64"}
    promotion.write("gl-sbom-report.cdx.json", {"metadata": {"component": {"name": promotion.image, **inside}}})
    assert promotion.run().returncode == 0
    promotion.write("gl-sbom-report.cdx.json", {"metadata": {"component": {"name": promotion.source, **inside}}})
    assert f"nothing in the report or its SBOM says that {index} was scanned" in promotion.run().stderr


def test_a_second_promotion_changes_nothing(promotion: Promotion) -> None:
    assert promotion.run().returncode == 0
    before = (dict(promotion.registry.manifests), promotion.signatures)
    assert promotion.run().returncode == 0
    assert (promotion.registry.manifests, promotion.signatures) == before


def test_the_job_has_the_roles_credentials_and_leaves_the_pipelines_secrets_to_itself(promotion: Promotion) -> None:
    promotion.run(AWS_SECRET_ACCESS_KEY="of-another-role", CI_JOB_TOKEN="of-the-pipeline")
    environment = (promotion.folder / "environment").read_text()
    assert "AWS_ROLE_ARN=arn:aws:iam::444455556666:role/push\n" in environment
    assert "AWS_ROLE_SESSION_NAME=gitlab-7-42\n" in environment
    assert "of-another-role" not in environment
    assert "of-the-pipeline" not in environment
    (token,) = [line for line in environment.splitlines() if line.startswith("AWS_WEB_IDENTITY_TOKEN_FILE=")]
    assert not Path(token.partition("=")[2]).exists(), "the token is gone when the job is done"


@pytest.mark.parametrize("program", ["crane", "aws"])
def test_no_secret_that_a_program_repeats_reaches_the_log_or_the_artifact(promotion: Promotion, program: str) -> None:
    basic = "$(printf gitlab-ci-token:made-up | base64)"
    promotion.program(program, f'echo "Error: made-up $(cat $AWS_WEB_IDENTITY_TOKEN_FILE) {basic}" >&2; exit 1')
    done = promotion.run()
    assert done.returncode == 2
    assert "Error: [secret] [secret] [secret]" in done.stderr
    assert promotion.outcome["broken"].endswith("Error: [secret] [secret] [secret]")


def test_the_password_of_ecr_is_in_no_log(promotion: Promotion) -> None:
    crane = (promotion.folder / "bin/crane").read_text()
    (promotion.folder / "bin/crane").write_text(
        crane.replace("exec ", '[ "$5" != AWS ] || { echo "Error: $(cat) is wrong" >&2; exit 1; }\nexec ')
    )
    done = promotion.run()
    assert done.returncode == 2
    assert "crane auth login failed with exit code 1: Error: [secret] is wrong" in done.stderr


# What is refused before anything is copied


@pytest.mark.parametrize("claims", [{"ref_protected": "false"}, {"ref_protected": None}])
def test_a_ref_that_gitlab_does_not_protect_promotes_nothing(promotion: Promotion, claims: dict[str, Any]) -> None:
    done = promotion.run(PROMOTE_ID_TOKEN=id_token(ref_type="branch", ref="main", **claims))
    assert done.returncode == 1
    assert "the branch main is not protected in GitLab: protect it" in done.stderr
    assert not copied(promotion)


@pytest.mark.parametrize("reference", ["{source}:v1.4.2", "{source}@sha256:12", "{source}", "{source}:v1@{digest}"])
def test_an_image_without_its_digest_alone_is_refused(promotion: Promotion, reference: str) -> None:
    promotion.image = reference.format(source=promotion.source, digest=promotion.digest)
    refused(promotion, "PROMOTE_IMAGE must name an image by its digest")
    assert not copied(promotion)


def test_an_image_of_another_project_is_refused(promotion: Promotion) -> None:
    promotion.image = f"{promotion.registry.host}/somebody/else@{promotion.digest}"
    refused(promotion, "somebody/else is not promoted by this job")


def test_an_unscanned_image_is_refused(promotion: Promotion) -> None:
    (promotion.folder / "job/gl-container-scanning-report.json").unlink()
    refused(promotion, "unscanned: there is no gl-container-scanning-report.json")
    assert not copied(promotion)


def test_a_scan_of_another_image_does_not_count(promotion: Promotion) -> None:
    other = f"{promotion.source}@sha256:{'b' * 64}"
    promotion.scanned(of=other)
    refused(promotion, f"nothing in the report or its SBOM says that {promotion.digest} was scanned", "b" * 64)


def test_a_scan_by_tag_does_not_count(promotion: Promotion) -> None:
    promotion.scanned(CRITICAL, of=f"{promotion.source}:main")
    refused(promotion, f"nothing in the report or its SBOM says that {promotion.digest} was scanned")


@pytest.mark.parametrize(
    ("scan", "reason"),
    [
        ({"status": "failure"}, "the scan's status is 'failure', not success"),
        ({"type": "sast"}, "the report is of a 'sast' scan"),
        ({"hours_ago": 25}, "more than 24 hours ago: scan again"),
        ({"hours_ago": -2}, "the scan ended in the future"),
        ({"end_time": "yesterday"}, "does not say when the scan ended, got 'yesterday'"),
        ({"end_time": None}, "does not say when the scan ended"),
    ],
)
def test_a_scan_that_failed_or_is_old_or_of_another_kind_does_not_count(
    promotion: Promotion, scan: dict[str, Any], reason: str
) -> None:
    promotion.scanned(**scan)
    refused(promotion, reason)
    assert not copied(promotion)


@pytest.mark.parametrize("report", ["{ half", "[]", '{"scan": {}, "vulnerabilities": null}'])
def test_a_broken_report_is_no_scan(promotion: Promotion, report: str) -> None:
    promotion.write("gl-container-scanning-report.json", report)
    refused(promotion, "unscanned:")


def test_a_critical_finding_without_a_waiver_is_refused(promotion: Promotion) -> None:
    promotion.scanned(CRITICAL, {"severity": "High", "identifiers": [{"name": "CVE-2026-0002"}]})
    refused(promotion, "GitLab found CRITICAL CVE-2026-0001 in openssl, and no waiver covers it")
    assert not copied(promotion)
    assert "CVE-2026-0002" not in str(promotion.outcome), "high ones are let through by these settings"


@pytest.mark.parametrize("severity", ["Unknown", None, "high"])
def test_a_finding_of_unknown_severity_is_refused_and_so_is_each_severity_that_is_named(
    promotion: Promotion, severity: str | None
) -> None:
    promotion.scanned({**CRITICAL, "severity": severity})
    assert promotion.run({"refused_severities": ["Critical", "High"]}).returncode == 1


def test_an_unsigned_image_is_refused(promotion: Promotion) -> None:
    (promotion.folder / "signatures").write_text("")
    refused(promotion, "unsigned: no signature of", "no signature is associated")
    assert not copied(promotion)


def test_a_signature_of_a_stranger_does_not_count_and_neither_does_the_promotions_own(promotion: Promotion) -> None:
    (promotion.folder / "signatures").write_text("")
    promotion.sign("arn:aws:signer:us-east-1:999999999999:/signing-profiles/mine", promotion.image)
    promotion.sign(PROMOTION_PROFILE, promotion.image)
    done = promotion.run()
    assert done.returncode == 1
    assert "unsigned: no signature of" in done.stderr


def test_everything_that_stands_against_an_image_is_told_at_once(promotion: Promotion) -> None:
    (promotion.folder / "signatures").write_text("")
    promotion.scanned(CRITICAL)
    promotion.waive(last_day=TODAY - timedelta(days=1))
    refused(promotion, "ended on", "no waiver covers it", "unsigned:")
    assert len(promotion.outcome["refused"]) == 3


# Waivers


@pytest.mark.parametrize("name", ["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"])
def test_a_waiver_lets_its_finding_through_by_any_of_its_names_until_its_last_day(
    promotion: Promotion, name: str
) -> None:
    promotion.scanned(CRITICAL)
    promotion.waive(id=name, last_day=TODAY)
    assert promotion.run().returncode == 0
    assert promotion.outcome["waivers"] == [name]


def test_a_waiver_that_is_not_needed_is_told(promotion: Promotion) -> None:
    promotion.waive()
    assert "the waiver of CVE-2026-0001 was not needed: remove it" in promotion.run().stdout
    assert promotion.outcome["unused_waivers"] == ["CVE-2026-0001"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"last_day": TODAY - timedelta(days=1)}, "of claims ended on"),
        ({"last_day": TODAY + timedelta(days=91)}, "at most 90 days from today"),
        ({"last_day": "2099-01-01"}, "has no last_day (a day, without quotes)"),
        ({"last_day": None}, "has no last_day"),
        ({"reason": " "}, "has no reason"),
        ({"owner": None}, "has no owner"),
        ({"id": None}, "without an id"),
        ({"until": "later"}, "has an unknown until"),
    ],
)
def test_a_waiver_that_is_not_in_order_covers_nothing(
    promotion: Promotion, entry: dict[str, object], reason: str
) -> None:
    promotion.scanned(CRITICAL)
    promotion.waive(**entry)
    refused(promotion, reason, "and no waiver covers it")
    assert not copied(promotion)


@pytest.mark.parametrize("text", ["[[waiver", "waiver = 1", "[waiver]\nid = 1", "[[waivers]]\nid = 'CVE-2026-0001'"])
def test_waivers_that_cannot_be_read_stop_the_promotion(promotion: Promotion, text: str) -> None:
    promotion.write("waivers.toml", text)
    refused(promotion, "waivers")


# What is refused after the copy, which then stays unsigned


def test_what_ecr_finds_beyond_gitlab_needs_a_waiver_too(promotion: Promotion) -> None:
    promotion.ecr(ECR_CRITICAL)
    refused(promotion, "ECR found CRITICAL CVE-2026-0001 in openssl", "stays unsigned in ECR: no cluster runs it")
    assert copied(promotion)
    promotion.waive()
    assert promotion.run().returncode == 0, "the same tag, since it is the same digest"


def test_ecrs_suppressed_findings_do_not_count_and_those_of_basic_scanning_do(promotion: Promotion) -> None:
    promotion.ecr({**ECR_CRITICAL, "status": "SUPPRESSED"})
    assert promotion.run().returncode == 0
    basic = '{"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findings": [%s]}}'
    finding = (
        '{"name": "CVE-2026-0003", "severity": "CRITICAL", "attributes": [{"key": "package_name", "value": "xz"}]}'
    )
    (promotion.folder / "scans/any.json").write_text(basic % finding)
    done = promotion.run(PROMOTE_TAG="v2")
    assert "ECR found CRITICAL CVE-2026-0003 in xz" in done.stderr


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("PENDING", "in time (PENDING): promote again later"),
        ("UNSUPPORTED_IMAGE", "ECR does not scan"),
        ("FAILED", "ECR does not scan"),
        ("SCAN_ELIGIBILITY_EXPIRED", "ECR does not scan"),
    ],
)
def test_an_image_that_ecr_does_not_scan_stays_unsigned(promotion: Promotion, status: str, reason: str) -> None:
    promotion.ecr(status=status)
    refused(promotion, reason)


def test_an_image_that_is_watched_but_not_looked_into_yet_stays_unsigned(promotion: Promotion) -> None:
    promotion.ecr(done=False)
    refused(promotion, "in time (ACTIVE): promote again later")
    promotion.ecr()
    assert promotion.run().returncode == 0


@pytest.mark.parametrize("name", ["nextToken", "NextToken"])
def test_a_part_of_the_findings_is_no_verdict(promotion: Promotion, name: str) -> None:
    promotion.ecr(**{name: "more"})
    done = promotion.run()
    assert done.returncode == 2
    assert "aws tells only a part of the findings" in done.stderr
    assert not any(each.startswith(PROMOTION_PROFILE) for each in promotion.signatures)


def test_an_image_that_ecr_knows_no_scan_of_stays_unsigned(promotion: Promotion) -> None:
    (promotion.folder / "scans/any.json").unlink()
    refused(promotion, "in time (no scan yet)")


def test_a_tag_never_moves_to_another_image(promotion: Promotion) -> None:
    other = promotion.registry.image(REPOSITORY, "v1.4.2", b"another")
    refused(promotion, f"v1.4.2 is {other} already: a tag never moves")
    assert promotion.registry.digest(REPOSITORY, "v1.4.2") == other


# What is no verdict on the image


@pytest.mark.parametrize("name", ["PROMOTE_IMAGE", "PROMOTE_TAG", "PROMOTE_ID_TOKEN", "CI_REGISTRY_PASSWORD"])
def test_a_variable_that_is_missing_is_named(promotion: Promotion, name: str) -> None:
    done = promotion.run(**{name: ""})
    assert done.returncode == 2
    assert f"{name} is not set" in done.stderr
    assert not copied(promotion)


def test_a_tag_that_no_registry_takes_is_told(promotion: Promotion) -> None:
    assert "PROMOTE_TAG must be a tag" in promotion.run(PROMOTE_TAG="feature/x").stderr


def test_a_program_that_is_missing_or_fails_is_told_with_its_words(promotion: Promotion) -> None:
    promotion.program("aws", "echo 'Not authorized to perform sts:AssumeRoleWithWebIdentity' >&2; exit 254")
    done = promotion.run()
    assert done.returncode == 2
    assert "aws ecr get-login-password failed with exit code 254: Not authorized" in done.stderr
    (promotion.folder / "bin/notation").write_text("#!/not/there\n")
    done = promotion.run()
    assert done.returncode == 2
    assert "notation cannot be run" in done.stderr


@pytest.mark.parametrize("token", ["no-token", "a.b.c", "a.bm8.c"])
def test_a_token_that_is_none_is_told(promotion: Promotion, token: str) -> None:
    done = promotion.run(PROMOTE_ID_TOKEN=token)
    assert done.returncode == 2
    assert "PROMOTE_ID_TOKEN is no ID token of GitLab: the job needs id_tokens" in done.stderr


def test_a_registry_that_does_not_answer_is_not_an_image_that_is_not_there(promotion: Promotion) -> None:
    crane = (promotion.folder / "bin/crane").read_text()
    unreachable = "Error: GET https://ecr.example.com/v2/api/manifests/v1.404: dial tcp: connection refused"
    (promotion.folder / "bin/crane").write_text(
        crane.replace(
            "exec ", f'case "$*" in "digest {promotion.copy}"*) echo "{unreachable}" >&2; exit 1;; esac\nexec '
        )
    )
    done = promotion.run(PROMOTE_TAG="v1.404")
    assert done.returncode == 2
    assert "connection refused" in done.stderr
    assert not copied(promotion)


def test_a_surprise_is_no_verdict_on_the_image(promotion: Promotion) -> None:
    crane = (promotion.folder / "bin/crane").read_text()
    (promotion.folder / "bin/crane").write_text(
        crane.replace("exec ", '[ "$1" != manifest ] || { echo "<html>"; exit 0; }\nexec ')
    )
    done = promotion.run()
    assert done.returncode == 2
    assert promotion.outcome["promoted"] is False
    assert "JSONDecodeError" in promotion.outcome["broken"]


def test_an_image_that_is_gone_from_gitlab_is_told(promotion: Promotion) -> None:
    promotion.registry.manifests.clear()
    refused(promotion, "is not in GitLab's registry")


@pytest.mark.parametrize(
    ("partition", "store"),
    [("aws", "aws-signer-ts"), ("aws-us-gov", "aws-us-gov-signer-ts")],
)
def test_signatures_are_looked_up_in_the_store_of_the_profiles_partition(partition: str, store: str) -> None:
    profile = f"arn:{partition}:signer:region:333344445555:/signing-profiles/images"
    program = runpy.run_path(str(PROGRAM), run_name="promote")

    made = program["trust_policy"]({"source_signers": [profile], "signing_profile_arn": profile}, "from", "to")

    assert [each["trustStores"] for each in made["trustPolicies"]] == [[f"signingAuthority:{store}"]] * 2
