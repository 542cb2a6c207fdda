"""What Terraform takes as the host of a Terraform Cloud, and what Terraform Cloud takes as names."""

from __future__ import annotations

import re

import idna

__all__ = ["MAXIMUM_WORKSPACE_CHARACTERS", "comparable_host", "host_fault", "workspace_fault"]

# https://developer.hashicorp.com/terraform/cloud-docs/workspaces/create recommends it as the most
MAXIMUM_WORKSPACE_CHARACTERS = 90
_WORKSPACE = re.compile("[A-Za-z0-9_-]+")
_PORT = re.compile("[0-9]{1,5}")


def host_fault(host: str) -> str | None:
    """Why Terraform would not take `host`, a name with a port behind it or without; None when it does.

    Terraform's own rules, https://github.com/hashicorp/terraform-svchost: letters of any script and in any case, no
    punycode, a single label such as localhost, an IPv4 address. Its further freedoms (a port
    of 0, +8443 or -1, a dot at the end) are refused: no server has one.
    """
    if "://" in host:
        return "is an address, not a host: leave out what comes before the name"
    name, colon, port = host.partition(":")
    if "/" in host:
        return "holds a path: leave out what comes behind the name"
    if colon and (not _PORT.fullmatch(port) or not 0 < int(port) < 65536):
        return "has a port that is none: 1 to 65535 stand behind the colon, and IPv6 addresses are not possible"
    if any(label.lower().startswith("xn--") for label in name.split(".")):
        return "is written in punycode, which Terraform refuses: write the letters themselves"
    if name.endswith("."):
        return "ends in a dot"
    try:
        idna.encode(name, uts46=True, std3_rules=True)
    except idna.InvalidCodepoint:
        return "holds a character that no host has in its name"
    except idna.IDNAError as error:
        return f"is no name of a host ({str(error).rstrip('.').lower()})"
    return None


def comparable_host(host: str) -> str:
    """The same text for the same server: Terraform compares names without regard to case, and 443 is everyone's port.

    What is no host stays as it is.
    """
    if host_fault(host):
        return host
    name, _, port = host.partition(":")
    ascii_name = idna.encode(name, uts46=True, std3_rules=True).decode()
    return ascii_name if int(port or 443) == 443 else f"{ascii_name}:{int(port)}"


def workspace_fault(name: str) -> str | None:
    """Why Terraform Cloud would not take a workspace's name; None when it does."""
    if not _WORKSPACE.fullmatch(name):
        return "may hold letters, digits, - and _ only"
    if len(name) > MAXIMUM_WORKSPACE_CHARACTERS:
        return f"has {len(name)} characters, and Terraform Cloud takes {MAXIMUM_WORKSPACE_CHARACTERS}"
    return None
