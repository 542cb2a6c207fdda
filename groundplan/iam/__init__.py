"""Access as data: IAM statements, the documents they render to, and what is wrong with them before AWS is asked."""

from __future__ import annotations

from .statements import Condition, Principal, Statement, When, allow, deny, deny_all_but, document

__all__ = ["Condition", "Principal", "Statement", "When", "allow", "deny", "deny_all_but", "document"]
