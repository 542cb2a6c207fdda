"""Inputs that the tests of the module share."""

from __future__ import annotations

from modules.certificates.acm import AcmInputs, Certificate

TOPIC = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
DR_TOPIC = "arn:aws:sns:us-west-2:111122223333:prod-alarms"
ZONES = {"example.com": "Z0123456789EXAMPLE", "claims.example.com": "Z0123456789CLAIMS"}

FULL = AcmInputs(
    name="prod-certificates",
    region="us-east-1",
    alarm_topic_arn=TOPIC,
    copy_alarm_topic_arns={"us-west-2": DR_TOPIC},
    zones=ZONES,
    certificates={
        "claims": Certificate(
            domain="claims.example.com",
            alternative_names=["*.claims.example.com", "portal.example.com"],
            copy_regions=["us-west-2"],
        ),
        "claims-ec": Certificate(domain="*.claims.example.com", key_algorithm="EC_prime256v1", validated_by="claims"),
        "web": Certificate(domain="example.com", alternative_names=["www.example.com"], cloudfront=True),
    },
)
EUROPE = FULL.but(
    region="eu-west-1",
    alarm_topic_arn="arn:aws:sns:eu-west-1:111122223333:prod-alarms",
    copy_alarm_topic_arns={"us-east-1": TOPIC},
    certificates={
        "web": Certificate(
            domain="example.com", key_algorithm="EC_prime256v1", cloudfront=True, transparency_logging=False
        )
    },
)
