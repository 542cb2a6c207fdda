# METADATA
# description: The only functions that build a finding. A rule passes its own `rule` record.
package lib.finding

import rego.v1

# A verdict on one resource of the view.
on(rule, resource, message) := at(rule, resource.address, message)

# A verdict on an address that is no resource: a provider block, a waiver.
at(rule, address, message) := {
	"rule": rule.id,
	"severity": rule.severity,
	"address": address,
	"message": message,
}
