"""Connections: who asks whom inside the cluster, and whether NetworkPolicies let the request through.

Which proxies are put into pods, and what these ask for, are facts in `data/`; nothing of them is in the code.
"""

from .judging import judge

__all__ = ["judge"]
