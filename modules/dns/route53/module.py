"""The module: zones first, then what signs and logs them, what watches, and what they answer."""

from __future__ import annotations

from groundplan.framework import Module, each

from .delegations import delegations
from .health import health_checks
from .inputs import Route53Inputs, Route53Outputs
from .query_logs import query_logs
from .records import records
from .signing import signing
from .traffic import traffic_policies
from .zones import full_name, zones

__all__ = ["Route53"]


class Route53(Module[Route53Inputs, Route53Outputs]):
    """The names of an environment in Amazon Route 53: signed and logged zones, records with routing, health checks."""

    def build(self, given: Route53Inputs) -> Route53Outputs:
        """Zones, their delegations, health checks, records, traffic policies."""
        made = zones(self, given)
        signs = signing(self, given, made)
        log_key_arn, log_group_arns = query_logs(self, given, made)
        delegations(self, given, made, signs)
        checks = health_checks(self, given)
        records(self, given, made, checks)
        policies = traffic_policies(self, given, made, checks.ids)
        return Route53Outputs(
            zone_ids=made.ids,
            zone_arns=made.arns,
            zone_domains=made.domains,
            name_servers=made.public.all("name_servers"),
            ds_records=signs.keys.all("ds_record"),
            record_fqdns=each(given.records).document(lambda _, record: full_name(made, record)),
            health_check_ids=checks.ids,
            traffic_policy_ids=policies,
            dnssec_key_arn=signs.key_arn,
            kms_key_arn=log_key_arn,
            query_log_group_arns=log_group_arns,
        )
