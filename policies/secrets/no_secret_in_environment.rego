# METADATA
# title: No secret value is in the environment or the start script of anything that runs
# description: |
#   Environment variables are shown in consoles, in plans and in crash reports; user data is readable to
#   everything on the instance. They may name a secret; the code reads it. parameters/variables lists where each
#   type keeps them: maps, lists of names and values, JSON documents, and scripts, in base64 or not.
# custom:
#   id: secrets/no_secret_in_environment
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 8.3.2"
#     - "PCI DSS 4.0: 8.6.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Pass the secret's ARN or name, and read it at run time; in Kubernetes use
#     value_from.secret_key_ref.
#   avoid:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
#       environment:
#       - variables:
#           SLACK_TOKEN: not-a-real-one
#   prefer:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
#       environment:
#       - variables:
#           SLACK_TOKEN_ARN: arn:aws:secretsmanager:us-east-1:111122223333:secret:slack
package rules.secrets.no_secret_in_environment

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.secrets
import data.lib.value

import rego.v1

rule := {"id": "secrets/no_secret_in_environment", "severity": "blocker"}

deny contains finding.on(rule, found.resource, concat("", ["holds a secret in ", found.name])) if {
	some found in variables
	telling(found.name)
	secrets.is_secret(found.name, found.text)
}

deny contains found if some found in objects.denied(rule, in_containers)

unknown contains found if some found in objects.unsettled(rule, in_containers)

unknown contains found if some found in objects.waiting(rule, later_in_containers)

unknown contains finding.on(rule, resource, "has an environment that is known only at apply") if {
	some types in data.parameters.variables
	some type, names in types
	some resource in plan.of(type)
	some name in names
	later(resource, name)
}

unknown contains finding.on(rule, resource, concat("", ["says only at apply what is in ", name])) if {
	some type, names in data.parameters.variables.maps
	some resource in plan.of(type)
	walk(resource.unknown, [path, true])
	path[count(path) - 2] in names
	name := path[count(path) - 1]
	is_string(name)
	telling(name)
}

unknown contains finding.on(rule, resource, concat("", ["says only at apply what is in ", name])) if {
	some type, _ in data.parameters.variables.pairs
	some resource in plan.of(type)
	walk(resource.unknown, [path, true])
	path[count(path) - 1] == "value"
	pair := value.at(resource.after, array.slice(path, 0, count(path) - 1), {})
	name := value.text(value.at(pair, ["name"], ""))
	telling(name)
	plain(pair)
}

telling(name) if regex.match(data.parameters.secrets.name_pattern, name)

# The attribute as a whole, at the top or inside a block.
later(resource, name) if plan.undecided(resource, [name])

later(resource, name) if {
	walk(resource.unknown, [path, true])
	count(path) > 1
	path[count(path) - 1] == name
}

# --- Variables: a resource, a name and a text

variables contains {"resource": resource, "name": name, "text": text} if {
	some type, names in data.parameters.variables.maps
	some resource in plan.of(type)
	walk(resource.after, [path, found])
	path[count(path) - 1] in names
	some name, text in value.map(found)
}

variables contains {"resource": resource, "name": pair.name, "text": pair.value} if {
	some type, _ in data.parameters.variables.pairs
	some resource in plan.of(type)
	walk(resource.after, [_, pair])
	named(pair)
	plain(pair)
}

variables contains {"resource": resource, "name": pair.name, "text": pair.value} if {
	some type, names in data.parameters.variables.documents
	some resource in plan.of(type)
	some name in names
	walk(value.from_json(plan.text(resource, [name])), [_, pair])
	named(pair)
}

in_containers := [[found, concat("", ["holds a secret in ", variable.name])] |
	some found in data.lib.workloads.containers
	some variable in value.list(value.at(found.container, ["env"], []))
	named(variable)
	telling(variable.name)
	secrets.is_secret(variable.name, variable.value)
	not contains(variable.value, data.lib.rendered.marker)
]

later_in_containers := [[found, concat("", ["says only at apply what is in ", variable.name])] |
	some found in data.lib.workloads.containers
	found.later
	some variable in value.list(value.at(found.container, ["env"], []))
	named(variable)
	telling(variable.name)
	contains(variable.value, data.lib.rendered.marker)
]

# Charts take names and values at any depth: env, extraEnv, customEnv. What was rendered has them in its containers.
variables contains {"resource": release, "name": pair.name, "text": pair.value} if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	walk(data.lib.helm.values[release.address], [_, pair])
	named(pair)
}

variables contains {"resource": resource, "name": trim_space(parts[1]), "text": trim(parts[2], `"' `)} if {
	some type, names in data.parameters.variables.scripts
	some resource in plan.of(type)
	some name in names
	walk(resource.after, [path, text])
	path[count(path) - 1] == name
	some line in regex.find_n(`[A-Za-z_][A-Za-z0-9_]*\s*[=:]\s*["']?[^\s"'$<{(]+`, script(text), -1)
	parts := assignment(line)
}

# The line, what stands before its first sign and what stands behind it.
assignment(line) := [line, sides[0], substring(line, count(sides[0]) + 1, -1)] if {
	sides := regex.split(`[=:]`, line)
}

named(pair) if {
	is_string(pair.name)
	is_string(pair.value)
}

# CodeBuild and CodePipeline read the other types from Secrets Manager or Parameter Store.
plain(pair) if value.at(pair, ["type"], "PLAINTEXT") == "PLAINTEXT"

# User data as it runs: what is base64 is decoded. An archive assigns nothing then either.
script(text) := base64.decode(text) if {
	regex.match(`^[A-Za-z0-9+/]{8,}={0,2}$`, text)
	count(text) % 4 == 0
} else := value.text(text)
