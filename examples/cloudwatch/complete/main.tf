# A platform that tells by four channels, keeps logs and measures its cluster, and another in the same account by mail alone.

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

locals {
  balancer = { LoadBalancer = "app/claims/50dc6c495c0c9188" }
}

variable "pagerduty_url" {
  description = "Integration URL of the service of PagerDuty that is on call; it holds the integration's key."
  type        = string
  default     = "https://events.pagerduty.com/integration/00000000000000000000000000000000/enqueue"
}

module "prod" {
  source = "../../../out/modules/cloudwatch"

  name = "prod-cloudwatch"

  channels = {
    on-call  = { severities = ["critical"], pagerduty_url = var.pagerduty_url }
    platform = { severities = ["critical", "warning"], slack = { workspace_id = "T0123456789", channel_id = "C0123456789" } }
    claims = {
      severities = ["warning"]
      teams = {
        tenant_id  = "00000000-0000-4000-8000-000000000001"
        team_id    = "00000000-0000-4000-8000-000000000002"
        channel_id = "19%3A0123456789abcdef%40thread.tacv2"
      }
    }
    archive = { severities = ["critical", "warning"], email = "alarms@example.com" }
  }
  topic_regions = ["us-west-2"]

  log_groups = {
    "/platform/claims" = {
      retention_days = 400
      masked         = ["CreditCardNumber", "EmailAddress"]
      metric_filters = {
        refused = {
          pattern       = "{ $.event = \"payment.refused\" }"
          namespace     = "claims"
          metric_name   = "payments-refused"
          default_value = 0
        }
      }
      subscriptions = {
        archive = { firehose_arn = "arn:aws:firehose:us-east-1:111122223333:deliverystream/logs" }
        loki    = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:lambda-promtail" }
      }
    }
    "/platform/claims/metrics" = {}
    "/platform/debug"          = { retention_days = 7, log_group_class = "INFREQUENT_ACCESS" }
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
      burn_rates = {
        fast = { severity = "critical", factor = 14.4, long_minutes = 60, short_minutes = 5 }
        slow = { severity = "warning", factor = 3, long_minutes = 1440, short_minutes = 120 }
      }
    }
  }

  dashboards = {
    claims = {
      widgets = [
        { title = "Claims", markdown = "# Claims", width = 24, height = 2 },
        { title = "State", alarms = ["errors", "claims-down"] },
        {
          title   = "Requests"
          metrics = [{ namespace = "AWS/ApplicationELB", metric_name = "RequestCount", dimensions = local.balancer }]
        },
        {
          title     = "Errors"
          log_query = { log_group_names = ["/platform/claims"], query = "fields @timestamp, @message | limit 20" }
        },
      ]
    }
  }

  applications = {
    claims-api   = { namespace = "claims", emf_log_group = "/platform/claims/metrics" }
    claims-batch = { namespace = "claims/batch" }
  }

  cluster = {
    name              = "prod"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }
  container_insights = { addon_version = "v6.2.0-eksbuild.1" }

  metric_stream = {
    firehose_arn = "arn:aws:firehose:us-east-1:111122223333:deliverystream/metrics"
    namespaces   = { "AWS/RDS" = [], "AWS/EC2" = ["CPUUtilization"] }
  }

  sink = { organization_id = "o-exampleorg0" }

  log_retention_days = 400
}

module "sandbox" {
  source = "../../../out/modules/cloudwatch"

  name         = "sandbox-cloudwatch"
  severities   = ["warning"]
  own_severity = "warning"
  channels     = { owner = { severities = ["warning"], email = "platform@example.com" } }

  log_groups = { "/sandbox/claims" = { retention_days = 7 } }
}

output "topic_arns" {
  description = "Topics for alarms, by platform and how bad things are."
  value       = { prod = module.prod.topic_arns, sandbox = module.sandbox.topic_arns }
}

output "application_policies" {
  description = "What applications need to publish their metrics."
  value       = module.prod.application_policies
}
