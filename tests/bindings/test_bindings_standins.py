"""A stand-in is as good as its class, and costs nothing until somebody wants the class."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from groundplan.bindings.standins import StandIn, put_off

SOURCE = '''"""Made things."""

class Bucket(object):
    """A bucket."""
    KIND = "s3"

    def __init__(self, name="none", *, size=1):
        self.name, self.size = name, size

    @classmethod
    def of(cls, name):
        return cls(name)


class Rule:
    pass


_private = 1
__all__ = ["Bucket", "Rule"]
'''


class Late:
    """A package, as submodules of the bindings are, run when `put_off` says so; `runs` counts how often."""

    def __init__(self, file: Path, name: str) -> None:
        file.write_text(SOURCE)
        spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[])
        assert spec is not None
        assert spec.loader is not None
        self.runs = 0
        self.before: Callable[[], None] = lambda: None
        self.module = importlib.util.module_from_spec(spec)
        self._run = spec.loader.exec_module
        put_off(self.module, self.run)

    def run(self, module: ModuleType) -> None:
        self.runs += 1
        self.before()
        self._run(module)


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Late]:
    made = Late(tmp_path / "late_module.py", "late_module")
    sys.modules["late_module"] = made.module
    yield made
    del sys.modules["late_module"]


@pytest.fixture
def bucket(late: Late) -> Any:
    return late.module.Bucket


def test_naming_a_class_runs_nothing_and_using_it_runs_its_module_once(late: Late) -> None:
    first, rule = late.module.Bucket, late.module.Rule
    assert late.module.Bucket is first
    assert late.runs == 0

    assert first("claims").name == "claims"
    assert rule() is not None
    assert late.runs == 1
    assert type(first("claims")) is late.module.Bucket


def test_from_import_gives_stand_ins_too(late: Late) -> None:
    namespace: dict[str, Any] = {}
    exec("from late_module import Bucket", namespace)
    assert late.runs == 0
    assert namespace["Bucket"].of("claims").name == "claims"


def test_whoever_has_the_stand_in_and_whoever_has_the_class_agree(late: Late, bucket: Any) -> None:
    real = type(bucket())

    assert isinstance(real(), bucket)
    assert not isinstance(object(), bucket)
    assert issubclass(real, bucket)
    assert issubclass(bucket, real)
    assert issubclass(bucket, bucket)
    assert not issubclass(bucket, int)
    assert (bucket == real, real == bucket, bucket == late.module.Rule) == (True, True, False)
    assert {real: 1}[bucket] == 1
    assert repr(bucket) == repr(real)
    assert dir(bucket) == dir(real)
    assert (bucket.__name__, bucket.__doc__, bucket.__module__) == ("Bucket", "A bucket.", "late_module")
    assert inspect.isclass(bucket)
    assert isinstance(bucket, type)
    assert str(bucket | None) == str(real | None)
    assert str(None | bucket) == str(None | real)


def test_a_stand_in_can_be_inherited_from_and_changed(late: Late, bucket: Any) -> None:
    class Private(bucket):
        def __init__(self) -> None:
            super().__init__("private", size=2)

    real = late.module.Bucket
    assert Private.__mro__[1] is real
    assert Private().size == 2

    bucket.KIND = "gcs"
    assert real.KIND == "gcs"
    del bucket.KIND
    assert not hasattr(real, "KIND")


def test_what_is_no_class_of_the_source_is_asked_of_the_module_itself(late: Late) -> None:
    assert not isinstance(late.module._private, StandIn)
    assert late.module.__all__ == ["Bucket", "Rule"]
    assert late.runs == 1


def test_a_name_that_the_source_does_not_have_is_an_attribute_error(late: Late) -> None:
    with pytest.raises(AttributeError, match="module 'late_module' has no attribute 'Bukket'"):
        _ = late.module.Bukket
    with pytest.raises(ImportError, match="cannot import name 'Bucke' from 'late_module'"):
        exec("from late_module import Bucke")


def test_looking_at_a_module_shows_all_of_it(late: Late) -> None:
    assert {"Bucket", "Rule", "_private"} <= set(dir(late.module))
    assert not {"__getattr__", "__dir__"} & set(vars(late.module))


def test_a_failed_run_is_told_to_whoever_asked_and_tried_again_by_the_next(late: Late, bucket: Any) -> None:
    def fail() -> None:
        late.module.__dict__["half_done"] = True
        raise OSError("the disk is gone")

    late.before = fail
    with pytest.raises(OSError, match="the disk is gone"):
        bucket("claims")
    assert "half_done" not in vars(late.module)

    late.before = lambda: None
    assert bucket("claims").name == "claims"
    assert late.runs == 2


def test_threads_that_use_it_at_once_run_it_once(late: Late, bucket: Any) -> None:
    late.before = lambda: time.sleep(0.05)
    together = threading.Barrier(8)
    names: list[str] = []

    def use() -> None:
        together.wait()
        names.append(bucket("claims").name)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (names, late.runs) == (["claims"] * 8, 1)
