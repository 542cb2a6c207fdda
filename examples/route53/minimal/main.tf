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
}

module "dns" {
  source = "../../../out/modules/route53"

  name            = "prod-dns"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  public_zones = { main = { domain = "example.com" } }
}

output "name_servers" {
  description = "To enter at the registrar."
  value       = module.dns.name_servers["main"]
}

output "ds_records" {
  description = "To enter at the registrar once the zone answers, so that DNSSEC protects it."
  value       = module.dns.ds_records["main"]
}
