# A cluster that is restored from another's backup.

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

module "restored" {
  source = "../../../out/modules/cloudhsm"

  name            = "restored-cloudhsm"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  subnets    = { us-east-1a = "subnet-0a1b2c3d4e5f60001", us-east-1b = "subnet-0a1b2c3d4e5f60002" }
  first_zone = "us-east-1a"
  clients    = { payments = "sg-0a1b2c3d4e5f60001" }

  source_backup_identifier = "backup-abcdefghij2"
}

output "cluster_id" {
  description = "The new cluster's id, which its second phase is given."
  value       = module.restored.cluster_id
}
