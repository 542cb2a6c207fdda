"""What the mesh may do in AWS: its status report publishes, and nothing else of it asks AWS for anything."""

from __future__ import annotations

__all__ = ["METRIC_NAMESPACE"]

METRIC_NAMESPACE = "Groundplan/Istio"
"""The CloudWatch namespace of the status report, and the only one that it may publish to."""
