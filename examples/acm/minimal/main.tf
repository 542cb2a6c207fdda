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

module "certificates" {
  source = "../../../out/modules/acm"

  name            = "prod-certificates"
  region          = "us-east-1"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  zones        = { "example.com" = "Z0123456789EXAMPLE" }
  certificates = { claims = { domain = "claims.example.com" } }
}

output "certificate_arns" {
  description = "For the listeners of load balancers, by certificate."
  value       = module.certificates.certificate_arns
}
