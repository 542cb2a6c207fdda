"""What may be set: which certificates there are, where their names are proved, and who is told when one runs out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from groundplan.building import AlarmInputs
from groundplan.framework import EachRule, Inputs, Outputs, Rule, contains, every, field, keys, length, output, unset
from groundplan.framework.constraints import Pattern, Unique
from groundplan.framework.types import CertifiedName, Domain, HostedZoneId, RegionName, ResourceName, Tags, TopicArn

from .names import all_covered, in_a_zone, proved_once, topic_region

__all__ = ["CLOUDFRONT_REGION", "AcmInputs", "AcmOutputs", "Certificate", "ViewerCertificate"]

CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront looks: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"""

COMMON_NAME_CHARACTERS = 64
"""Of the first name, which is the subject too: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"""

CertificateName = Annotated[
    str,
    Pattern("[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter"),
]
LoadBalancerPolicy = Annotated[
    str,
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    Pattern(
        "ELBSecurityPolicy-TLS13-1-[23]-[A-Za-z0-9-]+",
        "a security policy of TLS 1.2 or later, such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    ),
]


class Certificate(Inputs):
    """A certificate: the names it is for, and where it is used."""

    domain: CertifiedName = field(
        "its first name, such as claims.example.com, or *.example.com for all names of one level"
    )
    alternative_names: Annotated[list[CertifiedName], Unique()] = field(
        "further names that it is valid for, by ACM's quota nine until that is raised; left out, there are none",
        default=[],
        max_length=99,
    )
    key_algorithm: Literal["RSA_2048", "EC_prime256v1", "EC_secp384r1"] = field(
        "kind of its key: RSA_2048 is understood by every client, EC is faster", default="RSA_2048"
    )
    cloudfront: bool = field(
        "whether CloudFront distributions use it: it is made in us-east-1 too, where CloudFront looks", default=False
    )
    copy_regions: Annotated[list[RegionName], Unique()] = field(
        "further regions whose load balancers use it, each gets its own; left out, there are none", default=[]
    )
    validated_by: str | None = field(
        "name of another certificate whose validation records prove this one's names too, for a second certificate of "
        "the same names (another key, say); left out, the certificate makes its own records",
        default=None,
    )
    transparency_logging: bool = field(
        "whether it is written to public certificate transparency logs, without which browsers refuse it", default=True
    )

    rules = (
        Rule(
            "domain",
            lambda v: length(v.domain) <= COMMON_NAME_CHARACTERS,
            f"must have at most {COMMON_NAME_CHARACTERS} characters, as it is the common name too: make a shorter name "
            "the domain, and this one of alternative_names",
            shows=("domain",),
        ),
        Rule(
            "key_algorithm",
            lambda v: ~v.cloudfront | (v.key_algorithm != "EC_secp384r1"),
            "must be RSA_2048 or EC_prime256v1 with cloudfront, which takes no other",
            shows=("key_algorithm",),
        ),
        Rule(
            "alternative_names",
            lambda v: ~contains(v.alternative_names, v.domain),
            "must not repeat domain: remove it from alternative_names",
            shows=("domain",),
        ),
    )


class AcmInputs(AlarmInputs):
    """The public certificates of an environment."""

    name: ResourceName = field(
        "prefix of the names of everything the module makes, by custom <environment>-<service>", max_length=40
    )
    region: RegionName = field("region whose load balancers use the certificates")
    certificates: dict[CertificateName, Certificate] = field("certificates by name")
    zones: dict[Domain, HostedZoneId] = field(
        "ids of the public Route 53 hosted zones by their domain, among them one for every name of a certificate: the "
        "zone with the longest domain gets the record"
    )
    alarm_topic_arn: TopicArn = field("ARN of the SNS topic in region that alarms go to")
    copy_alarm_topic_arns: dict[RegionName, TopicArn] = field(
        "ARN of the SNS topic that alarms go to in each other region where a certificate is made, since alarms do not "
        "leave their region; left out, there is no other region",
        default={},
    )
    expiry_alarm_days: int = field(
        "how many days before a certificate runs out an alarm is raised; ACM renews well before, so an alarm means "
        "that it cannot",
        default=30,
        ge=1,
        le=44,
    )
    load_balancer_policy: LoadBalancerPolicy = field(
        "security policy in the annotations of load balancers: which versions of TLS and which ciphers they take",
        default="ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    )
    cloudfront_minimum_protocol_version: Literal["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"] = field(
        "security policy in the viewer certificates of distributions: the oldest version of TLS that they take",
        default="TLSv1.2_2021",
    )
    tags: Tags = field("tags on everything that takes them, over those of the provider's default_tags", default={})

    rules = (
        EachRule(
            "certificates",
            lambda v, _, c: in_a_zone(c.domain, v.zones),
            "must be within a domain of zones, where the record goes that proves it: add its hosted zone to zones",
            inside="domain",
            shows=("domain",),
        ),
        EachRule(
            "certificates",
            lambda v, _, c: every(c.alternative_names, lambda _, name: in_a_zone(name, v.zones)),
            "must each be within a domain of zones, where the record goes that proves it: add its hosted zone to zones",
            inside="alternative_names",
            shows=("alternative_names",),
        ),
        EachRule(
            "certificates",
            lambda v, _, c: unset(c.validated_by) | all_covered(c, v.certificates),
            "must name a certificate that makes its own records and has every name of this one",
            inside="validated_by",
            shows=("validated_by",),
        ),
        EachRule(
            "certificates",
            lambda v, name, c: ~unset(c.validated_by) | proved_once(name, c, v.certificates),
            "must not be proved by another certificate too (a wildcard and its domain have one record): join the two, "
            "or set validated_by to the other one's name",
            inside="domain",
            shows=("domain", "alternative_names"),
        ),
        EachRule(
            "certificates",
            lambda v, _, c: ~c.cloudfront | _has_topic(v, CLOUDFRONT_REGION),
            f"needs a topic for alarms in {CLOUDFRONT_REGION}: add it to copy_alarm_topic_arns",
            inside="cloudfront",
        ),
        EachRule(
            "certificates",
            lambda v, _, c: every(c.copy_regions, lambda _, region: _has_topic(v, region)),
            "must each have a topic for alarms: add it to copy_alarm_topic_arns",
            inside="copy_regions",
            shows=("copy_regions",),
        ),
        Rule(
            "alarm_topic_arn",
            lambda v: topic_region(v.alarm_topic_arn) == v.region,
            "must be a topic in region: an alarm does not leave its region",
            shows=("alarm_topic_arn", "region"),
        ),
        EachRule(
            "copy_alarm_topic_arns",
            lambda _, region, topic: topic_region(topic) == region,
            "must be a topic in the region that it is given for",
        ),
    )


def _has_topic(inputs: Any, region: Any) -> Any:
    return (inputs.region == region) | contains(keys(inputs.copy_alarm_topic_arns), region)


class ViewerCertificate(Outputs):
    """The `viewer_certificate` block of an `aws_cloudfront_distribution`."""

    acm_certificate_arn: str = output("ARN of the certificate in us-east-1")
    minimum_protocol_version: str = output("the oldest version of TLS that viewers may speak, and its ciphers")
    ssl_support_method: str = output("how viewers say which name they want: sni-only")


class AcmOutputs(Outputs):
    """What load balancers and distributions need to know of the certificates."""

    certificate_arns: dict[str, str] = output(
        "ARN of each certificate in region by its name, once it is issued: for listeners of an ALB or NLB"
    )
    certificate_arns_by_region: dict[str, dict[str, str]] = output(
        "ARN of each certificate by its name and region, for load balancers elsewhere"
    )
    alb_annotations: dict[str, dict[str, str]] = output(
        "annotations by the certificate's name for an Ingress of the AWS Load Balancer Controller: HTTPS on 443 with "
        "it, and a redirect from 80"
    )
    nlb_annotations: dict[str, dict[str, str]] = output(
        "annotations by the certificate's name for a Service of the AWS Load Balancer Controller: TLS on port 443"
    )
    viewer_certificates: dict[str, ViewerCertificate] = output(
        "by the name of each certificate with cloudfront, the viewer_certificate block of a CloudFront distribution"
    )
    validation_record_fqdns: dict[str, str] = output("name of the record that proves each domain, by the domain")
    event_rule_arns: dict[str, list[str]] = output(
        "ARNs of the event rules by region, which the policy of the region's alarm topic must let publish "
        "(aws:SourceArn)"
    )
    alarm_names: dict[str, str] = output("name of the expiry alarm of each certificate, by its name and region")
