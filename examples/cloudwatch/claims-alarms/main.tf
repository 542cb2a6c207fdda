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
      Owner              = "claims"
    }
  }
}

locals {
  balancer = { LoadBalancer = "app/claims/50dc6c495c0c9188" }
}

module "claims" {
  source = "../../../out/modules/cloudwatch"

  name         = "prod-claims"
  own_severity = "warning"

  # the topics are the platform's, whose call of the module says who hears of them
  channels = {}
  topic_arns = {
    critical = "arn:aws:sns:us-east-1:111122223333:prod-alarms-critical"
    warning  = "arn:aws:sns:us-east-1:111122223333:prod-alarms-warning"
  }

  alarms = {
    errors = {
      description = "More than one request to claims in twenty fails."
      runbook_url = "https://runbooks.example.com/claims/errors.md"
      metrics = {
        errors   = { namespace = "AWS/ApplicationELB", metric_name = "HTTPCode_Target_5XX_Count", dimensions = local.balancer }
        requests = { namespace = "AWS/ApplicationELB", metric_name = "RequestCount", dimensions = local.balancer }
      }
      expression       = "100 * errors / FILL(requests, 1)"
      threshold        = 5
      periods          = 3
      periods_to_alarm = 2
    }
    latency = {
      severity    = "warning"
      description = "Claims answers unusually slowly."
      runbook_url = "https://runbooks.example.com/claims/latency.md"
      metrics = {
        latency = {
          namespace      = "AWS/ApplicationELB"
          metric_name    = "TargetResponseTime"
          dimensions     = local.balancer
          statistic      = "p99"
          period_seconds = 60
        }
      }
      anomaly = { standard_deviations = 3, direction = "above" }
      periods = 5
    }
  }

  composite_alarms = {
    claims-down = {
      severity    = "critical"
      description = "Claims fails for its users."
      runbook_url = "https://runbooks.example.com/claims/down.md"
      any_of      = ["errors"]
      all_of      = ["latency"]
    }
  }

  objectives = {
    answers = {
      description    = "Claims does not answer its users."
      runbook_url    = "https://runbooks.example.com/claims/answers.md"
      target_percent = 99.9
      failed         = { namespace = "AWS/ApplicationELB", metric_name = "HTTPCode_Target_5XX_Count", dimensions = local.balancer }
      all            = { namespace = "AWS/ApplicationELB", metric_name = "RequestCount", dimensions = local.balancer }
      minimum_count  = 100
    }
  }

  dashboards = {
    overview = {
      widgets = [
        { title = "State", alarms = ["claims-down", "errors", "latency"] },
        {
          title   = "Requests"
          metrics = [{ namespace = "AWS/ApplicationELB", metric_name = "RequestCount", dimensions = local.balancer }]
        },
      ]
    }
  }
}

output "alarm_arns" {
  description = "The alarms, by their own names."
  value       = module.claims.alarm_arns
}
