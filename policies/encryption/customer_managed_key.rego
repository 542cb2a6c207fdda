# METADATA
# title: Everything that stores data is encrypted with a customer managed key
# description: |
#   A key that AWS manages cannot be denied, audited or revoked by us: its policy is AWS's. With a key
#   of our own, who may read the data is decided by a policy that we review. parameters/encryption lists
#   the types, where each names its key, and which switch must be on besides (`on` when that is not true);
#   `parts` are the blocks and features of a type that have a key of their own, and `left_out` says why a type is
#   not asked. What nobody writes is off: an account may encrypt volumes by default, but no module says so, and the
#   key is then the account's. A replica whose source only apply will know is unknown: it may have its source's key.
# custom:
#   id: encryption/customer_managed_key
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 2.2.1"
#     - "CIS AWS 3.0: 2.3.1"
#     - "CIS AWS 3.0: 2.4.1"
#     - "CIS AWS 3.0: 3.5"
#     - "PCI DSS 4.0: 3.5.1"
#     - "PCI DSS 4.0: 3.6.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Give the module the ARN of a customer managed key (kms_key_arn), or let it make its own.
#   avoid:
#     aws_sqs_queue:
#       name: prod-orders
#       sqs_managed_sse_enabled: true
#   prefer:
#     aws_sqs_queue:
#       name: prod-orders
#       kms_master_key_id: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
package rules.encryption.customer_managed_key

import data.lib.finding
import data.lib.keys
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "encryption/customer_managed_key", "severity": "critical"}

deny contains finding.on(rule, store.resource, concat("", [store.label, problem])) if {
	some store in stores
	not store.doubtful
	count(store.key) > 0
	problem := keys.problem(keys.kind(store.resource, store.key))
}

deny contains finding.on(rule, store.resource, concat("", [store.label, "does not switch encryption on"])) if {
	some store in stores
	not store.doubtful
	count(store.switch) > 0
	not plan.undecided(store.resource, store.switch)
	not plan.known(store.resource, store.switch, object.get(store.facts, "unwritten", false)) in object.get(store.facts, "on", [true, "true"])
}

deny contains finding.on(rule, resource, part.absent) if {
	some type, parts in data.parameters.encryption.parts
	some part in parts
	some resource in plan.of(type)
	absent(resource, part)
	not excused(resource, part)
}

unknown contains finding.on(rule, store.resource, concat("", [store.label, "gets its key, or its encryption switch, only at apply"])) if {
	some store in stores
	unclear(store)
}

unknown contains finding.on(rule, resource, concat("", ["says only at apply what its ", concat(".", part.blocks), " holds"])) if {
	some type, parts in data.parameters.encryption.parts
	some part in parts
	some resource in plan.of(type)
	unseen(resource, part)
}

# A launch configuration can name no key.
unknown contains finding.on(rule, store.resource, concat("", [store.label, "is encrypted with the account's default key, which may be AWS's"])) if {
	some store in stores
	not store.facts.key
	plan.known(store.resource, store.switch, false) == true
}

unclear(store) if keys.kind(store.resource, store.key) == "unknown"

unclear(store) if plan.undecided(store.resource, store.switch)

unclear(store) if {
	store.doubtful
	keys.kind(store.resource, store.key) != "customer"
}

stores contains store if {
	some type, facts in data.parameters.encryption.stores
	some resource in plan.of(type)
	not inherits(resource, facts)
	store := asked(resource, facts, [])
}

# A block or a feature that has a key of its own.
stores contains store if {
	some type, parts in data.parameters.encryption.parts
	some part in parts
	some resource in plan.of(type)
	in_use(resource, part)
	some prefix in places(resource, object.get(part, "blocks", []))
	store := asked(resource, part, prefix)
}

asked(resource, facts, prefix) := {
	"resource": resource,
	"facts": facts,
	"key": within(prefix, object.get(facts, "key", [])),
	"switch": within(prefix, object.get(facts, "switch", [])),
	"label": label(facts, prefix),
	"doubtful": doubtful(resource, facts),
}

within(prefix, path) := array.concat(prefix, path) if {
	count(path) > 0
} else := []

# Which part of the resource is meant; nothing where it is the resource itself.
label(facts, prefix) := concat("", [concat(".", [value.key_text(step) | some step in prefix]), " "]) if {
	prefix != []
} else := concat("", [facts.when[0], " "]) if {
	facts.when
} else := ""

in_use(_, part) if not part.when

in_use(resource, part) if plan.known(resource, part.when, false) == true

in_use(resource, part) if plan.undecided(resource, part.when)

# Where the blocks of these names stand, one name inside the other.
places(resource, names) := [[]] if {
	count(names) == 0
} else := [[names[0], position] |
	some position, _ in value.list(plan.known(resource, [names[0]], []))
] if {
	count(names) == 1
} else := [[names[0], outer, names[1], inner] |
	some outer, _ in value.list(plan.known(resource, [names[0]], []))
	some inner, _ in value.list(plan.known(resource, [names[0], outer, names[1]], []))
]

absent(resource, part) if {
	part.absent
	count(places(resource, part.blocks)) == 0
	not unseen(resource, part)
}

unseen(resource, part) if plan.undecided(resource, [part.blocks[0], 0, "key"])

excused(resource, part) if {
	some name in object.get(part, "unless", [])
	count(value.list(plan.known(resource, [name], []))) > 0
}

excused(resource, part) if {
	some name in object.get(part, "unless", [])
	plan.undecided(resource, [name, 0, "id"])
}

# A replica in the same region has its source's key and may not name one.
inherits(resource, facts) if {
	source := plan.text(resource, [facts.inherits])
	source != ""
	not startswith(source, "arn:")
}

# Whether it is asked at all depends on what only apply will know: a source, or a feature that is on or off.
doubtful(resource, facts) if {
	plan.undecided(resource, [facts.inherits])
} else if {
	plan.undecided(resource, facts.when)
} else := false
