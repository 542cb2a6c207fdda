# Generated. All rules stand behind these queries: a new rule needs no line here.
policy "blocker" {
  query             = "data.main.blocker"
  enforcement_level = "mandatory"
  description       = "Findings of severity blocker"
}

policy "critical" {
  query             = "data.main.critical"
  enforcement_level = "mandatory"
  description       = "Findings of severity critical"
}

policy "major" {
  query             = "data.main.major"
  enforcement_level = "mandatory"
  description       = "Findings of severity major"
}

policy "minor" {
  query             = "data.main.minor"
  enforcement_level = "advisory"
  description       = "Findings of severity minor and info"
}

policy "unknown" {
  query             = "data.main.unknown"
  enforcement_level = "advisory"
  description       = "What the plan does not say yet"
}
