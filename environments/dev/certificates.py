"""The authority of dev has a name of its own."""

from environments.families.certificates import CertificatesFamily
from modules.certificates.private_ca import PrivateCaInputs, Root

CERTIFICATES = CertificatesFamily(
    private_ca=PrivateCaInputs(root=Root(common_name="Example Insurance Dev CA 1")),
)
