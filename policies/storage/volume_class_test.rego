package tests.storage.volume_class

import data.testing.plans

import rego.v1

key := "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"

sound := {"type": "gp3", "encrypted": "true", "kmsKeyId": key}

class(provisioner, parameters) := plans.made("kubernetes_storage_class_v1", {"storage_provisioner": provisioner, "parameters": parameters})

of_driver(parameters) := class("ebs.csi.aws.com", parameters)

denied(resource) := {found.message | some found in data.rules.storage.volume_class.deny with input as plans.production([resource])}

unknown(resource) := {found.message | some found in data.rules.storage.volume_class.unknown with input as plans.production([resource])}

unencrypted := "makes volumes that are not encrypted"

keyless := "makes volumes with AWS's own key, as kmsKeyId names no other"

test_a_class_that_does_not_encrypt_is_denied if {
	every given in [{}, {"type": "gp3"}, {"encrypted": "false", "kmsKeyId": key}, {"encrypted": "TRUE"}, object.remove(sound, ["encrypted"])] {
		every provisioner in ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"] {
			denied(class(provisioner, given)) == {unencrypted}
		}
	}
	denied(plans.made("kubernetes_storage_class", {"storage_provisioner": "ebs.csi.aws.com"})) == {unencrypted}
}

test_a_class_with_aws_s_own_key_is_denied if {
	every given in [object.remove(sound, ["kmsKeyId"]), object.union(sound, {"kmsKeyId": "alias/aws/ebs"}), object.union(sound, {"kmsKeyId": ""})] {
		denied(of_driver(given)) == {keyless}
	}
}

test_a_class_with_aws_s_own_key_that_is_looked_up_is_denied if {
	resource := object.union(of_driver(sound), {"expressions": {"parameters": {"references": ["data.aws_kms_alias.ebs.target_key_arn", "data.aws_kms_alias.ebs"]}}})
	given := plans.with_data(plans.production([resource]), {"address": "data.aws_kms_alias.ebs", "mode": "data", "type": "aws_kms_alias", "name": "ebs", "expressions": {"name": {"constant_value": "alias/aws/ebs"}}})
	{found.message | some found in data.rules.storage.volume_class.deny with input as given} == {keyless}
}

test_a_class_of_an_earlier_generation_is_denied if {
	denied(of_driver(object.union(sound, {"type": "gp2"}))) == {"makes volumes of gp2, an earlier generation than gp3"}
	denied(of_driver(object.union(sound, {"type": "standard"}))) == {"makes volumes of standard, an earlier generation than gp3"}
	denied(class("kubernetes.io/aws-ebs", object.remove(sound, ["type"]))) == {"makes volumes of gp2, an earlier generation than gp3"}
}

test_a_class_of_gp3_with_a_key_of_ours_is_fine_and_so_is_one_of_others if {
	every resource in [
		of_driver(sound),
		of_driver(object.remove(sound, ["type"])),
		of_driver(object.union(sound, {"type": "io2"})),
		class("kubernetes.io/aws-ebs", sound),
		class("efs.csi.aws.com", {}),
	] {
		denied(resource) == set()
		unknown(resource) == set()
	}
}

test_a_class_with_a_key_of_the_same_plan_is_fine if {
	made := json.patch(plans.reads(of_driver(sound), "parameters", {"references": ["aws_kms_key.this.arn", "aws_kms_key.this"]}), [{"op": "replace", "path": "/unknown/parameters", "value": {"kmsKeyId": true}}])
	waits := json.patch(made, [{"op": "remove", "path": "/after/parameters/kmsKeyId"}])
	given := plans.production([waits, plans.made("aws_kms_key", {})])
	count(data.rules.storage.volume_class.deny) == 0 with input as given
	count(data.rules.storage.volume_class.unknown) == 0 with input as given
}

test_a_type_that_only_apply_tells_is_not_taken_for_the_plugin_s_own if {
	waits := plans.later(class("kubernetes.io/aws-ebs", object.remove(sound, ["type"])), {"parameters": {"type": true}})
	denied(waits) == set()
	count(unknown(waits)) == 1
}

test_what_only_apply_tells_is_unknown if {
	every given in [{"kmsKeyId": true}, {"encrypted": true}, {"type": true}] {
		waits := plans.later(of_driver({name: text | some name, text in sound; not given[name]}), {"parameters": given})
		denied(waits) == set()
		unknown(waits) == {"says only at apply how its volumes are encrypted"}
	}
}

object_of(parameters) := plans.object_of("storage.k8s.io/v1", "StorageClass", "gp3", {"provisioner": "ebs.csi.aws.com", "parameters": parameters})

of_release(object) := {found.message | some found in data.rules.storage.volume_class.deny with input as plans.rendered("prod", [object], [])}

waits_in_release(object) := {found.message | some found in data.rules.storage.volume_class.unknown with input as plans.rendered("prod", [object], [])}

test_a_class_that_a_chart_makes_is_judged_alike if {
	of_release(object_of({})) == {concat("", ["StorageClass gp3: ", unencrypted])}
	every given in [object.remove(sound, ["kmsKeyId"]), object.union(sound, {"kmsKeyId": "alias/aws/ebs"})] {
		of_release(object_of(given)) == {concat("", ["StorageClass gp3: ", keyless])}
	}
	of_release(object_of(sound)) == set()
	waits_in_release(object_of(sound)) == set()
	of_release(plans.object_of("storage.k8s.io/v1", "StorageClass", "efs", {"provisioner": "efs.csi.aws.com"})) == set()
}

test_a_class_of_a_chart_whose_key_only_apply_tells_is_unknown if {
	given := object_of(object.union(sound, {"kmsKeyId": "known-after-apply"}))
	of_release(given) == set()
	waits_in_release(given) == {"StorageClass gp3: says only at apply how its volumes are encrypted"}
}
