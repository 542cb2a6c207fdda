package tests.lib.exceptions

import data.lib.exceptions
import data.testing.plans

import rego.v1

waiver := {
	"rule": "storage/bucket_versioned",
	"stack": "prod-service",
	"address": "aws_s3_bucket.this",
	"reason": "a scratch bucket",
	"owner": "platform",
	"last_day": "2026-12-31",
}

permit := object.remove(waiver, ["rule"])

given := plans.production([])

waived(entry) if {
	count(exceptions.waivers_for({"rule": "storage/bucket_versioned", "address": "aws_s3_bucket.this"})) == 1 with input as given
		with data.exceptions as {"waivers": [entry]}
}

permitted(entry) if {
	exceptions.permitted("aws_s3_bucket.this") with input as given
		with data.exceptions as {"permits": [entry]}
}

but(entry, field, said) := object.union(entry, {field: said})

of_release(entry, found) if {
	count(exceptions.waivers_for(object.union({"rule": "releases/read_only_root", "address": "module.service.helm_release.this"}, found))) == 1 with input as plans.rendered("prod", [], [])
		with data.exceptions as {"waivers": [object.union(but(waiver, "rule", "releases/read_only_root"), object.union({"address": "module.service.helm_release.this"}, entry))]}
}

test_a_waiver_of_an_object_is_for_that_object_alone if {
	of_release({"object": "Pod claims/api"}, {"object": "Pod claims/api"})
	not of_release({"object": "Pod claims/api"}, {"object": "Pod claims/web"})
	not of_release({"object": "Pod claims/api"}, {})
	of_release({}, {"object": "Pod claims/api"})
	of_release({}, {})
}

test_where_nobody_rendered_the_release_its_rule_guesses_and_the_waiver_counts if {
	entry := object.union(but(waiver, "object", "Pod claims/api"), {"address": "module.service.helm_release.this"})
	found := {"rule": "storage/bucket_versioned", "address": "module.service.helm_release.this"}
	count(exceptions.waivers_for(found)) == 1 with input as given with data.exceptions as {"waivers": [entry]}
}

test_a_whole_entry_of_this_stack_counts if {
	waived(waiver)
	permitted(permit)
}

test_an_entry_of_another_rule_address_or_stack_does_not if {
	not waived(but(waiver, "rule", "storage/bucket_tls_only"))
	every field in ["address", "stack"] {
		not waived(but(waiver, field, "another"))
		not permitted(but(permit, field, "another"))
	}
}

test_an_entry_without_reason_owner_or_last_day_does_not_count if {
	every field in ["reason", "owner", "last_day"] {
		every said in ["", null] {
			not waived(but(waiver, field, said))
			not permitted(but(permit, field, said))
		}
		not waived(object.remove(waiver, [field]))
		not permitted(object.remove(permit, [field]))
	}
}

test_each_missing_field_is_named if {
	every field in ["rule", "address", "reason", "owner", "last_day"] {
		exceptions.waiver_faults(object.remove(waiver, [field])) == [concat("", [field, " is missing"])] with input as given
	}
	every field in ["address", "reason", "owner", "last_day"] {
		exceptions.permit_faults(object.remove(permit, [field])) == [concat("", [field, " is missing"])] with input as given
	}
	exceptions.permit_faults(permit) == [] with input as given
	exceptions.waiver_faults(waiver) == [] with input as given
}

test_an_entry_counts_from_today_until_a_year_from_now if {
	every day in ["2026-06-30", "2027-06-30"] {
		waived(but(waiver, "last_day", day))
	}
	every day in ["2026-06-29", "2027-07-01", "soon"] {
		not waived(but(waiver, "last_day", day))
	}
	exceptions.day_fault("2026-06-29") == "it expired: its last day was 2026-06-29" with input as given
	exceptions.day_fault("2027-07-01") == "it lasts longer than a year: its last day is 2027-07-01" with input as given
	exceptions.day_fault("soon") == "last_day must be a day such as 2026-06-30, got soon" with input as given
	exceptions.day_fault("") == "" with input as given
}

test_an_entry_without_a_stack_counts_for_no_plan_without_one if {
	plan := {"plan": given.plan}
	count(data.lib.exceptions.waivers) == 0 with input as plan with data.exceptions as {"waivers": [but(waiver, "stack", "")]}
	count(data.lib.exceptions.permits) == 0 with input as plan with data.exceptions as {"permits": [but(permit, "stack", "")]}
	count(data.lib.exceptions.waivers) == 1 with input as given with data.exceptions as {"waivers": [waiver], "permits": [permit, but(permit, "address", "b")]}
}
