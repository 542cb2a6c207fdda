package tests.lib.value

import data.lib.value

import rego.v1

test_a_value_of_another_type_counts_as_nothing if {
	value.list([1]) == [1]
	value.list({"a": 1}) == []
	value.list("a") == []
	value.list(null) == []
	value.map({"a": 1}) == {"a": 1}
	value.map([1]) == {}
	value.map(null) == {}
	value.text("a") == "a"
	value.text(1) == ""
	value.text(["a"]) == ""
}

test_a_string_or_a_list_of_strings_is_a_list if {
	value.strings("a") == ["a"]
	value.strings(["a", 1, null, "b"]) == ["a", "b"]
	value.strings({"a": "b"}) == []
	value.strings(null) == []
}

test_what_stands_at_a_path_is_found_and_null_is_nothing if {
	value.at({"a": {"b": [{"c": 1}]}}, ["a", "b", 0, "c"], "x") == 1
	value.at({"a": {"b": null}}, ["a", "b"], "x") == "x"
	value.at({"a": false}, ["a"], "x") == false
	value.at({"a": 1}, ["b"], "x") == "x"
	value.at({"a": 1}, ["a", "b"], "x") == "x"
	value.at(["a"], [0], "x") == "x"
	value.at("a", ["a"], "x") == "x"
}

test_only_text_that_can_be_read_is_a_document if {
	value.from_json(`{"a": 1}`) == {"a": 1}
	not value.from_json(`{"a": `)
	not value.from_json({"a": 1})
	value.from_yaml("a: 1") == {"a": 1}
	not value.from_yaml("a: [")
	not value.from_yaml({"a": 1})
}

test_what_has_a_name_is_found_with_its_path if {
	tree := {"a": {"name": 1}, "name": {"name": 2}, "list": [{"name": 3}, "name"], "names": 4}
	value.named(tree, "^name$") == {["a.name", 1], ["name", {"name": 2}], ["name.name", 2], ["list.0.name", 3]}
	value.named(["name"], "^0$") == set()
	value.named("name", ".*") == set()
}

test_a_key_is_text_and_a_position_its_number if {
	value.key_text("a") == "a"
	value.key_text(11) == "11"
}

test_a_count_is_a_number_however_it_is_written if {
	value.count_of(0) == 0
	value.count_of(3) == 3
	value.count_of("12") == 12
	every text in ["", "x3", "3x", null, [3]] {
		value.count_of(text) == 1
	}
}
