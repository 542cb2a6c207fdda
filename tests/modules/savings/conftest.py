"""The functions' folders on the path, as Lambda has them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.modules.step_functions.conftest import without_services

FILES = Path(__file__).parents[3] / "modules/cost/savings/files"

sys.path[:0] = [str(FILES / "recommend_savings_plan"), str(FILES / "buy_savings_plan")]
# no X-Ray daemon listens here, and no CloudWatch reads what is printed
os.environ |= {"POWERTOOLS_TRACE_DISABLED": "true", "POWERTOOLS_METRICS_NAMESPACE": "Test"}

without_services()
