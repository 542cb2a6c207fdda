package tests.exposure.grafana_signed_in

import data.testing.plans

import rego.v1

sound := {"admin": {"existingSecret": "grafana-admin"}, "grafana.ini": {"auth.anonymous": {"enabled": false}}}

release(values) := plans.made("helm_release", {"name": "looks", "chart": "grafana", "values": [yaml.marshal(values)]})

later(values) := plans.later(
	plans.made("helm_release", {"chart": "grafana", "values": [yaml.marshal(values), null]}),
	{"values": [false, true]},
)

denied(resource) := told if {
	told := {found.message | some found in data.rules.exposure.grafana_signed_in.deny} with input as plans.production([resource])
}

open(resource) := number if {
	number := count(data.rules.exposure.grafana_signed_in.unknown) with input as plans.production([resource])
}

test_one_that_asks_for_a_name_and_takes_its_password_from_a_secret_is_fine if {
	every values in [
		sound,
		{"admin": {"existingSecret": "grafana-admin"}},
		{"env": {"GF_SECURITY_ADMIN_PASSWORD__FILE": "/etc/secrets/password"}},
		{"env": {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": true}},
		{"envValueFrom": {"GF_SECURITY_ADMIN_PASSWORD": {"secretKeyRef": {"name": "grafana", "key": "password"}}}},
		{"grafana.ini": {"security": {"admin_password": "$__file{/etc/secrets/password}"}}},
		{"grafana.ini": {"security": {"admin_password": "${ADMIN_PASSWORD}"}}},
	] {
		denied(release(values)) == set()
		open(release(values)) == 0
	}
}

test_anonymous_access_is_denied_however_it_is_said if {
	every path, values in {
		"grafana.ini.auth.anonymous.enabled": [
			{"grafana.ini": {"auth.anonymous": {"enabled": true}}},
			{"grafana.ini": {"auth.anonymous": {"enabled": "True"}}},
		],
		"env.GF_AUTH_ANONYMOUS_ENABLED": [
			{"env": {"GF_AUTH_ANONYMOUS_ENABLED": "true"}},
			{"env": {"GF_AUTH_ANONYMOUS_ENABLED": 1}},
			{"env": {"GF_AUTH_ANONYMOUS_ENABLED": "yes"}},
		],
	} {
		every each in values {
			given := release(object.union(each, {"admin": {"existingSecret": "grafana-admin"}}))
			denied(given) == {concat("", [path, " lets everybody in without a name"])}
			open(given) == 0
		}
	}
}

# https://github.com/go-ini/ini/blob/v1.67.0/key.go: what a flag of an ini file may be called
test_each_word_for_yes_is_read_as_grafana_reads_it if {
	every word in ["1", "t", "T", "true", "TRUE", "True", "YES", "yes", "Yes", "y", "ON", "on", "On"] {
		given := {"admin": {"existingSecret": "grafana-admin"}, "env": {"GF_AUTH_ANONYMOUS_ENABLED": word}}
		count(denied(release(given))) == 1
	}
	every word in ["0", "f", "false", "no", "off", ""] {
		given := {"admin": {"existingSecret": "grafana-admin"}, "env": {"GF_AUTH_ANONYMOUS_ENABLED": word}}
		denied(release(given)) == set()
	}
}

test_a_password_in_the_values_is_denied_wherever_it_is if {
	every path, values in {
		"adminPassword": {"adminPassword": "admin"},
		"env.GF_SECURITY_ADMIN_PASSWORD": {"env": {"GF_SECURITY_ADMIN_PASSWORD": "admin"}},
		"grafana.ini.security.admin_password": {"grafana.ini": {"security": {"admin_password": "admin"}}},
	} {
		denied(release(values)) == {concat("", [path, " holds the administrator's password"])}
		denied(release(object.union(values, sound))) == {concat("", [path, " holds the administrator's password"])}
	}
}

test_one_whose_password_nobody_says_is_denied if {
	denied(release({})) == {"has no Secret with the administrator's password: admin.existingSecret"}
	denied(release({"admin": {"existingSecret": ""}})) == denied(release({}))
	denied(release({"env": {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": false}})) == denied(release({}))
	open(release({})) == 0
}

test_what_is_known_only_at_apply_is_unknown_unless_what_is_known_says_both if {
	every values in [{}, object.remove(sound, ["admin"]), object.remove(sound, ["grafana.ini"])] {
		denied(later(values)) == set()
		open(later(values)) == 1
	}
	denied(later(sound)) == set()
	open(later(sound)) == 0
	open(later(object.union(sound, {"grafana.ini": {"auth.anonymous": {"enabled": true}}}))) == 1
}

test_other_charts_are_not_asked if {
	given := plans.made("helm_release", {"chart": "loki", "values": ["adminPassword: admin"]})
	denied(given) == set()
	open(given) == 0
}

test_a_chart_that_is_told_not_to_look_for_secrets_is_denied if {
	told := {"assertNoLeakedSecrets is off: nothing would notice a password in grafana.ini"}
	denied(release(object.union(sound, {"assertNoLeakedSecrets": false}))) == told
	denied(release(object.union(sound, {"assertNoLeakedSecrets": true}))) == set()
}
