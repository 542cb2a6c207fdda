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

  name            = "prod-step-functions"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
}

output "kms_key_arn" {
  description = "The key that logs will be encrypted with."
  value       = module.step_functions.kms_key_arn
}
