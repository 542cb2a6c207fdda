"""The kernel loads while Python imports, and answers nothing before it has loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from groundplan.bindings.ahead import _LoadsAhead


class Kernel:
    """A provider that notes what it is asked, and loads only when it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_load = threading.Event()

    def load(self, request: str) -> None:
        assert self.may_load.wait(10)
        if request == "damaged":
            raise RuntimeError("damaged cannot be loaded")
        self.asked.append(f"load {request}")

    def create(self, request: str) -> str:
        self.asked.append(f"create {request}")
        return f"a {request}"


def test_loading_does_not_wait_and_everything_else_waits_for_it() -> None:
    kernel = Kernel()
    provider = _LoadsAhead(kernel)

    provider.load("cdktf")
    provider.load("aws")
    assert kernel.asked == []
    kernel.may_load.set()

    assert provider.create("bucket") == "a bucket"
    assert kernel.asked == ["load cdktf", "load aws", "create bucket"]
    provider.load("helm")
    assert provider.create("release") == "a release"
    assert kernel.asked[-2:] == ["load helm", "create release"]


def test_what_cannot_be_loaded_is_told_by_the_next_request_and_once() -> None:
    kernel = Kernel()
    kernel.may_load.set()
    provider = _LoadsAhead(kernel)

    provider.load("damaged")

    with pytest.raises(RuntimeError, match="damaged cannot be loaded"):
        provider.create("bucket")
    assert provider.create("bucket") == "a bucket"


def test_a_program_that_ends_right_after_its_imports_ends_well(run: Callable[..., CompletedProcess[str]]) -> None:
    done = run("import groundplan\nimport cdktf\nfrom cdktf_cdktf_provider_aws.s3_bucket import S3Bucket\n")

    assert done.returncode == 0
    assert "Traceback" not in done.stderr
