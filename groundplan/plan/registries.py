"""The registries that a provider without a host in its source belongs to."""

from __future__ import annotations

__all__ = ["REGISTRIES"]

REGISTRIES = ("registry.terraform.io/", "registry.opentofu.org/")
"""Where a source without a host is looked for, by Terraform and by OpenTofu:
https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses and
https://opentofu.org/docs/language/providers/requirements/#source-addresses
"""
