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

  name            = "prod-claims-ca"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  subject = { organization = "Example Insurance", organizational_unit = "Claims" }

  # The security account's root, which is shared with this account.
  parent = {
    arn               = "arn:aws:acm-pca:us-east-1:444455556666:certificate-authority/00000000-0000-4000-8000-000000000000"
    signing_algorithm = "SHA512WITHRSA"
  }

  subordinates = {
    claims = {
      common_name = "Example Claims CA 1"
      share_with  = ["arn:aws:organizations::111122223333:ou/o-exampleorg0/ou-ab12-claims00"]
    }
  }
}

output "authority_arns" {
  description = "For issuers, by authority."
  value       = module.private_ca.authority_arns
}

output "share_arns" {
  description = "RAM shares, which the unit's accounts see."
  value       = module.private_ca.share_arns
}
