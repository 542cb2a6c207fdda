"""AWS Certificate Manager: public certificates, validated by DNS, renewed by themselves, watched until they are."""

from .inputs import CLOUDFRONT_REGION, AcmInputs, AcmOutputs, Certificate, ViewerCertificate
from .module import Acm

__all__ = ["CLOUDFRONT_REGION", "Acm", "AcmInputs", "AcmOutputs", "Certificate", "ViewerCertificate"]
