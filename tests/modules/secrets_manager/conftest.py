"""The rotation function's folder on the path, as Lambda has it."""

from __future__ import annotations

import sys
from pathlib import Path

FILES = Path(__file__).parents[3] / "modules/secrets/secrets_manager/files/rotate_api_key"

sys.path.insert(0, str(FILES))
