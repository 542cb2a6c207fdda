"""What synth writes for the real environments: workspaces, providers, lines, and what stacks take from each other."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_helm.release import Release

from environments import PLATFORM
from environments.dev import DEV
from environments.platform import Platform
from groundplan.cli.workspaces import workspaces
from groundplan.framework import Inputs, Module, Outputs, field, output
from groundplan.plan import plan_all
from groundplan.problems import Line
from groundplan.synth.manifest import Manifest
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from modules.secrets.secrets_manager import Secret, SecretsManager, SecretsManagerInputs
from tests.support.planning import SEATS
from tests.synth.compositions import velero
from tests.synth.programs import PROJECT, content

SETTINGS = {environment.name: environment for environment in PLATFORM.environments}


def terraform(synthesized: Path, stack: str) -> dict[str, Any]:
    """The root module of a stack."""
    read: dict[str, Any] = json.loads((synthesized / "stacks" / stack / "cdk.tf.json").read_bytes())
    return read


@cache
def statements(file: str) -> list[ast.stmt]:
    return [node for node in ast.walk(ast.parse((PROJECT / file).read_bytes())) if isinstance(node, ast.stmt)]


def statement(line: Line) -> str:
    """The source of the smallest statement that a line is part of."""
    around = [node for node in statements(line.file) if node.lineno <= line.line <= (node.end_lineno or node.lineno)]
    assert around, f"{line.file}:{line.line} is no statement"
    smallest = min(around, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
    return ast.unparse(smallest)


def test_every_environment_has_the_same_families(manifest: Manifest) -> None:
    families = {name: [s.family for s in manifest.stacks if s.environment == name] for name in SETTINGS}

    assert len(set(map(tuple, families.values()))) == 1
    assert families["prod"]


def test_prod_differs_from_staging_by_settings_alone(manifest: Manifest, synthesized: Path) -> None:
    def structure(environment: str) -> list[Any]:
        return [
            (
                stack.family,
                dict(stack.call_modules),
                dict(stack.calls),
                [name.removeprefix(f"{environment}-") for name in stack.depends_on],
                content(synthesized / stack.folder / "modules"),
            )
            for stack in manifest.stacks
            if stack.environment == environment
        ]

    assert structure("prod") == structure("staging")


def test_every_stack_has_a_workspace_of_its_own_name(manifest: Manifest, synthesized: Path) -> None:
    for stack in manifest.stacks:
        cloud = terraform(synthesized, stack.name)["terraform"]["cloud"]
        settings = SETTINGS[stack.environment].terraform_cloud

        assert stack.name == f"{stack.environment}-{stack.family.replace('_', '-')}"
        assert cloud == {
            "organization": settings.organization,
            "hostname": settings.hostname,
            "workspaces": {"name": stack.name},
        }


def test_every_stack_asks_for_a_terraform_that_all_of_its_modules_take(manifest: Manifest, synthesized: Path) -> None:
    wanted = {
        stack.family: {
            terraform_version["terraform"]["required_version"]
            for module in stack.call_modules.values()
            for terraform_version in [
                json.loads((synthesized / stack.folder / "modules" / module / "main.tf.json").read_text())
            ]
        }
        for stack in manifest.stacks
    }

    for stack in manifest.stacks:
        asked = terraform(synthesized, stack.name)["terraform"]["required_version"]
        assert asked == (">= 1.11.0" if ">= 1.11.0" in wanted[stack.family] else ">= 1.9.0")
    # a secret that is written and never kept: older versions do not know such arguments
    assert wanted["registry"] == {">= 1.9.0", ">= 1.11.0"}
    assert wanted["dns"] == {">= 1.9.0"}


def test_a_stack_that_calls_no_module_yet_asks_for_the_oldest_terraform(tmp_path: Path) -> None:
    synth(lambda stacks, _: stacks.family("later"), [DEV], project=PROJECT, out=tmp_path)
    assert terraform(tmp_path, "dev-later")["terraform"]["required_version"] == ">= 1.9.0"


def test_what_a_workspace_needs_is_what_its_stack_reads_runs_and_uses(manifest: Manifest, synthesized: Path) -> None:
    rows = {row.name: row for row in workspaces(manifest, synthesized, [stack.name for stack in manifest.stacks])}

    assert list(rows) == [stack.name for stack in manifest.stacks]
    for name, row in rows.items():
        root = terraform(synthesized, name)
        read = root.get("data", {}).get("terraform_remote_state", {}).values()
        assert set(row.reads) == {state["config"]["workspaces"]["name"] for state in read}
        assert all(name in rows[other].shared_with for other in row.reads)
        assert all(name in rows[other].reads for other in row.shared_with)
        assert ("GITLAB_TOKEN" in row.variables) is ("gitlab" in root["provider"])
        assert row.reaches_cluster is bool({"helm", "vault"} & set(root["provider"]))
        assert ("VAULT_CACERT" in row.variables) is ("vault" in root["provider"])
        assert row.terraform == root["terraform"]["required_version"]
        assert SETTINGS[row.environment].account_id in row.variables["TFC_AWS_RUN_ROLE_ARN"]
    assert "GITLAB_TOKEN" in rows["prod-registry"].variables
    assert rows["prod-dns"].shared_with == ("prod-certificates", "prod-email")


def test_what_does_not_say_that_it_is_production_is_none(manifest: Manifest) -> None:
    assert {name: facts.production for name, facts in manifest.facts.items()} == {
        "dev": False,
        "prod": True,
        "staging": False,
    }


def test_every_stack_is_bound_to_its_account_and_region_and_tags_everything(
    manifest: Manifest, synthesized: Path
) -> None:
    for stack in manifest.stacks:
        environment = SETTINGS[stack.environment]
        assert terraform(synthesized, stack.name)["provider"]["aws"] == [
            {
                "region": environment.region,
                "allowed_account_ids": [environment.account_id],
                "default_tags": [
                    {
                        "tags": {
                            "CostCenter": environment.cost_center,
                            "DataClassification": environment.data_classification,
                            "Environment": environment.name,
                            "ManagedBy": "groundplan",
                            "Owner": environment.owner,
                        }
                    }
                ],
            }
        ]


class ReleaseInputs(Inputs):
    """A release and nothing else."""

    name: str = field("its name")


class ReleaseOutputs(Outputs):
    """What it is called."""

    name: str = output("its name")


class OneRelease(Module[ReleaseInputs, ReleaseOutputs]):
    """A chart that its repository is not asked for."""

    def build(self, given: ReleaseInputs) -> ReleaseOutputs:
        release = Release(self, "it", name=given.name, chart="web", repository="https://charts.example.com")
        return ReleaseOutputs(name=release.name)


def test_kubernetes_and_helm_log_in_by_data_sources_and_never_by_a_command(
    manifest: Manifest, synthesized: Path, tmp_path: Path
) -> None:
    def alone(stacks: Stacks[Platform], _: Platform) -> None:
        OneRelease(stacks.family("web"), "web", ReleaseInputs(name="web"))

    synth(alone, [DEV], project=PROJECT, out=tmp_path)
    connected = 0
    for folder, stack in [
        (tmp_path, Manifest.read(tmp_path).stack("dev-web")),
        *((synthesized, s) for s in manifest.stacks),
    ]:
        read = terraform(folder, stack.name)
        if "helm" not in read["provider"]:
            # no release of it goes without
            assert stack.name != "dev-web"
            continue
        connected += 1
        cluster = SETTINGS[stack.environment].cluster.name
        connection = {
            "host": "${data.aws_eks_cluster.cluster.endpoint}",
            "cluster_ca_certificate": "${base64decode(data.aws_eks_cluster.cluster.certificate_authority[0].data)}",
            "token": "${data.aws_eks_cluster_auth.cluster_auth.token}",
        }
        # else each apply takes from a namespace the label by which another stack brought it into the mesh
        others = {"ignore_annotations": [".*"], "ignore_labels": [".*"]}
        assert read["provider"]["kubernetes"] == [connection | others]
        assert read["provider"]["helm"] == [{"kubernetes": connection}]
        assert read["data"]["aws_eks_cluster"]["cluster"]["name"] == cluster
        assert read["data"]["aws_eks_cluster_auth"]["cluster_auth"]["name"] == cluster
        assert '"exec"' not in json.dumps(read["provider"])
    assert connected


def test_what_another_stack_made_comes_from_its_remote_state(manifest: Manifest, synthesized: Path) -> None:
    assert "prod-secrets" in manifest.stack("prod-backup").depends_on
    assert "prod-backup" not in manifest.stack("prod-secrets").depends_on
    written = json.loads((synthesized / "manifest.json").read_bytes())["stacks"]
    for stack in manifest.stacks:
        assert sorted(written[stack.name]["dependencies"]) == list(stack.depends_on)

    read = terraform(synthesized, "prod-backup")
    state = read["data"]["terraform_remote_state"]["cross-stack-reference-input-prod-secrets"]
    assert state["backend"] == "remote"
    assert state["config"]["workspaces"] == {"name": "prod-secrets"}
    namespaces = read["module"]["velero"]["schedules"]["vault-hourly"]["namespaces"]
    assert len(namespaces) == 1
    output = namespaces[0].rpartition(".outputs.")[2].removesuffix("}")
    assert terraform(synthesized, "prod-secrets")["output"][output]["value"] == "${module.vault.namespace}"


def test_every_call_points_at_the_statement_in_environments_that_made_it(manifest: Manifest) -> None:
    classes = {"velero": "Velero(", "vault": "Vault(", "secrets_manager": "SecretsManager(", "aws_backup": "AwsBackup("}
    for stack in manifest.stacks:
        assert stack.calls
        for name, line in stack.calls.items():
            module = stack.call_modules[name]
            assert line.file.startswith("environments/")
            assert classes.get(module, "(") in statement(line), f"{name}: {line}"


def test_every_resource_of_a_module_points_at_the_statement_that_made_it(manifest: Manifest, synthesized: Path) -> None:
    shipped = {name: stack for stack in manifest.stacks for name in stack.call_modules.values()}
    for module in manifest.modules:
        folder = synthesized / shipped[module.name].folder / "modules" / module.name
        read = json.loads((folder / "main.tf.json").read_bytes())
        made = {f"{kind}.{name}" for kind, names in read["resource"].items() for name in names}
        made |= {f"data.{kind}.{name}" for kind, names in read.get("data", {}).items() for name in names}

        assert set(module.lines) == made
        for address, line in module.lines.items():
            assert line.file.startswith(f"modules/{module.family}/{module.name}/"), f"{address}: {line}"
            assert "(" in statement(line), f"{address}: {line}"


def test_a_selection_leaves_the_other_environments_out(tmp_path: Path) -> None:
    manifest = synth(
        PLATFORM.compose, PLATFORM.environments, project=PROJECT, out=tmp_path / "out", selection=["dev", "prod-backup"]
    )

    assert {stack.environment for stack in manifest.stacks} == {"dev", "prod"}
    assert "prod-secrets" in {stack.name for stack in manifest.stacks}, "prod-backup reads its outputs"
    assert sorted(path.name for path in (tmp_path / "out" / "stacks").iterdir()) == sorted(
        stack.name for stack in manifest.stacks
    )


def test_a_wrong_environment_does_not_stop_a_selected_one(tmp_path: Path) -> None:
    wrong = SETTINGS["prod"].but(region=7)

    manifest = synth(PLATFORM.compose, [DEV, wrong], project=PROJECT, out=tmp_path / "out", selection=["dev"])

    assert {stack.environment for stack in manifest.stacks} == {"dev"}


def test_a_module_call_may_have_the_name_of_something_that_the_stack_has_itself(tmp_path: Path) -> None:
    def compose(stacks: Stacks[Platform], env: Platform) -> None:
        stack = stacks.family("backup")
        for name in ("aws", "cluster", "helm"):
            velero(stack, env, name)

    synth(compose, [DEV], project=PROJECT, out=tmp_path / "out")

    assert list(terraform(tmp_path / "out", "dev-backup")["module"]) == ["aws", "cluster", "helm"]


AWKWARD = "100 % of ${claims} and %{ if }, $${twice}"


def test_terraform_reads_dollar_braces_in_a_setting_as_themselves(tmp_path: Path) -> None:
    def compose(stacks: Stacks[Platform], env: Platform) -> None:
        inputs = SecretsManagerInputs(
            name=f"{env.name}-secrets",
            alarm_topic_arn=env.alarm_topic_arn,
            secrets={"awkward": Secret(kind="oauth_client_secret", description=AWKWARD)},
        )
        SecretsManager(stacks.family("secrets"), "secrets_manager", inputs)

    synth(compose, [DEV], project=PROJECT, out=tmp_path / "synth")

    report = plan_all(tmp_path / "synth", tmp_path / "out", ["dev-secrets"], jobs=1, seats=SEATS)

    planned = json.loads(report.plans["dev-secrets"].read_bytes())["resource_changes"]
    described = {change["change"]["after"].get("description") for change in planned if change["mode"] == "managed"}
    assert AWKWARD in described


def test_what_a_stack_tells_is_an_output_of_its_workspace_with_the_module_s_own_sentence(synthesized: Path) -> None:
    told = terraform(synthesized, "prod-certificates")["output"]
    assert told["acm_alb_annotations"]["value"] == "${module.acm.alb_annotations}"
    assert told["acm_viewer_certificates"]["value"] == "${module.acm.viewer_certificates}"
    assert told["acm_alb_annotations"]["description"].startswith("annotations by the certificate's name for an Ingress")
    assert "sensitive" not in told["acm_alb_annotations"]


def test_an_output_that_a_module_does_not_have_is_told_with_the_nearest(tmp_path: Path) -> None:
    def compose(stacks: Stacks[Platform], env: Platform) -> None:
        _ = velero(stacks.family("backup"), env).outputs.buckets_arn

    with pytest.raises(AttributeError, match="Velero has no output buckets_arn. Did you mean bucket_arn?"):
        synth(compose, [DEV], project=PROJECT, out=tmp_path / "out")
