"""The authorities of staging have names of their own."""

from environments.families.certificates import INTERNAL_ISSUER, CertificatesFamily
from modules.certificates.private_ca import PrivateCaInputs, Root, Subordinate

CERTIFICATES = CertificatesFamily(
    private_ca=PrivateCaInputs(
        root=Root(common_name="Example Insurance Staging Root CA 1"),
        subordinates={
            INTERNAL_ISSUER: Subordinate(common_name="Example Insurance Staging Internal CA 1"),
            "mesh": Subordinate(common_name="Example Insurance Staging Mesh CA 1"),
        },
    ),
)
