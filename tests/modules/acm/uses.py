"""ACM needs no policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.modules.uses import Refusal, Use

POLICIES: Mapping[str, Sequence[Use | Refusal]] = {}
