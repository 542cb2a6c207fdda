# A cluster before its ceremony: one HSM, and what the ceremony signs.

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

module "cloudhsm" {
  source = "../../../out/modules/cloudhsm"

  name            = "prod-cloudhsm"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  subnets    = { us-east-1a = "subnet-0a1b2c3d4e5f60001", us-east-1b = "subnet-0a1b2c3d4e5f60002" }
  first_zone = "us-east-1a"
}

output "cluster_csr" {
  description = "What the ceremony signs."
  value       = module.cloudhsm.cluster_csr
}
