"""The dispatcher's folder on the path, as Lambda has it, and what the tests send mail with."""

from __future__ import annotations

import sys
from pathlib import Path

FILES = Path(__file__).parents[3] / "modules/email/sendgrid/files"

sys.path[:0] = [str(FILES / "dispatcher"), str(Path(__file__).parent)]
