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

module "step_functions" {
  source = "../../../out/modules/step_functions"

  name            = "prod-workflow"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  machines = {
    pause = {
      definition = jsonencode({
        QueryLanguage  = "JSONata"
        StartAt        = "Pause"
        TimeoutSeconds = 300
        States         = { Pause = { Type = "Wait", Seconds = 60, End = true } }
      })
    }
  }
}

output "alias_arns" {
  description = "What to start."
  value       = module.step_functions.alias_arns
}
