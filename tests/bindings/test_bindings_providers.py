"""What is said of the providers is what the bindings were made of."""

from __future__ import annotations

import re
import tarfile

import pytest

from groundplan.bindings import PROVIDERS, archive


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_the_one_that_its_bindings_were_made_of(name: str) -> None:
    # as a stream, to go no further than the file
    with tarfile.open(archive(name), "r|gz") as assembly:
        member = next(each for each in assembly if each.name == "package/lib/provider/index.js")
        source = assembly.extractfile(member)
        assert source is not None
        said = dict(re.findall(r"(providerVersion|terraformProviderSource): '([^']+)'", source.read().decode()))

    provider = PROVIDERS[name]
    assert provider.version == said["providerVersion"]
    assert provider.source.removeprefix("hashicorp/") == said["terraformProviderSource"].removeprefix("hashicorp/")
    assert int(provider.next_major.split(".")[0]) == int(provider.version.split(".")[0]) + 1
