"""staging's account at SendGrid, a subuser of prod's: what fails there fails before prod."""

from environments.families.email import EmailFamily
from modules.email.sendgrid import Authentication, SendgridInputs

EMAIL = EmailFamily(
    sendgrid=SendgridInputs(
        authentication=Authentication(label="em4712", host="u4711001.wl124.sendgrid.net"),
        webhook_public_key=(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEk56iArtfy4LYt78xC4lYo866u0l2FsHbXOeEH1Rewdn9kXTQKMNrSa816bZiXC4PFpFS"
            "Lqw2SiLb0E9HSiWLcA=="
        ),
    )
)
