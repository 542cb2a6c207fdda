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
      DataClassification = "restricted"
      ManagedBy          = "terraform"
    }
  }
}

module "private_ca" {
  source = "../../../out/modules/private_ca"

  name            = "prod-private-ca"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  subject = { organization = "Example Insurance", country = "US" }
  root    = { common_name = "Example Root CA 1" }

  subordinates = {
    # ACM issues from it and renews
    internal = {
      common_name = "Example Internal CA 1"
      revocation  = "ocsp_and_crl"
    }
    # days instead of revocation
    mesh = {
      common_name   = "Example Mesh CA 1"
      key_algorithm = "EC_prime256v1"
      short_lived   = true
    }
  }
  crl = {}
}

output "authority_arns" {
  description = "For issuers, by authority."
  value       = module.private_ca.authority_arns
}

output "issue_policy_arns" {
  description = "To attach to the roles of issuers, by authority."
  value       = module.private_ca.issue_policy_arns
}

output "root_certificate" {
  description = "For trust stores."
  value       = module.private_ca.root_certificate
}
