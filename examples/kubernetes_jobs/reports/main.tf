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

module "jobs" {
  source = "../../../out/modules/kubernetes_jobs"

  name            = "prod-reports"
  namespace       = "reports"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  cluster = {
    name              = "prod"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }

  cron_jobs = {
    daily = {
      image                  = "111122223333.dkr.ecr.us-east-1.amazonaws.com/reports:2.4.1"
      args                   = ["--day", "yesterday"]
      environment            = { BUCKET = "prod-reports" }
      schedule               = "30 6 * * MON-FRI"
      time_zone              = "America/New_York"
      success_within_minutes = 4500
      memory_mebibytes       = 1024
      temporary_mebibytes    = 512

      role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Allow"
          Action   = ["s3:PutObject"]
          Resource = ["arn:aws:s3:::prod-reports/daily/*"]
        }]
      })
    }
  }

  metrics = { labels = { release = "prometheus" } }
}

output "report_role_arn" {
  description = "For the policy of the bucket's key."
  value       = module.jobs.role_arns["daily"]
}
