"""The authorities of prod have names of their own."""

from environments.families.certificates import INTERNAL_ISSUER, CertificatesFamily
from modules.certificates.private_ca import PrivateCaInputs, Root, Subordinate

CERTIFICATES = CertificatesFamily(
    private_ca=PrivateCaInputs(
        root=Root(common_name="Example Insurance Root CA 1"),
        subordinates={
            INTERNAL_ISSUER: Subordinate(common_name="Example Insurance Internal CA 1"),
            "mesh": Subordinate(common_name="Example Insurance Mesh CA 1"),
        },
    ),
)
