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

  name            = "prod-claims"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  machines = {
    claims = {
      definition = file("${path.module}/claims.asl.json")
      access     = jsondecode(file("${path.module}/claims.access.json"))

      # the queue and the table are encrypted with a key of the claims team
      used_keys = [{
        arn      = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000001"
        services = ["dynamodb", "sqs"]
      }]

      # claims name people and accounts
      log_execution_data = false

      # one claim in ten goes through the newest version, the others through the third
      rollout = { percent = 10, earlier_version = 3 }
    }
  }
}

resource "aws_iam_role_policy" "starts_claims" {
  name   = "starts-claims"
  role   = "claims-api"
  policy = module.workflow.starter_policies["claims"]
}

resource "aws_iam_role_policy" "answers_claims" {
  name   = "answers-claims"
  role   = "adjusters-desk"
  policy = module.workflow.answerer_policies["claims"]
}

output "claims_alias_arn" {
  description = "What the claims API starts for each claim."
  value       = module.workflow.alias_arns["claims"]
}
