"""The kinds of waste by name: how each is found, and how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import disks, images, logs, network
from .findings import Finding
from .region import Region

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of waste."""

    find: Callable[[Region], Iterator[Finding]]
    delete: Callable[[Region, Finding], None]


KINDS = {
    "idle_load_balancer": Kind(network.idle_load_balancers, network.delete_load_balancer),
    "idle_nat_gateway": Kind(network.idle_nat_gateways, network.delete_nat_gateway),
    "log_group_without_retention": Kind(logs.endless_log_groups, logs.end_log_group),
    "old_snapshot": Kind(disks.old_snapshots, disks.delete_snapshot),
    "stale_image": Kind(images.stale_images, images.delete_image),
    "unassociated_address": Kind(network.unassociated_addresses, network.release_address),
    "unattached_volume": Kind(disks.unattached_volumes, disks.delete_volume),
}
