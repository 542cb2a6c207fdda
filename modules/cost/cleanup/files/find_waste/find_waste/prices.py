"""List prices of us-east-1, in USD, as of 2026-11: what waste costs at most, since nobody pays more than these.

https://aws.amazon.com/ebs/pricing/
https://aws.amazon.com/elasticloadbalancing/pricing/
https://aws.amazon.com/vpc/pricing/
https://aws.amazon.com/ecr/pricing/
https://aws.amazon.com/cloudwatch/pricing/
"""

from __future__ import annotations

__all__ = [
    "ADDRESS",
    "HOURS",
    "IMAGE_GB",
    "LOAD_BALANCER",
    "LOG_GB",
    "NAT_GATEWAY",
    "SNAPSHOT_GIB",
    "VOLUME_GIB",
    "gigabytes",
]

HOURS = 730
"""In a month."""
VOLUME_GIB = {"gp2": 0.10, "gp3": 0.08, "io1": 0.125, "io2": 0.125, "sc1": 0.015, "st1": 0.045, "standard": 0.05}
"""A month, by the volume's type, without the IOPS and throughput that it has besides."""
SNAPSHOT_GIB = 0.05
"""A month; of a snapshot that shares blocks with others, less than its whole size is paid."""
ADDRESS = 0.005 * HOURS
LOAD_BALANCER = 0.0225 * HOURS
NAT_GATEWAY = 0.045 * HOURS
IMAGE_GB = 0.10
LOG_GB = 0.03


def gigabytes(count: float) -> float:
    """Bytes as what AWS bills them by."""
    return count / 1_000_000_000
