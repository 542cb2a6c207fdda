# Collectors twice in one cluster: the platform's for everybody, and those of a team with stores of its own.

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

locals {
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  teams = {
    platform = {
      monitors = "prometheus"
      excluded = ["payments"]
      xray     = 5
    }
    payments = {
      monitors = "payments"
      excluded = []
      xray     = 100
    }
  }
}

module "collectors" {
  for_each = local.teams
  source   = "../../../out/modules/collectors"

  name            = "prod-${each.key}-collectors"
  alarm_topic_arn = local.alarm_topic_arn
  cluster         = local.cluster
  namespace       = "monitoring-${each.key}"
  tenant          = each.key
  labels          = { environment = "prod", team = each.key }

  loki = {
    url      = "http://loki-gateway.loki-${each.key}.svc.cluster.local/loki/api/v1/push"
    password = { external_secret = { store = "aws-secrets-manager", key = "prod/${each.key}/collectors-loki" } }
  }
  mimir = {
    url       = "http://mimir-gateway.mimir-${each.key}.svc.cluster.local/api/v1/push"
    ruler_url = "http://mimir-gateway.mimir-${each.key}.svc.cluster.local"
    password  = { external_secret = { store = "aws-secrets-manager", key = "prod/${each.key}/collectors-mimir" } }
  }
  tempo = {
    url      = "http://tempo-gateway.tempo-${each.key}.svc.cluster.local"
    password = { external_secret = { store = "aws-secrets-manager", key = "prod/${each.key}/collectors-tempo" } }
  }
  xray = { sampling_percent = each.value.xray }

  logs = {
    pods_by             = "files"
    journal             = each.key == "platform"
    excluded_namespaces = each.value.excluded
  }
  metrics = {
    monitor_labels  = { release = each.value.monitors }
    kubelet         = each.key == "platform"
    api_server      = each.key == "platform"
    events          = each.key == "platform"
    dropped_metrics = ["apiserver_request_body_.*"]
  }
  traces = { jaeger = true, zipkin = true }
}

output "otlp_grpc_endpoints" {
  description = "Where applications send traces to, by team."
  value       = { for team, made in module.collectors : team => made.otlp_grpc_endpoint }
}
