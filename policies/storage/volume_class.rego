# METADATA
# title: Classes of EBS volumes encrypt them with a customer managed key, and make none of an earlier generation
# description: |
#   What pods claim by a StorageClass is in no plan: the class alone decides whether the volume is encrypted, and with
#   which key. Without kmsKeyId it is AWS's own, which nobody can take away from anybody. gp2 costs more than gp3 and gives
#   less, and is what the plugin that Kubernetes once had makes where a class names no type.
#   https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/docs/parameters.md
#   https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
# custom:
#   id: storage/volume_class
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 3.5.1"
#     - "SOC 2: CC6.1"
#   fields: [storageClass]
#   fix: |
#     Set the parameters encrypted to "true", kmsKeyId to the ARN of a key of your own, and type to gp3. A class cannot be
#     changed: it is deleted and made anew, and volumes that there are stay as they were.
#   avoid:
#     kubernetes_storage_class_v1:
#       storage_provisioner: ebs.csi.aws.com
#       parameters:
#         type: gp2
#   prefer:
#     kubernetes_storage_class_v1:
#       storage_provisioner: ebs.csi.aws.com
#       parameters:
#         type: gp3
#         encrypted: "true"
#         kmsKeyId: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
package rules.storage.volume_class

import data.lib.finding
import data.lib.keys
import data.lib.objects
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "storage/volume_class", "severity": "critical"}

# The driver, that of EKS Auto Mode, and the plugin that Kubernetes once had.
# https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html
in_tree := "kubernetes.io/aws-ebs"

provisioners := {"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", in_tree}

decisive := ["encrypted", "kmsKeyId", "type"]

deny contains finding.on(rule, class, fault) if {
	some class in classes
	some fault in faults(plan.text(class, ["storage_provisioner"]), parameters(class), later(class))
}

deny contains finding.on(rule, class, keyless) if {
	some class in classes
	keys.of_aws(class, ["parameters"])
}

unknown contains finding.on(rule, class, "says only at apply how its volumes are encrypted") if {
	some class in classes
	some name in later(class)
	not known_key(class, name)
}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

classes := [class |
	some type in ["kubernetes_storage_class", "kubernetes_storage_class_v1"]
	some class in plan.of(type)
	plan.text(class, ["storage_provisioner"]) in provisioners
]

parameters(class) := value.map(plan.known(class, ["parameters"], {}))

later(class) := {name | some name in decisive; plan.undecided(class, ["parameters", name])}

# The ARN of a key of the same plan is known only at apply, and ours for all that.
known_key(class, "kmsKeyId") if keys.kind(class, ["parameters", "kmsKeyId"]) == "customer"

objects_of_ebs := [found |
	some found in objects.of_kinds({"storage.k8s.io/StorageClass"})
	value.at(found.object, ["provisioner"], "") in provisioners
]

faulty := [[found, fault] |
	some found in objects_of_ebs
	some fault in faults(found.object.provisioner, value.map(value.at(found.object, ["parameters"], {})), later_of(found))
]

unclear := [[found, "says only at apply how its volumes are encrypted"] |
	some found in objects_of_ebs
	count(later_of(found)) > 0
]

later_of(found) := {name | some name in decisive; objects.later(found, ["parameters", name])}

unencrypted := "makes volumes that are not encrypted"

keyless := "makes volumes with AWS's own key, as kmsKeyId names no other"

# One at a time, the worst first.
faults(provisioner, given, waiting) := {unencrypted} if {
	not "encrypted" in waiting
	value.text(value.at(given, ["encrypted"], "")) != "true"
} else := {keyless} if {
	not "kmsKeyId" in waiting
	not ours(value.text(value.at(given, ["kmsKeyId"], "")))
} else := {concat("", ["makes volumes of ", type, ", an earlier generation than gp3"])} if {
	not "type" in waiting
	type := kind(provisioner, given)
	type in {"gp2", "standard"}
} else := set()

ours(key) if {
	key != ""
	not contains(key, "alias/aws/")
}

# Where the class names none, the plugin takes gp2, and the drivers gp3.
kind(provisioner, given) := "gp2" if {
	provisioner == in_tree
	value.at(given, ["type"], "") == ""
} else := value.text(value.at(given, ["type"], ""))
