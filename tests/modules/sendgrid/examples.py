"""Mail by SendGrid: with everything switched on, and with what must be given."""

from __future__ import annotations

from modules.email.sendgrid import (
    Analytics,
    ApiKey,
    Authentication,
    Circuit,
    Fallback,
    SendgridInputs,
    Template,
)

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0d6c1c2e-0000-4000-8000-00000000000"
# invented for tests; nobody has its private half
PUBLIC_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7L"
    "tkBoN79R9Q=="
)

SMALL = SendgridInputs(
    name="dev-sendgrid",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-alarms",
    domain="notify.example.com",
    sender="claims@notify.example.com",
    api_key=ApiKey(
        secret_arn=f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:prod-secrets/sendgrid-AbCdEf",
        kms_key_arn=f"{KEY}1",
    ),
    authentication=Authentication(label="em1234", host="u1234567.wl123.sendgrid.net"),
    fallback=Fallback(
        identity_arn=f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/notify.example.com",
        configuration_set_arn=f"arn:aws:ses:us-east-1:{ACCOUNT}:configuration-set/prod-ses",
        suppression_table_arn=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/prod-ses-suppression",
        kms_key_arn=f"{KEY}2",
    ),
    webhook_public_key=PUBLIC_KEY,
    templates={"claim-received@1": Template(subject="Claim {{number}}", html="<p>{{number}}</p>", text="{{number}}")},
)
FULL = SMALL.but(
    name="prod-sendgrid",
    alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:prod-alarms",
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    authentication=SMALL.authentication.but(hosted_zone_id="Z0123456789EXAMPLE"),
    templates={
        "claim-received@2": Template(subject="Your claim {{number}}", html="<p>{{number}}</p>", text="{{number}}")
    },
    producer_role_arns=[f"arn:aws:iam::{ACCOUNT}:role/claims-api"],
    circuit=Circuit(failures=10, cooldown_seconds=120),
    analytics=Analytics(expire_after_days=800),
)
