"""A place to run the promotion in: a registry, fakes of notation and aws, and what GitLab's scan left behind.

The reports and the answers of ECR have the forms that their documentation shows.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from tests.modules.gitlab_registry.examples import BUILD_PROFILE, PROMOTION_PROFILE
from tests.modules.gitlab_registry.fake_crane import Failed, crane
from tests.modules.gitlab_registry.oci_registry import Registry

PROGRAM = Path(__file__).parents[3] / "modules/registry/gitlab_registry/files/promote/promote.py"
SOURCE, REPOSITORY = "insurance/claims/api", "insurance/claims-api"
CRITICAL = {
    "severity": "Critical",
    "identifiers": [
        {"type": "cve", "name": "CVE-2026-0001", "value": "CVE-2026-0001"},
        {"type": "ghsa", "name": "GHSA-aaaa-bbbb-cccc", "value": "GHSA-aaaa-bbbb-cccc"},
    ],
}

# Signatures are lines of a file, `<profile> <reference>`; the identities of the trust policy for the repository count.
_NOTATION = """\
case "$1 $2" in
"policy import") cp "$4" "$HERE/trustpolicy.json" ;;
sign*) for reference; do :; done; [ "$FAIL" = sign ] || echo "$5 $reference" >>"$HERE/signatures" ;;
verify*) exec sh "$HERE/ask" verify "$2" ;;
*) exit 64 ;;
esac
"""
# A fake that has more to do than a shell can asks for it here, through two pipes: the program runs one after another.
_ASK = """\
printf '%s\\n' "$@" >"$HERE/asked"
if [ "$2 $3" = "auth login" ]; then cat >"$HERE/given"; else : >"$HERE/given"; fi
echo ask >"$HERE/asking"
read -r code <"$HERE/answering"
cat "$HERE/said"
cat "$HERE/complained" >&2
exit "$code"
"""
_AWS = """\
[ -s "$AWS_WEB_IDENTITY_TOKEN_FILE" ] || exit 65
env >"$HERE/environment"
case "$2" in
get-login-password) echo password ;;
describe-image-scan-findings)
  for argument; do case "$argument" in imageDigest=*) digest="${argument#imageDigest=}" ;; esac; done
  file="$HERE/scans/$digest.json"
  [ -e "$file" ] || file="$HERE/scans/any.json"
  if [ -e "$file" ]; then cat "$file"; else echo "An error occurred (ScanNotFoundException)" >&2; exit 254; fi ;;
esac
"""


def id_token(**claims: Any) -> str:
    """What GitLab hands to a job, as far as it is looked at; its signature is AWS's matter."""
    payload = {"ref_type": "tag", "ref": "v1.4.2", "ref_protected": "true", **claims}
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"made-up-header.{encoded}.made-up-signature"


@dataclass
class Promotion:
    """One run of the program over what is put into its folder before."""

    folder: Path
    registry: Registry
    digest: str = ""
    image: str = ""

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir()
        (self.folder / "scans").mkdir()
        (self.folder / "job").mkdir()
        (self.folder / "signatures").touch()
        (self.folder / "ask").write_text(f'HERE="{self.folder}"\n{_ASK}')
        for name in ("asking", "answering"):
            os.mkfifo(self.folder / name)
        # whoever is ended in the middle of a question leaves it waiting
        Thread(target=self._answer, daemon=True).start()
        self.crane(["sh", str(self.folder / "ask"), "crane"])
        self.program("notation", _NOTATION)
        self.program("aws", _AWS)
        self.use(self.registry.image(SOURCE, "main"))
        self.ecr()

    def close(self) -> None:
        """No more is answered."""
        with suppress(OSError):
            pipe = os.open(self.folder / "asking", os.O_WRONLY | os.O_NONBLOCK)
            os.write(pipe, b"end\n")
            os.close(pipe)

    def _answer(self) -> None:
        while (self.folder / "asking").read_text() == "ask\n":
            said, complained, code = "", "", 0
            name, *arguments = (self.folder / "asked").read_text().splitlines()
            try:
                if name == "crane":
                    said = crane(arguments, (self.folder / "given").read_text())
                else:
                    self._verify(*arguments)
            except Failed as failed:
                complained, code = f"{failed}\n", 1
            except Exception:
                complained, code = traceback.format_exc(), 70
            (self.folder / "said").write_text(said)
            (self.folder / "complained").write_text(complained)
            (self.folder / "answering").write_text(f"{code}\n")

    def _verify(self, reference: str) -> None:
        policies = json.loads((self.folder / "trustpolicy.json").read_text())["trustPolicies"]
        repository = reference.partition("@")[0]
        trusted = [
            one for each in policies if repository in each["registryScopes"] for one in each["trustedIdentities"]
        ]
        if not any(f"{one} {reference}" in self.signatures for one in trusted):
            raise Failed("Error: signature verification failed: no signature is associated with the artifact")

    @property
    def source(self) -> str:
        return f"{self.registry.host}/{SOURCE}"

    @property
    def copy(self) -> str:
        return f"{self.registry.host}/{REPOSITORY}"

    def use(self, digest: str) -> None:
        """The image to promote: signed by its build, and scanned without findings."""
        self.digest, self.image = digest, f"{self.source}@{digest}"
        self.sign(BUILD_PROFILE, self.image)
        self.scanned()

    def crane(self, command: list[str]) -> None:
        self.program("crane", f'exec {" ".join(command)} "$@"')

    def program(self, name: str, body: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f'#!/bin/sh\nHERE="{self.folder}"\necho "{name} $*" >>"$HERE/calls"\n{body}\n')
        path.chmod(0o755)

    def sign(self, profile: str, reference: str) -> None:
        with (self.folder / "signatures").open("a") as file:
            file.write(f"{profile} {reference}\n")

    @property
    def signatures(self) -> list[str]:
        return (self.folder / "signatures").read_text().splitlines()

    def scanned(self, *findings: dict[str, Any], of: str | None = None, hours_ago: float = 1, **scan: Any) -> None:
        """What GitLab's container_scanning job leaves behind."""
        image = of or self.image
        ended = (datetime.now(UTC) - timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M:%S")
        report = {
            "version": "15.2.1",
            "scan": {"type": "container_scanning", "status": "success", "end_time": ended, **scan},
            "vulnerabilities": [
                {"location": {"image": image, "dependency": {"package": {"name": "openssl"}}}, **finding}
                for finding in findings
            ],
        }
        self.write("gl-container-scanning-report.json", report)
        self.write("gl-sbom-report.cdx.json", {"metadata": {"component": {"type": "container", "name": image}}})

    def ecr(
        self, *findings: dict[str, Any], status: str = "ACTIVE", digest: str = "any", done: bool = True, **more: Any
    ) -> None:
        """What ECR answers about a digest's scan."""
        found: dict[str, Any] = {"enhancedFindings": list(findings)}
        if done:
            found["imageScanCompletedAt"] = "2026-06-09T07:08:40.144000+00:00"
        answer = {"imageScanStatus": {"status": status}, "imageScanFindings": found, **more}
        (self.folder / "scans" / f"{digest}.json").write_text(json.dumps(answer))

    def write(self, name: str, content: Any) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / "job" / name).write_text(text)

    def waive(self, **entry: Any) -> None:
        """A waiver that is in order but for what `entry` changes; None leaves a key out."""
        whole = {
            "id": "CVE-2026-0001",
            "reason": "never called",
            "owner": "claims",
            "last_day": datetime.now(UTC).date() + timedelta(days=30),
            **entry,
        }
        lines = [
            f"{key} = {json.dumps(value) if isinstance(value, str) else value}"
            for key, value in whole.items()
            if value is not None
        ]
        with (self.folder / "job/waivers.toml").open("a") as file:
            file.write("[[waiver]]\n" + "\n".join(lines) + "\n")

    def run(self, settings: dict[str, Any] | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        self.write(
            "settings.json",
            {
                "registry": self.registry.host,
                "registry_id": "444455556666",
                "region": "us-east-1",
                "role_arn": "arn:aws:iam::444455556666:role/push",
                "repositories": {REPOSITORY: self.source},
                "signing_profile_arn": PROMOTION_PROFILE,
                "source_signers": [BUILD_PROFILE],
                "refused_severities": ["Critical"],
                "waivers_file": "waivers.toml",
                "waiver_most_days": 90,
                "report_most_hours": 24,
                "scan_wait_seconds": 0,
                **(settings or {}),
            },
        )
        given = {
            "HOME": str(self.folder),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "CI_REGISTRY": self.registry.host,
            "CI_REGISTRY_USER": "gitlab-ci-token",
            "CI_REGISTRY_PASSWORD": "made-up",
            "CI_JOB_ID": "42",
            "CI_PROJECT_ID": "7",
            "PROMOTE_ID_TOKEN": id_token(),
            "PROMOTE_IMAGE": self.image,
            "PROMOTE_TAG": "v1.4.2",
        }
        return subprocess.run(
            # in a job's Python: without this project's packages
            [sys.executable, "-IS", str(PROGRAM), "settings.json"],
            cwd=self.folder / "job",
            env={name: value for name, value in {**given, **environment}.items() if value},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    @property
    def outcome(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "job/promotion.json").read_text())
        return found

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


def real_crane() -> str | None:
    """Where the real program is, if this machine has it."""
    return shutil.which("crane")
