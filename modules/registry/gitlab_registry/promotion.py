"""The promotion's template: the program and its settings in one GitLab CI file, so that to include it is enough."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_gitlab.repository_file import RepositoryFile

from groundplan.building import dns_suffix
from groundplan.framework import (
    Module,
    all_of,
    choose,
    each,
    expression_of,
    first_set,
    is_set,
    jsonencode,
    present,
    text,
    when,
)
from groundplan.framework.references import TextReference

from .inputs import GitlabRegistryInputs, Promotion

__all__ = ["ecr_host", "promotion", "template"]


def promotion(scope: Module[Any, Any], given: GitlabRegistryInputs, registry_path: str) -> str | None:
    """The template, and where it is wanted the file in a project that holds it; None without promotion."""
    wanted = present(given.promotion)
    rendered = template(scope, wanted, name=given.name, project_path=given.project_path, registry_path=registry_path)
    there = is_set(given.promotion)
    committed = all_of(there, is_set(wanted.template_file))
    when(committed)(
        RepositoryFile,
        scope,
        "promotion",
        project=present(wanted.template_file).project_path,
        branch=present(wanted.template_file).branch,
        file_path=present(wanted.template_file).file_path,
        content=rendered,
        encoding="text",
        overwrite_on_create=True,
        commit_message=text("format", "Promotion of images of %s, by Terraform", given.project_path),
    )
    return choose(there, rendered, None)


def ecr_host(scope: Module[Any, Any], promotion: Promotion) -> str:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html"""
    return text("format", "%s.dkr.ecr.%s.%s", promotion.registry_id, promotion.region, dns_suffix(scope))


def template(scope: Module[Any, Any], promotion: Promotion, *, name: str, project_path: str, registry_path: str) -> str:
    """The template's text, known when Terraform plans. `promotion` is there: the caller asks only then."""
    file = scope.ship("files/promote/template.yml.tftpl", _file(scope, "template.yml.tftpl"))
    scope.ship("files/promote/Dockerfile", _file(scope, "Dockerfile"))
    scope.ship("files/promote/image-waivers.example.toml", _file(scope, "image-waivers.example.toml"))
    settings = {
        "registry": ecr_host(scope, promotion),
        "registry_id": promotion.registry_id,
        "region": promotion.region,
        "role_arn": promotion.push_role_arn,
        # trimsuffix: an empty path is the project's own image
        "repositories": each(promotion.repositories).document(
            lambda _repository, path: text("trimsuffix", text("format", "%s/%s", registry_path, path), "/")
        ),
        "signing_profile_arn": promotion.signing_profile_arn,
        "source_signers": promotion.source_signing_profile_arns,
        "refused_severities": promotion.refused_severities,
        "waivers_file": promotion.waivers_file,
        "waiver_most_days": promotion.waiver_max_days,
        "report_most_hours": promotion.report_max_age_hours,
        "scan_wait_seconds": promotion.scan_wait_seconds,
    }
    return text(
        "templatefile",
        file,
        {
            "name": name,
            "project": project_path,
            "project_of_template": first_set(TextReference(f"try({_of(promotion)}.project_path, null)"), "<project>"),
            "file_of_template": first_set(TextReference(f"try({_of(promotion)}.file_path, null)"), "<file>"),
            "image": promotion.tools_image,
            "runner_tags": promotion.runner_tags,
            "build_job": promotion.build_job,
            "audience": promotion.audience,
            "settings": jsonencode(settings),
            "program": scope.shipped_text("promote/promote.py"),
        },
    )


def _of(promotion: Any) -> str:
    return f"{expression_of(promotion)}.template_file"


def _file(scope: Module[Any, Any], name: str) -> bytes:
    return (scope.folder() / "files" / "promote" / name).read_bytes()
