terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "internal"
      ManagedBy          = "terraform"
    }
  }
}

locals {
  east = { dns_name = "claims-east.us-east-1.elb.amazonaws.com", hosted_zone_id = "Z35SXDOTRQ7X7K" }
  west = { dns_name = "claims-west.us-west-2.elb.amazonaws.com", hosted_zone_id = "Z1H1FL5HABSF5" }

  # One call an environment: its zones, and every name in them.
  environments = {
    dev = {
      public_zones = {
        main = { domain = "dev.example.com", dnssec = false, query_logging = false }
      }
      private_zones = {
        internal = { domain = "internal.dev.example.com", vpc = { vpc_id = "vpc-0123456789abcdef0" } }
      }
      delegations   = {}
      health_checks = {}
      records = {
        claims-api = { zone = "main", name = "claims", type = "A", simple = { alias = local.east } }
        ledger     = { zone = "internal", name = "ledger", type = "A", simple = { values = ["10.10.0.10"] } }
      }
      traffic_policies = {}
    }

    prod = {
      public_zones = {
        main   = { domain = "example.com", accelerated_recovery = true }
        claims = { domain = "claims.example.com", parent = { zone = "main" } }
      }
      private_zones = {
        internal = {
          domain          = "internal.example.com"
          vpc             = { vpc_id = "vpc-0123456789abcdef1" }
          associated_vpcs = { recovery = { vpc_id = "vpc-0123456789abcdef2", region = "us-west-2" } }
        }
      }
      delegations = {
        dev = { zone = "main", name = "dev", name_servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"] }
      }
      health_checks = {
        portal = { https = { host_name = "portal-east.example.com", path = "/healthz" } }
        queue  = { cloudwatch_alarm = { alarm_name = "prod-claims-queue", region = "us-east-1" } }
        claims = { calculated = { children = ["portal", "queue"], healthy_at_least = 2 } }
      }
      records = {
        mail = { zone = "main", type = "MX", simple = { values = ["10 inbound-smtp.us-east-1.amazonaws.com"] } }
        caa  = { zone = "main", type = "CAA", simple = { values = ["0 issue \"amazon.com\""] } }

        claims-api = {
          zone = "claims"
          name = "api"
          type = "A"
          failover = {
            primary      = { alias = local.east }
            secondary    = { alias = local.west }
            health_check = { host_name = "east.claims.example.com", path = "/healthz", search_string = "ok" }
          }
        }

        quotes = {
          zone = "main"
          name = "quotes"
          type = "A"
          latency = {
            answers = {
              us-east-1 = { alias = local.east, health_check = "portal" }
              us-west-2 = { alias = local.west }
            }
          }
        }

        documents = {
          zone = "main"
          name = "documents"
          type = "CNAME"
          geolocation = {
            answers = {
              europe     = { values = ["documents-eu.example.com"], continent = "EU" }
              everywhere = { values = ["documents-us.example.com"], country = "*" }
            }
          }
        }
      }
      traffic_policies = {
        portal = {
          comment    = "Washington to the west, everybody else to the nearest region"
          start_rule = "places"
          endpoints = {
            east = { type = "application-load-balancer", value = "portal-east.us-east-1.elb.amazonaws.com" }
            west = { type = "application-load-balancer", value = "portal-west.us-west-2.elb.amazonaws.com" }
          }
          geolocation_rules = {
            places = {
              locations = {
                washington = { endpoint = "west", country = "US", subdivision = "WA" }
                everywhere = { rule = "regions", country = "*" }
              }
            }
          }
          latency_rules = {
            regions = {
              regions = {
                us-east-1 = { endpoint = "east", health_check = "portal" }
                us-west-2 = { endpoint = "west" }
              }
            }
          }
          instances = { portal = { zone = "main", name = "portal" } }
        }
      }
    }
  }
}

module "dns" {
  for_each = local.environments
  source   = "../../../out/modules/route53"

  name            = "${each.key}-dns"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:${each.key}-alarms"

  public_zones     = each.value.public_zones
  private_zones    = each.value.private_zones
  delegations      = each.value.delegations
  health_checks    = each.value.health_checks
  records          = each.value.records
  traffic_policies = each.value.traffic_policies
}

output "name_servers" {
  description = "Name servers to enter at the registrar, by environment and zone."
  value       = { for environment, made in module.dns : environment => made.name_servers }
}

output "ds_records" {
  description = "DS records to enter at the registrar, by environment and zone."
  value       = { for environment, made in module.dns : environment => made.ds_records }
}

output "zone_ids" {
  description = "Ids of the zones, for ExternalDNS and certificates."
  value       = { for environment, made in module.dns : environment => made.zone_ids }
}
