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
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38.0, < 3.0.0"
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

data "aws_eks_cluster" "this" {
  name = "prod"
}

data "aws_eks_cluster_auth" "this" {
  name = "prod"
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.this.token
  }
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.this.token
}

locals {
  registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com"

  # One call a team: what a module names must not collide when it is called twice.
  teams = {
    claims   = { zone = "America/New_York" }
    partners = { zone = "Europe/Berlin" }
  }
}

module "jobs" {
  for_each = local.teams
  source   = "../../../out/modules/kubernetes_jobs"

  name                     = "prod-${each.key}-jobs"
  namespace                = "${each.key}-jobs"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"
  runbooks_url             = "https://runbooks.example.com"
  tags                     = { Team = each.key }
  cluster = {
    name              = "prod"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }

  cron_jobs = {
    report = {
      image                         = "${local.registry}/reports:2.4.1"
      command                       = ["/app/report"]
      args                          = ["--team", each.key]
      environment                   = { BUCKET = "prod-reports", LOG_LEVEL = "info" }
      schedule                      = "30 6 * * *"
      time_zone                     = each.value.zone
      success_within_minutes        = 1560
      concurrency_policy            = "Forbid"
      starting_deadline_seconds     = 1800
      suspend                       = false
      cpu_request                   = "500m"
      memory_mebibytes              = 1024
      temporary_mebibytes           = 512
      user_id                       = 10001
      timeout_seconds               = 5400
      backoff_limit                 = 1
      successful_jobs_history_limit = 2
      failed_jobs_history_limit     = 5
      ttl_seconds_after_finished    = 172800

      role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Allow"
          Action   = ["s3:PutObject"]
          Resource = ["arn:aws:s3:::prod-reports/${each.key}/*"]
        }]
      })
    }

    sync = {
      image                  = "${local.registry}/partner-sync:1.0.9"
      schedule               = "*/15 * * * *"
      success_within_minutes = 45
      concurrency_policy     = "Replace"
      timeout_seconds        = 840
      node_selector          = { "kubernetes.io/arch" = "arm64" }
      tolerated_taints       = { team = "integrations" }
    }

    cleanup = {
      image                  = "${local.registry}/cleanup:3.1.0"
      schedule               = "0 3 * * SUN"
      success_within_minutes = 10200
      spot                   = true
    }
  }

  jobs = {
    backfill = { image = "${local.registry}/backfill:1.0.0", backoff_limit = 0 }
  }

  metrics = { labels = { release = "prometheus" } }
  images  = { kubectl = "${local.registry}/kubectl:1.34.2", aws_cli = "${local.registry}/aws-cli:2.36.46" }
}

output "role_arns" {
  description = "The jobs' roles, by team and job."
  value       = { for team, made in module.jobs : team => made.role_arns }
}
