# METADATA
# description: Which hosted zones of Route 53 the whole internet asks. A private zone has at least one VPC from the start.
package lib.zones

import data.lib.plan
import data.lib.value

import rego.v1

public contains zone if {
	some zone in plan.of("aws_route53_zone")
	not plan.unknown_at(zone, ["vpc"])
	count(value.list(plan.known(zone, ["vpc"], []))) == 0
}

unclear contains zone if {
	some zone in plan.of("aws_route53_zone")
	plan.unknown_at(zone, ["vpc"])
}
