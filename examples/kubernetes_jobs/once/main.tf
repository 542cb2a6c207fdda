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

  name            = "prod-migrations"
  namespace       = "migrations"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  cluster = {
    name              = "prod"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  jobs = {
    backfill-2026-11 = {
      image           = "111122223333.dkr.ecr.us-east-1.amazonaws.com/backfill:1.0.0"
      args            = ["--from", "2026-11-01", "--to", "2026-11-30"]
      timeout_seconds = 14400
      backoff_limit   = 0
    }
  }

  metrics = {}
}

output "service_account_names" {
  description = "Whose pods the work is done by."
  value       = module.jobs.service_account_names
}
