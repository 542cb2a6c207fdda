"""The prebuilt provider bindings at a fraction of their price, with nothing to learn for whoever imports them.

`import cdktf_cdktf_provider_aws` runs 2,200 modules and makes the jsii kernel load every type of the provider.
`install()` puts an empty package in front of them, so that only the imported submodules run, and serves the kernel
an assembly cut to what the project's Python imports. See docs/decisions/0004-bindings-loader.md.

    from groundplan import bindings

    bindings.install()
    from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket  # as ever

Environment: GROUNDPLAN_BINDINGS=full loads the stock assembly; GROUNDPLAN_CACHE_DIR moves the cache; JSII_NODE,
JSII_RUNTIME_PACKAGE_CACHE and JSII_RUNTIME_PACKAGE_CACHE_ROOT keep the value that they have.
"""

from .ahead import unanswered
from .imports import install
from .packages import archive, package_root, submodules, versions
from .providers import PROVIDERS, Provider
from .status import PackageStatus, Status, status
from .store import cache_folder

__all__ = [
    "PROVIDERS",
    "PackageStatus",
    "Provider",
    "Status",
    "archive",
    "cache_folder",
    "install",
    "package_root",
    "status",
    "submodules",
    "unanswered",
    "versions",
]
