"""The project that holds the images: the module's own, or one that is there; and how its images are cleaned up."""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_gitlab.data_gitlab_group import DataGitlabGroup
from cdktf_cdktf_provider_gitlab.project import Project, ProjectContainerExpirationPolicy

from groundplan.framework import Module, first_set, is_set, number, present, text, when

from .inputs import GitlabRegistryInputs

__all__ = ["cleanup_policy", "project"]


def project(scope: Module[Any, Any], given: GitlabRegistryInputs) -> str:
    """The project's path: for one of the module's own known once it is there, so that all else waits for it."""
    own = when(is_set(given.own_project))
    above = own(DataGitlabGroup, scope, "namespace", full_path=text("dirname", given.project_path))
    made = own(
        Project,
        scope,
        "images",
        name=text("basename", given.project_path),
        path=text("basename", given.project_path),
        namespace_id=number("tonumber", above.one.id),
        description=present(given.own_project).description,
        visibility_level="private",
        container_registry_access_level="private",
        # its pipelines build the images; nothing else happens in it
        builds_access_level="private",
        repository_access_level="private",
        merge_requests_access_level="private",
        issues_access_level="disabled",
        pages_access_level="disabled",
        snippets_access_level="disabled",
        wiki_access_level="disabled",
        packages_enabled=False,
        request_access_enabled=False,
        only_allow_merge_if_pipeline_succeeds=True,
        initialize_with_readme=True,
        # whoever removes the module keeps images and source code
        archive_on_destroy=True,
        container_expiration_policy=ProjectContainerExpirationPolicy(
            enabled=True,
            cadence=given.cleanup.cadence,
            keep_n=given.cleanup.keep_n,
            older_than=given.cleanup.older_than,
            name_regex_delete=given.cleanup.name_regex_delete,
            name_regex_keep=given.cleanup.name_regex_keep,
        ),
    )
    return first_set(made.one.path_with_namespace, given.project_path)


def cleanup_policy(given: GitlabRegistryInputs) -> dict[str, object]:
    """https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/"""
    return {
        "enabled": True,
        "cadence": given.cleanup.cadence,
        "keep_n": given.cleanup.keep_n,
        "older_than": given.cleanup.older_than,
        "name_regex_delete": given.cleanup.name_regex_delete,
        "name_regex_keep": first_set(given.cleanup.name_regex_keep, ""),
    }
