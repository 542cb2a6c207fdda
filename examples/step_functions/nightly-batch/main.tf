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

module "workflow" {
  source = "../../../out/modules/step_functions"

  name            = "prod-batch"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  machines = {
    batch = {
      definition = file("${path.module}/batch.asl.json")
      access     = jsondecode(file("${path.module}/batch.access.json"))

      schedules = {
        nightly = {
          expression       = "cron(0 2 * * ? *)"
          time_zone        = "America/New_York"
          input            = jsonencode({ key = "records.csv" })
          flexible_minutes = 15
        }
      }
    }
  }
}

output "batch_log_group_name" {
  description = "Where to look in the morning."
  value       = module.workflow.log_group_names["batch"]
}
