# METADATA
# description: Whether a text under a telling name is a secret, or only says where one is.
package lib.secrets

import rego.v1

is_secret(name, text) if {
	is_string(text)
	text != ""
	not regex.match(data.parameters.secrets.name_of_a_secret_pattern, name)
	not regex.match(data.parameters.secrets.reference_pattern, text)
}
