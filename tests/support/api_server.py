"""A real API server, where GROUNDPLAN_API_SERVER is the kubeconfig of a cluster for trials."""

from __future__ import annotations

import base64
import json
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
import yaml

__all__ = ["Server", "needs_api_server", "serving"]

_KUBECONFIG = os.environ.get("GROUNDPLAN_API_SERVER", "")
needs_api_server = pytest.mark.skipif(
    not _KUBECONFIG, reason="GROUNDPLAN_API_SERVER names no kubeconfig of a cluster for trials"
)


class Server:
    """An API server, as a kubeconfig leads to it, and a namespace of it for the tests."""

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        # one that goes takes nothing more in, and takes its time
        self.namespace = f"groundplan-{time.time_ns():x}"
        said = yaml.safe_load(kubeconfig.read_text("utf-8"))

        def named(what: str, name: str) -> dict[str, Any]:
            found: dict[str, Any] = next(each[what] for each in said[f"{what}s"] if each["name"] == name)
            return found

        context = named("context", said["current-context"])
        cluster, user = named("cluster", context["cluster"]), named("user", context["user"])
        self.address = cluster["server"].rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        authority = _file(cluster, "certificate-authority", folder)
        self._session.verify = False if cluster.get("insecure-skip-tls-verify") else authority or True
        if "token" in user:
            self._session.headers["Authorization"] = f"Bearer {user['token']}"
        certificate, key = (_file(user, f"client-{name}", folder) for name in ("certificate", "key"))
        if certificate and key:
            self._session.cert = (certificate, key)
        self._plurals: dict[str, dict[str, tuple[str, bool]]] = {}

    def ask(self, method: str, path: str, **said: Any) -> requests.Response:
        with warnings.catch_warnings():
            # the kubeconfig says that nobody knows the server's certificate
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
            return self._session.request(method, f"{self.address}{path}", timeout=30, **said)

    @contextmanager
    def as_user(self, name: str) -> Iterator[None]:
        """Asks in the name of somebody else, and for nothing else than what they may do."""
        self._session.headers["Impersonate-User"] = name
        try:
            yield
        finally:
            del self._session.headers["Impersonate-User"]

    def version(self) -> str:
        said = self.ask("GET", "/version").json()
        return f"{said['major']}.{said['minor'].rstrip('+')}"

    def place(self, document: Mapping[str, Any]) -> str:
        """Where objects of its kind are; empty when the server has no such kind."""
        api = document["apiVersion"]
        root = f"/apis/{api}" if "/" in api else f"/api/{api}"
        if api not in self._plurals:
            answer = self.ask("GET", root)
            found = answer.json()["resources"] if answer.ok else []
            kinds = {each["kind"]: (each["name"], each["namespaced"]) for each in found if "/" not in each["name"]}
            if not kinds:
                return ""
            self._plurals[api] = kinds
        plural, namespaced = self._plurals[api].get(document["kind"], ("", False))
        inside = f"/namespaces/{self.namespace}" if namespaced else ""
        return f"{root}{inside}/{plural}" if plural else ""

    def apply(self, document: Mapping[str, Any], *, dry: bool = True) -> str:
        """What the server says against it; empty when it takes it."""
        place = self.place(document)
        if not place:
            return "no such kind"
        answer = self.ask(
            "PATCH",
            f"{place}/{document['metadata']['name']}",
            params={"fieldManager": "groundplan", "force": "true", "fieldValidation": "Strict"}
            | ({"dryRun": "All"} if dry else {}),
            headers={"Content-Type": "application/apply-patch+yaml"},
            data=json.dumps(document).encode(),
        )
        return "" if answer.ok else str(answer.json().get("message"))

    def create(self, document: Mapping[str, Any]) -> str:
        """What the server says against making it, as Helm does with what is not there, by a dry run."""
        place = self.place(document)
        params = {"fieldManager": "groundplan", "fieldValidation": "Strict", "dryRun": "All"}
        answer = self.ask("POST", place, params=params, json=document) if place else None
        return "no such kind" if answer is None else "" if answer.ok else str(answer.json().get("message"))

    def remove(self, document: Mapping[str, Any]) -> None:
        self.ask("DELETE", f"{self.place(document)}/{document['metadata']['name']}")


def _file(said: Mapping[str, Any], name: str, folder: Path) -> str:
    if f"{name}-data" in said:
        path = folder / name
        path.write_bytes(base64.b64decode(said[f"{name}-data"]))
        return str(path)
    return str(said.get(name, ""))


@contextmanager
def serving(folder: Path, definition: Mapping[str, Any]) -> Iterator[Server]:
    """The server with a namespace and a definition, which go again; `folder` is for its certificates."""
    found = Server(Path(_KUBECONFIG).expanduser(), folder)
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": found.namespace}}
    spec = definition["spec"]
    served = f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}"
    try:
        for document in (space, definition):
            assert found.apply(document, dry=False) == ""
        for _ in range(100):
            if found.ask("GET", served).ok:
                break
            time.sleep(0.1)
        yield found
    finally:
        found.remove(definition)
        found.remove(space)
