"""SendGrid's API: mail is handed over, or not, or nobody knows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from .errors import NotAccepted, Refused, Uncertain

ACCEPTED = 202
TOO_MANY = 429
NOT_OURS = (401, 403)
REFUSED = (400, 404, 405, 406, 413, 415)
"""What another try would not mend. https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses"""


@dataclass(frozen=True)
class SendGrid:
    """The API at `url`. `key` gives its key, `key(True)` one that is asked for anew."""

    url: str
    key: Callable[[bool], str]
    connect_seconds: float = 3
    total_seconds: float = 10
    rate_budget_seconds: float = 5
    pool: Any = None

    def send(self, body: Mapping[str, Any]) -> str:
        """Hands a mail over: its id at SendGrid. Raises Refused, NotAccepted or Uncertain."""
        begun = time.monotonic()
        anew = False
        while True:
            status, headers, said = self._asked("POST", "/v3/mail/send", body, anew)
            if status == ACCEPTED:
                return str(headers.get("x-message-id", ""))
            if status in NOT_OURS and not anew:
                # the key was rotated since it was read
                anew = True
                continue
            if status == TOO_MANY:
                wait = self._wait(headers)
                if time.monotonic() - begun + wait <= self.rate_budget_seconds:
                    time.sleep(wait)
                    continue
                raise NotAccepted("429 beyond the budget of waiting")
            if status in REFUSED:
                raise Refused(f"SendGrid refuses it with {status}: {said[:500]}")
            raise NotAccepted(f"SendGrid answers {status}")

    def push_template(self, name: str, subject: str, html: str, text: str) -> str:
        """Makes a dynamic template with one version, which is active: its id. Raises what `send` does."""
        made = self._made("/v3/templates", {"name": name, "generation": "dynamic"})
        version = {"name": name, "subject": subject, "html_content": html, "plain_content": text, "active": 1}
        self._made(f"/v3/templates/{made}/versions", version)
        return made

    def _made(self, path: str, body: Mapping[str, Any]) -> str:
        status, _, said = self._asked("POST", path, body, False)
        if status not in (200, 201):
            raise NotAccepted(f"SendGrid answers {status} to {path}: {said[:500]}")
        return str(json.loads(said)["id"])

    def _wait(self, headers: Mapping[str, str]) -> float:
        """Until SendGrid takes more. https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits"""
        try:
            if "retry-after" in headers:
                return max(0.0, float(headers["retry-after"]))
            return max(0.0, float(headers["x-ratelimit-reset"]) - time.time())
        except (KeyError, ValueError):
            return 1.0

    def _asked(self, method: str, path: str, body: Mapping[str, Any], anew: bool) -> tuple[int, Mapping[str, str], str]:
        timeout = urllib3.Timeout(connect=self.connect_seconds, read=self.total_seconds, total=self.total_seconds)
        # a connection of its own: one that was kept may be closed by now, and a mail on it would be an uncertain one
        headers = {
            "Authorization": f"Bearer {self.key(anew)}",
            "Content-Type": "application/json",
            "Connection": "close",
        }
        try:
            answer = self.pool.request(
                method,
                f"{self.url}{path}",
                body=json.dumps(body).encode(),
                headers=headers,
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as never:
            raise NotAccepted(f"SendGrid is not reached: {type(never).__name__}") from never
        except urllib3.exceptions.HTTPError as lost:
            raise Uncertain(f"no answer of SendGrid: {type(lost).__name__}") from lost
        try:
            # the status decides: what follows it may be slow
            said = "" if answer.status == ACCEPTED else answer.read(10_000).decode(errors="replace")
        except urllib3.exceptions.HTTPError:
            said = ""
        finally:
            answer.close()
        return int(answer.status), {name.lower(): value for name, value in answer.headers.items()}, said
