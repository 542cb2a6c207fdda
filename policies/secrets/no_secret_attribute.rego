# METADATA
# title: No secret value is in the configuration or the state
# description: |
#   Whatever an attribute holds is in the plan, in the state and in every copy of them. Passwords are
#   made where they are used: RDS manages its master password, rotation fills a secret, an external
#   secret fills a Kubernetes one.
# custom:
#   id: secrets/no_secret_attribute
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 8.3.2"
#     - "PCI DSS 4.0: 8.6.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Use manage_master_user_password, a write-only argument (password_wo), or leave the container
#     empty.
#   avoid:
#     aws_db_instance:
#       identifier: prod-kong
#       password: not-a-real-one
#   prefer:
#     aws_db_instance:
#       identifier: prod-kong
#       manage_master_user_password: true
package rules.secrets.no_secret_attribute

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.rendered
import data.lib.switches
import data.lib.value

import rego.v1

rule := {"id": "secrets/no_secret_attribute", "severity": "blocker"}

deny contains finding.on(rule, resource, concat("", ["holds a secret in ", concat(".", [value.key_text(key) | some key in path])])) if {
	some type, paths in data.parameters.secrets.attributes
	some resource in plan.of(type)
	some pattern in paths
	some path in switches.places(resource, pattern)
	filled(plan.known(resource, path, ""))
}

deny contains finding.on(rule, resource, "makes a secret, which the state keeps") if {
	some type in data.parameters.secrets.makers
	some resource in plan.of(type)
}

deny contains finding.at(rule, address, "reads a secret, which the state keeps") if {
	some address, source in data.lib.plan.configured
	source.mode == "data"
	source.type in data.parameters.secrets.readers
}

deny contains found if some found in objects.denied(rule, in_objects)

unknown contains found if some found in objects.unsettled(rule, in_objects)

unknown contains found if some found in objects.waiting(rule, later_in_objects)

in_objects := [[found, concat("", ["holds a secret in the Secret ", objects.name(found)])] |
	some found in data.lib.objects.listed
	value.at(found.object, ["kind"], "") == "Secret"
	not waits(found)
	some attribute in ["data", "stringData"]
	filled(value.at(found.object, [attribute], ""))
]

later_in_objects := [[found, concat("", ["gets a secret at apply, and would keep it in the Secret ", objects.name(found)])] |
	some found in data.lib.objects.listed
	value.at(found.object, ["kind"], "") == "Secret"
	waits(found)
]

waits(found) if rendered.waits(found, [value.at(found.object, ["stringData"], {})])

# A chart writes `data` in base64.
waits(found) if {
	found.rendered
	some text in value.map(value.at(found.object, ["data"], {}))
	contains(decoded(text), data.lib.rendered.marker)
}

decoded(text) := base64.decode(text) if {
	regex.match(`^[A-Za-z0-9+/]{8,}={0,2}$`, value.text(text))
	count(text) % 4 == 0
} else := value.text(text)

deny contains finding.on(rule, resource, "is a SecureString whose value is in the state") if {
	some resource in plan.of("aws_ssm_parameter")
	plan.known(resource, ["type"], "") == "SecureString"
	filled(plan.known(resource, ["value"], ""))
}

unknown contains finding.on(rule, resource, concat("", ["gets a secret at apply, and would keep it in the state, in ", concat(".", [value.key_text(key) | some key in path])])) if {
	some type, paths in data.parameters.secrets.attributes
	some resource in plan.of(type)
	some pattern in paths
	some path in switches.places(resource, pattern)
	plan.partly_unknown(resource, path)
	written(resource, path)
}

unknown contains finding.on(rule, resource, "is a SecureString whose value would be kept in the state") if {
	some resource in plan.of("aws_ssm_parameter")
	plan.known(resource, ["type"], "") == "SecureString"
	plan.undecided(resource, ["value"])
}

filled(given) if {
	is_string(given)
	given != ""
}

filled(given) if {
	is_array(given)
	count(given) > 0
}

# A Kubernetes Secret's map: some key has a value.
filled(given) if {
	is_object(given)
	some text in given
	is_string(text)
	text != ""
}

# Computed attributes are unknown without anybody having written them. A call such as uuid() is an expression of nothing.
written(resource, path) if _ = plan.written_arguments(resource)[path[0]]
