"""SendGrid: mail that goes out by it, and by Amazon SES when it does not take it."""

from .inputs import (
    Analytics,
    ApiKey,
    Authentication,
    Circuit,
    Fallback,
    SendgridInputs,
    SendgridOutputs,
    Template,
)
from .module import Sendgrid

__all__ = [
    "Analytics",
    "ApiKey",
    "Authentication",
    "Circuit",
    "Fallback",
    "Sendgrid",
    "SendgridInputs",
    "SendgridOutputs",
    "Template",
]
