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
      DataClassification = "public"
      ManagedBy          = "terraform"
    }
  }
}

module "dns" {
  source = "../../../out/modules/route53"

  name            = "prod-dns"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  existing_zones = { main = { zone_id = "Z0123456789EXAMPLE", domain = "example.com" } }

  health_checks = {
    portal-east = { https = { host_name = "east.portal.example.com", path = "/healthz" } }
    queue       = { cloudwatch_alarm = { alarm_name = "prod-claims-queue", region = "us-east-1" } }
    # the region counts as up when both do
    east = { calculated = { children = ["portal-east", "queue"], healthy_at_least = 2 } }
  }

  records = {
    # asked for by the health check: names of their own, which no failover changes
    portal-east = { zone = "main", name = "east.portal", type = "CNAME", simple = { values = ["portal-east.us-east-1.elb.amazonaws.com"] } }

    portal = {
      zone = "main"
      name = "portal"
      type = "A"
      failover = {
        primary           = { alias = { dns_name = "portal-east.us-east-1.elb.amazonaws.com", hosted_zone_id = "Z35SXDOTRQ7X7K" } }
        secondary         = { alias = { dns_name = "portal-west.us-west-2.elb.amazonaws.com", hosted_zone_id = "Z1H1FL5HABSF5" } }
        health_check_name = "east"
      }
    }
  }
}

output "health_check_ids" {
  description = "Ids of the health checks, for dashboards."
  value       = module.dns.health_check_ids
}
