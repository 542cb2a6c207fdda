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
      CostCenter         = "4711"
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

module "ses" {
  source = "../../../out/modules/ses"

  name            = "prod-ses"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  domain         = "notify.example.com"
  hosted_zone_id = "Z0123456789EXAMPLE"
  regions        = { us-east-1 = { mail_from = "bounces" } }

  dmarc = { policy = "none", report_addresses = ["dmarc@example.com"] }
}

output "configuration_set_name" {
  description = "What every mail names."
  value       = module.ses.configuration_set_name
}
