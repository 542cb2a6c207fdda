"""Modules for everybody: folders and packages for GitLab's Terraform module registry, for teams that write plain HCL.

publish_all(project, (), version="1.4.0", only_check=False, accept=False)
upload(package, name="velero", version="1.4.0", url=..., project_id=..., token=...)
"""

from .registry import upload
from .run import Published, publish_all

__all__ = ["Published", "publish_all", "upload"]
