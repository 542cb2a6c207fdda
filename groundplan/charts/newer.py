"""Which charts have a newer release than the one that the lock pins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
import yaml

from .facts import Chart

__all__ = ["NewerVersion", "newer_versions"]

_STABLE = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:\+[0-9A-Za-z.-]+)?")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class NewerVersion:
    """What a chart's repository offers. `newest` is empty when `error` says why it could not be read."""

    chart: str
    locked: str
    newest: str
    error: str = ""

    @property
    def is_newer(self) -> bool:
        """Whether the newest stable release is above the locked one."""
        return bool(self.newest) and _rank(self.newest) > _rank(self.locked)


def newer_versions(charts: Iterable[Chart], *, timeout_seconds: float = 20) -> list[NewerVersion]:
    """The newest stable release of each chart, read from its repository; needs the network.

    Each repository is read once. `timeout_seconds` bounds every single request. Nothing is raised: what went wrong is
    in `error`, in words. Formats: https://helm.sh/docs/topics/chart_repository/ and
    https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
    """
    indexes: dict[str, dict[str, list[str]] | str] = {}
    found = []
    with requests.Session() as session:
        for chart in charts:
            if chart.repository.startswith("oci://"):
                where = f"{chart.repository}/{chart.chart}"
                offered = _safely(lambda url=where: _oci_tags(session, url, timeout_seconds))
            else:
                where = chart.repository
                if where not in indexes:
                    indexes[where] = _safely(lambda url=where: _index(session, url, timeout_seconds))
                index = indexes[where]
                offered = index if isinstance(index, str) else index.get(chart.chart, [])
            found.append(_newest(chart, where, offered))
    return found


def _newest(chart: Chart, where: str, offered: list[str] | str) -> NewerVersion:
    if isinstance(offered, str):
        return NewerVersion(chart.name, chart.version, "", f"{where} could not be read: {offered}")
    stable = sorted((version for version in offered if _STABLE.fullmatch(version)), key=_rank)
    if not stable:
        return NewerVersion(chart.name, chart.version, "", f"{where} offers no stable version of {chart.chart}")
    return NewerVersion(chart.name, chart.version, stable[-1])


def _rank(version: str) -> tuple[int, ...]:
    match = _STABLE.fullmatch(version)
    return tuple(int(part) for part in match.groups()) if match else ()


def _safely(read: Any) -> Any:
    try:
        return read()
    except requests.Timeout:
        return "no answer in time"
    except requests.HTTPError as error:
        return f"it answered with an error: {error}"
    except requests.RequestException as error:
        return f"no connection ({type(error).__name__})"
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError):
        return "its answer is not what a chart repository sends"


def _index(session: requests.Session, repository: str, timeout_seconds: float) -> dict[str, list[str]]:
    response = session.get(f"{repository.rstrip('/')}/index.yaml", timeout=timeout_seconds)
    response.raise_for_status()
    entries = yaml.load(response.content, Loader=_Loader)["entries"]  # noqa: S506 - a safe loader, the C one if there is one
    return {name: [str(release["version"]) for release in releases] for name, releases in entries.items()}


def _oci_tags(session: requests.Session, address: str, timeout_seconds: float) -> list[str]:
    registry, _, name = address.removeprefix("oci://").partition("/")
    url = f"https://{registry}/v2/{name}/tags/list"
    headers: dict[str, str] = {}
    tags: list[str] = []
    while url:
        response = session.get(url, headers=headers, timeout=timeout_seconds)
        if response.status_code == requests.codes.unauthorized and not headers:
            headers["Authorization"] = f"Bearer {_anonymous_token(session, response, timeout_seconds)}"
            continue
        response.raise_for_status()
        tags += response.json()["tags"] or []
        following = response.links.get("next", {}).get("url")
        url = urljoin(url, following) if following else ""
    return [tag.replace("_", "+") for tag in tags]


def _anonymous_token(session: requests.Session, response: requests.Response, timeout_seconds: float) -> str:
    challenge = dict(_CHALLENGE.findall(response.headers.get("WWW-Authenticate", "")))
    realm = challenge.pop("realm", "")
    if not realm:
        response.raise_for_status()
    answer = session.get(realm, params=challenge, timeout=timeout_seconds)
    answer.raise_for_status()
    body = answer.json()
    return str(body.get("token") or body["access_token"])
