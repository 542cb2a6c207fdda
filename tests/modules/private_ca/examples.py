"""Inputs that the tests of the module share."""

from __future__ import annotations

from modules.certificates.private_ca import Crl, Parent, PrivateCaInputs, Root, Subject, Subordinate

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-alarms"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/workload-boundary"
OTHER_ACCOUNT = "444455556666"
UNIT = f"arn:aws:organizations::{ACCOUNT}:ou/o-exampleorg0/ou-ab12-claims00"
SUBJECT = Subject(organization="Example Insurance", country="US")

ROOT = Root(common_name="Example Root CA 1", revocation="ocsp_and_crl", share_with=[OTHER_ACCOUNT])
SMALL_ROOT = Root(common_name="Example Dev CA 1", short_lived=True)
PARENT = Parent(
    arn=f"arn:aws:acm-pca:us-east-1:{OTHER_ACCOUNT}:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000",
    signing_algorithm="SHA384WITHECDSA",
)

FULL = PrivateCaInputs(
    name="prod-private-ca",
    alarm_topic_arn=TOPIC,
    permissions_boundary_arn=BOUNDARY,
    subject=SUBJECT,
    root=ROOT,
    subordinates={
        "internal": Subordinate(
            common_name="Example Internal CA 1", revocation="crl", share_with=[OTHER_ACCOUNT, UNIT]
        ),
        "mesh": Subordinate(common_name="Example Mesh CA 1", key_algorithm="EC_prime256v1", short_lived=True),
    },
    crl=Crl(),
)
SMALL = PrivateCaInputs(
    name="dev-private-ca",
    alarm_topic_arn=TOPIC,
    subject=SUBJECT,
    root=SMALL_ROOT,
    permanent_deletion_days=7,
)
BELOW_ANOTHER = FULL.but(
    root=None,
    parent=PARENT,
    crl=Crl(served_at="crl.example.com"),
)
