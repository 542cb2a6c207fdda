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

module "ses" {
  source = "../../../out/modules/ses"

  name            = "prod-ses"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  domain  = "notify.example.com"
  regions = { us-east-1 = { mail_from = "bounces" } }
}

output "dns_records" {
  description = "The records that whoever has the zone makes."
  value       = module.ses.dns_records
}
