"""What the module makes: certificates in their regions, the records that prove their names, and who is told."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate, AcmCertificateOptions
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.route53_record import Route53Record

from groundplan.building import tags, with_runbook
from groundplan.framework import (
    Module,
    choose,
    concat,
    each,
    each_name,
    each_pair,
    expression_of,
    fitted,
    hcl,
    jsonencode,
    part_id,
    text,
    texts,
)
from groundplan.framework.references import AnyReference, ListReference, MapReference
from groundplan.framework.shapes import Text

from .inputs import CLOUDFRONT_REGION, AcmInputs, AcmOutputs, Certificate

RULE_NAME_CHARACTERS = 64
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
ALARM_NAME_CHARACTERS = 255
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

EVENTS = [
    "ACM Certificate Approaching Expiration",
    "ACM Certificate Expired",
    "ACM Certificate Renewal Action Required",
    "ACM Certificate Revoked",
]
"""What needs a person. https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html"""


class Acm(Module[AcmInputs, AcmOutputs]):
    """Public certificates by name: proved in Route 53, renewed by ACM, watched, ready for ALB, NLB and CloudFront."""

    def build(self, given: AcmInputs) -> AcmOutputs:
        """The certificates, the records, the wait until they are issued, the alarms, and what their users paste."""
        places = each_pair(given.certificates, lambda certificate: _regions(given, certificate))
        name, region, wanted = places.value.outer_key, places.value.inner_key, places.value.outer
        certificate = places(
            AcmCertificate,
            self,
            "certificate",
            region=region,
            domain_name=wanted.domain,
            subject_alternative_names=wanted.alternative_names,
            validation_method="DNS",
            key_algorithm=wanted.key_algorithm,
            options=AcmCertificateOptions(
                certificate_transparency_logging_preference=choose(wanted.transparency_logging, "ENABLED", "DISABLED")
            ),
            tags=tags(self, given, {"Name": f"{given.name}-{name}"}),
            # a certificate that a listener uses cannot be deleted before the listener has the next one
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

        record = self._records(given)
        issued = places(
            AcmCertificateValidation,
            self,
            "issued",
            region=region,
            certificate_arn=certificate.here.arn,
            validation_record_fqdns=_each_proved_name(wanted).documents(lambda domain, _: record.at(domain).fqdn),
        )

        topic = text("lookup", given.copy_alarm_topic_arns, region, given.alarm_topic_arn)
        alarm = places(
            CloudwatchMetricAlarm,
            self,
            part_id("alarm", "expiry"),
            region=region,
            alarm_name=fitted(f"{given.name}-{name}-{region}-expiry", ALARM_NAME_CHARACTERS),
            alarm_description=with_runbook(
                f"The certificate {name} for {wanted.domain} in {region} runs out and was not renewed.",
                given,
                self.name,
                "expiry",
            ),
            namespace="AWS/CertificateManager",
            metric_name="DaysToExpiry",
            dimensions={"CertificateArn": certificate.here.arn},
            statistic="Minimum",
            period=86400,
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=given.expiry_alarm_days,
            # one that ran out tells no days any more: the alarm must not end by that
            treat_missing_data="ignore",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=tags(self, given),
        )
        rule = places(
            CloudwatchEventRule,
            self,
            part_id("event", "expiry"),
            region=region,
            name=fitted(f"{given.name}-{name}-{region}-expiry", RULE_NAME_CHARACTERS),
            description=with_runbook(
                f"The certificate {name} in {region} runs out, or needs somebody to be renewed.",
                given,
                self.name,
                "expiry",
            ),
            event_pattern=jsonencode(
                {"source": ["aws.acm"], "detail-type": EVENTS, "resources": [certificate.here.arn]}
            ),
            tags=tags(self, given),
        )
        places(
            CloudwatchEventTarget,
            self,
            part_id("target", "expiry"),
            region=region,
            rule=rule.here.name,
            arn=topic,
        )

        def arn(certificate_name: str, where: str) -> str:
            # of the validation: whoever uses it waits until the certificate is issued
            return issued.at(f"{certificate_name}/{where}").certificate_arn

        every = each(given.certificates)
        return AcmOutputs(
            certificate_arns=every.document(lambda key, _: arn(key, given.region)),
            certificate_arns_by_region=every.document(
                lambda key, c: each_name(_regions(given, c)).document(lambda where, _: arn(key, where))
            ),
            alb_annotations=every.document(lambda key, _: self._alb(given, arn(key, given.region))),
            nlb_annotations=every.document(lambda key, _: self._nlb(given, arn(key, given.region))),
            viewer_certificates=every.where(lambda c: c.cloudfront).document(
                lambda key, _: {
                    "acm_certificate_arn": arn(key, CLOUDFRONT_REGION),
                    "minimum_protocol_version": given.cloudfront_minimum_protocol_version,
                    "ssl_support_method": "sni-only",
                }
            ),
            validation_record_fqdns=record.all("fqdn"),
            event_rule_arns=MapReference(f"{{for made in {rule.address} : made.region => made.arn...}}"),
            alarm_names=alarm.all("alarm_name"),
        )

    def _records(self, given: AcmInputs) -> Any:
        """One record for each name, whatever certificates it is in: Terraform's addresses are the names themselves."""
        owners = each(given.certificates).where(lambda c: AnyReference(f"{expression_of(c.validated_by)} == null"))
        pairs = owners.documents(lambda key, certificate: _each_proved_name(certificate).document(lambda _, __: key))
        names = each(MapReference(f"merge({expression_of(pairs)}...)", Text()))
        # which certificate has a name is known from the inputs; what its record holds only AWS says
        options = f'aws_acm_certificate.certificate["${{{expression_of(names.value)}}}/${{var.region}}"]'
        options += ".domain_validation_options"

        def said(attribute: str) -> str:
            wanted = f'trimprefix(option.domain_name, "*.") == {expression_of(names.key)}'
            return f"${{one(distinct([for option in {options} : option.{attribute} if {wanted}]))}}"

        return names(
            Route53Record,
            self,
            "validation",
            zone_id=given.zones[_zone_of(given, names.key)],
            name=said("resource_record_name"),
            type="CNAME",
            records=[said("resource_record_value")],
            ttl=300,
        )

    def _alb(self, given: AcmInputs, arn: str) -> dict[str, Any]:
        """https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/"""
        return {
            "alb.ingress.kubernetes.io/certificate-arn": arn,
            "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]',
            "alb.ingress.kubernetes.io/ssl-policy": given.load_balancer_policy,
            "alb.ingress.kubernetes.io/ssl-redirect": "443",
        }

    def _nlb(self, given: AcmInputs, arn: str) -> dict[str, Any]:
        """https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/"""
        return {
            "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": arn,
            "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy": given.load_balancer_policy,
            "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443",
        }


def _regions(given: AcmInputs, certificate: Certificate) -> list[str]:
    """Where a certificate is made."""
    cloudfront = choose(certificate.cloudfront, [CLOUDFRONT_REGION], [])
    return texts("distinct", concat([given.region], certificate.copy_regions, cloudfront))


def _each_proved_name(certificate: Certificate) -> Any:
    """The names of a certificate that need a proof each: a wildcard is proved by the record of its domain."""
    every = concat([certificate.domain], certificate.alternative_names)
    return each_name(ListReference(f'[for domain in {hcl(every)} : trimprefix(domain, "*.")]'))


def _zone_of(given: AcmInputs, name: str) -> str:
    """The longest domain of a zone that a name is in."""
    zones, wanted = expression_of(given.zones), expression_of(name)
    within = f'{wanted} == zone || endswith({wanted}, ".${{zone}}")'
    # sorted by the length in front, the longest is the last
    keyed = f'[for zone in keys({zones}) : format("%03d %s", length(zone), zone) if {within}]'
    return text("element", AnyReference(f'split(" ", reverse(sort({keyed}))[0])'), 1)
