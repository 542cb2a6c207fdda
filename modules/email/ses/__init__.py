"""SES: a domain that mail is sent from, in one region or several, and what becomes of what comes back."""

from .inputs import Bimi, Dmarc, Sender, SendingRegion, SesInputs, SesOutputs
from .module import Ses

__all__ = ["Bimi", "Dmarc", "Sender", "SendingRegion", "Ses", "SesInputs", "SesOutputs"]
