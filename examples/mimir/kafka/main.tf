# Mimir behind an MSK: what is written and what is read no longer fail together.
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
      CostCenter         = "4711"
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = "claims"
}

data "aws_eks_cluster_auth" "this" {
  name = "claims"
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

variable "bootstrap_brokers" {
  description = "Brokers of the MSK, as its attribute bootstrap_brokers_sasl_scram has them."
  type        = string
  default     = "b-1.claims.example.com:9096,b-2.claims.example.com:9096,b-3.claims.example.com:9096"
}

module "mimir" {
  source = "../../../out/modules/mimir"

  name            = "prod-mimir"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  storage = {
    blocks_bucket_name       = "monitoring-mimir-blocks"
    ruler_bucket_name        = "monitoring-mimir-ruler"
    alertmanager_bucket_name = "monitoring-mimir-alertmanager"
    kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  gateway = { external_secret = { store = "aws-secrets-manager", key = "prod/mimir/users" } }
  zones   = ["us-east-1a", "us-east-1b", "us-east-1c"]

  alerts = {
    critical_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-critical"
    warning_topic_arn  = "arn:aws:sns:us-east-1:111122223333:prod-warning"
  }

  kafka = {
    brokers    = split(",", var.bootstrap_brokers)
    topic      = "mimir-ingest"
    partitions = 30
    secret     = { store = "aws-secrets-manager", key = "AmazonMSK_prod-mimir" }
  }

  ingesters = { replicas = 6 }
}

output "push_url" {
  description = "Where collectors write metrics to."
  value       = module.mimir.push_url
}
