"""AWS Certificate Manager: public certificates, validated by DNS, renewed by themselves, watched until they are."""

from .inputs import AcmInputs, AcmOutputs, Certificate, ViewerCertificate
from .module import Acm

__all__ = ["Acm", "AcmInputs", "AcmOutputs", "Certificate", "ViewerCertificate"]
