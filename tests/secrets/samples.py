"""Texts that are secrets by their looks, put together so that none stands in a file, and texts that are none."""

from __future__ import annotations

import base64
import json

LETTERS = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1cF0xR"


def token(length: int) -> str:
    """As mixed as a real one, and obviously nobody's."""
    return (LETTERS * 8)[:length]


JWT = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "nobody", "iss": "example.com"}, {"signature": "made up"})
)

SECRETS = {
    "an access key of AWS": "AK" + "IA" + "EXAMPLE0EXAMPLE0",
    "an access key of AWS in a sentence": "call it with " + "AS" + "IA" + "EXAMPLE0EXAMPLE0" + ", said the partner",
    "a secret access key of AWS": 'aws_secret_access_key = "' + token(40) + '"',
    "a bearer token in a description": "Authorization: Bearer " + token(40),
    "a basic header": "Basic " + base64.b64encode(b"claims:not-a-real-one-1").decode(),
    "a live key of Stripe": "sk" + "_live_" + token(24),
    "a key of SendGrid": "S" + "G." + token(22) + "." + token(43),
    "a URL with a password": "https://claims:n0t-a-real-one" + "@claims.example.com/events",
    "a URL of a database": "postgresql://claims:n0t-a-real-one" + "@db.example.com:5432/claims",
    "an RSA key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n-----END RSA " + "PRIVATE KEY-----",
    "a PKCS 8 key": "-----BEGIN " + "PRIVATE KEY-----",
    "an encrypted key": "-----BEGIN ENCRYPTED " + "PRIVATE KEY-----",
    "a key of OpenSSH": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "a token of GitHub": "gh" + "p_" + token(36),
    "a fine-grained token of GitHub": "github" + "_pat_" + token(60),
    "a token of GitLab": "gl" + "pat-" + token(20),
    "a token of a GitLab runner": "gl" + "rt-" + token(20),
    "a token of Slack": "xo" + "xb-" + "123456789012-123456789012-" + token(24),
    "a webhook of Slack": "https://hooks.slack.com/" + "services/T0EXAMPLE/B0EXAMPLE/" + token(24),
    "a token of Vault": "hv" + "s." + token(40),
    "a token of Terraform Cloud": token(14) + ".atlas" + "v1." + token(67),
    "a token of npm": "np" + "m_" + token(36),
    "a token of PyPI": "pypi-" + "AgEIcHlwaS5vcmc" + token(80),
    "a token of Docker Hub": "dckr" + "_pat_" + token(27),
    "a key of Google": "AI" + "za" + token(35),
    "a key of Azure storage": "Account" + "Key=" + token(86) + "==",
    "a token of Grafana": "gl" + "sa_" + token(32) + "_0a1b2c3d",
    "a JSON web token": JWT,
    "a password in words": "log in as admin with password: n0t-a-real-one!",
    "an API key in JSON": json.dumps({"api_key": "n0t-a-real-one-1"}),
}

HARMLESS = {
    "a sentence": "Claims of the last seven years, with card data; ask the claims team.",
    "a sentence about tokens": "Clients present a bearer token from the identity provider; tokens live 15 minutes.",
    "a sentence about passwords": "RDS manages the password: see the runbook.",
    "a header in words": "Authorization: Bearer token-of-the-identity-provider",
    "an ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/claims/database-AbCdEf",
    "an ARN of a secret with a number": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/claims2/db-1AbCdE",
    "an ARN with a long name": "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms-for-everybody-who-is-on-call",
    "a KMS key": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000",
    "an image by digest": "registry.example.com/claims/api@sha256:" + "0a1b2c3d4e5f6071" * 4,
    "a digest in JSON": json.dumps({"digest": "0a1b2c3d4e5f6071" * 4}),
    "a public address": "allow 52.94.133.131/32",
    "a word that begins as a token of Artifactory does": "APB0123456789",
    "a URL": "https://claims.example.com:8443/events?token_type=jwt",
    "a URL with a user": "ssh://git@gitlab.example.com:22/claims/api.git",
    "a URL that the application completes": "postgresql://claims:${DB_PASSWORD}@db.example.com/claims",
    "a DKIM record": "v=DKIM1; k=rsa; p=" + base64.b64encode(bytes(range(200))).decode(),
    "a public key": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "a certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "a principal of AWS": "AROA" + "EXAMPLE0EXAMPLE0" + ":session",
    "an expression of CloudWatch": "SEARCH('{AWS/Kafka,\"Cluster Name\"} MetricName=\"BytesIn\"', 'Sum', 300)",
    "a cron schedule": "cron(0 3 ? * * *)",
    "a sub claim": "project_path:platform/images:ref_type:branch:ref:main",
    "an e-mail address": "claims-team@example.com",
    "the name of a secret": "prod/claims/partner-api-key",
    "an SPF record": "v=spf1 include:amazonses.com -all",
    "HCL that names a secret": 'secret = "claims-database"',
    "JSON that names a secret": json.dumps(
        [{"secret": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/key-ee764e", "bytes": 32}]
    ),
    "a secret's URL in words": "client secret: https://vault.example.com/v1/secret/claims2",
    "a version": "v1.12.4-eksbuild.1",
}

SECRETS_BY_NAME = [
    ("masterUserPassword", "not-a-real-one"),
    ("password", "hunter2hunter2"),
    ("x-api-key", "not-a-real-one"),
    ("client_secret", "N0tARealOne"),
    ("slack_webhook_url", "not/a/real/one"),
]

HARMLESS_BY_NAME = [
    ("superuser_secret", "claims-database"),
    ("secret_name", "prod/claims/partner"),
    ("masterUserPassword", "arn:aws:secretsmanager:us-east-1:111122223333:secret:claims"),
    ("password", "${DB_PASSWORD}"),
    ("existingSecret", "grafana-admin"),
    ("max_password_age", "ninety days"),
]
