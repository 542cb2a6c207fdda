"""A second opinion, where GROUNDPLAN_API_SERVER leads to a server: it refuses what our tables say, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.objects.documents import GOOD, changed
from tests.objects.test_validity import BESIDE_SCHEMAS, IN_SCHEMAS
from tests.support.api_server import Server, needs_api_server, serving

pytestmark = needs_api_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), GOOD["CustomResourceDefinition"]) as found:
        yield found


def _placed(document: dict[str, Any]) -> dict[str, Any]:
    metadata = document.get("metadata")
    return {**document, "metadata": {**metadata, "namespace": ""}} if isinstance(metadata, dict) else document


def test_the_server_refuses_what_the_tables_say_and_takes_what_they_take(server: Server) -> None:
    disagreed = []
    for kind, document in GOOD.items():
        # that one is there
        if kind != "CustomResourceDefinition" and (said := server.create(_placed(document))):
            disagreed.append((kind, "is good", said))
    for kind, path, value, message in [*IN_SCHEMAS, *BESIDE_SCHEMAS]:
        if kind != "CustomResourceDefinition":
            said = server.create(_placed(changed(kind, path, value)))
            if bool(said) is not bool(message):
                disagreed.append((f"{kind} {path} {value!r}"[:200], message, said))
    assert disagreed == []
