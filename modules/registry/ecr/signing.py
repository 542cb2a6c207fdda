"""Signatures: the profile that makes them, and the policy by which a cluster asks for them.

Images are signed with Notation and the plugin of AWS Signer, whose signatures only that plugin can verify: Kyverno's
own check of Notary signatures cannot. So the policy asks a service that has the plugin: notation-aws-verifier, or
kyverno-notation-aws, which it continues.
https://docs.aws.amazon.com/eks/latest/userguide/image-verification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.signer_signing_profile import (
    SignerSigningProfile,
    SignerSigningProfileSignatureValidityPeriod,
)

from groundplan.building import account_id, partition, region, tags
from groundplan.framework import (
    Module,
    all_of,
    choose,
    concat,
    each,
    each_name,
    is_set,
    present,
    text,
    texts,
    when,
    yamlencode,
)

from .inputs import EcrInputs
from .places import every_region, host

__all__ = ["profile", "profile_arn", "signing_jobs_arn", "verification"]

PLATFORM = "Notation-OCI-SHA384-ECDSA"
TRUST_STORE = "aws-signer-ts"


def _profile_name(given: EcrInputs) -> str:
    """A profile's name may hold letters, digits and underscores.

    https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html
    """
    return text("replace", given.name, "-", "_")


def profile_arn(scope: Module[Any, Any], given: EcrInputs) -> str:
    """The profile's ARN, made of its name and so known when Terraform plans."""
    where = f"arn:{partition(scope)}:signer:{region(scope)}:{account_id(scope)}"
    return f"{where}:/signing-profiles/{_profile_name(given)}"


def signing_jobs_arn(scope: Module[Any, Any]) -> str:
    """Every signature that this account makes in this region, for those who ask if one was revoked."""
    return f"arn:{partition(scope)}:signer:{region(scope)}:{account_id(scope)}:/signing-jobs/*"


def profile(scope: Module[Any, Any], given: EcrInputs) -> None:
    """The profile that pipelines sign with."""
    when(is_set(given.signing))(
        SignerSigningProfile,
        scope,
        "images",
        name=_profile_name(given),
        platform_id=PLATFORM,
        signature_validity_period=SignerSigningProfileSignatureValidityPeriod(
            type="MONTHS", value=present(given.signing).signature_validity_months
        ),
        tags=tags(scope, given),
    )


def verification(scope: Module[Any, Any], given: EcrInputs) -> Any:
    """The documents to apply in the cluster, by name, as YAML."""
    wanted = all_of(is_set(given.signing), is_set(present(given.signing).verification))
    documents = {
        "1-trust-store": yamlencode(_trust_store(given)),
        "2-trust-policy": yamlencode(_trust_policy(scope, given)),
        "3-cluster-policy": yamlencode(_cluster_policy(scope, given)),
    }
    return choose(wanted, documents, {})


def _settings(given: EcrInputs) -> Any:
    return present(present(given.signing).verification)


def _urls(scope: Module[Any, Any], given: EcrInputs) -> list[str]:
    """Every repository, in every region that clusters pull it from."""
    return texts(
        "flatten",
        each_name(every_region(scope, given)).documents(
            lambda where, _: each(given.repositories).documents(lambda name, _: f"{host(scope, where)}/{name}")
        ),
    )


def _trust_store(given: EcrInputs) -> Mapping[str, Any]:
    return {
        "apiVersion": "notation.nirmata.io/v1alpha1",
        "kind": "TrustStore",
        "metadata": {"name": TRUST_STORE},
        "spec": {
            "trustStoreName": TRUST_STORE,
            "type": "signingAuthority",
            "caBundle": _settings(given).certificate_pem,
        },
    }


def _trust_policy(scope: Module[Any, Any], given: EcrInputs) -> Mapping[str, Any]:
    """Who must have signed: this profile, and no other.

    https://docs.aws.amazon.com/signer/latest/developerguide/image-verification.html
    """
    return {
        "apiVersion": "notation.nirmata.io/v1alpha1",
        "kind": "TrustPolicy",
        "metadata": {"name": given.name},
        "spec": {
            "version": "1.0",
            "trustPolicyName": given.name,
            "trustPolicies": [
                {
                    "name": given.name,
                    "registryScopes": _urls(scope, given),
                    "signatureVerification": {"level": _settings(given).level},
                    "trustStores": [f"signingAuthority:{TRUST_STORE}"],
                    "trustedIdentities": [profile_arn(scope, given)],
                }
            ],
        },
    }


def _cluster_policy(scope: Module[Any, Any], given: EcrInputs) -> Mapping[str, Any]:
    """Kyverno asks the verifier about the images of every new pod, and puts the verified digests into it.

    https://kyverno.io/docs/policy-types/cluster-policy/external-data-sources/
    """
    settings = _settings(given)
    service = f"{settings.verifier_service}.{settings.verifier_namespace}.svc"
    urls = _urls(scope, given)
    return {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": f"{given.name}-signed-images"},
        "spec": {
            "validationFailureAction": "Enforce",
            "failurePolicy": settings.failure_policy,
            "webhookTimeoutSeconds": 30,
            # what the patches change is known only when the verifier has answered
            "schemaValidation": False,
            "rules": [
                {
                    "name": "signed-images",
                    "match": {
                        "any": [
                            {
                                "resources": {
                                    "kinds": ["Pod"],
                                    "operations": ["CREATE", "UPDATE"],
                                    "namespaces": settings.namespaces,
                                }
                            }
                        ]
                    },
                    "exclude": {"any": [{"resources": {"namespaces": settings.excluded_namespaces}}]},
                    "context": [
                        {
                            "name": "certificate",
                            "apiCall": {
                                "urlPath": (
                                    f"/api/v1/namespaces/{settings.verifier_namespace}/secrets/{service}.tls-pair"
                                ),
                                "jmesPath": 'base64_decode( data."tls.crt" )',
                            },
                        },
                        {
                            "name": "verified",
                            "apiCall": {
                                "method": "POST",
                                "data": [
                                    {"key": "images", "value": "{{images}}"},
                                    {
                                        "key": "imageReferences",
                                        "value": concat(
                                            each_name(urls).documents(lambda url, _: f"{url}:*"),
                                            each_name(urls).documents(lambda url, _: f"{url}@*"),
                                        ),
                                    },
                                    {"key": "trustPolicy", "value": given.name},
                                ],
                                "service": {"url": f"https://{service}/checkimages", "caBundle": "{{ certificate }}"},
                            },
                        },
                    ],
                    "mutate": {
                        "foreach": [
                            {
                                "list": "verified.results",
                                "patchesJson6902": (
                                    "- path: '{{ element.path }}'\n"
                                    "  op: '{{ element.op }}'\n"
                                    "  value: '{{ element.value }}'\n"
                                ),
                            }
                        ]
                    },
                }
            ],
        },
    }
