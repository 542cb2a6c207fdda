package tests.exposure.ingress_tls

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.exposure.ingress_tls.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.exposure.ingress_tls.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.exposure.ingress_tls.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

ingress(annotations, spec) := plans.object_of("networking.k8s.io/v1", "Ingress", "api", {
	"metadata": {"annotations": {concat("", ["alb.ingress.kubernetes.io/", name]): text | some name, text in annotations}},
	"spec": spec,
})

gateway(protocols) := plans.object_of("gateway.networking.k8s.io/v1", "Gateway", "api", {"spec": {"listeners": [{"protocol": protocol} | some protocol in protocols]}})

istio(server) := plans.object_of("networking.istio.io/v1", "Gateway", "api", {"spec": {"servers": [server]}})

test_a_way_in_without_tls_is_denied if {
	every given in [
		ingress({}, {}), ingress({}, {"tls": []}), ingress({"listen-ports": "[{\"HTTP\": 80}]"}, {}), ingress({"certificate-arn": ""}, {}),
		gateway(["HTTP"]), gateway(["HTTP", "TCP"]),
		istio({"port": {"protocol": "HTTP"}}), istio({"port": {"protocol": "HTTP2"}}), istio({"port": {"protocol": "GRPC"}}),
		istio({"port": {"protocol": "HTTP"}, "tls": {"httpsRedirect": false}}),
	] {
		of_manifest(given) == {"lets requests in without TLS"}
	}
	messages([ingress({}, {})]) == {"Ingress claims/api: lets requests in without TLS"}
}

test_a_way_in_with_tls_is_fine if {
	every given in [
		ingress({}, {"tls": [{"secretName": "api"}]}),
		ingress({"certificate-arn": "arn:aws:acm:us-east-1:111122223333:certificate/a"}, {}),
		ingress({"listen-ports": "[{\"HTTPS\": 443}]"}, {}),
		gateway(["HTTP", "HTTPS"]), gateway(["HTTP", "TLS"]), gateway(["HTTPS"]), gateway(["TCP"]), gateway([]),
		istio({"port": {"protocol": "HTTPS"}, "tls": {"mode": "SIMPLE"}}), istio({"port": {"protocol": "HTTP"}, "tls": {"httpsRedirect": true}}),
		plans.object_of("example.com/v1", "Gateway", "api", {"spec": {"listeners": [{"protocol": "HTTP"}]}}),
		plans.object_of("v1", "Service", "api", {}),
	] {
		of_manifest(given) == set()
	}
}

test_what_only_apply_tells_is_unknown if {
	every given in [ingress({"certificate-arn": "known-after-apply"}, {}), ingress({}, {"tls": [{"secretName": "known-after-apply"}]}), gateway(["known-after-apply", "HTTP"]), istio({"port": {"protocol": "HTTP"}, "tls": "known-after-apply"})] {
		messages([given]) == set()
		count(unknowns([given])) == 1
	}
	unknowns([ingress({"certificate-arn": "known-after-apply"}, {})]) == {"Ingress claims/api: says only at apply whether it asks for TLS"}
	unknowns([ingress({}, {"rules": [{"host": "known-after-apply"}]})]) == set()
	noted := object.union(gateway(["HTTPS"]), {"metadata": {"annotations": {"a": "known-after-apply"}}})
	unknowns([noted]) == set()
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [ingress({}, {})], ["document 2 of 2 is known only after apply"])
	count(data.rules.exposure.ingress_tls.deny) == 0 with input as given
	{found.message | some found in data.rules.exposure.ingress_tls.unknown} == {
		"Ingress claims/api: lets requests in without TLS, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}

typed(annotations, tls) := plans.made("kubernetes_ingress_v1", {
	"metadata": [{"name": "api", "namespace": "claims", "annotations": annotations}],
	"spec": [{"ingress_class_name": "kong", "tls": tls}],
})

test_an_ingress_of_the_provider_is_asked_too if {
	every bad in [typed({}, []), typed(null, null), typed({"alb.ingress.kubernetes.io/certificate-arn": ""}, [])] {
		{found.message | some found in data.rules.exposure.ingress_tls.deny} == {"lets requests in without TLS"} with input as plans.production([bad])
		count(data.rules.exposure.ingress_tls.unknown) == 0 with input as plans.production([bad])
	}
	every good in [typed({}, [{"hosts": ["api.example.com"]}]), typed({"alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:us-east-1:111122223333:certificate/a"}, [])] {
		count(data.rules.exposure.ingress_tls.deny | data.rules.exposure.ingress_tls.unknown) == 0 with input as plans.production([good])
	}
	made := plans.later(typed({}, []), {"metadata": [{"annotations": {"alb.ingress.kubernetes.io/certificate-arn": true}}]})
	count(data.rules.exposure.ingress_tls.deny | data.rules.exposure.ingress_tls.unknown) == 0 with input as plans.production([made])
	every open in [{"metadata": [{"annotations": true}]}, {"metadata": [{"annotations": {"alb.ingress.kubernetes.io/listen-ports": true}}]}, {"spec": [{"tls": true}]}] {
		given := plans.production([plans.later(typed({}, []), open)])
		count(data.rules.exposure.ingress_tls.deny) == 0 with input as given
		count(data.rules.exposure.ingress_tls.unknown) == 1 with input as given
	}
}
