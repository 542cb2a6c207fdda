# METADATA
# title: Nothing that is written looks like a secret
# description: |
#   A key that somebody pasted into a description, a header or a URL is in git, in the plan and in the state from then
#   on. Keys, tokens and passwords have shapes, and names, that give them away wherever they stand.
# custom:
#   id: secrets/no_secret_value
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 8.3.2"
#     - "PCI DSS 4.0: 8.6.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Revoke it first: it was seen. Keep the new one in Secrets Manager or Vault, and write its name or ARN here. What
#     is no secret is listed under not_secrets in exceptions/data.yaml, by its SHA-256 and with a reason.
#   avoid:
#     aws_cloudwatch_event_connection:
#       name: prod-claims
#       description: call https://claims:not-a-real-one@claims.example.com/events
#   prefer:
#     aws_cloudwatch_event_connection:
#       name: prod-claims
#       description: call https://claims.example.com/events with the secret prod-claims-partner
package rules.secrets.no_secret_value

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.secrets
import data.lib.value

import rego.v1

rule := {"id": "secrets/no_secret_value", "severity": "blocker"}

deny contains finding.on(rule, resource, concat("", [path, " looks like ", kind])) if {
	some resource in data.lib.plan.existing
	secrets.suspicious_resource(resource)
	some [path, kind] in secrets.places(asked(resource))
}

# What a module call passes may go where no plan shows it: into a document that only apply completes.
deny contains finding.at(rule, concat(".", ["module", name]), concat("", [path, " looks like ", kind])) if {
	some name, call in value.map(value.at(data.lib.plan.document, ["configuration", "root_module", "module_calls"], {}))
	some argument, expression in value.map(value.at(call, ["expressions"], {}))
	literal := value.at(expression, ["constant_value"], "")
	secrets.suspicious({argument: literal})
	some [path, kind] in secrets.places({argument: literal})
}

deny contains finding.at(rule, concat("", ["provider.", key]), concat("", [path, " looks like ", kind])) if {
	some key, provider in data.lib.plan.providers
	some argument, expression in value.map(value.at(provider, ["expressions"], {}))
	literal := value.at(expression, ["constant_value"], "")
	secrets.suspicious({argument: literal})
	some [path, kind] in secrets.places({argument: literal})
}

deny contains finding.at(rule, concat("", ["output.", name]), concat("", ["its value looks like ", kind])) if {
	some name, change in value.map(value.at(data.lib.plan.document, ["output_changes"], {}))
	after := value.at(change, ["after"], "")
	secrets.suspicious({name: after})
	some [_, kind] in secrets.places({name: after})
}

deny contains found if some found in objects.denied(rule, in_objects)

unknown contains found if some found in objects.unsettled(rule, in_objects)

# What a chart itself writes into a ConfigMap. What stands in the release's values is told of these.
in_objects := [[found, concat("", [path, " looks like ", kind])] |
	some found in data.lib.rendered.listed
	found.kind == "ConfigMap"
	suspected
	secrets.suspicious(found.object)
	written := concat("\n", value.strings(plan.known(found.resource, ["values"], [])))
	some name, text in value.map(value.at(found.object, ["data"], {}))
	is_string(text)
	not contains(written, trim_space(text))
	some [path, kind] in secrets.places({name: replace(text, data.lib.rendered.marker, "")})
]

# One question of all of them.
suspected if secrets.suspicious([found.object | some found in data.lib.rendered.listed; found.kind == "ConfigMap"])

# What has rules of its own is asked there, in words that fit: Helm's values by name, containers, typed passwords.
asked(resource) := object.remove(resource.after, own) if {
	own := {path[0] | some path in object.get(data.parameters.secrets.attributes, resource.type, [])}
}
