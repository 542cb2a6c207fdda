package tests.releases.exact_chart_version

import data.testing.plans

import rego.v1

test_a_range_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "^3.4"})])
	count(data.rules.releases.exact_chart_version.deny) == 1 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 0 with input as given
}

test_no_version_is_denied if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": null})])
	count(data.rules.releases.exact_chart_version.deny) == 1 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 0 with input as given
}

test_an_exact_version_is_fine if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "kong", "version": "v1.21.1"}), plans.named(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "1.2.3-rc.1"}), "b")])
	count(data.rules.releases.exact_chart_version.deny) == 0 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 0 with input as given
}

test_a_chart_inside_the_module_has_no_version_to_pin if {
	given := plans.production([plans.made("helm_release", {"name": "x", "chart": "./charts/resources", "version": null})])
	count(data.rules.releases.exact_chart_version.deny) == 0 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 0 with input as given
}

test_a_chart_below_the_module_folder_has_none_either if {
	given := plans.production([plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": null}), "chart", {"constant_value": "${path.module}/charts/resources", "references": ["path.module"]})])
	count(data.rules.releases.exact_chart_version.deny) == 0 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 0 with input as given
}

test_a_version_that_is_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1"}), {"version": true})])
	count(data.rules.releases.exact_chart_version.deny) == 0 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 1 with input as given
}

test_a_version_that_nobody_wrote_is_any_version if {
	given := plans.production([plans.computed(plans.made("helm_release", {"name": "x", "chart": "kong"}), ["version"])])
	count(data.rules.releases.exact_chart_version.deny) == 1 with input as given
	count(data.rules.releases.exact_chart_version.unknown) == 0 with input as given
}
