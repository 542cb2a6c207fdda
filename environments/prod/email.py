"""prod's account at SendGrid: a million mails a month, from addresses that others know."""

from environments.families.email import EmailFamily
from modules.email.sendgrid import Authentication, SendgridInputs

EMAIL = EmailFamily(
    sendgrid=SendgridInputs(
        authentication=Authentication(label="em4711", host="u4711000.wl123.sendgrid.net"),
        webhook_public_key=(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84z"
            "V2sxXs7LtkBoN79R9Q=="
        ),
    )
)
