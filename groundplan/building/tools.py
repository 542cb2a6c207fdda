"""Programs that are put into people's shells: exact versions, and what their files must be."""

from __future__ import annotations

from typing import Annotated

from groundplan.framework.constraints import Pattern
from groundplan.framework.inputs import Inputs, field

__all__ = ["HELM", "KUBECTL", "TERRAFORM", "Tool"]

ExactVersion = Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+", "an exact version without a v, such as 1.34.11")]
Sha256 = Annotated[str, Pattern("[0-9a-f]{64}", "a SHA-256 sum: 64 of 0-9 and a-f, as sha256sum prints it")]


class Tool(Inputs):
    """A program that a script installs: one version of it, and what its file must be."""

    version: ExactVersion = field("exact version, such as 1.34.11")
    sha256: Sha256 = field(
        "SHA-256 sum of the file for Linux on x86-64 that is downloaded, as its project publishes it: the script "
        "installs nothing else"
    )


# https://dl.k8s.io/release/v1.34.11/bin/linux/amd64/kubectl.sha256, as
# https://github.com/kubernetes-sigs/kubespray/blob/46dbdd399/roles/kubespray_defaults/vars/main/checksums.yml has it
KUBECTL = Tool(version="1.34.11", sha256="8efbb9435132a190920eb65a47a8c1ecf755ad85ab57a600c9bedbab460bb7a8")
# https://get.helm.sh/helm-v3.19.0-linux-amd64.tar.gz.sha256sum, as
# https://github.com/cert-manager/makefile-modules/blob/main/modules/tools/00_mod.mk had it
HELM = Tool(version="3.19.0", sha256="a7f81ce08007091b86d8bd696eb4d86b8d0f2e1b9f6c714be62f82f96a594496")
# https://releases.hashicorp.com/terraform/1.14.3/terraform_1.14.3_SHA256SUMS, as
# https://github.com/hashicorp/homebrew-tap/blob/master/Formula/terraform.rb had it
TERRAFORM = Tool(version="1.14.3", sha256="178b2a602251bb68b94732aceca2cc1023d87597cb83dba92cab31b6689edb4d")
