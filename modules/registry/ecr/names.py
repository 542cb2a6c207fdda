"""How things are called: in ECR, in GitLab, and by whoever uses the module."""

from __future__ import annotations

from typing import Annotated

from groundplan.framework.constraints import Arn, Length, Pattern

__all__ = [
    "CachePrefix",
    "Certificate",
    "GitRef",
    "MutableTag",
    "RepositoryPrefix",
    "ScanFilter",
    "ShortName",
    "SigningProfileArn",
    "TagPrefix",
    "TemplatePrefix",
    "UpstreamSecretArn",
]

_PATH = "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"

# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
CachePrefix = Annotated[
    str,
    Pattern(_PATH, "the beginning of repositories' names, without a / at its end"),
    Length(2, 30),
]
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
TemplatePrefix = Annotated[
    str,
    Pattern(f"{_PATH}|ROOT", "the beginning of repositories' names, without a / at its end, or ROOT for all others"),
    Length(2, 256),
]
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html
RepositoryPrefix = Annotated[
    str,
    Pattern("[a-z0-9][a-z0-9._/-]*", "the beginning of repositories' names"),
    Length(2, 256),
]
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html
ScanFilter = Annotated[
    str,
    Pattern("[a-z0-9*]+(?:[._/-][a-z0-9*]+)*", "a repository's name, with * for any characters"),
    Length(1, 255),
]
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
MutableTag = Annotated[
    str,
    Pattern(
        r"[0-9A-Za-z._-]+\*?|\*[0-9A-Za-z._-]+", "a tag, with one * at its end or its beginning for any characters"
    ),
    Length(1, 128),
]
ShortName = Annotated[
    str, Pattern("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", "at most 32 lower-case letters, digits and hyphens")
]
SigningProfileArn = Annotated[
    str,
    Arn(
        "signer",
        "/signing-profiles/[A-Za-z0-9_]{2,64}",
        "arn:aws:signer:us-east-1:111122223333:/signing-profiles/build_images",
    ),
]
TagPrefix = Annotated[str, Pattern("[0-9A-Za-z_][0-9A-Za-z._-]{0,127}", "the beginning of image tags, without *")]
GitRef = Annotated[
    str,
    # a wildcard only at the end and after something: * alone would be every branch that anybody can make
    Pattern(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\*?", "the name of a branch or tag, which may end in *, such as main or v*"),
    Length(1, 200),
]
UpstreamSecretArn = Annotated[
    str,
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
    Arn(
        "secretsmanager",
        "secret:ecr-pullthroughcache/[!-~]+",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf",
    ),
]
Certificate = Annotated[
    str,
    Pattern(
        r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*", "one X.509 certificate in PEM"
    ),
]
