"""The snapshot job: whole snapshots only, from the active node only, under the key only, and no token anywhere."""

from __future__ import annotations

import io
import re
import stat
import tarfile
from pathlib import Path

import pytest

from tests.support.shell import Shell

FILES = Path(__file__).parents[3] / "modules/secrets/vault/files"

TOKEN = "hvs.invented"


def archive(
    path: Path, members: tuple[str, ...] = ("meta.json", "state.bin", "SHA256SUMS", "SHA256SUMS.sealed")
) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name in members:
            info = tarfile.TarInfo(name)
            info.size = 1000
            tar.addfile(info, io.BytesIO(b"x" * 1000))


@pytest.fixture
def vault(shell: Shell) -> Shell:
    """A Vault that logs in and gives the snapshot that lies ready."""
    archive(shell.folder / "ready")
    (shell.folder / "jwt").write_text("invented.service.account")
    (shell.folder / "out").mkdir()
    shell.fake(
        "vault",
        f"""
case $1 in
write) [ -f "$HERE/refuse" ] && exit 2; printf %s {TOKEN} ;;
operator)
    [ "$VAULT_TOKEN" = {TOKEN} ] || exit 2
    if [ -f "$HERE/fail-once" ]; then rm "$HERE/fail-once"; exit 1; fi
    if [ -f "$HERE/broken-once" ]; then rm "$HERE/broken-once"; printf half >"$5"; exit 0; fi
    cat "$HERE/ready" >"$5" ;;
token) [ "$*" = "token revoke -self" ] ;;
esac
""",
    )
    shell.fake("sleep", ":")
    return shell


def save(vault: Shell, **changes: str) -> tuple[int, str]:
    environment = {
        "VAULT_ADDR": "https://vault-active.vault.svc:8200",
        "VAULT_ROLE": "vault-snapshots",
        "SNAPSHOT_FOLDER": str(vault.folder / "out"),
        "SERVICE_ACCOUNT_TOKEN_FILE": str(vault.folder / "jwt"),
        **changes,
    }
    done = vault.run(FILES / "snapshot/save.sh", **environment)
    assert TOKEN not in done.stdout + done.stderr
    assert not any(TOKEN in call or "invented.service.account" in call for call in vault.calls)
    return done.returncode, done.stderr


def saved(vault: Shell) -> list[str]:
    return sorted(path.name for path in (vault.folder / "out").iterdir())


def test_a_whole_snapshot_is_left_for_the_upload_and_the_token_is_revoked(vault: Shell) -> None:
    status, said = save(vault)
    assert (status, saved(vault)) == (0, ["vault.snap"])
    assert "Saved a snapshot of" in said
    assert vault.calls[-1] == "vault token revoke -self"


def test_nobody_else_on_the_node_can_read_the_snapshot(vault: Shell) -> None:
    save(vault)
    assert stat.S_IMODE((vault.folder / "out/vault.snap").stat().st_mode) == 0o600


def test_the_login_names_the_role_and_reads_the_token_from_its_file(vault: Shell) -> None:
    save(vault, VAULT_AUTH_PATH="kubernetes/prod")
    login = f"vault write -field=token auth/kubernetes/prod/login role=vault-snapshots jwt=@{vault.folder}/jwt"
    assert vault.calls[0] == login


@pytest.mark.parametrize("trouble", ["fail-once", "broken-once"])
def test_an_election_in_between_is_waited_out(vault: Shell, trouble: str) -> None:
    (vault.folder / trouble).touch()
    status, said = save(vault)
    assert (status, saved(vault)) == (0, ["vault.snap"])
    assert "Attempt 1:" in said
    assert "sleep 10" in vault.calls


@pytest.mark.parametrize("members", [("meta.json", "SHA256SUMS"), ("state.bin",), ()])
def test_a_snapshot_with_parts_missing_is_not_left_behind(vault: Shell, members: tuple[str, ...]) -> None:
    archive(vault.folder / "ready", members)
    status, said = save(vault, ATTEMPTS="2")
    assert (status, saved(vault)) == (1, [])
    assert "Attempt 2: the snapshot is not whole" in said
    assert vault.calls[-1] == "vault token revoke -self"


def test_a_snapshot_that_was_cut_off_is_not_left_behind(vault: Shell) -> None:
    whole = (vault.folder / "ready").read_bytes()
    (vault.folder / "ready").write_bytes(whole[: len(whole) // 2])
    assert save(vault, ATTEMPTS="1")[0] == 1
    assert saved(vault) == []


def test_yesterdays_snapshot_is_never_uploaded_as_todays(vault: Shell) -> None:
    (vault.folder / "out/vault.snap").write_text("old")
    (vault.folder / "refuse").touch()
    status, said = save(vault)
    assert (status, saved(vault)) == (1, [])
    assert "check the role's service account, namespace and audience" in said


def test_a_snapshot_never_travels_in_clear(vault: Shell) -> None:
    status, said = save(vault, VAULT_ADDR="http://vault-active.vault.svc:8200")
    assert status == 2
    assert "https only" in said
    assert vault.calls == []


def test_a_pod_without_a_service_account_token_is_told_so(vault: Shell) -> None:
    status, said = save(vault, SERVICE_ACCOUNT_TOKEN_FILE="/nowhere/token")
    assert status == 2
    assert "no service account token at /nowhere/token" in said


@pytest.mark.parametrize("name", ["VAULT_ADDR", "VAULT_ROLE", "SNAPSHOT_FOLDER"])
def test_a_missing_setting_is_named(vault: Shell, name: str) -> None:
    status, said = save(vault, **{name: ""})
    assert status != 0
    assert f"{name}: set it to" in said


def upload(shell: Shell, **changes: str) -> tuple[int, str]:
    environment = {
        "SNAPSHOT_FOLDER": str(shell.folder),
        "BUCKET": "prod-vault-snapshots",
        "KMS_KEY_ARN": "arn:aws:kms:us-east-1:111122223333:key/1",
        "CLUSTER": "prod",
        **changes,
    }
    done = shell.run(FILES / "snapshot/upload.sh", **environment)
    return done.returncode, done.stderr


def test_an_upload_is_encrypted_with_the_key_checked_and_told(shell: Shell) -> None:
    (shell.folder / "vault.snap").write_bytes(b"x" * 4321)
    shell.fake("aws", ":")
    assert upload(shell)[0] == 0
    copy, metric = shell.calls
    assert re.search(r" s3://prod-vault-snapshots/prod/\d{4}/\d\d/\d\d/\d{8}T\d{6}Z\.snap ", copy)
    assert "--sse aws:kms --sse-kms-key-id arn:aws:kms:us-east-1:111122223333:key/1" in copy
    assert "--checksum-algorithm SHA256" in copy
    assert "--namespace Groundplan/Vault" in metric
    assert "MetricName=SnapshotBytes,Value=4321,Unit=Bytes,Dimensions=[{Name=Cluster,Value=prod}]" in metric


def test_a_failed_upload_tells_cloudwatch_nothing(shell: Shell) -> None:
    (shell.folder / "vault.snap").write_bytes(b"x")
    shell.fake("aws", "exit 1")
    assert upload(shell)[0] == 1
    assert len(shell.calls) == 1


def test_an_empty_or_missing_snapshot_is_not_uploaded(shell: Shell) -> None:
    shell.fake("aws", ":")
    assert upload(shell)[0] == 1
    (shell.folder / "vault.snap").touch()
    status, said = upload(shell)
    assert status == 1
    assert "There is no snapshot" in said
    assert shell.calls == []


def test_a_snapshot_that_cloudwatch_did_not_hear_of_is_a_failed_job(shell: Shell) -> None:
    (shell.folder / "vault.snap").write_bytes(b"x")
    shell.fake("aws", '[ "$1" = s3 ]')
    assert upload(shell)[0] != 0
