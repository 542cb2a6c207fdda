# METADATA
# description: Whether a container image reference names one image for ever.
package lib.images

import rego.v1

moving_tags := {"latest", "stable", "main", "master", "edge", "nightly", "dev", "develop"}

moving_tag(tag) if lower(tag) in moving_tags

# registry:5000/name@sha256:... is pinned; registry:5000/name has no tag.
moving(reference) if {
	parts := split(reference, "/")
	last := parts[count(parts) - 1]
	not contains(last, ":")
}

moving(reference) if tagged_moving(reference)

tagged_moving(reference) if {
	parts := split(reference, ":")
	count(parts) > 1
	moving_tag(parts[count(parts) - 1])
}

# An empty tag is the author's slip: leave the key out to take the chart's own.
moving_tag(tag) if tag == ""

shown(tag) := "empty" if {
	tag == ""
} else := tag

# A digest beside the tag pins the image.
pinned_beside(values, path) if {
	parts := split(path, ".")
	parent := object.get(values, array.slice(parts, 0, count(parts) - 1), {})
	startswith(object.get(parent, "digest", ""), "sha256:")
}

# A literal in a release's written values that cannot move.
harmless_pattern := `^"[^"$]*[0-9][^"$]*"$`

# Istio puts its proxy in the place of auto, of the version that its injector has: what runs there is istiod's to say.
# https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#customizing-injection
injected(found) if {
	found.container.image == "auto"
	found.labels["sidecar.istio.io/inject"] == "true"
}

# With the registry that is meant where none is said: nginx is docker.io/library/nginx.
# https://github.com/distribution/reference/blob/main/normalize.go
full(reference) := reference if {
	contains(reference, "/")
	regex.match(`[.:]|^localhost$`, split(reference, "/")[0])
} else := concat("/", ["docker.io", reference]) if {
	contains(reference, "/")
} else := concat("/", ["docker.io/library", reference])
