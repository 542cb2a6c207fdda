# One environment of Cloud9.

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
      DataClassification = "internal"
      Environment        = "dev"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

module "cloud9" {
  source = "../../../out/modules/cloud9"

  name              = "dev-cloud9"
  alarm_topic_arn   = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  existing_customer = true

  environments = {
    claims = {
      owner_arn = "arn:aws:sts::111122223333:assumed-role/developers/ann"
      subnet_id = "subnet-0c1d2e3f4a5b60001"
    }
  }
}

output "urls" {
  description = "Where each environment opens."
  value       = module.cloud9.urls
}
