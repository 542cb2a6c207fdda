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

module "private_ca" {
  source = "../../../out/modules/private_ca"

  name            = "dev-private-ca"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  subject = { organization = "Example Insurance" }
  root    = { common_name = "Example Dev Root CA 1" }
}

output "root_certificate" {
  description = "For trust stores."
  value       = module.private_ca.root_certificate
}
