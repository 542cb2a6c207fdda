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

  name            = "prod-policies"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  machines = {
    renewal = {
      definition = file("${path.module}/renewal.asl.json")
      access     = jsondecode(file("${path.module}/renewal.access.json"))

      schedules = {
        daily = {
          expression = "cron(0 6 * * ? *)"
          time_zone  = "America/New_York"
          input      = jsonencode({ due_in_days = 30 })
        }
      }

      # one policy that fails is people's work, and no reason to wake anybody
      failed_executions = 5
    }
  }
}

output "renewal_state_machine_arn" {
  description = "Whose executions are the days' renewals."
  value       = module.workflow.state_machine_arns["renewal"]
}
