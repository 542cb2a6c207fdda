package tests.lib.settings

import data.lib.settings
import data.testing.plans

import rego.v1

listed := {
	"dev": {"production": false, "allowed_regions": ["us-east-1", "us-west-2"]},
	"dev-eu": {"production": false, "allowed_regions": ["eu-central-1"]},
	"prod": {"production": true, "allowed_regions": ["us-east-1"]},
	"prod-test": {"production": false, "allowed_regions": ["us-east-1"]},
}

short := {"dev": listed.dev, "prod": listed.prod}

with_tag(name) := plans.with_provider(plans.production([]), {"default_tags": [{"tags": {"constant_value": {"Environment": name}}}]}).plan

cloud(workspace) := {"plan": plans.production([]).plan, "run": {"workspace": {"name": workspace}}}

tagged(workspace, tag) := {"plan": with_tag(tag), "run": {"workspace": {"name": workspace}}}

judged_by(given, environments) := {"name": name, "production": facts.production, "regions": facts.allowed_regions} if {
	name := data.lib.settings.environment with input as given with data.parameters.environments as environments
	facts := data.lib.settings.facts with input as given with data.parameters.environments as environments
}

test_groundplan_says_which_environment_it_is if {
	given := {"groundplan": {"stack": "dev-eu-backup", "environment": "dev-eu", "today": "2026-06-30"}, "plan": plans.production([]).plan}
	judged_by(given, listed) == {"name": "dev-eu", "production": false, "regions": ["eu-central-1"]}
}

test_an_environment_that_groundplan_names_and_nobody_listed_is_production if {
	given := {"groundplan": {"stack": "dev-eu-backup", "environment": "dev-eu", "today": "2026-06-30"}, "plan": plans.production([]).plan}
	judged_by(given, short) == {"name": "dev-eu", "production": true, "regions": ["us-east-1"]}
}

test_a_workspace_is_of_the_environment_that_its_name_begins_with if {
	judged_by(cloud("dev-backup"), listed) == {"name": "dev", "production": false, "regions": ["us-east-1", "us-west-2"]}
	judged_by(cloud("prod-backup"), short) == {"name": "prod", "production": true, "regions": ["us-east-1"]}
}

test_a_workspace_that_merely_begins_alike_is_of_none if {
	judged_by(cloud("developers-backup"), short) == {"name": "", "production": true, "regions": ["us-east-1"]}
}

test_a_tag_tells_which_of_two_that_fit_is_meant if {
	judged_by(tagged("dev-eu-backup", "dev-eu"), listed) == {"name": "dev-eu", "production": false, "regions": ["eu-central-1"]}
	judged_by(tagged("prod-test-backup", "prod-test"), listed).production == false
}

test_where_two_fit_and_no_tag_tells_the_strictest_counts if {
	judged_by(cloud("prod-test-backup"), listed) == {"name": "", "production": true, "regions": ["us-east-1"]}
	judged_by(cloud("dev-eu-backup"), listed) == {"name": "", "production": false, "regions": []}
}

test_the_shorter_of_two_that_fit_cannot_be_claimed_by_a_tag_alone if {
	judged_by(tagged("prod-test-backup", "prod"), listed).production
	judged_by(tagged("dev-eu-backup", "dev"), listed).regions == []
}

test_an_unlisted_environment_is_not_the_listed_one_that_it_begins_with if {
	judged_by(cloud("dev-eu-backup"), short) == {"name": "", "production": true, "regions": ["us-east-1"]}
	judged_by(tagged("dev-eu-backup", "dev-eu"), short) == {"name": "dev-eu", "production": true, "regions": ["us-east-1"]}
}

test_a_family_with_a_hyphen_is_known_by_the_tag if {
	judged_by(tagged("dev-service-discovery", "dev"), short) == {"name": "dev", "production": false, "regions": ["us-east-1", "us-west-2"]}
}

test_a_tag_that_is_not_the_workspace_s_makes_nothing_milder if {
	judged_by(tagged("prod-backup", "dev"), short).production
	judged_by(tagged("backup", "dev"), short).production
}

test_a_bare_plan_is_of_the_environment_that_its_tags_name if {
	judged_by(with_tag("dev"), short).production == false
	judged_by(plans.production([]).plan, short) == {"name": "", "production": true, "regions": ["us-east-1"]}
}

stack_of(given) := found if {
	found := data.lib.settings.stack with input as given
}

test_the_stack_is_what_groundplan_says_or_the_workspace_is_called if {
	stack_of({"groundplan": {"stack": "prod-a"}, "run": {"workspace": {"name": "prod-b"}}}) == "prod-a"
	stack_of({"groundplan": {"stack": ""}, "run": {"workspace": {"name": "prod-b"}}}) == "prod-b"
	stack_of({"run": {"workspace": {"name": 7}}}) == ""
	stack_of({}) == ""
}

environment_of(given, environments) := found if {
	found := data.lib.settings.environment with input as given with data.parameters.environments as environments
}

test_an_environment_that_is_not_known_has_no_name if {
	environment_of(cloud("dev-eu-backup"), short) == ""
	environment_of({}, short) == ""
	environment_of({"groundplan": {"environment": ""}}, short) == ""
}

test_a_tag_that_is_no_text_or_empty_says_nothing if {
	every tag in [7, "", null] {
		environment_of(tagged("dev-backup", tag), short) == "dev"
		environment_of(with_tag(tag), short) == ""
	}
}

test_two_tags_that_differ_name_no_environment if {
	given := {"plan": object.union(plans.production([]).plan, {"configuration": {"provider_config": {
		"aws": {"name": "aws", "expressions": {"default_tags": [{"tags": {"constant_value": {"Environment": "dev"}}}]}},
		"aws.other": {"name": "aws", "expressions": {"default_tags": [{"tags": {"constant_value": {"Environment": "prod"}}}]}},
	}}})}
	environment_of(given, short) == ""
	environment_of(object.union(given, {"run": {"workspace": {"name": "dev-backup"}}}), short) == ""
	mild := {"dev": listed.dev, "prod": object.union(listed.prod, {"production": false})}
	judged_by(given, mild).production
	judged_by(object.union(given, {"run": {"workspace": {"name": "dev-backup"}}}), mild).production
}

test_days_exist_or_do_not if {
	every day in [
		"2026-01-01", "2026-12-28", "2026-01-29", "2026-01-30", "2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31",
		"2026-10-31", "2026-12-31", "2026-04-30", "2026-06-30", "2026-09-30", "2026-11-30", "2028-02-29", "2012-02-29", "2000-02-29",
	] {
		settings.is_day(day)
	}
	every day in [
		"2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-02-29", "2026-02-30", "2026-02-31", "2026-04-31", "2026-06-31",
		"2026-09-31", "2026-11-31", "2030-02-29", "2026-1-1", "26-01-01", "2026-01-01T00", " 2026-01-01", "", null, 20260101,
		"2026-01-300", "2026-01-30x", "2028-02-290", "x2028-02-29", "x2026-01-30",
	] {
		not settings.is_day(day)
	}
}

test_a_day_is_written_with_two_digits if {
	settings.padded(1) == "01"
	settings.padded(9) == "09"
	settings.padded(10) == "10"
	settings.day_of(0) == "1970-01-01"
	settings.day_of(1795486722835562139) == "2026-11-24"
	settings.year_after("2026-06-30") == "2027-06-30"
	settings.year_after("2028-02-29") == "2029-02-29"
}

test_today_is_what_groundplan_says_or_the_day_that_it_is if {
	said := data.lib.settings.today with input as {"groundplan": {"today": "2026-06-30"}}
	said == "2026-06-30"
	every given in [{}, {"groundplan": {"today": ""}}] {
		now := data.lib.settings.today with input as given
		settings.is_day(now)
		now >= "2026-01-01"
	}
}

test_a_stack_that_main_py_has_no_more_is_removed if {
	data.lib.settings.removed with input as {"groundplan": {"removed": true}}
	not data.lib.settings.removed with input as {"groundplan": {"removed": false}}
	not data.lib.settings.removed with input as {}
}

test_production_is_what_its_environment_says if {
	data.lib.settings.production with input as {"groundplan": {"environment": "prod"}} with data.parameters.environments as short
	not data.lib.settings.production with input as {"groundplan": {"environment": "dev"}} with data.parameters.environments as short
}

test_a_plan_that_says_nothing_of_itself_is_of_no_environment if {
	found := data.lib.settings.environments with input as {"plan": plans.production([]).plan}
	found == set()
}
