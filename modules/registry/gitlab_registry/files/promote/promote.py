"""Promotes one image from GitLab's registry to ECR, by its digest, or says everything that stands against it.

    PROMOTE_IMAGE=registry.gitlab.com/insurance/api@sha256:... PROMOTE_TAG=v1.4.2 python3 promote.py settings.json

In this order: what GitLab's container scanning found in this very digest, the digest's signature, the copy, what ECR's
scan finds in the copy, the copy's signature. Whatever cannot be told counts against the image. Nothing is copied before
the first two are fine; nothing is signed before all of it is, and the cluster runs only what is signed.

Needs crane, notation with the plugin of AWS Signer, the aws command and Python 3.11; no Python packages. Exit code 0:
promoted (or promoted before); 1: refused; 2: a tool or a setting is wrong. promotion.json has the outcome. No password
and no token is in either, nor in what the tools are quoted with.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

PLUGIN = "com.amazonaws.signer.notation.plugin"
# Signatures do not leave their partition, and each has a root certificate of its own, which Signer's installer brings:
# https://docs.aws.amazon.com/signer/latest/developerguide/image-verification.html
_TRUST_STORES = {"aws-us-gov": "signingAuthority:aws-us-gov-signer-ts"}
_TRUST_STORE = "signingAuthority:aws-signer-ts"
OUTCOME = Path("promotion.json")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_IMAGE = re.compile(r"(?P<repository>[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+)@(?P<digest>sha256:[0-9a-f]{64})")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
# What crane says of a reference that a registry does not know, and of nothing else: a digest may have 404 in it.
_NOT_THERE = re.compile(r"^Error: .*: (?:MANIFEST_UNKNOWN|NAME_UNKNOWN|unexpected status code 404)\b", re.MULTILINE)
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html
_SCANNED = {"ACTIVE", "COMPLETE"}
_SCANNING = {"IN_PROGRESS", "PENDING"}
_POLL_SECONDS = 15
_KEPT = ("HOME", "NOTATION_CONFIG", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "XDG_CONFIG_HOME")


class Refused(Exception):
    """The image must not go on; `reasons` are all that are known."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(dict.fromkeys(reasons))
        super().__init__("; ".join(self.reasons))


class Broken(Exception):
    """Nothing can be said of the image: a setting, a file or a program is not as it must be."""


@dataclass(frozen=True)
class Finding:
    """A vulnerability that a scanner saw: its severity in capitals, and every name that it is known by."""

    severity: str
    names: tuple[str, ...]
    where: str = ""

    def __str__(self) -> str:
        name = self.names[0] if self.names else "without a name"
        return f"{self.severity} {name} in {self.where}" if self.where else f"{self.severity} {name}"


@dataclass(frozen=True)
class Waiver:
    """A finding that somebody answers for until the end of a day."""

    id: str
    reason: str
    owner: str
    last_day: date


@dataclass
class Waivers:
    """The waivers of a file, and which of them were needed."""

    by_id: dict[str, Waiver] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def covers(self, finding: Finding) -> bool:
        """Whether somebody answers for the finding."""
        known = [name for name in finding.names if name in self.by_id]
        self.used.update(known)
        return bool(known)


def read_waivers(text: str, today: date, most_days: int) -> tuple[Waivers, list[str]]:
    """The waivers of a TOML file, a `[[waiver]]` each with id, reason, owner and last_day, and what is wrong with it.

    A waiver that is incomplete, past its last day, or longer than `most_days` from today covers nothing.
    """
    found = Waivers()
    reasons: list[str] = []
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return found, [f"the waivers cannot be read as TOML: {error}"]
    if strange := sorted(set(tables) - {"waiver"}):
        return found, [f"the waivers have an unknown {', '.join(strange)}: write each as [[waiver]]"]
    entries = tables.get("waiver", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        return found, ["the waivers must be written as [[waiver]], one after another"]
    for number, entry in enumerate(entries, 1):
        name = f"waiver {number} ({entry.get('id') or 'without an id'})"
        lacking = [key for key in ("id", "reason", "owner") if not str(entry.get(key) or "").strip()]
        last_day = entry.get("last_day")
        unknown = sorted(set(entry) - {"id", "reason", "owner", "last_day"})
        if type(last_day) is not date:
            lacking.append("last_day (a day, without quotes)")
        if lacking or unknown:
            reasons += [f"{name} has no {key}" for key in lacking] + [f"{name} has an unknown {key}" for key in unknown]
        elif str(entry["id"]) in found.by_id:
            reasons.append(f"{name} is there twice")
        elif last_day < today:
            reasons.append(f"{name} of {entry['owner']} ended on {last_day}: mend the finding, or decide anew")
        elif last_day > today + timedelta(days=most_days):
            reasons.append(f"{name} ends on {last_day}: at most {most_days} days from today, {today}, are allowed")
        else:
            waiver = Waiver(str(entry["id"]), str(entry["reason"]), str(entry["owner"]), last_day)
            found.by_id[waiver.id] = waiver
    return found, reasons


def parse_image(text: str) -> tuple[str, str]:
    """Repository and digest. Raises Refused for a reference that can mean another image tomorrow."""
    match = _IMAGE.fullmatch(text)
    if not match:
        raise Refused([f"PROMOTE_IMAGE must name an image by its digest (registry/path@sha256:...), got {text!r}"])
    return match["repository"], match["digest"]


def gitlab_findings(
    report: Any, boms: Iterable[Any], digest: str, images: Iterable[str], now: datetime, most_hours: int
) -> list[Finding]:
    """What GitLab's container scanning found in the image of this digest; `images` are those of an index.

    The report names its image only beside findings, the CycloneDX SBOM of the same scan always. Raises Refused when
    they do not say that a scan of this digest, and of nothing else, came to its end within `most_hours`.
    https://docs.gitlab.com/user/application_security/container_scanning/#reports-json-format
    """
    if not isinstance(report, dict) or not isinstance(report.get("scan"), dict):
        raise Refused(["unscanned: the container scanning report has no scan in it"])
    scan, vulnerabilities = report["scan"], report.get("vulnerabilities")
    reasons = []
    if scan.get("type") != "container_scanning":
        reasons.append(f"unscanned: the report is of a {scan.get('type')!r} scan, not of container_scanning")
    if scan.get("status") != "success":
        reasons.append(f"unscanned: the scan's status is {scan.get('status')!r}, not success")
    if not isinstance(vulnerabilities, list):
        raise Refused([*reasons, "unscanned: the report has no list of vulnerabilities"])
    reasons += _age(scan.get("end_time"), now, most_hours)
    named = [str(_at(each, "location", "image")) for each in vulnerabilities if isinstance(each, dict)]
    for bom in boms:
        component = _at(bom, "metadata", "component") or {}
        named.append(" ".join(str(component.get(key, "")) for key in ("name", "version", "purl")).replace("%3A", ":"))
    scanned = {found for image in named for found in DIGEST.findall(image)}
    if digest not in scanned:
        reasons.append(f"unscanned: nothing in the report or its SBOM says that {digest} was scanned")
    if others := scanned - {digest, *images}:
        reasons.append(f"unscanned: the report is also of {', '.join(sorted(others))}")
    if reasons:
        raise Refused(reasons)
    return [_gitlab_finding(each) for each in vulnerabilities]


def _age(end_time: Any, now: datetime, most_hours: int) -> list[str]:
    try:
        # GitLab writes UTC without saying so
        ended = datetime.fromisoformat(str(end_time))
        ended = ended if ended.tzinfo else ended.replace(tzinfo=UTC)
    except ValueError:
        return [f"unscanned: the report does not say when the scan ended, got {end_time!r}"]
    if ended > now + timedelta(minutes=5):
        return [f"unscanned: the scan ended in the future, on {ended:%Y-%m-%d %H:%M} UTC"]
    if now - ended > timedelta(hours=most_hours):
        return [
            f"unscanned: the scan ended on {ended:%Y-%m-%d %H:%M} UTC, more than {most_hours} hours ago: scan again"
        ]
    return []


def _gitlab_finding(entry: Any) -> Finding:
    identifiers = _at(entry, "identifiers")
    names = [str(_at(each, "name") or _at(each, "value")) for each in (identifiers or []) if isinstance(each, dict)]
    package = _at(entry, "location", "dependency", "package", "name")
    return Finding(str(_at(entry, "severity") or "UNKNOWN").upper(), tuple(names), str(package or ""))


def ecr_findings(answer: Any) -> list[Finding]:
    """What `aws ecr describe-image-scan-findings` tells, of basic and of enhanced scanning."""
    found = _at(answer, "imageScanFindings") or {}
    basic = [
        Finding(str(each.get("severity", "UNKNOWN")).upper(), (str(each.get("name", "")),), _attribute(each))
        for each in found.get("findings", [])
    ]
    enhanced = [
        Finding(
            str(each.get("severity", "UNKNOWN")).upper(),
            (str(_at(each, "packageVulnerabilityDetails", "vulnerabilityId") or each.get("title", "")),),
            ", ".join(
                str(package.get("name", ""))
                for package in _at(each, "packageVulnerabilityDetails", "vulnerablePackages") or []
            ),
        )
        for each in found.get("enhancedFindings", [])
        if each.get("status", "ACTIVE") == "ACTIVE"
    ]
    return basic + enhanced


def _attribute(finding: Mapping[str, Any]) -> str:
    return next(
        (str(each.get("value")) for each in finding.get("attributes", []) if each.get("key") == "package_name"), ""
    )


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def against(findings: Iterable[Finding], refused: Iterable[str], waivers: Waivers, scanner: str) -> list[str]:
    """The findings that nobody answers for, of the severities that are refused; those without a severity too."""
    severities = {each.upper() for each in refused} | {"UNDEFINED", "UNKNOWN", "UNTRIAGED"}
    return [
        f"{scanner} found {finding}, and no waiver covers it"
        for finding in findings
        if finding.severity in severities and not waivers.covers(finding)
    ]


@dataclass(frozen=True)
class Tools:
    """The programs that do the work, in the environment that gives them their credentials."""

    environment: Mapping[str, str]
    secrets: set[str] = field(default_factory=set)

    def run(self, *command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a program, whatever comes of it. Raises Broken when it is not there.

        What it complains of is quoted in the job's log and in its artifact, so a secret that it repeats is taken out:
        GitLab masks its own in the log alone, and knows nothing of ECR's.
        """
        try:
            done = subprocess.run(command, env=dict(self.environment), input=given, capture_output=True, text=True)
        except OSError as error:
            raise Broken(f"{command[0]} cannot be run: {error.strerror}: the job's image must have it") from None
        for secret in sorted(self.secrets, key=len, reverse=True):
            done.stderr = done.stderr.replace(secret, "[secret]")
        return done

    def ask(self, *command: str, given: str | None = None) -> str:
        """What a program writes. Raises Broken with its own words when it fails."""
        done = self.run(*command, given=given)
        if done.returncode:
            raise Broken(
                f"{' '.join(command[:3])} failed with exit code {done.returncode}: {done.stderr.strip()[-2000:]}"
            )
        return done.stdout.strip()

    def log_in(self, registry: str, user: str, password: str) -> None:
        """For crane, and for notation, which reads the same file."""
        self.secrets.update((password, base64.b64encode(f"{user}:{password}".encode()).decode()))
        self.ask("crane", "auth", "login", registry, "--username", user, "--password-stdin", given=password)

    def digest(self, reference: str) -> str | None:
        """The digest behind a reference, None when there is no such image."""
        done = self.run("crane", "digest", reference)
        if done.returncode == 0:
            return done.stdout.strip()
        if _NOT_THERE.search(done.stderr):
            return None
        raise Broken(f"crane digest {reference} failed: {done.stderr.strip()[-2000:]}")

    def unsigned(self, reference: str) -> str:
        """Why no signature of a trusted signer counts, in notation's words; empty when one does."""
        done = self.run("notation", "verify", reference)
        return "" if done.returncode == 0 else done.stderr.strip()[-500:] or "notation does not say why"

    def platforms(self, repository: str, digest: str) -> list[str]:
        """The digests that a registry scans: those of an index's images, without attestations; else the image's own.

        Attestations say so by their platform. Whatever says nothing may be run all the same: containerd then looks
        into the image for its platform.
        """
        manifest = json.loads(self.ask("crane", "manifest", f"{repository}@{digest}"))
        images = [each["digest"] for each in manifest.get("manifests", []) if _at(each, "platform", "os") != "unknown"]
        if manifest.get("manifests") and not images:
            raise Refused([f"the index {digest} has no image in it that could be scanned"])
        return images or [digest]

    def ecr_scan(self, settings: Mapping[str, Any], repository: str, digest: str, until: float) -> list[Finding]:
        """ECR's findings of one image, once its scan is done. Raises Refused when it is not by then, or never is."""
        said = "no scan yet"
        while True:
            done = self.run(
                *("aws", "ecr", "describe-image-scan-findings", "--output", "json"),
                *("--region", settings["region"], "--registry-id", settings["registry_id"]),
                *("--repository-name", repository, "--image-id", f"imageDigest={digest}"),
            )
            if done.returncode == 0:
                answer = json.loads(done.stdout)
                if _at(answer, "NextToken") or _at(answer, "nextToken"):
                    raise Broken(f"aws tells only a part of the findings of {digest}: it must page by itself")
                status = str(_at(answer, "imageScanStatus", "status"))
                said = f"{status} {_at(answer, 'imageScanStatus', 'description') or ''}".strip()
                # watched from the push on: before the first scan is done there are no findings either
                waits = status == "ACTIVE" and not _at(answer, "imageScanFindings", "imageScanCompletedAt")
                if status in _SCANNED and not waits:
                    return ecr_findings(answer)
                if status not in _SCANNING and not waits:
                    raise Refused([f"unscanned: ECR does not scan {digest}: {said}"])
            elif "ScanNotFoundException" not in done.stderr:
                raise Broken(f"aws ecr describe-image-scan-findings failed: {done.stderr.strip()[-2000:]}")
            if time.monotonic() >= until:
                raise Refused([f"unscanned: ECR has not scanned {digest} in time ({said}): promote again later"])
            time.sleep(_POLL_SECONDS)


def trust_policy(settings: Mapping[str, Any], source: str, copy: str) -> dict[str, Any]:
    """Whose signatures count: those of the build for the source, those of the promotion for the copy.

    https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
    """
    signers = {"source": (source, settings["source_signers"]), "copy": (copy, [settings["signing_profile_arn"]])}
    return {
        "version": "1.0",
        "trustPolicies": [
            {
                "name": name,
                "registryScopes": [repository],
                "signatureVerification": {"level": "strict"},
                "trustStores": sorted({_TRUST_STORES.get(arn.split(":")[1], _TRUST_STORE) for arn in identities}),
                "trustedIdentities": list(identities),
            }
            for name, (repository, identities) in signers.items()
        ],
    }


def promote(settings: Mapping[str, Any], environment: Mapping[str, str], scratch: Path) -> dict[str, Any]:
    """Does it all. Raises Refused or Broken. The result tells what was promoted, and under which waivers."""
    source, digest = parse_image(_needed(environment, "PROMOTE_IMAGE"))
    tag = _needed(environment, "PROMOTE_TAG")
    _protected(_needed(environment, "PROMOTE_ID_TOKEN"))
    if not _TAG.fullmatch(tag):
        raise Broken(f"PROMOTE_TAG must be a tag of letters, digits, '_', '.' and '-', got {tag!r}")
    by_source = {each: repository for repository, each in settings["repositories"].items()}
    if source not in by_source:
        raise Refused([f"{source} is not promoted by this job: only {', '.join(sorted(by_source))}"])
    repository = by_source[source]
    copy = f"{settings['registry']}/{repository}"

    now = datetime.now(UTC)
    file = Path(settings["waivers_file"])
    try:
        text = file.read_text("utf-8") if file.is_file() else ""
    except UnicodeDecodeError as error:
        raise Refused([f"the waivers cannot be read as UTF-8: {error}"]) from None
    waivers, reasons = read_waivers(text, now.date(), settings["waiver_most_days"])

    tools = Tools(_credentials(settings, environment, scratch), {environment["PROMOTE_ID_TOKEN"]})
    policy = scratch / "trustpolicy.json"
    policy.write_text(json.dumps(trust_policy(settings, source, copy)), encoding="utf-8")
    tools.ask("notation", "policy", "import", "--force", str(policy))
    tools.log_in(*(_needed(environment, f"CI_REGISTRY{part}") for part in ("", "_USER", "_PASSWORD")))
    if tools.digest(f"{source}@{digest}") != digest:
        raise Refused([*reasons, f"{source}@{digest} is not in GitLab's registry"])
    try:
        report, boms = _reports(environment)
        images = tools.platforms(source, digest)
        findings = gitlab_findings(report, boms, digest, images, now, settings["report_most_hours"])
        reasons += against(findings, settings["refused_severities"], waivers, "GitLab")
    except Refused as refused:
        reasons += refused.reasons
    if why := tools.unsigned(f"{source}@{digest}"):
        reasons.append(f"unsigned: no signature of {', '.join(settings['source_signers'])} on {source}@{digest}: {why}")
    if reasons:
        raise Refused(reasons)

    password = tools.ask("aws", "ecr", "get-login-password", "--region", settings["region"])
    tools.log_in(settings["registry"], "AWS", password)
    there = tools.digest(f"{copy}:{tag}")
    if there not in (None, digest):
        raise Refused([f"{copy}:{tag} is {there} already: a tag never moves, promote under another one"])
    if there is None:
        tools.ask("crane", "copy", f"{source}@{digest}", f"{copy}:{tag}")
        if tools.digest(f"{copy}:{tag}") != digest:
            raise Broken(f"{copy}:{tag} is not {digest} after the copy: it stays unsigned")
    until = time.monotonic() + settings["scan_wait_seconds"]
    for each in tools.platforms(copy, digest):
        found = tools.ecr_scan(settings, repository, each, until)
        reasons += against(found, settings["refused_severities"], waivers, "ECR")
    if reasons:
        raise Refused([*reasons, f"{copy}@{digest} stays unsigned in ECR: no cluster runs it"])
    if tools.unsigned(f"{copy}@{digest}"):
        # by the registry's referrers: the tag that notation keeps signatures under otherwise would have to move when
        # another one is added, which ECR refuses. Needs notation 1.2 or later.
        tools.ask(
            *("notation", "sign", "--plugin", PLUGIN, "--id", settings["signing_profile_arn"]),
            *("--force-referrers-tag=false", f"{copy}@{digest}"),
        )
        if why := tools.unsigned(f"{copy}@{digest}"):
            raise Broken(f"{copy}@{digest} was signed, and its signature does not verify: {why}")
    return {
        "image": f"{copy}@{digest}",
        "tag": tag,
        "source": f"{source}@{digest}",
        "waivers": sorted(waivers.used),
        "unused_waivers": sorted(set(waivers.by_id) - waivers.used),
    }


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise Broken(f"{name} is not set")
    return value


def _protected(token: str) -> None:
    """Refuses a ref that anybody may push to. AWS has no condition for this claim, but verifies the token it is in.

    https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        raise Broken("PROMOTE_ID_TOKEN is no ID token of GitLab: the job needs id_tokens") from None
    if str(_at(claims, "ref_protected")).lower() != "true":
        name = f"{_at(claims, 'ref_type') or 'ref'} {_at(claims, 'ref') or ''}".strip()
        raise Refused([f"the {name} is not protected in GitLab: protect it, or promote from one that is"])


def _reports(environment: Mapping[str, str]) -> tuple[Any, list[Any]]:
    """The scan's report, and the SBOMs beside it."""
    file = Path(environment.get("PROMOTE_SCAN_REPORT") or "gl-container-scanning-report.json")
    if not file.is_file():
        raise Refused([f"unscanned: there is no {file.name}: the job needs the artifacts of container_scanning"])
    try:
        report = json.loads(file.read_text("utf-8"))
        boms = [json.loads(each.read_text("utf-8")) for each in sorted(file.parent.glob("gl-sbom*.cdx.json"))]
    except ValueError as error:
        raise Refused([f"unscanned: {file.name} or its SBOM is not JSON: {error}"]) from None
    return report, boms


def _credentials(settings: Mapping[str, Any], environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The environment of the tools: a role of AWS for the job's ID token, and no other secret of the pipeline.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-oidc
    """
    token = scratch / "id_token"
    token.touch(mode=0o600)
    token.write_text(_needed(environment, "PROMOTE_ID_TOKEN"), encoding="utf-8")
    session = re.sub(
        r"[^\w+=,.@-]", "-", f"gitlab-{environment.get('CI_PROJECT_ID', '')}-{environment.get('CI_JOB_ID', '')}"
    )
    kept = {name: environment[name] for name in _KEPT if name in environment}
    kept |= {name: value for name, value in environment.items() if name.lower().endswith("_proxy")}
    return {
        **kept,
        "AWS_REGION": settings["region"],
        "AWS_ROLE_ARN": settings["role_arn"],
        "AWS_ROLE_SESSION_NAME": session[:64],
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "DOCKER_CONFIG": str(scratch),
    }


def main(settings_file: str) -> NoReturn:
    """Promotes, says what came of it, and ends the process."""
    outcome: dict[str, Any]
    code = 0
    try:
        with tempfile.TemporaryDirectory(prefix="promote-") as scratch:
            settings = json.loads(Path(settings_file).read_text("utf-8"))
            outcome = {"promoted": True, **promote(settings, os.environ, Path(scratch))}
        print(f"promoted {outcome['source']} to {outcome['image']} as {outcome['tag']}")
        for name in outcome["unused_waivers"]:
            print(f"the waiver of {name} was not needed: remove it")
    except Refused as refused:
        code, outcome = 1, {"promoted": False, "refused": refused.reasons}
        print("refused:", *(f"  - {reason}" for reason in refused.reasons), sep="\n", file=sys.stderr)
    except Broken as broken:
        code, outcome = 2, {"promoted": False, "broken": str(broken)}
        print(f"cannot promote: {broken}", file=sys.stderr)
    except Exception as error:
        # Python's own exit code for it is 1, which would be a verdict on the image
        code, outcome = 2, {"promoted": False, "broken": f"{type(error).__name__}: {error}"}
        traceback.print_exc()
    OUTCOME.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
    sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
