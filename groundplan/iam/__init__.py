"""Access as data: IAM statements, the documents they render to, and what is wrong with them before AWS is asked."""

from __future__ import annotations

from .checks import Kind, check_document, problems
from .deployer import deployer_actions
from .evaluate import evaluate
from .statements import Condition, Principal, Statement, When, allow, deny, deny_all_but, document

__all__ = [
    "Condition",
    "Kind",
    "Principal",
    "Statement",
    "When",
    "allow",
    "check_document",
    "deny",
    "deny_all_but",
    "deployer_actions",
    "document",
    "evaluate",
    "problems",
]
