# A key, and nothing that it encrypts yet.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "internal"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

module "savings" {
  source = "../../../out/modules/savings"

  name            = "prod-savings"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
}

output "kms_key_arn" {
  description = "The key that questions, executions and bills will be encrypted with."
  value       = module.savings.kms_key_arn
}
